/** A function of one number. */
export type RealFunction = (x: number) => number;

/** (f(x + h) - f(x)) / h, error O(h) (book, 4.3.1: the bad one). */
export function forwardDifference(f: RealFunction, x: number, h: number): number {
  return (f(x + h) - f(x)) / h;
}

/** (f(x + h) - f(x - h)) / 2h, error O(h²) (book, 4.3.1: the good one). */
export function centralDifference(f: RealFunction, x: number, h: number): number {
  return (f(x + h) - f(x - h)) / (2 * h);
}

/** Two central differences, weighted so that their h² terms cancel: error O(h⁴) (Richardson 1911). */
export function richardsonDifference(f: RealFunction, x: number, h: number): number {
  return (4 * centralDifference(f, x, h / 2) - centralDifference(f, x, h)) / 3;
}

/** Every method, with the power of h that its error falls with. */
export const methods = {
  central: { difference: centralDifference, order: 2 },
  forward: { difference: forwardDifference, order: 1 },
  richardson: { difference: richardsonDifference, order: 4 },
} as const;

export type DiffMethod = keyof typeof methods;

/**
 * Numerical derivative of f at x.
 *
 * @param h step, > 0
 * @param method default: central
 */
export function numericalDiff(f: RealFunction, x: number, h = 1e-4, method: DiffMethod = 'central'): number {
  return methods[method].difference(f, x, h);
}

/** True if x + h rounds to x or x - h does: then f is not moved, and the difference means nothing. */
export function isFrozen(x: number, h: number): boolean {
  return x + h === x || x - h === x;
}

/** The two errors that a step trades against each other, both ≥ 0. */
export interface ErrorEstimate {
  /** From cutting off the Taylor series; falls with h. */
  readonly truncation: number;
  /** From rounding f and x ± h to 53 bits; grows as h falls. */
  readonly rounding: number;
}

/**
 * Estimates the error of `numericalDiff` without knowing the derivative. Truncation: how much the result moves when h
 * is halved, scaled by the order of the method. Rounding: a unit in the last place of f(x), and of x seen through the
 * slope, over h.
 */
export function estimateError(f: RealFunction, x: number, h: number, method: DiffMethod): ErrorEstimate {
  const { difference, order } = methods[method];
  const slope = difference(f, x, h);
  const moved = Math.abs(slope - difference(f, x, h / 2));
  const rounding = roundingError(f, x, h, slope);
  return { truncation: Math.max(0, moved - 3 * rounding) / (1 - 2 ** -order), rounding };
}

/** Rounding error of a difference quotient with step h, to a factor of two or so. */
export function roundingError(f: RealFunction, x: number, h: number, slope: number): number {
  return (Number.EPSILON * (Math.abs(f(x)) + Math.abs(x * slope))) / h;
}

/** What limits a numerical derivative at some h. */
export type Regime = 'truncation' | 'cancellation' | 'underflow';

export interface SweepRow {
  readonly h: number;
  readonly value: number;
  /** |value - exact| */
  readonly error: number;
  readonly regime: Regime;
}

const SMALLEST_EXPONENT = 50;

/**
 * The numerical derivative at h = 1e-1, 1e-2 … 1e-50, and what spoils it: `underflow` where x ± h rounds to x,
 * `cancellation` where rounding in f(x + h) - f(x - h) explains the error, `truncation` where it does not.
 *
 * @param exact the derivative at x
 * @returns 50 rows, and the one with the smallest error
 */
export function stepSweep(f: RealFunction, x: number, exact: number, method: DiffMethod = 'central') {
  const rows = Array.from({ length: SMALLEST_EXPONENT }, (_, i): SweepRow => {
    const h = Number(`1e-${i + 1}`);
    const value = methods[method].difference(f, x, h);
    const error = Math.abs(value - exact);
    const explained = error <= 2 * roundingError(f, x, h, exact);
    return { h, value, error, regime: isFrozen(x, h) ? 'underflow' : explained ? 'cancellation' : 'truncation' };
  });
  const usable = rows.filter((row) => row.regime !== 'underflow');
  return { rows, best: usable.reduce((best, row) => (row.error < best.error ? row : best), usable[0] ?? rows[0]) };
}
