import type { Chart } from '#src/plots/chart.js';
import { gradientFigure } from '#src/plots/gradient.js';

const bowl = ([x0, x1]: Float64Array) => (x0 * x0) / 20 + x1 * x1;

function chartOf(f: (x: Float64Array) => number, variables: string[], ...points: number[][]): Chart {
  const field = { formula: 'f', variables, f, points: points.map((point) => Float64Array.from(point)), h: 1e-4 };
  return gradientFigure(field, 4 / 3).charts[0];
}

/** Tail and vector of every arrow, in the coordinates of the chart's axes. */
function arrowsOf({ x, y, lines }: Chart, role: 'arrow' | 'path') {
  return lines
    .filter((line) => line.role === role && line.isArrow)
    .flatMap(({ pieces }) => pieces)
    .map(([from, to]) => ({
      at: [x.value(from[0]), y.value(from[1])],
      vector: [x.value(to[0]) - x.value(from[0]), y.value(to[1]) - y.value(from[1])],
    }));
}

test('every arrow points along -grad f, and is longer where f is steeper', () => {
  const chart = chartOf(bowl, ['x0', 'x1'], [-7, 2]);
  const arrows = arrowsOf(chart, 'arrow');
  expect(arrows.length).toBeGreaterThan(80);
  const measured = arrows.map(({ at, vector }) => {
    const downhill = [-at[0] / 10, -2 * at[1]];
    const [length, slope] = [Math.hypot(...vector), Math.hypot(...downhill)];
    expect((vector[0] * downhill[0] + vector[1] * downhill[1]) / (length * slope)).toBeCloseTo(1, 6); // the cosine
    return { length, slope };
  });
  measured.sort((a, b) => a.slope - b.slope);
  for (let i = 1; i < measured.length; i++) {
    expect(measured[i].length).toBeGreaterThan(measured[i - 1].length - 1e-9);
  }
});

test('the requested points are in the picture, each with its gradient', () => {
  const chart = chartOf(bowl, ['x0', 'x1'], [-7, 2], [0, 0]);
  expect(arrowsOf(chart, 'path').map(({ at }) => at.map(Math.round))).toEqual([[-7, 2]]); // the gradient at (0, 0) is 0
  expect(chart.markers.map(({ legend }) => legend)).toEqual([
    '(-7, 2): f = 6.45, ∇f = (-0.7, 4)',
    '(0, 0): f = 0, ∇f = (0, 0)',
  ]);
  for (const { at } of chart.markers) for (const value of at) expect(Math.abs(value - 0.5)).toBeLessThan(0.5);
});

test('a function of x1 alone has arrows on its curve, to the left where it rises', () => {
  const chart = chartOf((x) => x[1] ** 2, ['x1'], [0, 3]);
  expect(chart.x.name).toBe('x1');
  for (const { at, vector } of arrowsOf(chart, 'arrow')) {
    expect(Math.sign(vector[0])).toBe(-Math.sign(at[0]));
    expect(vector[1]).toBe(0);
    expect(at[1]).toBeCloseTo(at[0] ** 2);
  }
});

test('there are no arrows where f has no value', () => {
  const chart = chartOf(([x0, x1]) => Math.log(x0) + x1, ['x0', 'x1'], [1, 2]);
  for (const { at } of arrowsOf(chart, 'arrow')) expect(at[0]).toBeGreaterThan(0);
  expect(chart.notes).toContain('In part of the picture f has no finite value.');
});
