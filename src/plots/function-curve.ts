import { type Line, linePieces, type Point } from './chart.js';
import { type Axis, extent, linearAxis, quantile } from './scale.js';

// The curve of a function of one variable: its samples, a height axis for it, and its line.

const SAMPLES = 801;

/** A function at equal distances along an axis. */
export interface Curve {
  readonly points: readonly number[];
  readonly values: readonly number[];
}

export function sampleCurve(f: (x: number) => number, x: Axis): Curve {
  const points = Array.from({ length: SAMPLES }, (_, i) => x.value(i / (SAMPLES - 1)));
  return { points, values: points.map(f) };
}

/** The line of a curve, with a gap wherever it goes from below the chart to above it, or back, between two samples. */
export function curveLine({ points, values }: Curve, x: Axis, y: Axis): Line {
  const heights = values.map((value) => y.at(value));
  const isPole = (i: number) => Math.min(heights[i - 1], heights[i]) < 0 && Math.max(heights[i - 1], heights[i]) > 1;
  const line = points.map((point, i): Point => [x.at(point), isPole(i) ? NaN : heights[i]]);
  return { role: 'curve', pieces: linePieces(line) };
}

/** Room above and below the path, as a share of the range of f along it. */
const ROOM = 2;
/** If f changes along the path by less than this share of the curve's range, the curve decides the axis. */
const FLAT = 0.05;

/** An axis for f along the path, and for as much of the curve as leaves the path visible; poles are cut off. */
export function heightAxis(curve: readonly number[], path: ArrayLike<number>, name = 'f'): Axis {
  const sorted = Float64Array.from(curve.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return linearAxis(name, -1, 1);
  const [low, high] = extent(Array.from(path).filter(Number.isFinite));
  const [least, most] = [quantile(sorted, 0.03), quantile(sorted, 0.97)];
  const isFlat = !(high - low > FLAT * (most - least));
  const room = isFlat ? (most - least) / 2 : ROOM * (high - low);
  const bottom = Math.min(low, Math.max(sorted[0], (isFlat ? least : low) - room));
  const top = Math.max(high, Math.min(sorted[sorted.length - 1], (isFlat ? most : high) + room));
  const margin = (top - bottom) * 0.07 || Math.abs(top) || 1;
  return linearAxis(name, bottom - margin, top + margin);
}
