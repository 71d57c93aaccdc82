import type { Ink } from './picture.js';
import { removeSpecks } from './strokes.js';

const { ceil, cos, floor, hypot, max, min, PI, round, sin } = Math;

/*
 * Removes long thin straight lines: ruled and squared paper, underlines. Projecting the ink along every direction (the
 * Radon transform) turns such a line into a peak. Lines are erased except where strokes cross them, as staff lines are
 * in music recognition. The stroke of a 1, 4 or 7 is straight too; but a line of the paper runs from edge to edge or is
 * parallel to two others, and an underline extends past the digit at both ends.
 */

/** Ink above this is visible. */
const VISIBLE = 0.12;
/** Least share of the chord through the picture that a line covers with ink. */
const COVERAGE = 0.55;
/** Least length of the chord, as a share of the picture's longer side. */
const LEAST_CHORD = 0.4;
/** Largest width of a line, as a share of the picture's longer side. */
const MOST_WIDTH = 0.035;
/** Steps in degrees of the search for the main direction: coarse, then fine around the best. */
const COARSE = 0.5;
const FINE = 0.1;
/** Most pixels from which the direction is estimated. */
const SAMPLES = 8000;
/** Most directions that are searched: in perspective, every line has its own. */
const ROUNDS = 30;
/** Share of the chord at either end; a line reaches the edge if it covers half of that part. */
const END = 0.1;
/** This many parallel lines are ruled paper, even if they do not reach the edge. */
const PARALLEL = 3;
/** An underline extends past the digit by at least this share of its length at both ends. */
const PAST = 0.05;
/** In smaller pictures, strokes are as thin as lines. */
const LEAST_SIDE = 100;

interface Line {
  /** Unit vector along the line */
  readonly along: readonly [x: number, y: number];
  /** Distance from the centre of the picture, along the unit vector that is `along` turned by a right angle */
  readonly offset: number;
  /** Median width, in pixels */
  readonly width: number;
  /** Ends of its ink, in pixels along the line from the point nearest to the centre */
  readonly from: number;
  readonly to: number;
  /** Whether it runs from edge to edge */
  readonly isWhole: boolean;
}

/** Ink, and the part of the picture that is searched: 1 in it, 0 elsewhere. */
interface Sheet extends Ink {
  readonly inside: Uint8Array | undefined;
}

/**
 * Removes the long thin lines of a picture.
 *
 * @param inside the part of the picture that is searched; by default all of it
 * @returns the remaining ink, and the number of lines
 */
export function removeLines(drawn: Ink, inside?: Uint8Array): { ink: Ink; count: number } {
  const { rows, columns } = drawn;
  if (min(rows, columns) < LEAST_SIDE) return { ink: drawn, count: 0 };
  const rest = { rows, columns, ink: drawn.ink.slice(), inside };
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const places = visible(rest);
    if (places.length === 0) break;
    const angle = mainDirection(places, rows, columns);
    const lines = [angle, angle + 90].flatMap((degrees) => {
      const parallel = findLines(rest, places, degrees);
      return parallel.filter((line) => line.isWhole || parallel.length >= PARALLEL || isUnderline(line, rest));
    });
    for (const line of lines) erase(rest, line);
    if (lines.length === 0) break;
    count += lines.length;
  }
  return { ink: { rows, columns, ink: rest.ink }, count };
}

/** Whether there is a digit without the line, and the line runs past it at both ends. */
function isUnderline(line: Line, sheet: Sheet): boolean {
  const without = { ...sheet, ink: sheet.ink.slice() };
  erase(without, line);
  const [x, y] = line.along;
  let [first, last] = [Infinity, -Infinity];
  const places = visible(removeSpecks(without));
  for (let i = 0; i < places.length; i += 2) {
    const s = places[i] * x + places[i + 1] * y;
    [first, last] = [min(first, s), max(last, s)];
  }
  const past = PAST * (line.to - line.from);
  return last - first > 2 * past && line.from < first - past && line.to > last + past;
}

/** Alternating x and y of the visible pixels, relative to the centre of the picture. */
function visible({ ink, rows, columns }: Ink): Float32Array {
  const places: number[] = [];
  for (let i = 0; i < ink.length; i++) {
    if (ink[i] > VISIBLE) places.push((i % columns) - (columns - 1) / 2, floor(i / columns) - (rows - 1) / 2);
  }
  return Float32Array.from(places);
}

/**
 * Projects the ink along one direction: the number of pixels at each offset, from -reach to reach. A pixel is divided
 * between its two nearest offsets; otherwise the lattice of pixels would make peaks.
 */
function project(places: Float32Array, degrees: number, reach: number, stride = 1): Float64Array {
  const [x, y] = [-sin((degrees * PI) / 180), cos((degrees * PI) / 180)];
  const counts = new Float64Array(2 * reach + 1);
  for (let i = 0; i < places.length; i += 2 * stride) {
    const offset = places[i] * x + places[i + 1] * y + reach;
    const below = floor(offset);
    counts[below] += below + 1 - offset;
    counts[below + 1] += offset - below;
  }
  return counts;
}

