import { isFrozen, methods, roundingError, type DiffMethod, type RealFunction } from './numerical-diff.js';

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
