import type { Bucket, History } from '../training/history.js';
import { type Chart, type Line, linePieces, type Point, type Role } from './chart.js';
import { type Axis, countAxis, valueAxis } from './scale.js';
import { drawText, type TextStyle } from './text.js';

/** A loss that spans more decades than this has a logarithmic axis. */
const DECADES = 0.6;

/** Most points of a curve; more would show only the noise of the mini-batches. */
const MOST_POINTS = 60;

/** Charts of a training over its iterations: the loss, and the accuracies once they have been measured. */
export function trainingCharts({ loss, train, test }: History): Chart[] {
  if (loss.length < 2) return [];
  const x = countAxis('', loss[0].from, Math.max(loss[loss.length - 1].to, test[test.length - 1]?.to ?? 0));
  const charts = [curvesChart('loss', x, [['curve', loss]], DECADES)];
  if (test.length === 0) return charts;
  const [trained, tested] = [train, test].map((series) => series[series.length - 1].mean.toFixed(4));
  const accuracies: Curve[] = [
    ['train', train],
    ['test', test],
  ];
  return [...charts, curvesChart(`accuracy: train ${trained}, test ${tested}`, x, accuracies, Infinity)];
}

type Curve = [role: Role, series: readonly Bucket[]];

function curvesChart(title: string, x: Axis, curves: readonly Curve[], decades: number): Chart {
  const joined = curves.map(([, series]) => joinedPoints(series));
  const means = joined.flatMap((points) => points.map(([, mean]) => mean));
  const y = valueAxis('', means, decades);
  const lines = curves.map(([role], i): Line => {
    const line = joined[i].map(([at, mean]): Point => [x.at(at), y.at(mean)]);
    return { role, pieces: line.length === 1 ? [line] : linePieces(line) };
  });
  return { title, notes: [], x, y, lines, markers: [] };
}

/** Joins neighbouring buckets into at most `MOST_POINTS` points: the middle of their iterations, and their mean. */
function joinedPoints(series: readonly Bucket[]): [x: number, mean: number][] {
  const size = Math.ceil(series.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
    const group = series.slice(i * size, (i + 1) * size);
    const mean = group.reduce((sum, bucket) => sum + bucket.mean, 0) / group.length;
    return [(group[0].from + group[group.length - 1].to) / 2, mean];
  });
}

/** The smallest terminal for a curve, and the least width for two side by side. */
const LEAST = { columns: 30, rows: 12 };
const LEAST_FOR_TWO = 72;
const MOST_CURVE_ROWS = 6;
/** Lines around the curves: the progress bar, notes, a title, the axis, its labels, and the shell's prompt. */
const OTHER_ROWS = 9;
const GAP = 2;

/**
 * The curves of a training as lines of text that fit the terminal; none if there is no room.
 *
 * @param size of the terminal, in characters
 */
export function curveLines(
  history: History,
  { columns, rows }: Pick<TextStyle, 'columns' | 'rows'>,
  style: Omit<TextStyle, 'columns' | 'rows'>,
): string[] {
  const charts = columns < LEAST.columns || rows < LEAST.rows ? [] : trainingCharts(history);
  if (charts.length === 0) return [];
  const width = columns - 1; // a character in the last column may wrap
  const shown = charts.slice(0, columns < LEAST_FOR_TWO ? 1 : 2);
  const each = Math.min(60, columns < LEAST_FOR_TWO ? width : Math.floor((width - GAP) / 2));
  const height = Math.min(MOST_CURVE_ROWS, rows - OTHER_ROWS);
  const drawn = shown.map((chart) => drawText(chart, { ...style, columns: each, rows: height }));
  const lines = drawn[0].map((left, i) =>
    drawn.length === 1 ? left : `${left}${' '.repeat(GAP)}${drawn[1][i] ?? ''}`,
  );
  return lines.map((line) => line.trimEnd());
}
