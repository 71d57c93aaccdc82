import { gradientDescent } from '#src/calculus/descent.js';
import { roundingError, stepSweep } from '#src/calculus/differences.js';
import { parseExpression } from '#src/calculus/expression.js';
import type { Chart } from '#src/plots/chart.js';
import { curveLines } from '#src/plots/curves.js';
import { descentChart } from '#src/plots/descent.js';
import { sweepChart } from '#src/plots/difference.js';
import { drawText } from '#src/plots/text.js';
import { collectHistory } from '#src/training/history.js';

/** Dots are square: two by four a character. */
const aspectOf = (columns: number) => (2 * (columns - 6)) / (4 * Math.round(columns / 4));

const unpainted = (text: string) => text;

function draw(chart: Chart, columns: number, isAscii = false): string {
  const lines = drawText(chart, { columns, rows: Math.round(columns / 4), isAscii, paint: unpainted });
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  return `\n${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

async function descent(fn: string, init: number[], learningRate: number, columns: number, steps = 100): Promise<Chart> {
  const { f, variables } = await parseExpression(fn);
  const start = Float64Array.from(init);
  const run = gradientDescent(f, start, { learningRate, steps });
  return descentChart({ f, variables, init: start, learningRate, steps, ...run }, aspectOf(columns));
}

function sweep(): Chart {
  const rounding = (h: number) => roundingError(Math.sin, 1, h, Math.cos(1));
  return sweepChart({
    formula: 'sin(x)',
    at: 1,
    method: 'central',
    exact: Math.cos(1),
    rounding,
    ...stepSweep(Math.sin, 1, Math.cos(1)),
  });
}

describe.each([60, 120])('%i columns', (columns) => {
  test.each<[string, string, number[], number]>([
    ['converged', 'x0^2 + x1^2', [-3, 4], 0.1],
    ['frozen at 1e13', 'x0^2 + x1^2', [-3, 4], 10],
    ['slow: a point', 'x0^2 + x1^2', [-3, 4], 1e-10],
    ['oscillating in a valley', 'x0^2/20 + x1^2', [-7, 2], 0.95],
    ['off to where f has no value', 'log(x0) + x1^2', [1, 2], 0.8],
    ['one variable', 'x^2', [3], 0.9],
    ['one variable, diverging', 'x^2', [3], 1.1],
    ['three variables', 'x0^2 + 3*x1^2 + x2^4', [3, 4, 2], 0.02],
  ])('a descent: %s', async (_, fn, init, learningRate) => {
    expect(draw(await descent(fn, init, learningRate, columns), columns)).toMatchSnapshot();
  });
  test('a sweep', () => expect(draw(sweep(), columns)).toMatchSnapshot());
  test('in ASCII', async () => {
    const text = draw(await descent('x0^2 + x1^2', [-3, 4], 0.1, columns), columns, true);
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toMatchSnapshot();
  });
  test('a training', () => {
    const { event, history } = collectHistory();
    for (let step = 0; step < 4000; step++) {
      event({ type: 'step', step, loss: 0.25 + 2.05 * Math.exp(-step / 400) + 0.02 * Math.sin(step * step) });
      if (step % 600 !== 599) continue;
      const rise = 0.8 * Math.exp(-step / 500);
      event({ type: 'accuracy', iteration: step + 1, train: 0.95 - rise, test: 0.94 - rise });
    }
    const lines = curveLines(history(), { columns, rows: 24 }, { isAscii: false, paint: unpainted });
    expect(`\n${lines.join('\n')}\n`).toMatchSnapshot();
  });
});

test('no terminal is too small: every line fits, whatever is left out', async () => {
  const charts = [await descent('x0^2 + x1^2', [-3, 4], 10, 80), sweep()];
  const { event, history } = collectHistory();
  for (let step = 0; step < 50; step++) event({ type: 'step', step, loss: 2 - step / 50 });
  event({ type: 'accuracy', iteration: 50, train: 0.5, test: 0.4 });
  for (let columns = 5; columns < 100; columns++) {
    for (const chart of charts) draw(chart, columns);
    for (const rows of [1, 5, 12, 24]) {
      const lines = curveLines(history(), { columns, rows }, { isAscii: columns % 2 === 0, paint: unpainted });
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of lines) expect(line.length).toBeLessThan(Math.max(1, columns));
    }
  }
});
