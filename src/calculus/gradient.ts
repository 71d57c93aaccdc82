import type { RealFunction } from './differences.js';

/** A function of several numbers, x (n). It must not keep or change the array that it is given. */
export type ScalarField = (x: Float64Array) => number;

/**
 * Partial derivative by xᵢ (book, 4.3.3) as a central difference, (f(x + h eᵢ) - f(x - h eᵢ)) / 2h, error O(h²). x[i] is
 * changed in place and put back, also if f throws.
 *
 * @param i index into x
 * @param h step, > 0
 */
export function partialDerivative(f: ScalarField, x: Float64Array, i: number, h = 1e-4): number {
  const value = x[i];
  try {
    x[i] = value + h;
    const above = f(x);
    x[i] = value - h;
    const below = f(x);
    return (above - below) / (2 * h);
  } finally {
    x[i] = value;
  }
}

/**
 * The gradient of any f at x by central differences (book, 4.4): the partial derivative by each coordinate in turn, two
 * evaluations of f each. As in the book, x itself is changed and put back. f may therefore ignore its argument and read x
 * where it belongs: `numericalGradient(() => twoLayerNet.loss(net, images, t), net.W2)`.
 *
 * @param x (n); as it was when this returns or throws
 * @param h step, > 0
 * @returns (n)
 */
export function numericalGradient(f: ScalarField, x: Float64Array, h = 1e-4): Float64Array<ArrayBuffer> {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) gradient[i] = partialDerivative(f, x, i, h);
  return gradient;
}

/** f as a function of coordinate i alone, the others as in x. */
export function alongAxis(f: ScalarField, x: Float64Array, i: number): RealFunction {
  const point = x.slice();
  return (coordinate) => {
    point[i] = coordinate;
    return f(point);
  };
}
