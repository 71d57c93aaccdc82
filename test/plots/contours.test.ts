import { contourMap } from '#src/plots/contours.js';
import { linearAxis } from '#src/plots/scale.js';

const x = linearAxis('x0', -4, 4);
const y = linearAxis('x1', -3, 5);

test('contour lines of x0² + x1² are circles about 0 with radius √level', () => {
  const { levels, gaps } = contourMap((a, b) => a * a + b * b, x, y);
  expect(gaps).toEqual([]);
  expect(levels.map(({ label }) => label)).toEqual(expect.arrayContaining(['0.5', '1', '2', '5', '10']));
  for (const { label, rings } of levels) {
    const inside = rings.flat().filter(([u, v]) => u > 0 && u < 1 && v > 0 && v < 1);
    expect(inside.length).toBeGreaterThan(8);
    for (const [u, v] of inside) expect(Math.hypot(x.value(u), y.value(v))).toBeCloseTo(Math.sqrt(Number(label)), 1);
  }
});

test('labels stand on their lines, away from each other and from what they are told to avoid', () => {
  const avoid = [[0.5, 0.375]] as const;
  const { levels } = contourMap((a, b) => a * a + b * b, x, y, avoid);
  const places = levels.flatMap(({ labelled, label }) => (labelled ? [{ at: labelled.at, label }] : []));
  expect(places.length).toBeGreaterThan(3);
  places.forEach(({ at: [u, v], label }, i) => {
    expect(x.value(u) ** 2 + y.value(v) ** 2).toBeCloseTo(Number(label), 1);
    for (const other of [...avoid, ...places.slice(0, i).map(({ at }) => at)]) {
      expect(Math.hypot(other[0] - u, other[1] - v)).toBeGreaterThan(0.07);
    }
  });
});

test('where f has no finite value there is a gap; a flat f has no lines', () => {
  const { gaps, levels } = contourMap((a) => Math.log(a), x, y);
  expect(levels.length).toBeGreaterThan(2);
  for (const [u] of gaps.flat()) expect(x.value(u)).toBeLessThan(0.1);
  expect(Math.max(...gaps.flat().map(([u]) => x.value(u)))).toBeGreaterThan(-0.1);
  expect(contourMap(() => 3, x, y)).toEqual({ levels: [], gaps: [] });
  expect(contourMap(() => NaN, x, y).levels).toEqual([]);
});

test('lines of what spans decades lie where they belong', () => {
  const { levels } = contourMap((a) => 10 ** (5 * a), x, y);
  expect(levels.length).toBeGreaterThan(4);
  for (const { label, rings } of levels) {
    const raised = [...label.slice(2)].map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).map((i) => '-0123456789'[i]);
    const exponent = Number(raised.join(''));
    for (const [u] of rings.flat().filter(([u]) => u > 0 && u < 1)) expect(x.value(u) * 5).toBeCloseTo(exponent, 2);
  }
});
