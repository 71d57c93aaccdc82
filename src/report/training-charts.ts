import { linearAxis } from './axis.js';
import type { Chart, Line, Place } from './chart.js';
import type { History } from './history.js';
import { linePieces } from './line-pieces.js';
import type { Bucket } from './thinned-series.js';
import { valueAxis } from './value-axis.js';

/** A loss that falls by more than this many powers of ten is shown logarithmically. */
const DECADES = 0.6;

/** The curves of a training: the loss, and the accuracies once there are two of them. */
export function trainingCharts({ loss, train, test }: History): Chart[] {
  const charts = loss.length < 2 ? [] : [curvesChart('loss', [['curve', loss]], DECADES)];
  if (test.length < 2) return charts;
  const [trained, tested] = [train, test].map((series) => series[series.length - 1].mean.toFixed(4));
  const title = `accuracy: train ${trained}, test ${tested}`;
  const curves: Curve[] = [
    ['train', train],
    ['test', test],
  ];
  return [...charts, curvesChart(title, curves, Infinity)];
}

type Curve = readonly [role: Line['role'], series: readonly Bucket[]];

function curvesChart(title: string, curves: readonly Curve[], decades: number): Chart {
  const all = curves.flatMap(([, series]) => series);
  const x = linearAxis('', all[0].from, Math.max(all[0].from + 1, all[all.length - 1].to));
  const y = valueAxis(
    '',
    all.map(({ mean }) => mean),
    decades,
  );
  const lines = curves.map(([role, series]): Line => {
    const places = series.map(({ from, to, mean }): Place => [x.at((from + to) / 2), y.at(mean)]);
    return { role, pieces: linePieces(places) };
  });
  return { title, notes: [], x, y, lines, markers: [] };
}
