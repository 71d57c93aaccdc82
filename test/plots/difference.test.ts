import { type DiffMethod, numericalDiff } from '#src/calculus/differences.js';
import type { Chart, Line, Point } from '#src/plots/chart.js';
import { differenceFigure } from '#src/plots/difference.js';

function figure(f: (x: number) => number, at: number, h: number, method: DiffMethod = 'central', exact = NaN) {
  const value = numericalDiff(f, at, h, method);
  return differenceFigure({ formula: 'f', variable: 'x', f, at, h, method, value, exact }, 4 / 3);
}

/** The ends of a line, in the coordinates of the chart's axes. */
function endsOf({ x, y }: Chart, line: Line | undefined): number[][] {
  const points = line!.pieces.flat();
  const read = ([u, v]: Point) => [x.value(u), y.value(v)];
  return [read(points[0]), read(points[points.length - 1])];
}

const slopeOf = ([[x0, y0], [x1, y1]]: number[][]) => (y1 - y0) / (x1 - x0);
const lineOf = (chart: Chart, role: Line['role']) => chart.lines.find((line) => line.role === role);
const square = (x: number) => x * x;

test('x^2 at 3, h = 1: the secant is from (2, 4) to (4, 16), the tangent goes through (3, 9) with slope 6', () => {
  const { charts } = figure(square, 3, 1, 'central', 6);
  expect(charts).toHaveLength(1); // the points are far enough apart for a single chart
  const [from, to] = endsOf(charts[0], lineOf(charts[0], 'path'));
  for (const [i, value] of [2, 4].entries()) expect(from[i]).toBeCloseTo(value);
  for (const [i, value] of [4, 16].entries()) expect(to[i]).toBeCloseTo(value);
  const tangent = endsOf(charts[0], lineOf(charts[0], 'tangent'));
  expect(slopeOf(tangent)).toBeCloseTo(6);
  expect(tangent[0][1] + 6 * (3 - tangent[0][0])).toBeCloseTo(9);
  expect(lineOf(charts[0], 'theory')).toBeUndefined(); // the exact tangent is the same
  expect(charts[0].markers.map(({ legend }) => legend)).toEqual([
    'x - h = 2, f = 4',
    'x + h = 4, f = 16',
    'x = 3, f = 9',
  ]);
});

test('a forward difference of x^2 at 3, h = 1, has slope 7 beside the exact 6', () => {
  const [chart] = figure(square, 3, 1, 'forward', 6).charts;
  expect(slopeOf(endsOf(chart, lineOf(chart, 'tangent')))).toBeCloseTo(7);
  expect(slopeOf(endsOf(chart, lineOf(chart, 'theory')))).toBeCloseTo(6);
});

test('with a small h the points are magnified, on axes that count from x and f(x)', () => {
  const [overview, magnified] = figure(square, 3, 1e-4).charts;
  expect(lineOf(overview, 'path')).toBeUndefined();
  expect([magnified.x.name, magnified.y.name]).toEqual(['x - 3', 'f - 9']);
  const [from, to] = endsOf(magnified, lineOf(magnified, 'path'));
  expect(from[0]).toBeCloseTo(-1e-4, 10);
  expect(from[1]).toBeCloseTo(-6e-4 + 1e-8, 10);
  expect(to[1]).toBeCloseTo(6e-4 + 1e-8, 10);
});

test.each<[string, (x: number) => number, number, number, RegExp]>([
  ['x ± h is x', square, 3, 1e-20, /x ± h rounds to x/],
  ['a pole', (x) => 1 / x, 0, 1e-4, /There is no tangent: f\(x\) is ∞/],
  ['the edge of a domain', Math.sqrt, 0, 1e-4, /f\(x - h\) is NaN/],
  ['no value anywhere', () => NaN, 0, 1e-4, /f\(x\) is NaN/],
])('%s: no tangent, or only that through x, and a note says why', (_, f, at, h, note) => {
  const { charts, description } = figure(f, at, h);
  expect(description).toMatch(note);
  if (!/rounds/.test(note.source)) expect(charts.every((chart) => lineOf(chart, 'tangent') === undefined)).toBe(true);
  else expect(charts).toHaveLength(1);
});

test.each<[string, (x: number) => number, number]>([
  ['exp at 50, which grows fast', Math.exp, 50],
  ['exp at 700, next to the largest float64', Math.exp, 700],
  ['sin at 1000, which oscillates', Math.sin, 1000],
  ['tan near its pole', Math.tan, 1.57],
])('the window shows the curvature of %s: the tangent leaves the curve, and x is not at an edge', (_, f, at) => {
  const [{ x, y, lines }] = figure(f, at, 1e-6).charts;
  const v = y.at(f(at));
  expect(v).toBeGreaterThan(0.03);
  expect(v).toBeLessThan(0.97);
  const curve = lines[0].pieces.flat();
  expect(curve.some(([, height]) => Math.abs(height - v) > 0.2)).toBe(true);
  expect(x.at(at)).toBeCloseTo(0.5);
});
