// This folder leads from a difference quotient to gradient descent. Read in this order: differences.ts (derivatives of one
// variable), gradient.ts (of several), descent.ts (steps against the gradient), optimizers.ts (other steps), verdict.ts
// (how a descent ended); then the formulas that users write: expression.ts, operations.ts and exact-derivative.ts, with
// libraries.ts, which bundles what they use of mathjs.
//
// Here, `numericalDiff` is all that the next file needs. The rest of this one is about its error: an estimate, the exact
// derivative to compare with, and how the error depends on h.

/** A function of one number. */
export type RealFunction = (x: number) => number;

/** (f(x + h) - f(x)) / h, error O(h): what the book shows first, as a bad implementation (4.3.1). */
export function forwardDifference(f: RealFunction, x: number, h: number): number {
  return (f(x + h) - f(x)) / h;
}

/** (f(x + h) - f(x - h)) / 2h, error O(h²): the book's `numerical_diff` (4.3.1). */
export function centralDifference(f: RealFunction, x: number, h: number): number {
  return (f(x + h) - f(x - h)) / (2 * h);
}

/** Two central differences, weighted so that their h² terms cancel: error O(h⁴) (Richardson 1911, not in the book). */
export function richardsonDifference(f: RealFunction, x: number, h: number): number {
  return (4 * centralDifference(f, x, h / 2) - centralDifference(f, x, h)) / 3;
}

/** The methods by name. The error of each is O(h^order). */
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

/** True if x + h or x - h rounds to x: f is then evaluated at x itself, and the difference says nothing about f. */
export function isFrozen(x: number, h: number): boolean {
  return x + h === x || x - h === x;
}

// How large the error is.

/** The two errors that a step trades against each other, both ≥ 0. */
export interface ErrorEstimate {
  /** From the terms of the Taylor series that the quotient leaves out; falls with h. */
  readonly truncation: number;
  /** From rounding f and x ± h to 53 bits; grows as h falls. */
  readonly rounding: number;
}

/**
 * Estimates the error of `numericalDiff` without knowing the derivative. Halving h leaves 2^-order of the truncation error,
 * so the change of the result, as far as rounding does not explain it, is 1 - 2^-order of it.
 */
export function estimateError(f: RealFunction, x: number, h: number, method: DiffMethod): ErrorEstimate {
  const { difference, order } = methods[method];
  const derivative = difference(f, x, h);
  const change = Math.abs(derivative - difference(f, x, h / 2));
  const rounding = roundingError(f, x, h, derivative);
  return { truncation: Math.max(0, change - 3 * rounding) / (1 - 2 ** -order), rounding };
}

/**
 * Rounding error of a difference quotient with step h, to a factor of two or so. Rounding f changes it by about ε |f(x)|,
 * and rounding x ± h, by about ε |x|, changes f by ε |x f'(x)|; the quotient divides both by h.
 *
 * @param derivative f'(x), or an estimate of it
 */
export function roundingError(f: RealFunction, x: number, h: number, derivative: number): number {
  return (Number.EPSILON * (Math.abs(f(x)) + Math.abs(x * derivative))) / h;
}

// What a numerical derivative is compared with.

/** The derivative that a numerical one is compared with, and where it comes from. */
export type Reference =
  /** By the rules of differentiation, exact to rounding. */
  | { readonly source: 'exact'; readonly value: number }
  /** By Richardson's extrapolation, right to about `uncertainty`. */
  | { readonly source: 'richardson'; readonly value: number; readonly uncertainty: number; readonly because: string }
  /** The derivative does not exist, or is not known. */
  | { readonly source: 'none'; readonly because: string };

/** The derivative as a number, NaN if there is none. */
export const knownDerivative = (reference: Reference) => (reference.source === 'none' ? NaN : reference.value);

/**
 * The derivative of f at x, from the best source that there is. It counts as exact if f is defined at x and on both sides
 * of x, and if both one-sided derivatives are finite and equal.
 *
 * @param rule one-sided derivatives by the rules of differentiation, NaN where these do not give any
 */
export function referenceDerivative(
  f: RealFunction,
  x: number,
  rule: { readonly left: number; readonly right: number },
): Reference {
  const value = f(x);
  if (!Number.isFinite(value)) return none(`f is ${value} there`);
  const distance = x === 0 ? 1e-100 : Number.EPSILON * Math.abs(x); // to a neighbour of x that is another number
  const undefinedAt = [x - distance, x + distance].find((neighbour) => Number.isNaN(f(neighbour)));
  if (undefinedAt !== undefined) return none(`f is not defined ${undefinedAt < x ? 'left' : 'right'} of it`);
  const { left, right } = rule;
  if (left === right && Number.isFinite(left)) return { source: 'exact', value: left };
  if (left === right) return none(`it is ${left}: the tangent is vertical, or steeper than float64 can say`);
  if (!Number.isNaN(left) && !Number.isNaN(right)) return none(corner(left, right));
  return extrapolated(f, x);
}

