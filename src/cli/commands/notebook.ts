import type { DiffMethod } from '../../calculus/differences.js';
import type { Expression } from '../../calculus/expression.js';

// The notebook's own functions and numbers, so that its cells need no --fn, and no parser is loaded for them.

/** Sums of squares and constants: each partial derivative is twice the coordinate, or 0. */
function squares(
  formula: string,
  variables: readonly string[],
  f: Expression['f'],
  used: readonly number[],
): Expression {
  const derivatives = (x: Float64Array) => {
    return Array.from(x, (value, i) =>
      used.includes(i) ? { left: 2 * value, right: 2 * value } : { left: 0, right: 0 },
    );
  };
  return { text: formula, formula, variables, f, derivatives };
}

export const SQUARE = squares('x^2', ['x'], ([x]) => x * x, [0]);
export const SUM_OF_SQUARES = squares('x0^2 + x1^2', ['x0', 'x1'], ([x0, x1]) => x0 * x0 + x1 * x1, [0, 1]);
const ALONG_X0 = squares('x0^2 + 4^2', ['x0'], ([x0]) => x0 * x0 + 16, [0]);
const ALONG_X1 = squares('7^2 + x1^2', ['x1'], (x) => 49 + x[1] * x[1], [1]);

/** Step 1, difference quotients: a step too small to move x, then the partial derivatives of x0^2 + x1^2. */
export const DIFFS: readonly { expression: Expression; at: number; h: number; method: DiffMethod }[] = [
  { expression: SQUARE, at: 3, h: 10e-50, method: 'forward' },
  { expression: ALONG_X0, at: 3, h: 1e-4, method: 'central' },
  { expression: ALONG_X1, at: 3, h: 1e-4, method: 'central' },
];

/** Step 2, the gradient of x0^2 + x1^2 at three points. */
export const GRADIENT_POINTS = [
  [3, 4],
  [0, 2],
  [3, 0],
];

/** Step 3, gradient descent from one point with three learning rates: good, too large, too small. */
export const DESCENT_INIT = Float64Array.of(-3, 4);
export const LEARNING_RATES = [0.1, 10, 1e-10];

/** Step 4, the SimpleNet: its weights as printed (8 digits), an input, the one-hot target. */
export const SIMPLE_NET = {
  W: Float64Array.of(0.97022852, 0.76192143, 0.1526186, -1.37022125, -0.84388523, 0.11582853),
  x: Float64Array.of(0.6, 0.9),
  t: Float64Array.of(0, 0, 1),
};
