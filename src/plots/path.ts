import type { Outcome } from '../calculus/descent.js';
import { type Line, linePieces, type Marker, type Point } from './chart.js';
import { type Axis, decadeOf, extent, linearAxis, symlogAxis } from './scale.js';

/** The path of a descent, one array per coordinate that is shown; every value finite. */
export type Columns = readonly Float64Array[];

/** A path whose reach and whose steps grow by more than this factor is shown logarithmically. */
const GROWTH = 100;
/** Room around the path, as a share of its length. */
const ROOM = 0.4;
/** Coordinates whose ranges differ by more than this factor get separate scales. */
const SKEW = 8;

/** True if a path goes through decades: its steps grow, or it diverges in its first steps. */
export function isGrowing(path: Columns, outcome: Outcome): boolean {
  if (outcome === 'diverged' && startSize(path) > 0 && reach(path) > GROWTH * startSize(path)) return true;
  const size = Math.max(startSize(path), stepSize(path, 1));
  let longest = 0;
  for (let k = 1; k < path[0].length; k++) longest = Math.max(longest, stepSize(path, k));
  return reach(path) > GROWTH * size && longest > GROWTH * stepSize(path, 1);
}

/**
 * The axes of a picture of the path, one per coordinate.
 *
 * @param aspect width of the picture over its height
 */
export function pathWindow(path: Columns, names: readonly string[], outcome: Outcome, aspect: number): Axis[] {
  // The surroundings of a path that hardly moved show more than the path itself.
  const isSettled = outcome !== 'slow' && outcome !== 'frozen';
  return isGrowing(path, outcome) ? growingWindow(path, names) : levelWindow(path, names, isSettled, aspect);
}

/** Logarithmic axes for a path that goes through decades. */
function growingWindow(path: Columns, names: readonly string[]): Axis[] {
  const unit = decadeOf(startSize(path) || stepSize(path, 1) || 1);
  return path.map((column, i) => growingAxis(names[i], column, unit));
}

/** Linear axes; without `isSettled` they reach as far as the start is from 0. */
function levelWindow(path: Columns, names: readonly string[], isSettled: boolean, aspect: number): Axis[] {
  const ranges = path.map(extent);
  const longest = Math.max(...ranges.map(([low, high]) => high - low));
  const context = isSettled && longest > 0 ? 0 : 1.1 * (startSize(path) || 1);
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

/**
 * The axes of a picture of several paths from one point. Paths that go through decades would make the others look like a
 * point: they count only if all do.
 */
export function sharedWindow(
  paths: readonly { readonly path: Columns; readonly outcome: Outcome }[],
  names: readonly string[],
  aspect: number,
): Axis[] {
  const level = paths.filter(({ path, outcome }) => !isGrowing(path, outcome));
  const shown = level.length === 0 ? paths : level;
  const joined = names.map((_, i) => Float64Array.from(shown.flatMap(({ path }) => Array.from(path[i]))));
  const isSettled = level.some(({ outcome }) => outcome !== 'slow' && outcome !== 'frozen');
  return level.length === 0 ? growingWindow(joined, names) : levelWindow(joined, names, isSettled, aspect);
}

/** Share of an axis that stays free between the path and the ends. */
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
export function reach(path: Columns): number {
  return Math.max(...path.map((column) => Math.max(...extent(column).map((end) => Math.abs(end - column[0])))));
}

function startSize(path: Columns): number {
  return Math.max(...path.map((column) => Math.abs(column[0])));
}

function stepSize(path: Columns, k: number): number {
  return Math.max(...path.map((column) => (k < column.length ? Math.abs(column[k] - column[k - 1]) : 0)));
}

/** More dots than this would merge into a line. */
const MOST_DOTS = 150;
/** Least distance of a dot from the step before. */
const DOT_DISTANCE = 0.012;

/**
 * The line of a path, and the markers of its start and end.
 *
 * @param legend the legend's texts for start and end
 * @param size size of the picture, as a share of a chart
 */
export function pathOverlay(
  legend: { readonly start: string; readonly end: string },
  columns: Columns,
  x: Axis,
  y: Axis,
  size = 1,
): { line: Line; markers: Marker[] } {
  const points = Array.from(columns[0], (value, k): Point => [x.at(value), y.at(columns[1][k])]);
  const visible = points.filter((point) => point.every(Number.isFinite));
  const [first = [0.5, 0.5], last = first] = [visible[0], visible[visible.length - 1]];
  const isOne = Math.hypot(first[0] - last[0], first[1] - last[1]) < 0.01;
  const isLost = visible[visible.length - 1] !== points[points.length - 1];
  const end = isLost ? 'last finite f' : 'end';
  return {
    line: { role: 'path', pieces: linePieces(points), dots: dotsOf(visible, DOT_DISTANCE / size) },
    markers: [
      { role: 'start', at: first, word: isOne ? '' : 'start', legend: legend.start },
      { role: 'end', at: last, word: isOne ? `start, ${end}` : end, legend: legend.end },
    ],
  };
}

/** The steps as dots, except those too near to the step before; none if there would be too many. */
function dotsOf(points: readonly Point[], distance: number): Point[] {
  const dots = points.filter(
    (point, k) => k > 0 && Math.hypot(point[0] - points[k - 1][0], point[1] - points[k - 1][1]) >= distance,
  );
  return dots.length > MOST_DOTS ? [] : dots;
}
