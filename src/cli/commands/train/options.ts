import type { Dataset } from '../../../dataset/mnist.js';
import { ENGINE_NAMES, PRECISIONS } from '../../../engines/registry.js';
import { InputError, plural } from '../../../errors.js';
import { type Output, type OutputFormat } from '../../../files/outputs.js';
import { DEFAULTS, type HyperParameters, MOST } from '../../../training/hyper-parameters.js';
import { iterationsOf, type Training } from '../../../training/train.js';
import type { CommonOptions, Expectation } from '../../command.js';
import { LAST } from '../../inputs.js';
import { commandLine } from '../../process.js';
import {
  dataOption,
  expectOption,
  flag,
  integer,
  oneOf,
  otherDataOption,
  path,
  positive,
  seedsOption,
  type Typed,
  weightInitOption,
} from '../../options.js';

// The options of train: a table from which the type of their values, the hyper-parameters, the outputs and the printed
// commands are derived.

/** The measures of --expect. */
const MEASURES = ['testAccuracy', 'trainAccuracy', 'loss'] as const;

interface TrainOption {
  /** Name, description and parser. */
  readonly option: Typed<unknown>;
  /** The hyper-parameter that the option sets. Its default is that of `DEFAULTS`, or of the model that is resumed. */
  readonly sets?: keyof HyperParameters;
  /** True if the value cannot change when a run is resumed. */
  readonly isFixed?: true;
  /** The format, if the option names a file that the run writes. */
  readonly writes?: OutputFormat;
  /** The value as words of the printed command that resumes a run; missing if the model has it or nothing needs it. */
  readonly repeat?: (value: never) => string[];
}

const repeatWord = (value: string | number) => [String(value)];
const repeatFlag = () => [];
const repeatConditions = (conditions: readonly Expectation[]) => [
  conditions.map(({ measure, operator, bound }) => `${measure}${operator}${bound}`).join(),
];

const withDefault = (description: string, name: keyof HyperParameters) => `${description} (default: ${DEFAULTS[name]})`;

/** The options of train, by the names under which Commander stores their values. */
export const TRAIN_OPTIONS = {
  lr: {
    option: positive('--lr <rate>', withDefault('learning rate; also --learning-rate', 'learningRate')),
    sets: 'learningRate',
  },
  iters: {
    option: integer(
      '--iters <n>',
      withDefault('iterations in all, resumed ones included; also --steps', 'iterations'),
      1,
      MOST.iterations,
    ),
    sets: 'iterations',
  },
  epochs: {
    option: positive('--epochs <n>', 'the same in epochs: to the nearest whole number of iterations'),
  },
  batch: {
    option: integer(
      '--batch <n>',
      withDefault('images per mini-batch; also --batch-size', 'batchSize'),
      1,
      MOST.batchSize,
    ),
    sets: 'batchSize',
  },
  hidden: {
    option: integer('--hidden <n>', withDefault('hidden units', 'hiddenSize'), 1, MOST.hiddenSize),
    sets: 'hiddenSize',
    isFixed: true,
  },
  seed: {
    option: integer(
      '--seed <n>',
      withDefault('seed of weights and mini-batches, as np.random.seed', 'seed'),
      0,
      MOST.seed,
    ),
    sets: 'seed',
    isFixed: true,
  },
  gradient: {
    option: oneOf('--gradient <engine>', withDefault('engine that computes the gradient', 'gradient'), ENGINE_NAMES),
    sets: 'gradient',
  },
  weightInit: {
    option: weightInitOption(`first weights: a standard deviation, xavier or he (default: ${DEFAULTS.weightInit})`),
    sets: 'weightInit',
    isFixed: true,
  },
  h: { option: positive('--h <step>', withDefault('step of the numerical gradient', 'h')), sets: 'h' },
  precision: {
    option: oneOf('--precision <type>', 'of weights and arithmetic; default f64, with tfjs f32', [
      'f64',
      'f32',
    ] as const),
    sets: 'precision',
    isFixed: true,
  },
  data: { option: dataOption(), repeat: repeatWord },
  save: {
    option: path('--save <file>', 'write the trained net there (safetensors)'),
    writes: 'safetensors', // not repeated: a resumed run saves to the file that it comes from
  },
  force: { option: flag('--force', 'let --save replace a file of another run without asking') },
  // Commander sets `keep` to false for --no-keep, and otherwise to true.
  keep: { option: flag('--no-keep', 'without --save: do not keep the net as last until the next run') },
  resume: {
    option: path(
      '--resume <file>',
      'go on with a saved net, or last, with its options unless given anew; saves to it again',
    ),
  },
  otherData: { option: otherDataOption(), repeat: repeatFlag },
  log: {
    option: path('--log <file>', 'loss of every iteration: a JSON object per line, or CSV if the name ends in .csv'),
    writes: 'training log',
    repeat: repeatWord,
  },
  report: {
    option: path('--report <file>', 'a page about the run, to open in a browser (HTML)'),
    writes: 'HTML',
    repeat: repeatWord,
  },
  record: {
    option: path('--record <folder>', 'keep the result there for gd-train sweep --summary'),
  },
  live: {
    option: flag('--live', 'show the run in a browser while it goes on; the address is printed'),
    repeat: repeatFlag,
  },
  evalEvery: {
    option: integer('--eval-every <n>', 'iterations between accuracies (default: an epoch)', 1, 1e9),
    repeat: repeatWord,
  },
  checkpointEvery: {
    option: integer('--checkpoint-every <n>', 'iterations between two saves (default: an epoch)', 1, 1e9),
    repeat: repeatWord,
  },
  threads: {
    option: integer('--threads <n>', 'most threads to use; no result depends on it (default: all processors)', 1, 1024),
    repeat: repeatWord,
  },
  expect: { option: expectOption(MEASURES), repeat: repeatConditions },
  seeds: { option: seedsOption() },
} satisfies Record<string, TrainOption>;