const none = (because: string): Reference => ({ source: 'none', because });

const corner = (left: number, right: number) =>
  `f has a corner there, with slope ${short(left)} on the left and ${short(right)} on the right`;

const short = (value: number) => Number(value.toPrecision(6));

/**
 * Richardson's extrapolation with the step whose estimated error is smallest. It is no derivative where f has a corner or
 * a jump, so the quotients of each side, with a step h and with h / 16, must all agree.
 */
function extrapolated(f: RealFunction, x: number): Reference {
  const scale = Math.abs(x) || 1;
  const candidates = Array.from({ length: 8 }, (_, i) => {
    const h = scale * 10 ** -(i + 1);
    const { truncation, rounding } = estimateError(f, x, h, 'richardson');
    return { h, value: richardsonDifference(f, x, h), uncertainty: 2 * (truncation + rounding) };
  }).filter(({ uncertainty, value }) => Number.isFinite(uncertainty) && Number.isFinite(value));
  const [best] = candidates.sort((a, b) => a.uncertainty - b.uncertainty);
  if (best === undefined) return none('the differences are not finite there');
  const { value, uncertainty } = best;
  const h = Math.min(best.h, 1e-4 * scale);
  const [left, right, ...closer] = [-h, h, -h / 16, h / 16].map((step) => oneSidedDifference(f, x, step));
  const rounding = 10 * (uncertainty + roundingError(f, x, h / 16, value));
  const tolerance = 1e-2 * Math.max(Math.abs(left), Math.abs(right)) + rounding;
  if (!(Math.abs(right - left) <= tolerance)) return none(corner(left, right));
  if (!closer.every((derivative) => Math.abs(derivative - left) <= tolerance))
    return none('f jumps, or its tangent is vertical there');
  return { source: 'richardson', value, uncertainty, because: 'the rules of differentiation give no value there' };
}

/** Difference quotient from x and two points on one side of it, error O(h²); h < 0 for the left side. */
function oneSidedDifference(f: RealFunction, x: number, h: number): number {
  return (4 * f(x + h / 2) - 3 * f(x) - f(x + h)) / h;
}

// How the error depends on h.

/** What limits the accuracy of a numerical derivative at a step h; see `stepSweep`. */
export type Regime = 'truncation' | 'cancellation' | 'absorption';

export interface SweepRow {
  readonly h: number;
  readonly value: number;
  /** |value - exact|; NaN if either is not known. */
  readonly error: number;
  /** null where there is no error to explain. */
  readonly regime: Regime | null;
}

export interface StepSweep {
  /** From h = 0.1 down to where a smaller step changes nothing. */
  readonly rows: readonly SweepRow[];
  /** The row with the smallest error; undefined if no row has a finite error and a step that moves x. */
  readonly best: SweepRow | undefined;
}

/** The smallest step is 1e-50, smaller than the 10e-50 of the book's bad implementation (4.3.1). */
const STEPS = 50;

/**
 * The numerical derivative at h = 1e-1, 1e-2 … down to 1e-50, and what limits it: `absorption` where x + h or x - h
 * rounds to x, `cancellation` where rounding in f(x + h) - f(x - h) explains the error, `truncation` where it does not.
 *
 * @param exact the derivative at x, NaN if it is not known
 */
export function stepSweep(f: RealFunction, x: number, exact: number, method: DiffMethod = 'central'): StepSweep {
  const regimeOf = (h: number, error: number): Regime | null => {
    if (isFrozen(x, h)) return 'absorption';
    if (Number.isNaN(error)) return null;
    return error <= 2 * roundingError(f, x, h, exact) ? 'cancellation' : 'truncation';
  };
  const all = Array.from({ length: STEPS }, (_, i): SweepRow => {
    const h = Number(`1e-${i + 1}`);
    const value = methods[method].difference(f, x, h);
    const error = Math.abs(value - exact);
    return { h, value, error, regime: regimeOf(h, error) };
  });
  // At the end, where a smaller step changes nothing, all rows are alike: keep the first of them.
  const last = all[all.length - 1];
  const isLikeLast = ({ value, regime }: SweepRow) => Object.is(value, last.value) && regime === last.regime;
  const rows = all.slice(0, all.findLastIndex((row) => !isLikeLast(row)) + 2);
  const usable = rows.filter(({ regime, error }) => regime !== 'absorption' && Number.isFinite(error));
  return { rows, best: usable.length === 0 ? undefined : usable.reduce((a, b) => (b.error < a.error ? b : a)) };
}
