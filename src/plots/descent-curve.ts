import { linearAxis, type Axis } from './axis.js';
import type { Chart, Place } from './chart.js';
import type { DrawnRun } from './descent-chart.js';
import { linePieces } from './line-pieces.js';
import { pathOverlay } from './path-overlay.js';
import { extent, isGrowing, pathWindow } from './path-window.js';
import { quantile, valueAxis } from './value-axis.js';

const SAMPLES = 801;
/** Values that grow through more decades than this are shown logarithmically. */
const DECADES = 4;

/** The path of a descent along the curve of a function of one variable. */
export function curveChart(drawn: DrawnRun): Chart {
  const { run, points, count, names, coordinates, heading } = drawn;
  const [coordinate] = coordinates;
  const n = run.init.length;
  const column = Float64Array.from({ length: count }, (_, k) => points[k * n + coordinate]);
  const point = run.init.slice();
  const f = (value: number) => {
    point[coordinate] = value;
    return run.f(point);
  };
  const { outcome } = run.verdict;
  const [x] = pathWindow([column], names, outcome, 1);
  const values = column.map(f);
  const grid = Array.from({ length: SAMPLES }, (_, i) => x.value(i / (SAMPLES - 1)));
  const curve = grid.map(f);
  const y = isGrowing([column], outcome) ? valueAxis('f', [...curve, ...values], DECADES) : heightAxis(curve, values);
  const { line, markers } = pathOverlay(drawn, [column, values], x, y);
  const places = grid.map((value, i): Place => [x.at(value), isPole(i) ? NaN : y.at(curve[i])]);
  /** From below the chart to above it in one step, or the other way round. */
  function isPole(i: number): boolean {
    const [before, here] = [y.at(curve[i - 1]), y.at(curve[i])];
    return Math.min(before, here) < 0 && Math.max(before, here) > 1;
  }
  return {
    ...heading,
    x,
    y,
    lines: [{ role: 'curve', pieces: linePieces(places) }, line],
    markers,
  };
}

/** Room above and below the path, as a share of the heights that it goes through. */
const ROOM = 2;
/** A path through less than this share of the curve's heights leaves the choice to the curve. */
const FLAT = 0.05;

/** The heights of the path, and as much of the curve as leaves the path visible; a pole is cut off. */
function heightAxis(curve: readonly number[], path: Float64Array): Axis {
  const sorted = Float64Array.from(curve.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return linearAxis('f', -1, 1);
  const [low, high] = extent(path.filter(Number.isFinite));
  const [least, most] = [quantile(sorted, 0.03), quantile(sorted, 0.97)];
  const isFlat = !(high - low > FLAT * (most - least));
  const room = isFlat ? (most - least) / 2 : ROOM * (high - low);
  const bottom = Math.min(low, Math.max(sorted[0], (isFlat ? least : low) - room));
  const top = Math.max(high, Math.min(sorted[sorted.length - 1], (isFlat ? most : high) + room));
  const margin = (top - bottom) * 0.07 || Math.abs(top) || 1;
  return linearAxis('f', bottom - margin, top + margin);
}
