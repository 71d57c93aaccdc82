import { type Axis, countAxis, linearAxis, logAxis, symlogAxis } from '#src/plots/scale.js';

const labels = (axis: Axis, count: number) => axis.ticks(count).map(({ label }) => label);

test.each([
  [linearAxis('x', -4, 4), 4, ['-4', '-2', '0', '2', '4']],
  [linearAxis('x', 0, 1), 5, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
  [linearAxis('x', -3e-7, 3e-7), 4, ['-2×10⁻⁷', '0', '2×10⁻⁷']],
  [linearAxis('x', 0, 2.6e13), 6, ['0', '5×10¹²', '10¹³', '1.5×10¹³', '2×10¹³', '2.5×10¹³']],
  [linearAxis('x', 99.9995, 100.0005), 4, ['99.9996', '99.9998', '100.0000', '100.0002', '100.0004']],
  [countAxis('x', 0, 3), 6, ['0', '1', '2', '3']],
  [countAxis('x', -0.06, 2.06), 5, ['0', '1', '2']],
  [countAxis('x', 0, 3000), 6, ['0', '500', '1000', '1500', '2000', '2500', '3000']],
  [logAxis('x', 0.1, 100), 4, ['0.1', '1', '10', '100']],
  [logAxis('x', 0.5, 5), 4, ['0.5', '1', '2', '5']],
  [logAxis('x', 1e-50, 0.1), 6, ['10⁻⁵⁰', '10⁻⁴⁰', '10⁻³⁰', '10⁻²⁰', '10⁻¹⁰']],
  [logAxis('x', 1e-16, 1, true), 4, ['0', '10⁻¹⁵', '10⁻¹⁰', '10⁻⁵', '10⁰']],
  [linearAxis('x', -1e308, 1e308), 4, ['-10³⁰⁸', '-5×10³⁰⁷', '0', '5×10³⁰⁷', '10³⁰⁸']],
  [linearAxis('x', 0, 3e-308), 3, ['0', '10⁻³⁰⁸', '2×10⁻³⁰⁸', '3×10⁻³⁰⁸']],
  [logAxis('x', 1.2, 1.8), 4, ['1.2', '1.4', '1.6', '1.8']],
  [symlogAxis('x', -1, 1, 1), 4, ['-1.0', '-0.5', '0', '0.5', '1.0']],
  [symlogAxis('x', -5, 1e300, 1), 4, ['0', '10¹⁰⁰', '10²⁰⁰', '10³⁰⁰']],
  [symlogAxis('x', -1e13, 1e13, 1), 6, ['-10¹⁰', '-10⁵', '0', '10⁵', '10¹⁰']],
])('ticks are round, and their labels are read as their values', (axis, count, expected) => {
  expect(labels(axis, count)).toEqual(expected);
  for (const { value, at } of axis.ticks(count)) expect(axis.at(value)).toBe(at);
});

test.each([
  linearAxis('x', -3, 4),
  logAxis('x', 1e-300, 1e300),
  logAxis('x', 1e-16, 1, true),
  symlogAxis('x', -1e200, 1e100, 0.01),
  linearAxis('x', -Number.MAX_VALUE, Number.MAX_VALUE),
])('the ends are at 0 and 1, and a position is converted back to its value', (axis) => {
  for (const place of [0.15, 0.25, 0.5, 0.9]) expect(axis.at(axis.value(place))).toBeCloseTo(place, 9);
  expect(axis.at(axis.value(1))).toBeCloseTo(1, 9);
});

test('a logarithmic axis has a place for 0 below all factors if requested, and none for negative numbers', () => {
  const axis = logAxis('x', 1e-16, 1, true);
  expect(axis.at(0)).toBeGreaterThan(0);
  expect(axis.at(0)).toBeLessThan(axis.at(1e-16));
  expect(axis.at(-1)).toBeNaN();
  expect(logAxis('x', 1e-16, 1).at(0)).toBeNaN();
});

test('there are at most a quarter more ticks than requested', () => {
  for (let k = 0; k < 200; k++) {
    const [from, to] = [-Math.sin(k) * 10 ** (k % 7), 3 + Math.abs(Math.cos(k)) * 10 ** (k % 9)];
    for (const count of [2, 4, 7, 12]) {
      expect(linearAxis('x', from, to).ticks(count).length).toBeLessThanOrEqual(count + 1);
      expect(logAxis('x', 10 ** -k, 1).ticks(count).length).toBeLessThanOrEqual(Math.max(count * 1.25, 3));
    }
  }
});
