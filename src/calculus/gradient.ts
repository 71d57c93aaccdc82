/** A function of several numbers. It must not keep or change the array that it is given. */
export type ScalarField = (x: Float64Array) => number;

/**
 * Central difference in one direction: (f(x + h eᵢ) - f(x - h eᵢ)) / 2h, error O(h²). x[i] is moved and put back.
 *
 * @param i index into x
 * @param h step, > 0
 */
export function partialDerivative(f: ScalarField, x: Float64Array, i: number, h = 1e-4): number {
  const value = x[i];
  x[i] = value + h;
  const above = f(x);
  x[i] = value - h;
  const below = f(x);
  x[i] = value;
  return (above - below) / (2 * h);
}

/**
 * The gradient of any f at x by central differences (book, 4.4): every coordinate is moved in turn, two evaluations of
 * f each.
 *
 * @param x (n)
 * @param h step, > 0
 * @returns (n)
 */
export function numericalGradient(f: ScalarField, x: Float64Array, h = 1e-4): Float64Array<ArrayBuffer> {
  const point = x.slice();
  return Float64Array.from(point, (_, i) => partialDerivative(f, point, i, h));
}
