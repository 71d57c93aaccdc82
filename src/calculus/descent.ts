import { isFrozen } from './differences.js';
import { numericalGradient, type ScalarField } from './gradient.js';

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

export type Outcome = 'converged' | 'slow' | 'oscillating' | 'diverged' | 'frozen';

export interface Descent {
  /** Where it ended, (n). */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** The points it left, in order: (steps, n), row-major; the first row is init. */
  readonly history: Float64Array;
  readonly verdict: { readonly outcome: Outcome; readonly because: string };
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
  const norms = new Float64Array(steps); // |∇f| before each step
  let turns = 0; // steps of the last TAIL whose gradient points against the one before
  let previous = new Float64Array(n);

  for (let step = 0; step < steps; step++) {
    history.set(x, step * n);
    const gradient = numericalGradient(f, x, h);
    norms[step] = Math.hypot(...gradient);
    if (step >= steps - TAIL && dot(gradient, previous) < 0) turns++;
    for (let i = 0; i < n; i++) x[i] -= learningRate * gradient[i];
    previous = gradient;
  }
  const value = f(x);
  return { x, value, history, verdict: judge({ f, init, x, value, norms, turns, h }) };
}

const TAIL = 10;
/** A gradient this much smaller than the first one, or than 1, is taken for zero. */
const CONVERGED = 1e-6;

interface Run {
  f: ScalarField;
  init: Float64Array;
  x: Float64Array;
  value: number;
  norms: Float64Array;
  turns: number;
  h: number;
}

function judge({ f, init, x, value, norms, turns, h }: Run): Descent['verdict'] {
  const steps = norms.length;
  const first = norms[0];
  const last = norms[steps - 1];
  const size = (norm: number) => norm.toPrecision(3);
  const counted = `${steps} ${steps === 1 ? 'step' : 'steps'}`;

  if (!Number.isFinite(value) || !x.every(Number.isFinite)) {
    return { outcome: 'diverged', because: `f is ${value} after ${counted}; try a smaller learning rate` };
  }
  const stuck = [...x.keys()].filter((i) => isFrozen(x[i], h));
  if (stuck.length > 0) {
    const names = stuck.map((i) => `x${i}`).join(', ');
    return {
      outcome: 'frozen',
      because: `no step moves ${names} any more, so large that x ± ${h} rounds to x and the gradient reads 0; try a smaller learning rate, or a larger h`,
    };
  }
  if (last <= CONVERGED * Math.max(1, first)) {
    return { outcome: 'converged', because: `the gradient fell from ${size(first)} to ${size(last)} in ${counted}` };
  }
  if (value > f(init)) {
    return {
      outcome: 'diverged',
      because: `f rose from ${size(f(init))} to ${size(value)} in ${counted}; try a smaller learning rate`,
    };
  }
  if (turns > Math.min(TAIL, steps) / 2) {
    return {
      outcome: 'oscillating',
      because: `each step jumps across the valley, and the gradient is still ${size(last)}; try a smaller learning rate`,
    };
  }
  return {
    outcome: 'slow',
    because: `the gradient is still ${size(last)} after ${counted} (it began at ${size(first)}); try a larger learning rate, or more steps`,
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
