import type { Outcome } from '../calculus/descent.js';
import { type Line, linePieces, type Marker, type Place } from './chart.js';
import type { DrawnRun } from './descent.js';
import { type Axis, linearAxis, symlogAxis } from './scale.js';

/** Where a descent went, coordinate by coordinate: as many columns as are shown, every value finite. */
export type Columns = readonly Float64Array[];

/** A path that comes this many times farther than it began, with steps that grow as much, is shown logarithmically. */
const GROWTH = 100;
/** Room around the path, as a share of its length. */
const ROOM = 0.4;
/** Coordinates whose ranges differ by more than this get scales of their own. */
const SKEW = 8;

/** True if a path goes through decades: its steps grow, or it is lost at once. */
export function isGrowing(path: Columns, outcome: Outcome): boolean {
  if (outcome === 'diverged' && startSize(path) > 0 && reach(path) > GROWTH * startSize(path)) return true;
  const size = Math.max(startSize(path), stepSize(path, 1));
  let longest = 0;
  for (let k = 1; k < path[0].length; k++) longest = Math.max(longest, stepSize(path, k));
  return reach(path) > GROWTH * size && longest > GROWTH * stepSize(path, 1);
}

/**
 * The stretch of each coordinate that a picture of the path shows.
 *
 * @param aspect width of the picture over its height
 */
export function pathWindow(path: Columns, names: readonly string[], outcome: Outcome, aspect: number): Axis[] {
  if (isGrowing(path, outcome)) {
    const unit = 10 ** Math.floor(Math.log10(startSize(path) || stepSize(path, 1)));
    return path.map((column, i) => {
      const [low, high] = extent([...extent(column), 0]);
      const widen = (value: number) => Math.sign(value) * unit * (Math.abs(value) / unit + 1) ** 1.15;
      return symlogAxis(names[i], widen(low) - unit, widen(high) + unit, unit);
    });
  }
  const ranges = path.map(extent);
  const longest = Math.max(...ranges.map(([low, high]) => high - low));
  // A path that leads to nothing yet matters less than its surroundings.
  const isSettled = outcome !== 'slow' && outcome !== 'frozen';
  const context = isSettled && longest > 0 ? 0 : 1.1 * (startSize(path) || 1);
  const isSkewed = ranges.some(([low, high]) => high > low && (high - low) * SKEW < longest) && context === 0;
  const halves = ranges.map(([low, high]) => {
    const half = (high - low) / 2 + ROOM * (isSkewed && high > low ? high - low : longest);
    const precision = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
    return Math.max(half, context, precision);
  });
  if (!isSkewed && halves.length === 2) {
    const [x, y] = halves; // equal lengths on both axes, so that circles are round
    halves[0] = Math.max(x, y * aspect);
    halves[1] = Math.max(y, x / aspect);
  }
  return ranges.map(([low, high], i) => {
    const centre = (low + high) / 2;
    return linearAxis(names[i], centre - halves[i], centre + halves[i]);
  });
}

/** The farthest that the path comes from its start, in any coordinate. */
export function reach(path: Columns): number {
  return Math.max(...path.map((column) => Math.max(...extent(column).map((end) => Math.abs(end - column[0])))));
}

function startSize(path: Columns): number {
  return Math.max(...path.map((column) => Math.abs(column[0])));
}

function stepSize(path: Columns, k: number): number {
  return Math.max(...path.map((column) => (k < column.length ? Math.abs(column[k] - column[k - 1]) : 0)));
}

export function extent(values: ArrayLike<number>): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}

/** More dots than this are a line. */
const MOST_DOTS = 150;
/** Steps shorter than this are no dots. */
const DOT_DISTANCE = 0.012;

/**
 * The line of a path, and where it starts and ends.
 *
 * @param grain how many times smaller than a chart it is drawn
 */
export function pathOverlay(
  { legend }: DrawnRun,
  columns: Columns,
  x: Axis,
  y: Axis,
  grain = 1,
): { line: Line; markers: Marker[] } {
  const places = Array.from(columns[0], (value, k): Place => [x.at(value), y.at(columns[1][k])]);
  const visible = places.filter((place) => place.every(Number.isFinite));
  const [first = [0.5, 0.5], last = first] = [visible[0], visible[visible.length - 1]];
  const isOne = Math.hypot(first[0] - last[0], first[1] - last[1]) < 0.01;
  const isLost = visible[visible.length - 1] !== places[places.length - 1];
  const end = isLost ? 'last finite f' : 'end';
  return {
    line: { role: 'path', pieces: linePieces(places), dots: dotsOf(visible, DOT_DISTANCE * grain) },
    markers: [
      { role: 'start', at: first, word: isOne ? '' : 'start', legend: legend.start },
      { role: 'end', at: last, word: isOne ? `start, ${end}` : end, legend: legend.end },
    ],
  };
}

/** The steps as dots, but for those that are too near to the one before; none if they are too many to be seen. */
function dotsOf(places: readonly Place[], distance: number): Place[] {
  const dots = places.filter(
    (place, k) => k > 0 && Math.hypot(place[0] - places[k - 1][0], place[1] - places[k - 1][1]) >= distance,
  );
  return dots.length > MOST_DOTS ? [] : dots;
}
