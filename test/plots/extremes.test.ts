import fc from 'fast-check';
import { gradientDescent } from '#src/calculus/descent.js';
import { type DiffMethod, numericalDiff, roundingError, stepSweep } from '#src/calculus/differences.js';
import type { Figure } from '#src/plots/chart.js';
import { contourMap } from '#src/plots/contours.js';
import { curveLines, trainingCharts } from '#src/plots/curves.js';
import { descentFigure } from '#src/plots/descent.js';
import { differenceFigure, sweepFigure } from '#src/plots/difference.js';
import { gradientFigure } from '#src/plots/gradient.js';
import { renderPng } from '#src/plots/png.js';
import { type Axis, linearAxis, logAxis, symlogAxis, valueAxis } from '#src/plots/scale.js';
import { drawSvg } from '#src/plots/svg.js';
import { drawText } from '#src/plots/text.js';
import { collectHistory } from '#src/training/history.js';

/** Any float64 but NaN: all exponents, the infinities, and the neighbours of the limits. */
const anySize = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, 1, -1, 5e-324, -5e-324, 2.3e-308, 1e-300, 1e300, 1e308, -1e308, 1.7976931348623157e308, -Infinity),
  fc.integer({ min: -323, max: 308 }).map((exponent) => 10 ** exponent),
);
const finite = anySize.filter(Number.isFinite);
const positive = finite.map(Math.abs).filter((value) => value > 0);
const axes: [string, fc.Arbitrary<Axis>][] = [
  ['linear', fc.tuple(anySize, anySize).map(([from, to]) => linearAxis('x', from, to))],
  ['log', fc.tuple(positive, anySize, fc.boolean()).map(([from, to, zero]) => logAxis('x', from, to, zero))],
  ['symlog', fc.tuple(anySize, anySize, positive).map(([from, to, unit]) => symlogAxis('x', from, to, unit))],
  ['of values', fc.tuple(fc.array(anySize), fc.boolean()).map(([values, zero]) => valueAxis('x', values, 1, zero))],
];

test.each(axes)('a %s axis with any ends has few ticks, in order, on the axis, each with a label', (_, axis) => {
  fc.assert(
    fc.property(axis, fc.integer({ min: 1, max: 12 }), (some, count) => {
      const ticks = some.ticks(count);
      expect(ticks.length).toBeLessThanOrEqual(1.25 * count + 3);
      ticks.forEach(({ value, at, label }, i) => {
        expect(Number.isFinite(value)).toBe(true);
        expect(at).toBeGreaterThanOrEqual(-1e-9);
        expect(at).toBeLessThanOrEqual(1 + 1e-9);
        expect(label).not.toMatch(/^$|NaN|undefined|Infinity/);
        if (i > 0) expect(value).toBeGreaterThan(ticks[i - 1].value);
      });
    }),
    { numRuns: 1000 },
  );
});

test.each(axes)('a %s axis with any ends gives its ends positions near 0 and 1', (_, axis) => {
  fc.assert(
    fc.property(axis, (some) => {
      const [low, high] = [some.value(0), some.value(1)];
      expect(low).toBeLessThanOrEqual(high); // equal if float64 has no value between them
      for (const at of [0, 0.25, 0.5, 1]) expect(some.at(some.value(at))).not.toBeNaN();
    }),
    { numRuns: 1000 },
  );
});

/** Draws a figure in every format except PNG, and looks for text that no picture may contain. */
function draw(figure: Figure): string {
  const svg = drawSvg(figure);
  expect(svg.replace(/<(title|desc|style|text)\b.*?<\/\1>/g, '')).not.toMatch(/NaN|Infinity|undefined|\d{9}/);
  expect(svg.length).toBeLessThan(5e6);
  for (const isAscii of [false, true]) {
    for (const chart of figure.charts) {
      const lines = drawText(chart, { columns: 60, rows: 12, isAscii, paint: (text) => text });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    }
  }
  return svg;
}

/** Functions of one, two and three variables with a coefficient of any size. */
const functions: ((a: number) => (x: Float64Array) => number)[] = [
  (a) => (x) => a * x[0],
  (a) => (x) => a * x[0] * x[0],
  (a) => (x) => a * x[0] + x[1],
  (a) => (x) => a * (x[0] * x[0] + x[1] * x[1]),
  (a) => (x) => Math.log(x[0]) + a * x[1] ** 4,
  (a) => (x) => a / x[0] + Math.exp(x[1]),
  (a) => (x) => a * x[0] + x[1] * x[2],
];
const variables = [['x'], ['x'], ['x0', 'x1'], ['x0', 'x1'], ['x0', 'x1'], ['x0', 'x1'], ['x0', 'x1', 'x2']];

