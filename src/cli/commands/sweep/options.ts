import { Option } from 'commander';
import { ENGINE_NAMES } from '../../../engines/registry.js';
import { InputError } from '../../../errors.js';
import type { Precision } from '../../../kernels/wasm-net.js';
import { listOf, parseList, type SweepSettings, type ValueKind, type ValueList } from '../../../sweep/plan.js';
import { type Run } from '../../../sweep/record.js';
import { QUEUE_VARIABLE, type QueueAddress, queueAddress } from '../../../sweep/queue.js';
import { MEASURES, namedSettings } from '../../../sweep/summary.js';
import { DEFAULTS, type HyperParameters, MOST } from '../../../training/hyper-parameters.js';
import {
  dataOption,
  expectOption,
  firstGiven,
  flag,
  integer,
  oneOf,
  path,
  readNumber,
  readWeightInit,
  type Typed,
  type ValuesOf,
  WEIGHT_INIT,
} from '../../options.js';
import { plotOption } from '../../plot.js';
import { quoteWord } from '../../process.js';
import { TRAIN_OPTIONS } from '../train/options.js';

// The options of sweep: lists of values where train takes a single value, which of the runs to make, where to make and
// keep them, and how to show the results. The command worker has the option --queue too.

/** The option --queue of sweep and worker. */
export const queueOption = (): Typed<string | true> =>
  new Option('--queue [url]', `Redis or Valkey, such as redis://host; user and password best in ${QUEUE_VARIABLE}`);

/**
 * The server of --queue, or of the environment. Also replaces the title of the process, because the URL among its
 * options may have a password, and some systems show the title in the list of processes.
 *
 * @param given the option's value; true if the option has no value
 * @param command name of the command, for the title
 * @throws InputError as `queueAddress`
 */
export function readQueueOption(given: string | true | undefined, command: string): QueueAddress {
  process.title = `gd-train ${command}`;
  const url = given === true ? undefined : given;
  return queueAddress(url, process.env[QUEUE_VARIABLE]);
}

/** A word of a command line, without user and password if it is the URL of a queue. */
export const withoutPassword = (argument: string) => argument.replace(/^((?:--queue=)?rediss?:\/\/).*@/is, '$1');

const numbers: ValueKind<number> = {
  what: 'a positive number, a range such as 0.001..1 x7',
  ranges: 'numbers',
  read(text) {
    const value = readNumber(text);
    return value !== undefined && value > 0 ? value : undefined;
  },
};

const wholeNumbers = (least: number, most: number): ValueKind<number> => ({
  what: `a whole number from ${least} to ${most}, a range such as 0..4 or 10..1000 x5`,
  ranges: 'integers',
  read(text) {
    const value = readNumber(text);
    return Number.isInteger(value) && value! >= least && value! <= most ? value : undefined;
  },
});

const words = <T extends string>(choices: readonly T[], what = choices.join(' or ')): ValueKind<T> => ({
  what,
  read: (text) => choices.find((choice) => choice === text),
});

const weightInits: ValueKind<HyperParameters['weightInit']> = {
  what: WEIGHT_INIT,
  ranges: 'numbers',
  read: readWeightInit,
};

/** The engines whose results are the same on every machine, bit for bit. */
const ENGINES = ENGINE_NAMES.filter((name) => name !== 'tfjs');
const ENGINE_WORDS = `${ENGINES.join(', ')} (not tfjs, whose last bits differ from machine to machine)`;

/** An option with a list of values. */
function axis<T extends string | number>(flags: string, description: string, kind: ValueKind<T>): Typed<ValueList<T>> {
  const option = new Option(flags, description);
  return option.argParser((text) => parseList(option.long!, text, kind));
}

/** The values of --sort: the measures and the settings. */
const SORTS = [...MEASURES, 'lr', 'hidden', 'batch', 'weight-init', 'gradient', 'precision', 'iters'] as const;

/** The measures of --expect. Each is a mean over the seeds, for the setting with the best mean. */
const EXPECTATIONS = ['bestTestAccuracy', 'bestTrainAccuracy', 'lowestLoss'] as const;

/** The axes of a sweep. */
const AXES = {
  lr: axis('--lr <list>', 'learning rates, such as 0.01,0.1,1 or 0.001..1 x7', numbers),
  hidden: axis('--hidden <list>', 'hidden units', wholeNumbers(1, MOST.hiddenSize)),
  batch: axis('--batch <list>', 'images per mini-batch', wholeNumbers(1, MOST.batchSize)),
  weightInit: axis('--weight-init <list>', 'first weights: 0.01, xavier, he', weightInits),
  gradient: axis('--gradient <list>', `engines (${ENGINES.join(', ')})`, words(ENGINES, ENGINE_WORDS)),
  precision: axis('--precision <list>', 'of weights and arithmetic (f64, f32)', words<Precision>(['f64', 'f32'])),
  seeds: axis('--seeds <list>', 'seeds, such as 0..4 or 0,3,7', wholeNumbers(0, MOST.seed)),
};

