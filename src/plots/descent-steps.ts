import { linearAxis } from './axis.js';
import type { Chart } from './chart.js';
import type { DrawnRun } from './descent-chart.js';
import { pathOverlay } from './path-overlay.js';
import { valueAxis } from './value-axis.js';

/** Values that span more decades than this are shown logarithmically. */
const DECADES = 2;

/** What a descent in three and more variables makes of f: its value at every step. */
export function stepsChart(drawn: DrawnRun): Chart {
  const { run, points, count, heading } = drawn;
  const n = run.init.length;
  const values = Float64Array.from({ length: count }, (_, k) => run.f(points.subarray(k * n, (k + 1) * n)));
  const steps = Float64Array.from({ length: count }, (_, k) => k);
  const x = linearAxis('step', -0.03 * run.steps, 1.03 * run.steps);
  const y = valueAxis('f', Array.from(values), DECADES);
  const { line, markers } = pathOverlay(drawn, [steps, values], x, y);
  return { ...heading, x, y, lines: [line], markers };
}
