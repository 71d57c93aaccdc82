import { engines, type EngineName } from '../gradients/engine.js';

/** Everything that decides the outcome of a run; stored in model files. */
export interface HyperParameters {
  readonly learningRate: number;
  /** Total number of steps, those of an earlier run that is resumed included. */
  readonly iterations: number;
  readonly batchSize: number;
  readonly hiddenSize: number;
  /** Seed of NumPy's legacy stream: draws the weights, then every mini-batch. */
  readonly seed: number;
  readonly gradient: EngineName;
  /** Step of the central difference. */
  readonly h: number;
}

/** The notebook's. */
export const DEFAULTS: HyperParameters = {
  learningRate: 0.1,
  iterations: 10_000,
  batchSize: 100,
  hiddenSize: 100,
  seed: 0,
  gradient: 'backprop',
  h: 1e-4,
};

const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && value < Infinity;
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;

const VALID: Record<keyof HyperParameters, (value: unknown) => boolean> = {
  learningRate: isPositive,
  iterations: isCount,
  batchSize: isCount,
  hiddenSize: isCount,
  seed: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32,
  gradient: (value) => typeof value === 'string' && Object.hasOwn(engines, value),
  h: isPositive,
};

/**
 * Hyper-parameters from a stored record, each one checked.
 *
 * @throws RangeError naming the first that is missing or cannot be
 */
export function asHyperParameters(record: Record<string, unknown>): HyperParameters {
  for (const [name, isValid] of Object.entries(VALID)) {
    if (!isValid(record[name])) throw new RangeError(`${name} cannot be ${JSON.stringify(record[name])}`);
  }
  return record as unknown as HyperParameters;
}