/** Other options that determine the runs of a sweep. */
const SELECTION = {
  iters: TRAIN_OPTIONS.iters.option,
  epochs: TRAIN_OPTIONS.epochs.option,
  evalEvery: TRAIN_OPTIONS.evalEvery.option,
  sample: integer('--sample <n>', 'only so many of the runs, drawn at random', 1, 1e6),
  sampleSeed: integer('--sample-seed <n>', 'seed of that draw (default: 0)', 0, MOST.seed),
};

/** Options that determine where runs are made and kept, and how their results are shown. */
const ACTIONS = {
  data: dataOption(),
  out: path('--out <folder>', 'keep the results there, a file a run (default: gd-train-runs)'),
  threads: integer('--threads <n>', 'runs at once (default: one a processor)', 1, 1024),
  queue: queueOption(),
  print: flag('--print', 'print a gd-train train command for every run that is missing'),
  summary: flag('--summary', 'make no run: show what is there'),
  sort: oneOf('--sort <by>', 'order of the table (default: test, best first)', SORTS),
  report: path('--report <file>', 'a page with all curves, to open in a browser (HTML)'),
  expect: expectOption(EXPECTATIONS),
  plot: plotOption('draw accuracy against the learning rate'),
};

/** The options of sweep. */
export const SWEEP_OPTIONS = { ...AXES, ...SELECTION, ...ACTIONS };

/** Parsed values of the options of sweep. */
export type SweepFlags = ValuesOf<typeof SWEEP_OPTIONS>;

/** The folder of the results without --out. */
export const DEFAULT_FOLDER = 'gd-train-runs';

/** True if an option restricts the runs. Otherwise --summary shows all results in the folder. */
export function namesRuns(options: SweepFlags): boolean {
  return [...Object.keys(AXES), ...Object.keys(SELECTION), 'data'].some((name) => name in options);
}

/**
 * Checks that the options do not contradict each other.
 *
 * @throws InputError if they do
 */
export function checkSweepFlags({ iters, epochs, sample, sampleSeed, print, ...options }: SweepFlags): void {
  if (iters !== undefined && epochs !== undefined)
    throw new InputError('--iters and --epochs are alternatives: give one of them');
  if (sampleSeed !== undefined && sample === undefined)
    throw new InputError('--sample-seed says which runs are drawn: say how many with --sample');
  if (options.queue !== undefined && options.threads !== undefined)
    throw new InputError(
      '--threads is of this machine, and --queue has others make the runs: give it to gd-train worker',
    );
  const excluded = print && firstGiven(options, 'queue', 'summary', 'plot', 'report', 'expect', 'json');
  if (excluded) {
    throw new InputError(`--print makes no run, so it excludes --${excluded}: run the commands first, then --summary`);
  }
}

/** The sweep that the options describe, with defaults for options that are missing. */
export function sweepSettings(options: SweepFlags): SweepSettings {
  const { iters = DEFAULTS.iterations, epochs, evalEvery, sample, sampleSeed = 0 } = options;
  const { learningRate, hiddenSize, batchSize, weightInit, gradient, seed } = DEFAULTS;
  return {
    axes: {
      learningRate: options.lr ?? listOf([learningRate]),
      hiddenSize: options.hidden ?? listOf([hiddenSize]),
      batchSize: options.batch ?? listOf([batchSize]),
      weightInit: options.weightInit ?? listOf([weightInit]),
      gradient: options.gradient ?? listOf([gradient]),
      precision: options.precision,
      seed: options.seeds ?? listOf([seed]),
    },
    length: epochs === undefined ? { iterations: iters } : { epochs },
    evalEvery,
    sample: sample === undefined ? undefined : { count: sample, seed: sampleSeed },
  };
}

/** The command line, for a shell on any machine, that makes one run and keeps its record. */
export function trainCommandOf(run: Run, folder: string, data: string | undefined): string {
  const { gradient } = run.settings;
  const isOption = (name: string) =>
    !['version', 'data'].includes(name) && (name !== 'h' || gradient === 'numerical' || gradient === 'naive');
  const words = Object.entries(namedSettings(run)).flatMap(([name, value]) =>
    isOption(name) ? `--${name} ${value}` : [],
  );
  return [
    'gd-train train',
    ...words,
    ...(data === undefined ? [] : [`--data ${quoteWord(data)}`]),
    `--threads 1 --quiet --record ${quoteWord(folder)}`,
  ].join(' ');
}
