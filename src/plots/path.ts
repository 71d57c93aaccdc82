import type { Outcome } from '../calculus/verdict.js';
import { distance, linePieces, type Line, type Point } from './chart.js';
import { type Axis, decadeOf, extent, linearAxis, symlogAxis } from './scale.js';

// The paths of descents: their axes and their lines.

/** A path: an array per coordinate that is drawn; every value is finite. */
export type Columns = readonly Float64Array[];

interface ShownPath {
  readonly columns: Columns;
  readonly outcome: Outcome;
}

/** A path whose reach and steps grow by more than this factor has logarithmic axes. */
const GROWTH = 100;

/** True if a path grows by decades: its steps grow, or it diverges in its first steps. */
export function isGrowing({ columns, outcome }: ShownPath): boolean {
  const [start, first, length] = [startSize(columns), stepSize(columns, 1), reach(columns)];
  if (outcome === 'diverged' && start > 0 && length > GROWTH * start) return true;
  let longest = 0;
  for (let k = 1; k < columns[0].length; k++) longest = Math.max(longest, stepSize(columns, k));
  return length > GROWTH * Math.max(start, first) && longest > GROWTH * first;
}

/**
 * The axes of a chart of paths from one point, one per coordinate. Paths that grow by decades would make the others
 * look like a point, so they determine the axes only if all do.
 *
 * @param aspect width of the chart over its height
 */
export function pathWindow(paths: readonly ShownPath[], names: readonly string[], aspect: number): Axis[] {
  const steady = paths.filter((path) => !isGrowing(path));
  const shown = steady.length === 0 ? paths : steady;
  const joined = names.map((_, i) => Float64Array.from(shown.flatMap(({ columns }) => Array.from(columns[i]))));
  // If no path moved far, its surroundings show more than the path.
  const isSettled = steady.some(({ outcome }) => outcome !== 'slow' && outcome !== 'frozen');
  return steady.length === 0 ? growingWindow(joined, names) : steadyWindow(joined, names, isSettled, aspect);
}

/** Room around the path, as a share of its length. */
const ROOM = 0.4;
/** Coordinates whose ranges differ by more than this factor get separate scales. */
const SKEW = 8;

/** Linear axes; unless `isSettled`, they reach at least as far from the path's middle as the start is from 0. */
function steadyWindow(columns: Columns, names: readonly string[], isSettled: boolean, aspect: number): Axis[] {
  const ranges = columns.map(extent);
  const longest = Math.max(...ranges.map(([low, high]) => high - low));
  const context = isSettled && longest > 0 ? 0 : 1.1 * (startSize(columns) || 1);
  const isSkewed = ranges.some(([low, high]) => high > low && (high - low) * SKEW < longest) && context === 0;
  const halves = ranges.map(([low, high]) => {
    const half = high / 2 - low / 2 + ROOM * (isSkewed && high > low ? high - low : longest);
    const precision = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
    return Math.max(half, context, precision);
  });
  if (!isSkewed && halves.length === 2) {
    const [x, y] = halves; // equal lengths on both axes, so that circles are round
    halves[0] = Math.max(x, y * aspect);
    halves[1] = Math.max(y, x / aspect);
  }
  return ranges.map(([low, high], i) => {
    const centre = low / 2 + high / 2;
    return linearAxis(names[i], centre - halves[i], centre + halves[i]);
  });
}

/** Logarithmic axes for a path that grows by decades. */
function growingWindow(columns: Columns, names: readonly string[]): Axis[] {
  const unit = decadeOf(startSize(columns) || stepSize(columns, 1) || 1);
  return columns.map((column, i) => growingAxis(names[i], column, unit));
}

/** Free share of an axis between the path and either end. */
const MARGIN = 0.02;

/** A logarithmic axis from 0 to beyond the values of a coordinate; a linear one if only other coordinates grow. */
function growingAxis(name: string, column: Float64Array, unit: number): Axis {
  const range = extent(column);
  if (range[1] - range[0] <= unit) return linearAxis(name, range[0] - unit, range[1] + unit);
  const [low, high] = extent([...range, 0]);
  const widen = (value: number) => Math.sign(value) * unit * (Math.abs(value) / unit + 1) ** 1.15;
  const tight = symlogAxis(name, widen(low) - unit, widen(high) + unit, unit);
  const from = tight.at(low) < MARGIN ? -MARGIN : 0;
  const to = tight.at(high) > 1 - MARGIN ? 1 + MARGIN : 1;
  return from === 0 && to === 1 ? tight : symlogAxis(name, tight.value(from), tight.value(to), unit);
}

/** The largest distance of the path from its start, in any coordinate. */
export function reach(columns: Columns): number {
  return Math.max(...columns.map((column) => Math.max(...extent(column).map((end) => Math.abs(end - column[0])))));
}

/** The largest magnitude of a coordinate of the start. */
export function startSize(columns: Columns): number {
  return Math.max(...columns.map(([first]) => Math.abs(first)));
}

function stepSize(columns: Columns, k: number): number {
  return Math.max(...columns.map((column) => (k < column.length ? Math.abs(column[k] - column[k - 1]) : 0)));
}

/** A path on a chart. */
export interface DrawnPath {
  readonly line: Omit<Line, 'role'>;
  readonly start: Point;
  readonly end: Point;
  /** True if the path continues to points that the axes cannot show. */
  readonly isLost: boolean;
}

/** A path with more dots than this has none: they would merge into a line. */
const MOST_DOTS = 150;
/** Least distance of a dot from the point before. */
const DOT_DISTANCE = 0.012;

/** @param size height of the drawing as a share of a chart's height */
export function drawPath([across, up]: Columns, x: Axis, y: Axis, size = 1): DrawnPath {
  const points = Array.from(across, (value, k): Point => [x.at(value), y.at(up[k])]);
  const visible = points.filter((point) => point.every(Number.isFinite));
  const [start = [0.5, 0.5], end = start] = [visible[0], visible.at(-1)];
  const dots = visible.filter((point, k) => k > 0 && distance(point, visible[k - 1]) >= DOT_DISTANCE / size);
  return {
    line: { pieces: linePieces(points), dots: dots.length > MOST_DOTS ? [] : dots },
    start,
    end,
    isLost: visible.at(-1) !== points.at(-1),
  };
}