function descent(which: number, a: number, start: readonly number[], learningRate: number, steps = 30): Figure {
  const f = functions[which](a);
  const init = Float64Array.from(start.slice(0, variables[which].length));
  const options = { learningRate, steps };
  const run = { f, variables: variables[which], init, ...options, ...gradientDescent(f, init, options) };
  return descentFigure('f', [run], 4 / 3);
}

test('a descent with any coefficient, start and learning rate is drawn', () => {
  const which = fc.integer({ min: 0, max: functions.length - 1 });
  const start = fc.array(finite, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(which, finite, start, positive, (some, a, init, rate) => void draw(descent(some, a, init, rate))),
    { numRuns: 60 },
  );
});

test.each([1e300, 1e280, 1e308, 5e-324])('learning rate %p: SVG, PNG and text', async (rate) => {
  const svg = draw(descent(3, 1, [-3, 4], rate));
  expect(
    Buffer.from(await renderPng(svg))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
});

test('contours of any samples, on axes with any ends', () => {
  const axis = fc.tuple(anySize, anySize).map(([from, to]) => linearAxis('x', from, to));
  fc.assert(
    fc.property(axis, axis, fc.array(fc.oneof(anySize, fc.constant(NaN)), { minLength: 1 }), (x, y, values) => {
      let i = 0;
      const { levels, gaps } = contourMap(() => values[i++ % values.length], x, y);
      expect(levels.length).toBeLessThanOrEqual(18);
      for (const ring of [...gaps, ...levels.flatMap(({ rings }) => rings)]) {
        for (const point of ring) for (const value of point) expect(Math.abs(value - 0.5)).toBeLessThan(0.51);
      }
    }),
    { numRuns: 30 },
  );
});

test('a sweep of errors of any size is drawn', () => {
  const method = fc.constantFrom<DiffMethod>('central', 'forward', 'richardson');
  fc.assert(
    fc.property(fc.nat(3), finite, finite, method, (which, a, at, how) => {
      const f = (x: number) => [a * x, a * Math.sin(x), a * x ** 3, Math.log(x) / a][which];
      const sweep = { formula: 'f', at, method: how, exact: a, ...stepSweep(f, at, a, how) };
      draw(sweepFigure({ ...sweep, rounding: (h) => roundingError(f, at, h, a) }, 4 / 3));
    }),
    { numRuns: 60 },
  );
});

test('a difference quotient of any function anywhere, with any step, is drawn', () => {
  const method = fc.constantFrom<DiffMethod>('central', 'forward', 'richardson');
  fc.assert(
    fc.property(fc.nat(5), finite, finite, positive, method, (which, a, at, h, how) => {
      const f = (x: number) => [a * x, Math.sin(a * x), a * x ** 3, Math.log(x) / a, a / x, Math.exp(a * x)][which];
      const value = numericalDiff(f, at, h, how);
      draw(differenceFigure({ formula: 'f', variable: 'x', f, at, h, method: how, value, exact: a }, 4 / 3));
    }),
    { numRuns: 100 },
  );
});

test('a gradient of any function anywhere, with any step, is drawn', () => {
  const which = fc.integer({ min: 0, max: functions.length - 2 });
  fc.assert(
    fc.property(which, finite, fc.tuple(finite, finite), positive, (some, a, at, h) => {
      const points = [Float64Array.from(at.slice(0, variables[some].length))];
      draw(gradientFigure({ formula: 'f', variables: variables[some], f: functions[some](a), points, h }, 4 / 3));
    }),
    { numRuns: 60 },
  );
});

test('curves of losses of any size are drawn', () => {
  fc.assert(
    fc.property(fc.array(anySize, { minLength: 2, maxLength: 100 }), (losses) => {
      const { event, history } = collectHistory();
      losses.forEach((loss, step) => event({ type: 'step', step, loss }));
      event({ type: 'accuracy', iteration: losses.length, train: 0.5, test: 0.4 });
      draw({ title: 'curves', description: '', aspect: 2, charts: trainingCharts(history()) });
      const screen = { columns: 80, rows: 24 };
      for (const line of curveLines(history(), screen, { isAscii: false, paint: (text) => text })) {
        expect(line.length).toBeLessThan(80);
      }
    }),
    { numRuns: 100 },
  );
});
