import type { Chart, Figure } from './chart.js';
import { descentChart, type DescentRun } from './descent.js';
import { formatNumber } from './scale.js';
import { type Sweep, sweepChart } from './sweep.js';

/** Descents of one function from one point, a chart for each learning rate. */
export function descentFigure(fn: string, runs: readonly DescentRun[], aspect: number): Figure {
  const charts = runs.map((run) => descentChart(run, aspect));
  const from = Array.from(runs[0].init, (value) => formatNumber(value)).join(', ');
  const title = `Gradient descent on ${shortened(fn)}`;
  return { title, description: describe(`Gradient descent on f = ${fn} from (${from}).`, charts), aspect, charts };
}

/** The error of a difference quotient against its step. */
export function sweepFigure(sweep: Sweep, aspect: number): Figure {
  const charts = [sweepChart(sweep)];
  const title = `${sweep.method[0].toUpperCase()}${sweep.method.slice(1)} difference of ${shortened(sweep.fn)} at ${sweep.at}`;
  return {
    title,
    description: describe(`${title}: its error against the step h, both logarithmic.`, charts),
    aspect,
    charts,
  };
}

function describe(first: string, charts: readonly Chart[]): string {
  const sentences = charts.map(({ title, notes, markers }) =>
    [`${title}.`, ...notes, ...markers.map(({ legend }) => `${legend}.`)].join(' '),
  );
  return [first, ...sentences].join(' ');
}

/** A formula may have 500 characters; a title has not. */
function shortened(fn: string): string {
  return fn.length > 70 ? `${fn.slice(0, 69)}…` : fn;
}
