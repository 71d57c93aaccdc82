import { numericalGradient, type ScalarField } from './gradient.js';
import { judge, type Verdict } from './verdict.js';

export type { Outcome, Verdict } from './verdict.js';

export interface DescentOptions {
  /** η, > 0. */
  readonly learningRate: number;
  /** Number of steps, ≥ 1. */
  readonly steps: number;
  /** Step of the central difference, > 0. */
  readonly h: number;
}

/** The notebook's. */
export const DESCENT_DEFAULTS: DescentOptions = { learningRate: 0.1, steps: 100, h: 1e-4 };

/** The path of a gradient descent, and the verdict on it. */
export interface Descent {
  /** Where it ended, (n). */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** The points it left, in order: (steps, n), row-major; the first row is init. */
  readonly history: Float64Array;
  readonly verdict: Verdict;
}

/**
 * Gradient descent with a numerical gradient (book, 4.4.1): x ← x - η ∇f(x), `steps` times.
 *
 * @param init (n), not changed
 */
export function gradientDescent(f: ScalarField, init: Float64Array, options: Partial<DescentOptions> = {}): Descent {
  const { learningRate, steps, h } = { ...DESCENT_DEFAULTS, ...options };
  const n = init.length;
  const x = init.slice();
  const history = new Float64Array(steps * n);
  for (let step = 0; step < steps; step++) {
    history.set(x, step * n);
    const gradient = numericalGradient(f, x, h);
    for (let i = 0; i < n; i++) x[i] -= learningRate * gradient[i];
  }
  const value = f(x);
  return { x, value, history, verdict: judge(f, { x, value, history, learningRate, h }) };
}
