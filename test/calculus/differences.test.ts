import { golden } from '../helpers/golden.js';
import {
  centralDifference,
  estimateError,
  forwardDifference,
  isFrozen,
  numericalDiff,
  referenceDerivative,
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
  test('partial derivatives of x0^2 + x1^2 equal the printed ones to the last digit', () => {
    expect(numericalDiff((x) => x * x + 16, 3)).toBe(diff[2].value);
    expect(numericalDiff((x) => 49 + x * x, 3)).toBe(diff[3].value);
  });
});

test.each([
  ['forward', forwardDifference, 1, 1 / 2],
  ['central', centralDifference, 2, 1 / 6],
  ['richardson', richardsonDifference, 4, 1 / 480],
] as const)('%s: the error of exp at 0 is the first omitted Taylor term', (_, difference, order, coefficient) => {
  // The errors for exp at 0, by its series: forward h/2, central h²/6, Richardson -h⁴/480.
  const h = 0.01;
  const error = Math.abs(difference(Math.exp, 0, h) - 1);
  expect(error / (coefficient * h ** order)).toBeCloseTo(1, 2);
});

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
  test('of sin at 1 has truncation, then cancellation, then absorption, and is best near the cube root of eps', () => {
    const { rows, best } = stepSweep(Math.sin, 1, Math.cos(1));
    expect(rows.slice(0, 4).map((row) => row.regime)).toEqual(Array(4).fill('truncation'));
    expect(rows[8].regime).toBe('cancellation');
    expect(rows.at(-1)).toMatchObject({ h: 1e-17, value: 0, error: Math.cos(1), regime: 'absorption' });
    expect(best!.h).toBeGreaterThanOrEqual(1e-6);
    expect(best!.h).toBeLessThanOrEqual(1e-5);
  });
  test('of a parabola has no truncation, because the third derivative is 0', () => {
    const { rows } = stepSweep((x) => x * x, 3, 6);
    expect(rows.map((row) => row.regime)).not.toContain('truncation');
  });
  test('ends where smaller steps change nothing, with absorption below one ulp of x', () => {
    for (const x of [3, 1e5, 1e-5, -7]) {
      const { rows } = stepSweep((u) => u ** 3, x, 3 * x * x);
      const last = rows[rows.length - 1];
      expect(rows.filter(({ h }) => x + h === x && x - h === x)).toEqual([last]);
      expect(last.regime).toBe('absorption');
    }
    expect(stepSweep((x) => x * x, 0, 0).rows).toEqual([{ h: 0.1, value: 0, error: 0, regime: 'cancellation' }]);
  });
  test('never has a best row that is not finite or whose step does not change x', () => {
    const { best, rows } = stepSweep(Math.sqrt, 0.05, 0.5 / Math.sqrt(0.05));
    expect(rows[0]).toMatchObject({ value: NaN, error: NaN, regime: null });
    expect(best!.h).toBeLessThan(1e-3);
    expect(stepSweep((x) => 1 / x, 0.1, -100, 'forward').best!.error).toBeLessThan(1e-3);
    expect(stepSweep(Math.log, -1, NaN).best).toBeUndefined();
    expect(stepSweep((x) => x * x, 1e20, 2e20).best).toBeUndefined();
    expect(stepSweep(() => 5, 1, 0).best).toMatchObject({ h: 0.1, error: 0 });
  });
});

describe('the reference derivative', () => {
  const unknown = { left: NaN, right: NaN };
  test('is exact only where f is finite and defined on both sides, and both slopes agree', () => {
    expect(referenceDerivative((x) => x * x, 3, { left: 6, right: 6 })).toEqual({ source: 'exact', value: 6 });
    expect(referenceDerivative(Math.log, -1, { left: -1, right: -1 })).toMatchObject({ source: 'none' });
    expect(referenceDerivative((x) => x ** 1.5, 0, { left: 0, right: 0 })).toMatchObject({
      source: 'none',
      because: 'f is not defined left of it',
    });
    expect(referenceDerivative(Math.abs, 0, { left: -1, right: 1 })).toMatchObject({
      source: 'none',
      because: 'f has a corner there, with slope -1 on the left and 1 on the right',
    });
    expect(referenceDerivative(Math.cbrt, 0, { left: Infinity, right: Infinity })).toMatchObject({ source: 'none' });
  });
  test.each<[string, (x: number) => number, number, number]>([
    ['sin', Math.sin, 1, Math.cos(1)],
    ['exp', Math.exp, -700, Math.exp(-700)],
    ['log', Math.log, 1e-8, 1e8],
    ['atan', Math.atan, 1e6, 1 / (1 + 1e12)],
    ['cosh', Math.cosh, 0, 0],
    ['a square at 1e8', (x) => x * x, 1e8, 2e8],
  ])('without a rule, the derivative of %s is by Richardson, with an error within the estimate', (_, f, x, exact) => {
    const reference = referenceDerivative(f, x, unknown);
    if (reference.source !== 'richardson') throw new Error(reference.source);
    expect(Math.abs(reference.value - exact)).toBeLessThanOrEqual(reference.uncertainty);
    expect(reference.uncertainty).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(exact)));
  });
  test.each<[string, (x: number) => number, number]>([
    ['a corner', (x) => Math.sqrt(x * x), 0],
    ['a corner elsewhere', (x) => Math.abs(x - 3) + x, 3],
    ['a cusp', (x) => Math.sqrt(Math.abs(x)), 0],
    ['a jump', Math.sign, 0],
    ['a pole', (x) => 1 / x, 0],
  ])('without a rule, %s has no derivative', (_, f, x) => {
    expect(referenceDerivative(f, x, unknown).source).toBe('none');
  });
});