type Table = typeof TRAIN_OPTIONS;

/** Parsed values of the options of train. */
export type TrainFlags = CommonOptions & {
  readonly [Name in keyof Table]?: (Table[Name]['option'] extends Typed<infer Value> ? Value : never) | undefined;
};

const ROWS = Object.entries(TRAIN_OPTIONS) as [keyof Table, TrainOption][];

/** Placeholder for the seed in the paths of outputs. */
const SEED = '{seed}';

/**
 * Checks that the options do not contradict each other.
 *
 * @throws InputError if they do
 */
export function checkTrainFlags(options: TrainFlags): void {
  const { save, checkpointEvery, seed, seeds, resume, iters, epochs, record, live } = options;
  if (iters !== undefined && epochs !== undefined)
    throw new InputError('--iters and --epochs are alternatives: give one of them');
  if (record !== undefined && resume !== undefined)
    throw new InputError('--record keeps the result of a whole run: leave it out, or train without --resume');
  const isSaved = save !== undefined || (resume !== undefined && resume !== LAST);
  if (checkpointEvery !== undefined && !isSaved)
    throw new InputError('--checkpoint-every needs a file to save to: add --save FILE');
  if (seeds === undefined) return;
  if (seed !== undefined) throw new InputError('--seed and --seeds are alternatives: give one of them');
  if (resume !== undefined) throw new InputError('--seeds starts new runs: resume a single run without --seeds');
  if (live) throw new InputError('--live shows a single run: leave it out, or give --seed instead of --seeds');
  for (const { option, path } of trainOutputs(options)) {
    if (path.includes(SEED)) continue;
    throw new InputError(
      `${option} ${path} would be overwritten by the run of each seed: put ${SEED} in the name, such as run-${SEED}`,
    );
  }
}

/** The files that a run writes. It may replace the model that it resumes. */
export function trainOutputs(options: TrainFlags): Output[] {
  return ROWS.flatMap(([name, { option, writes: format }]) => {
    const path = options[name];
    if (format === undefined || path === undefined) return [];
    return { option: option.long!, path: String(path), format, replaces: name === 'save' ? options.resume : undefined };
  });
}

/** The options of the run of one seed: it writes its own files, and its net is not kept as the last one. */
export function flagsOfSeed(options: TrainFlags, seed: number): TrainFlags {
  const withSeed = (path: string | undefined) => path?.replaceAll(SEED, String(seed));
  const { save, log, report } = options;
  const files = { save: withSeed(save), log: withSeed(log), report: withSeed(report) };
  return { ...options, ...files, seed, seeds: undefined, keep: false };
}

/**
 * The hyper-parameters of a run: those of the options, or else of the resumed run, or else the defaults.
 *
 * @param data the training images, whose number determines the iterations in an epoch
 * @throws InputError if an option does not fit the engine or the resumed run
 */
export function chooseHyperParameters(
  options: TrainFlags,
  resumed: Training | undefined,
  data: Pick<Dataset, 'count'>,
): HyperParameters {
  const given = ROWS.flatMap(([name, { sets }]) =>
    sets && options[name] !== undefined ? [[sets, options[name]]] : [],
  );
  const precision = PRECISIONS[options.gradient ?? DEFAULTS.gradient][0]; // default of a new run
  const chosen: HyperParameters = {
    ...DEFAULTS,
    precision,
    ...resumed?.hyperParameters,
    ...(Object.fromEntries(given) as Partial<HyperParameters>),
  };
  const { epochs } = options;
  const result =
    epochs === undefined ? chosen : { ...chosen, iterations: iterationsOf(epochs, data, chosen.batchSize) };
  if (options.h !== undefined && !(result.gradient === 'numerical' || result.gradient === 'naive')) {
    throw new InputError(
      `--h is the step of the numerical gradient; ${result.gradient} has none: leave it out, or add --gradient numerical`,
    );
  }
  if (!resumed) return result;
  for (const [, { option, sets, isFixed }] of ROWS) {
    if (!isFixed || sets === undefined || result[sets] === resumed.hyperParameters[sets]) continue;
    throw new InputError(
      `${option.long} ${result[sets]} does not fit ${options.resume}, which was begun with ${resumed.hyperParameters[sets]}: leave it out`,
    );
  }
  if (resumed.iteration >= result.iterations) {
    throw new InputError(
      `${options.resume} has done ${plural(resumed.iteration, 'iteration')} already: give more than that with --iters`,
    );
  }
  return result;
}

/** The flags that every command has. */
const COMMON = ['json', 'quiet', 'debug'] as const;

/**
 * The command line that resumes a run.
 *
 * @param saved path of its model
 * @param options those of the run, which the command line repeats if the model does not have them
 */
export function resumeCommand(saved: string, options: TrainFlags): string {
  const words = ROWS.flatMap(([name, { option, repeat }]) => {
    const value = options[name];
    if (repeat === undefined || value === undefined) return [];
    return [option.long!, ...repeat(value as never)];
  });
  const common = COMMON.flatMap((name) => (options[name] ? [`--${name}`] : []));
  const language = options.lang === undefined ? [] : ['--lang', options.lang];
  return commandLine(['train', '--resume', saved, ...words, ...common, ...language]);
}
