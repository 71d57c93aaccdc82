import type { Bucket, History } from '../training/history.js';
import { type Chart, type Line, linePieces, type Point } from './chart.js';
import { type Axis, linearAxis, valueAxis } from './scale.js';
import { drawText, type TextStyle } from './text.js';

/** A loss that spans more decades than this is shown logarithmically. */
const DECADES = 0.6;

/** More points than this would show only the noise of the mini-batches. */
const MOST_POINTS = 60;

/** Charts of a training run over its iterations: the loss, and the accuracies once they were measured. */
export function trainingCharts({ loss, train, test }: History): Chart[] {
  if (loss.length < 2) return [];
  const x = linearAxis('', loss[0].from, Math.max(loss[loss.length - 1].to, test[test.length - 1]?.to ?? 0));
  const charts = [curvesChart('loss', x, { curve: loss }, DECADES)];
  if (test.length === 0) return charts;
  const [trained, tested] = [train, test].map((series) => series[series.length - 1].mean.toFixed(4));
  return [...charts, curvesChart(`accuracy: train ${trained}, test ${tested}`, x, { train, test }, Infinity)];
}

type Curves = Partial<Record<Line['role'], readonly Bucket[]>>;

function curvesChart(title: string, x: Axis, curves: Curves, decades: number): Chart {
  const joined = Object.entries(curves).map(([role, series]) => [role as Line['role'], joinedPoints(series)] as const);
  const heights = joined.flatMap(([, points]) => points.map(([, mean]) => mean));
  const y = valueAxis('', heights, decades);
  const lines = joined.map(([role, points]): Line => {
    const line = points.map(([at, mean]): Point => [x.at(at), y.at(mean)]);
    return { role, pieces: line.length === 1 ? [line] : linePieces(line) };
  });
  return { title, notes: [], x, y, lines, markers: [] };
}

/** Joins neighbouring buckets: the middle of their iterations, and their mean. */
function joinedPoints(series: readonly Bucket[]): [x: number, mean: number][] {
  const size = Math.ceil(series.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
    const group = series.slice(i * size, (i + 1) * size);
    const mean = group.reduce((sum, bucket) => sum + bucket.mean, 0) / group.length;
    return [(group[0].from + group[group.length - 1].to) / 2, mean];
  });
}

/** Sides of a terminal, in characters. */
interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The least terminal for a curve, and the least width for two side by side. */
const LEAST = { columns: 30, rows: 12 };
const LEAST_FOR_TWO = 72;
const MOST_CURVE_ROWS = 6;
/** Lines around the curves: the bar, notes, a title, the axis, its labels, and what a shell needs. */
const OTHER_ROWS = 9;
const GAP = 2;

/** The curves of a training as lines that are narrower and fewer than the terminal's; none where there is no room. */
export function curveLines(
  history: History,
  { columns, rows }: ScreenSize,
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
