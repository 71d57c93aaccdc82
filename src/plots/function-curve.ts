import type { RealFunction } from '../calculus/differences.js';
import type { ScalarField } from '../calculus/gradient.js';
import { type Line, linePieces, type Point } from './chart.js';
import { type Axis, extent, linearAxis, quantile } from './scale.js';

// The curve of a function of one variable: samples, axes and line.

/** f as a function of some of its coordinates; the others are as in `at`. */
export function restrict(f: ScalarField, at: Float64Array, coordinates: readonly number[]) {
  const point = at.slice();
  return (...values: number[]) => {
    coordinates.forEach((c, i) => (point[c] = values[i]));
    return f(point);
  };
}

const SAMPLES = 801;

/** Samples of a function at equal distances along an axis. */
export interface SampledCurve {
  readonly points: readonly number[];
  readonly values: readonly number[];
}

export function sampleCurve(f: RealFunction, x: Axis): SampledCurve {
  const points = Array.from({ length: SAMPLES }, (_, i) => x.value(i / (SAMPLES - 1)));
  return { points, values: points.map((point) => f(point)) };
}

/** The line of a curve, with a gap where two neighbouring samples lie below and above the chart, as at a pole. */
export function curveLine({ points, values }: SampledCurve, x: Axis, y: Axis): Line {
  const heights = values.map((value) => y.at(value));
  const isPole = (i: number) => Math.min(heights[i - 1], heights[i]) < 0 && Math.max(heights[i - 1], heights[i]) > 1;
  const line = points.map((point, i): Point => [x.at(point), isPole(i) ? NaN : heights[i]]);
  return { role: 'curve', pieces: linePieces(line) };
}

/** Room above and below the path, as a share of the range of f along it. */
const ROOM = 2;
/** If f changes along the path by less than this share of the curve's range, the curve determines the axis. */
const FLAT = 0.05;

/** An axis for f along the path and for as much of the curve as keeps the path visible; poles are cut off. */
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

/** Most turns of a readable curve. */
const MOST_TURNS = 24;
/** Largest ratio of the range of f to its range in the middle half; beyond it, the middle looks flat. */
const STEEP = 10;

/**
 * An x axis around a point that shows the shape of f there: from 0 to twice x, or narrower where f oscillates or grows
 * too fast.
 *
 * @param least distance from the point to the ends, at least
 */
export function windowAround(name: string, f: RealFunction, at: number, least: number): Axis {
  const widest = Math.max(1.1 * (Math.abs(at) || 1), least);
  const smallest = Math.max(least, 1e-9 * widest);
  const halves = [smallest];
  for (let half = widest; half > smallest; half /= 2) halves.push(half);
  const windows = halves
    .sort((a, b) => b - a)
    .map((half) => {
      const x = linearAxis(name, at - half, at + half);
      return { x, values: sampleCurve(f, x).values };
    });
  const calm = windows.filter(({ values }) => turnsOf(values) <= MOST_TURNS);
  const best = calm.find(({ values }) => isBalanced(values, f(at))) ?? calm[0] ?? windows[windows.length - 1];
  return best.x;
}

/**
 * True if the middle half of a curve takes up a visible part of its range, and the value at x is not far outside it.
 */
function isBalanced(values: readonly number[], middle: number): boolean {
  const quarter = Math.floor(values.length / 4);
  const span = spanOf(values);
  if (span === Infinity || !(span <= STEEP * spanOf(values.slice(quarter, -quarter)))) return false;
  const sorted = Float64Array.from(values).sort();
  return !(Math.abs(quantile(sorted, 0.5) - middle) > STEEP * span);
}

function turnsOf(values: readonly number[]): number {
  let turns = 0;
  let before = 0;
  for (let i = 1; i < values.length; i++) {
    const direction = Math.sign(values[i] - values[i - 1]);
    if (!direction) continue; // 0 or NaN
    if (direction === -before) turns++;
    before = direction;
  }
  return turns;
}

/** The range between the quantiles 0.05 and 0.95, which leaves out poles. */
export function spanOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  return sorted.length === 0 ? 0 : quantile(sorted, 0.95) - quantile(sorted, 0.05);
}
