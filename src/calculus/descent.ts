import { numericalGradient, type ScalarField } from './gradient.js';
import { type OptimizerName, optimizers } from './optimizers.js';
import { judge, type Verdict } from './verdict.js';

export interface DescentOptions {
  /** η, > 0. */
  readonly learningRate: number;
  /** Number of steps, ≥ 1. */
  readonly steps: number;
  /** Step of the central difference, > 0. */
  readonly h: number;
  /** Turns a gradient into a step; sgd is plain gradient descent. */
  readonly optimizer: OptimizerName;
}

/** The notebook's values. */
export const DESCENT_DEFAULTS: DescentOptions = { learningRate: 0.1, steps: 100, h: 1e-4, optimizer: 'sgd' };

/** The path of a gradient descent, and the verdict on it. */
export interface Descent {
  /** The last point, (n). */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** The point before each step: (steps, n), row-major; the first row is init. */
  readonly history: Float64Array;
  readonly verdict: Verdict;
}

/**
 * Gradient descent with a numerical gradient (book, 4.4.1): x ← x - η ∇f(x), `steps` times; or the steps of another
 * optimizer (book, 6.1).
 *
 * @param init the point to begin at, (n); not changed
 */
export function gradientDescent(f: ScalarField, init: Float64Array, options: Partial<DescentOptions> = {}): Descent {
  const { learningRate, steps, h, optimizer } = { ...DESCENT_DEFAULTS, ...options };
  const n = init.length;
  const x = init.slice();
  const history = new Float64Array(steps * n);
  const update = optimizers[optimizer](learningRate);
  for (let step = 0; step < steps; step++) {
    history.set(x, step * n);
    update(x, numericalGradient(f, x, h));
  }
  const pointAt = (step: number) => (step === steps ? x : history.subarray(step * n, (step + 1) * n));
  return { x, value: f(x), history, verdict: judge(f, { steps, pointAt, learningRate, h, optimizer }) };
}
