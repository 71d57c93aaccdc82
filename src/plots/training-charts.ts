import { linearAxis, type Axis } from './axis.js';
import type { Chart, Line, Place } from './chart.js';
import type { History } from './history.js';
import { linePieces } from './line-pieces.js';
import type { Bucket } from './thinned-series.js';
import { valueAxis } from './value-axis.js';

/** A loss that falls by more than this many powers of ten is shown logarithmically. */
const DECADES = 0.6;

/** More points than this show nothing but the noise of mini-batches. */
const MOST_POINTS = 60;

/** The curves of a training over its iterations: the loss, and the accuracies once they were measured. */
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
    const places = points.map(([at, mean]): Place => [x.at(at), y.at(mean)]);
    return { role, pieces: places.length === 1 ? [places] : linePieces(places) };
  });
  return { title, notes: [], x, y, lines, markers: [] };
}

/** Neighbouring buckets taken together: x in their middle, and their mean. */
function joinedPoints(series: readonly Bucket[]): [x: number, mean: number][] {
  const size = Math.ceil(series.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
    const group = series.slice(i * size, (i + 1) * size);
    const mean = group.reduce((sum, bucket) => sum + bucket.mean, 0) / group.length;
    return [(group[0].from + group[group.length - 1].to) / 2, mean];
  });
}
