import { contourMap, simplify } from '#src/plots/contours.js';
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

test('labels are on their lines, away from each other and from the points to avoid', () => {
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
  const flat = { levels: [], gaps: [], notes: ['f is the same everywhere here.'] };
  expect(contourMap(() => 3, x, y)).toEqual(flat);
  expect(contourMap(() => NaN, x, y).levels).toEqual([]);
});

test('lines of a function that spans decades are in the right places', () => {
  const { levels } = contourMap((a) => 10 ** (5 * a), x, y);
  expect(levels.length).toBeGreaterThan(4);
  for (const { label, rings } of levels) {
    const raised = [...label.slice(2)].map((c) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)).map((i) => '-0123456789'[i]);
    const exponent = Number(raised.join(''));
    for (const [u] of rings.flat().filter(([u]) => u > 0 && u < 1)) expect(x.value(u) * 5).toBeCloseTo(exponent, 2);
  }
});

test('contour lines are smooth: no vertex of an ellipse turns by more than the spacing of the samples explains', () => {
  const { levels } = contourMap((a, b) => (a * a) / 20 + b * b, linearAxis('x0', -8, 8), linearAxis('x1', -6, 6));
  expect(levels.length).toBeGreaterThan(5);
  for (const { rings, label } of levels) {
    for (const ring of rings) {
      const inside = ring.filter(([u, v]) => u > 0.005 && u < 0.995 && v > 0.005 && v < 0.995);
      for (const [u, v] of inside) {
        const [a, b] = [16 * u - 8, 12 * v - 6];
        expect(Math.abs((a * a) / 20 + b * b - Number(label))).toBeLessThan(0.01);
      }
      // The midpoint of every segment is on the ellipse too, within half a pixel of 700.
      ring.slice(1).forEach(([u1, v1], i) => {
        const [u0, v0] = ring[i];
        const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
        if (![u0, u1, v0, v1].every((value) => value > 0.005 && value < 0.995)) return;
        const [a, b] = [16 * u - 8, 12 * v - 6];
        const distance = Math.abs((a * a) / 20 + b * b - Number(label)) / Math.hypot(a / 10, 2 * b);
        expect(distance).toBeLessThan((0.5 / 700) * 12);
      });
    }
  }
});

test('a simplified line stays within the tolerance of every point, even where it bends little', () => {
  const circle = Array.from({ length: 5001 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 5000;
    return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)] as const;
  });
  const kept = simplify(circle);
  expect(kept.length).toBeLessThan(200);
  kept.slice(1).forEach(([u, v], i) => {
    const middle = [(u + kept[i][0]) / 2, (v + kept[i][1]) / 2];
    expect(0.4 - Math.hypot(middle[0] - 0.5, middle[1] - 0.5)).toBeLessThan(2e-4);
  });
  expect(simplify([])).toEqual([]);
});

test('noise has no contour lines', () => {
  const { levels, notes } = contourMap((a, b) => Math.sin(1e6 * a) * Math.sin(1e6 * b), x, y);
  expect([levels, notes]).toEqual([[], ['f changes too fast for contour lines.']]);
  expect(contourMap((a, b) => Math.sin(3 * a) * Math.sin(3 * b), x, y).notes).toEqual([]);
});
