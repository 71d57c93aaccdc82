import type { DiffMethod } from '../../calculus/differences.js';
import { coordinateOf, type Expression } from '../../calculus/expression.js';

// The functions and numbers of the notebook, which are the defaults of commands. The functions are written in
// TypeScript, so that the parser is not loaded for them.

/** The sum of the squares of some variables and a constant. Each partial derivative is twice the coordinate. */
function squares(formula: string, variables: readonly string[], constant = 0): Expression {
  const used = variables.map(coordinateOf);
  const f = (x: Float64Array) => used.reduce((sum, i) => sum + x[i] * x[i], constant);
  const derivatives = (x: Float64Array) =>
    Array.from(x, (value, i) => (used.includes(i) ? 2 * value : 0)).map((derivative) => ({
      left: derivative,
      right: derivative,
    }));
  return { text: formula, formula, variables, f, derivatives };
}

/** The default function of `diff`. */
export const SQUARE = squares('x^2', ['x']);
/** The default function of `gradient` and `descend`. */
export const SUM_OF_SQUARES = squares('x0^2 + x1^2', ['x0', 'x1']);
const ALONG_X0 = squares('x0^2 + 4^2', ['x0'], 16);
const ALONG_X1 = squares('7^2 + x1^2', ['x1'], 49);

/** Step 1, difference quotients: one with h so small that x + h = x, then the partial derivatives of x0^2 + x1^2. */
export const DIFFS: readonly { expression: Expression; at: number; h: number; method: DiffMethod }[] = [
  { expression: SQUARE, at: 3, h: 10e-50, method: 'forward' },
  { expression: ALONG_X0, at: 3, h: 1e-4, method: 'central' },
  { expression: ALONG_X1, at: 3, h: 1e-4, method: 'central' },
];

/** Step 2, the gradient of x0^2 + x1^2 at three points. */
export const GRADIENT_POINTS = [Float64Array.of(3, 4), Float64Array.of(0, 2), Float64Array.of(3, 0)];

/** Step 3, gradient descent: the starting point. */
export const DESCENT_INIT = Float64Array.of(-3, 4);
/** Step 3: three learning rates, a good one, one that is too large, one that is too small. */
export const LEARNING_RATES = [0.1, 10, 1e-10];

/** Step 4, SimpleNet: the weights (2, 3) with the 8 digits that the notebook prints, an input, a one-hot label. */
export const SIMPLE_NET = {
  W: Float64Array.of(0.97022852, 0.76192143, 0.1526186, -1.37022125, -0.84388523, 0.11582853),
  x: Float64Array.of(0.6, 0.9),
  t: Float64Array.of(0, 0, 1),
};