/** The direction from -45 to 45 degrees in which, or across which, the ink is most concentrated on few lines. */
function mainDirection(places: Float32Array, rows: number, columns: number): number {
  const reach = ceil(hypot(rows, columns) / 2) + 1;
  const stride = ceil(places.length / 2 / SAMPLES);
  const concentration = (degrees: number) =>
    [degrees, degrees + 90].reduce((sum, angle) => {
      const counts = project(places, angle, reach, stride);
      let steps = 0;
      for (let k = 1; k < counts.length; k++) steps += (counts[k] - counts[k - 1]) ** 2;
      return sum + steps;
    }, 0);
  const best = (from: number, to: number, step: number) => {
    let [most, at] = [-1, from];
    for (let degrees = from; degrees < to; degrees += step) {
      const value = concentration(degrees);
      if (value > most) [most, at] = [value, degrees];
    }
    return at;
  };
  const coarse = best(-45, 45, COARSE);
  return best(coarse - COARSE, coarse + COARSE + FINE / 2, FINE);
}

function findLines(sheet: Sheet, places: Float32Array, degrees: number): Line[] {
  const { rows, columns } = sheet;
  const reach = ceil(hypot(rows, columns) / 2) + 1;
  const counts = project(places, degrees, reach);
  const along = [cos((degrees * PI) / 180), sin((degrees * PI) / 180)] as const;
  const lines: Line[] = [];
  for (let k = 1; k < counts.length - 1; k++) {
    const isPeak = counts[k] >= counts[k - 1] && counts[k] > counts[k + 1];
    if (!isPeak || counts[k] < COVERAGE * LEAST_CHORD * max(rows, columns)) continue;
    const line = measure(sheet, along, k - reach);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** Sections of the ink across a line, at every half pixel along its chord; where there is no ink, `to` < `from`. */
function across(
  { ink, rows, columns, inside }: Sheet,
  { along: [x, y], offset }: Pick<Line, 'along' | 'offset'>,
  most: number,
) {
  const [cx, cy] = [(columns - 1) / 2 - offset * y, (rows - 1) / 2 + offset * x];
  const at = (s: number, n: number) => {
    const column = round(cx + s * x - n * y);
    const row = round(cy + s * y + n * x);
    return column < 0 || row < 0 || column >= columns || row >= rows ? -1 : row * columns + column;
  };
  const isInk = (s: number, n: number) => {
    const i = at(s, n);
    return i >= 0 && ink[i] > VISIBLE;
  };
  const reach = ceil(hypot(rows, columns) / 2);
  const sections: { s: number; from: number; to: number }[] = [];
  for (let s = -reach; s <= reach; s += 0.5) {
    const middle = at(s, 0);
    if (middle < 0 || inside?.[middle] === 0) continue;
    const start = [0, 1, -1].find((n) => isInk(s, n));
    if (start === undefined) {
      sections.push({ s, from: 1, to: 0 });
      continue;
    }
    let [from, to] = [start, start];
    while (to - from <= most && isInk(s, from - 1)) from--;
    while (to - from <= most && isInk(s, to + 1)) to++;
    sections.push({ s, from, to });
  }
  return { at, sections };
}

/** The line at an offset; undefined if there is none that is long and thin enough. */
function measure(sheet: Sheet, along: Line['along'], offset: number): Line | undefined {
  const longer = max(sheet.rows, sheet.columns);
  const most = max(3, MOST_WIDTH * longer);
  const { sections } = across(sheet, { along, offset }, most);
  if (sections.length / 2 < LEAST_CHORD * longer) return undefined;
  const widths = sections.map(({ from, to }) => to - from + 1);
  const isLine = (width: number) => width > 0 && width <= most;
  const thin = widths.filter(isLine).sort((a, b) => a - b);
  if (thin.length < COVERAGE * sections.length) return undefined;
  const end = ceil(END * sections.length);
  const reaches = (part: readonly number[]) => 2 * part.filter((width) => width > 0).length >= part.length;
  return {
    along,
    offset,
    width: thin[floor(thin.length / 2)],
    from: sections[widths.findIndex(isLine)].s,
    to: sections[widths.findLastIndex(isLine)].s,
    isWhole: reaches(widths.slice(0, end)) && reaches(widths.slice(-end)),
  };
}

/** Erases a line, except where the ink across it is wider than the line, because a stroke crosses it. */
function erase(sheet: Sheet, line: Line): void {
  const { width } = line;
  const most = 1.5 * width + 2;
  const { at, sections } = across(sheet, line, 2 * most);
  for (const { s, from, to } of sections) {
    if (to - from + 1 > most) continue;
    // The soft edges of the line are erased too, and ink that is too faint to count.
    const [first, last] = from > to ? [-1 - width / 2, 1 + width / 2] : [from - 1, to + 1];
    for (let n = round(first); n <= last; n++) {
      const i = at(s, n);
      if (i >= 0) sheet.ink[i] = 0;
    }
  }
}
