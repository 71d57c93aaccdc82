import { gradientDescent } from '#src/calculus/descent.js';
import type { OptimizerName } from '#src/calculus/optimizers.js';
import { PATHS } from '#src/plots/chart.js';
import { pathsFigure } from '#src/plots/descent.js';
import { drawSvg } from '#src/plots/svg.js';
import { drawText } from '#src/plots/text.js';

type Field = (x: Float64Array) => number;

function figure(f: Field, variables: string[], init: number[], ways: [OptimizerName, number][], steps = 30) {
  const start = Float64Array.from(init);
  const runs = ways.map(([optimizer, learningRate]) => ({
    ...{ f, variables, init: start, learningRate, steps, name: `${optimizer} ${learningRate}`, word: optimizer },
    ...gradientDescent(f, start, { optimizer, learningRate, steps }),
  }));
  return pathsFigure('f', runs, 4 / 3);
}

const BOOK: [OptimizerName, number][] = [
  ['sgd', 0.95],
  ['momentum', 0.1],
  ['adagrad', 1.5],
  ['adam', 0.3],
];
const valley: Field = ([x0, x1]) => (x0 * x0) / 20 + x1 * x1;

test('figures 6-3 to 6-7 in one chart: each path has its role, starts at the same point and is visible', () => {
  const [chart] = figure(valley, ['x0', 'x1'], [-7, 2], BOOK).charts;
  expect(chart.lines.map(({ role }) => role)).toEqual(PATHS.slice(0, 4));
  const starts = chart.lines.map(({ pieces }) => pieces[0][0]);
  for (const [u, v] of starts) {
    expect(chart.x.value(u)).toBeCloseTo(-7);
    expect(chart.y.value(v)).toBeCloseTo(2);
  }
  for (const [u, v] of chart.lines.flatMap(({ pieces }) => pieces.flat())) {
    expect(Math.min(u, v)).toBeGreaterThan(0);
    expect(Math.max(u, v)).toBeLessThan(1);
  }
  expect(chart.levels!.length).toBeGreaterThan(4);
  expect(chart.markers.map(({ role }) => role)).toEqual(['start', ...PATHS.slice(0, 4)]);
  expect(chart.markers[2].legend).toMatch(/^momentum 0\.1: slow; end \(0\.896, 0\.0881\), f = 0\.0479$/); // as NumPy has it
});

test('the contour lines are smooth: every vertex is within a thousandth of the picture of its ellipse', () => {
  const [{ x, y, levels }] = figure(valley, ['x0', 'x1'], [-7, 2], BOOK).charts;
  for (const { label, rings } of levels!) {
    // Lines that reach the edge of the chart run along it; the others are complete ellipses.
    const inside = rings.flat().filter((point) => point.every((value) => value > 0.001 && value < 0.999));
    expect(inside.length).toBeGreaterThan(20);
    for (const [u, v] of inside) {
      const value = valley(Float64Array.of(x.value(u), y.value(v)));
      const steep = Math.hypot(
        (x.value(u) / 10) * (x.value(1) - x.value(0)),
        2 * y.value(v) * (y.value(1) - y.value(0)),
      );
      expect(Math.abs(value - Number(label)) / steep).toBeLessThan(1e-3);
    }
  }
});

test('a path that leaves the picture does not shrink the others, and the legend says so', () => {
  const [chart] = figure(valley, ['x0', 'x1'], [-7, 2], [...BOOK, ['sgd', 9]]).charts;
  expect(chart.x.value(1) - chart.x.value(0)).toBeLessThan(40);
  expect(chart.markers[5].legend).toContain('outside the picture');
});

test.each<[string, Field, string[], number[]]>([
  ['one variable', ([x]) => x * x, ['x'], [3]],
  ['two variables', valley, ['x0', 'x1'], [-7, 2]],
  ['three variables', ([x0, x1, x2]) => x0 * x0 + x1 * x1 + x2 ** 4, ['x0', 'x1', 'x2'], [3, 2, 1]],
  ['a domain that ends', ([x0, x1]) => Math.log(x0) + x1 * x1, ['x0', 'x1'], [1, 2]],
  ['no value', () => NaN, ['x0', 'x1'], [1, 2]],
])('%s: with any rates, in SVG and in text', (_, f, variables, init) => {
  for (const rates of [
    [0.1, 0.1, 0.1, 0.1],
    [1e300, 10, 1e-10, 1e5],
    [20, 30, 40, 50],
  ]) {
    const ways = BOOK.map(([optimizer], i): [OptimizerName, number] => [optimizer, rates[i]]);
    const drawn = figure(f, variables, init, ways);
    expect(drawSvg(drawn).replace(/<(title|desc|style|text)\b.*?<\/\1>/g, '')).not.toMatch(/NaN|Infinity|undefined/);
    for (const isAscii of [false, true]) {
      const lines = drawText(drawn.charts[0], { columns: 60, rows: 12, isAscii, paint: (text) => text });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    }
  }
});
