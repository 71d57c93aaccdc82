import { type EngineName, engines } from '../engines/registry.js';
import { preview } from '../errors.js';
import type { Precision } from '../kernels/wasm-net.js';
import { DEFAULT_WEIGHT_INIT, isWeightInit, type WeightInit } from '../network/two-layer-net.js';

/** All that determines the result of a run, apart from the images. Model files store it. */
export interface HyperParameters {
  /** η, > 0. */
  readonly learningRate: number;
  /** Total number of steps, including those of an earlier run that is resumed. */
  readonly iterations: number;
  /** N, images per mini-batch. */
  readonly batchSize: number;
  /** H, hidden units. */
  readonly hiddenSize: number;
  /** Seed of NumPy's legacy stream: draws the weights, then every mini-batch. */
  readonly seed: number;
  /** The engine that computes the gradient. */
  readonly gradient: EngineName;
  /** Step of the central difference, > 0. */
  readonly h: number;
  /** Floating-point type of weights and arithmetic. */
  readonly precision: Precision;
  /** Standard deviation of the initial weights, or the rule for it. */
  readonly weightInit: WeightInit;
}

/** The values of the notebook. */
export const DEFAULTS: HyperParameters = {
  learningRate: 0.1,
  iterations: 10_000,
  batchSize: 100,
  hiddenSize: 100,
  seed: 0,
  gradient: 'backprop',
  h: 1e-4,
  precision: 'f64',
  weightInit: DEFAULT_WEIGHT_INIT,
};

const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && value < Infinity;
const isCount = (value: unknown, most: number) =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= most;

/** Upper limits of options and of stored values, far beyond what memory and time allow. */
export const MOST = { iterations: 1e9, batchSize: 1e6, hiddenSize: 1e6, seed: 2 ** 32 - 1 } as const;

const VALID: Record<keyof HyperParameters, (value: unknown) => boolean> = {
  learningRate: isPositive,
  iterations: (value) => isCount(value, MOST.iterations),
  batchSize: (value) => isCount(value, MOST.batchSize),
  hiddenSize: (value) => isCount(value, MOST.hiddenSize),
  seed: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST.seed,
  gradient: (value) => typeof value === 'string' && Object.hasOwn(engines, value),
  h: isPositive,
  precision: (value) => value === 'f64' || value === 'f32',
  weightInit: isWeightInit,
};

/**
 * Checks the hyper-parameters of a model file.
 *
 * @throws RangeError with the name and the value of the first one that is missing or out of range
 */
export function asHyperParameters(stored: Record<string, unknown>): HyperParameters {
  // Files of version 0.1.0 store neither of these two: it had no other values.
  const record: Record<string, unknown> = { precision: 'f64', weightInit: DEFAULT_WEIGHT_INIT, ...stored };
  for (const [name, isValid] of Object.entries(VALID)) {
    if (!isValid(record[name])) throw new RangeError(`${name} is out of range: ${preview(record[name])}`);
  }
  return Object.fromEntries(Object.keys(VALID).map((name) => [name, record[name]])) as unknown as HyperParameters;
}
