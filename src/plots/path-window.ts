import type { Outcome } from '../calculus/gradient-descent.js';
import { linearAxis, symlogAxis, type Axis } from './axis.js';

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
