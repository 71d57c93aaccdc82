import { golden } from '../helpers/golden.js';
import {
  centralDifference,
  estimateError,
  forwardDifference,
  isFrozen,
  numericalDiff,
  richardsonDifference,
  stepSweep,
} from '#src/calculus/differences.js';

const { diff } = golden<{ diff: { value: number }[] }>('notebook');

describe('the notebook', () => {
  test('a step of 10e-50 does not move x', () => {
    expect(forwardDifference((x) => x * x, 3, 10e-50)).toBe(diff[0].value);
    expect(isFrozen(3, 10e-50)).toBe(true);
    expect(Math.fround(1e-50)).toBe(diff[1].value);
  });
  test('partial derivatives of x0^2 + x1^2, to the last digit', () => {
    expect(numericalDiff((x) => x * x + 16, 3)).toBe(diff[2].value);
    expect(numericalDiff((x) => 49 + x * x, 3)).toBe(diff[3].value);
  });
});

test.each([
  ['forward', forwardDifference, 1, 1 / 2],
  ['central', centralDifference, 2, 1 / 6],
  ['richardson', richardsonDifference, 4, 1 / 480],
] as const)(
  '%s: the error of exp at 0 is the first Taylor term that was cut off',
  (_, difference, order, coefficient) => {
    // f(±h) of exp at 0: forward h/2, central h²/6, Richardson -h⁴/480.
    const h = 0.01;
    const error = Math.abs(difference(Math.exp, 0, h) - 1);
    expect(error / (coefficient * h ** order)).toBeCloseTo(1, 2);
  },
);

test('the error estimate brackets the true error of sin at 1', () => {
  for (const method of ['forward', 'central'] as const) {
    for (const h of [1e-1, 1e-2, 1e-3]) {
      const error = Math.abs(numericalDiff(Math.sin, 1, h, method) - Math.cos(1));
      const { truncation, rounding } = estimateError(Math.sin, 1, h, method);
      expect(truncation + rounding).toBeGreaterThan(error / 2);
      expect(truncation).toBeLessThan(error * 2);
    }
  }
});

describe('step sweep', () => {
  test('sin at 1: truncation, then cancellation, then underflow, best near the cube root of eps', () => {
    const { rows, best } = stepSweep(Math.sin, 1, Math.cos(1));
    expect(rows).toHaveLength(50);
    expect(rows.slice(0, 4).map((row) => row.regime)).toEqual(Array(4).fill('truncation'));
    expect(rows[8].regime).toBe('cancellation');
    expect(rows.slice(16).map((row) => row.regime)).toEqual(Array(34).fill('underflow'));
    expect(rows[49]).toMatchObject({ h: 1e-50, value: 0, error: Math.cos(1) });
    expect(best.h).toBeGreaterThanOrEqual(1e-6);
    expect(best.h).toBeLessThanOrEqual(1e-5);
  });
  test('a parabola has no third derivative, so its central difference has no truncation', () => {
    const { rows } = stepSweep((x) => x * x, 3, 6);
    expect(rows.map((row) => row.regime)).not.toContain('truncation');
  });
});
