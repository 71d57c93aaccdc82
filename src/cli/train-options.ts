import type { EngineName } from '../gradients/engine.js';
import { InputError } from '../input-error.js';
import { DEFAULTS, type HyperParameters } from '../training/hyper-parameters.js';
import type { Training } from '../training/train.js';
import type { CommonOptions } from './cli.js';

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
  const result: HyperParameters = { ...DEFAULTS, ...resumed?.hyperParameters, ...chosen };
  if (options.h !== undefined && result.gradient === 'backprop') {
    throw new InputError(
      `--h is the step of the numerical gradient; backprop has none: leave it out, or add --gradient numerical`,
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
