import { type EngineName, PRECISIONS } from '../../../engines/registry.js';
import { InputError } from '../../../errors.js';
import { DEFAULTS, type HyperParameters } from '../../../training/hyper-parameters.js';
import type { Training } from '../../../training/train.js';
import type { CommonOptions } from '../../command.js';
import type { Expectation } from '../../options.js';

/** What a user may give to train. */
export interface TrainFlags extends CommonOptions {
  lr?: number;
  iters?: number;
  batch?: number;
  hidden?: number;
  seed?: number;
  gradient?: EngineName;
  h?: number;
  precision?: HyperParameters['precision'];
  threads?: number;
  data?: string;
  save?: string;
  resume?: string;
  log?: string;
  report?: string;
  evalEvery?: number;
  checkpointEvery?: number;
  expect?: Expectation[];
  seeds?: number[];
}

/** What --expect may speak of. */
export const MEASURES = ['test_accuracy', 'train_accuracy', 'loss'] as const;

/** The options that name a file which a run writes. */
const WRITTEN = ['save', 'log', 'report'] as const;
/** What stands for the seed in their names. */
const SEED = '{seed}';

/**
 * Makes sure that options do not contradict each other.
 *
 * @throws InputError if they do
 */
export function checkTrainFlags(options: TrainFlags): void {
  const { save, log, report, checkpointEvery, seed, seeds, resume } = options;
  const files = Object.entries({ save, log, report, resume }).filter(([, path]) => path !== undefined);
  for (const [i, [flag, path]] of files.entries()) {
    const twin = files.slice(i + 1).find(([name, other]) => other === path && !(flag === 'save' && name === 'resume'));
    if (twin) throw new InputError(`--${flag} and --${twin[0]} both name ${path}: they need a file each`);
  }
  if (checkpointEvery !== undefined && save === undefined)
    throw new InputError('--checkpoint-every says how often to save: name the file with --save');
  if (seeds === undefined) return;
  if (seed !== undefined) throw new InputError('--seed and --seeds exclude each other: name all seeds in --seeds');
  if (resume !== undefined) throw new InputError('--seeds begins new runs: resume one run at a time, without --seeds');
  for (const name of WRITTEN) {
    if (options[name] !== undefined && !options[name].includes(SEED)) {
      throw new InputError(
        `--${name} ${options[name]} would be written by the run of every seed: put ${SEED} in the name, such as run-${SEED}`,
      );
    }
  }
}

/** The options of the run of one seed. */
export function flagsOfSeed(options: TrainFlags, seed: number): TrainFlags {
  const flags: TrainFlags = { ...options, seed };
  delete flags.seeds;
  for (const name of WRITTEN) {
    const path = options[name];
    if (path !== undefined) flags[name] = path.replaceAll(SEED, String(seed));
  }
  return flags;
}

/** Hyper-parameters: the defaults, over them those of the resumed run, over them what is given. */
export function chooseHyperParameters(options: TrainFlags, resumed: Training | undefined): HyperParameters {
  const given = {
    learningRate: options.lr,
    iterations: options.iters,
    batchSize: options.batch,
    hiddenSize: options.hidden,
    seed: options.seed,
    gradient: options.gradient,
    h: options.h,
    precision: options.precision,
  };
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const precision = PRECISIONS[options.gradient ?? DEFAULTS.gradient][0];
  const result: HyperParameters = { ...DEFAULTS, precision, ...resumed?.hyperParameters, ...chosen };
  if (options.h !== undefined && !(result.gradient === 'numerical' || result.gradient === 'naive')) {
    throw new InputError(
      `--h is the step of the numerical gradient; ${result.gradient} has none: leave it out, or add --gradient numerical`,
    );
  }
  if (!resumed) return result;
  for (const [flag, name] of [
    ['--hidden', 'hiddenSize'],
    ['--seed', 'seed'],
    ['--precision', 'precision'],
  ] as const) {
    if (result[name] !== resumed.hyperParameters[name]) {
      throw new InputError(
        `${flag} ${result[name]} cannot be: ${options.resume} was begun with ${resumed.hyperParameters[name]}`,
      );
    }
  }
  if (resumed.iteration >= result.iterations) {
    throw new InputError(
      `${options.resume} has done ${resumed.iteration} iterations already: give more than that with --iters`,
    );
  }
  return result;
}

/** The command that goes on with a run that was stopped and saved. */
export function resumeCommand(saved: string, options: TrainFlags): string {
  const { data, save, log, report, evalEvery, checkpointEvery, threads } = options;
  const flags = { data, save, log, report, 'eval-every': evalEvery, 'checkpoint-every': checkpointEvery, threads };
  const text = Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${quote(String(value))}`);
  return `gd-train train --resume ${quote(saved)}${text.join('')}`;
}

/** As a shell wants it. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
