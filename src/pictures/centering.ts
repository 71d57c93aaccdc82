import type { Ink } from './picture.js';

// The last step of preparing a digit: 28 x 28 pixels, centred as MNIST's are.

const { ceil, floor, max, min } = Math;

/** Side of a prepared digit, and of the box within it that the ink fills. */
export const SIDE = 28;
export const BOX = 20;

/**
 * Prepares a digit as MNIST's were prepared. The box around the ink is scaled with its proportions to fit 20 x 20
 * pixels, each new pixel being the mean of the area that it covers. It is then moved by whole pixels, within a field of
 * 28 x 28, so that its centre of mass is at the centre of the field or less than a pixel beyond it, as far as all of
 * it stays within. All but three of MNIST's 10,000 test images stay as they are.
 *
 * @param ink (rows, columns), row-major, in [0, 1]: 0 paper, 1 ink
 * @returns (28, 28), in [0, 1]; all zeros if there is no ink
 * @see LeCun, Cortes, Burges: The MNIST database of handwritten digits
 */
export function centerDigit(ink: Float64Array, rows: number, columns: number): Float64Array {
  const field = new Float64Array(SIDE * SIDE);
  const spans = spansOf({ ink, rows, columns });
  const { down, across } = spans;
  if (down.end === 0) return field; // no ink
  const longest = longestSide(spans);
  const horizontal = scaled(across, longest);
  const vertical = scaled(down, longest);
  vertical.covers.forEach((tall, r) => {
    horizontal.covers.forEach((wide, c) => {
      field[(vertical.at + r) * SIDE + horizontal.at + c] = min(areaMean(ink, columns, tall, wide), 1);
    });
  });
  return field;
}

/** The extent of the ink along one axis: from `start` to before `end`, with its centre of mass at `mean`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly mean: number;
}

interface Spans {
  readonly down: Span;
  readonly across: Span;
}

/** The longer side of the box around the ink. */
export const longestSide = ({ down, across }: Spans) => max(down.end - down.start, across.end - across.start);

/** The spans of ink over the rows and over the columns. */
export function spansOf({ ink, rows, columns }: Ink): Spans {
  const mass = { down: new Float64Array(rows), across: new Float64Array(columns) };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = ink[row * columns + column];
      mass.down[row] += value;
      mass.across[column] += value;
    }
  }
  return { down: spanOf(mass.down), across: spanOf(mass.across) };
}

/** @param mass ink in every row, or in every column */
function spanOf(mass: Float64Array): Span {
  let total = 0;
  let moment = 0;
  mass.forEach((value, i) => {
    total += value;
    moment += value * (i + 0.5); // the middle of a pixel
  });
  const isInk = (value: number) => value > 0;
  return { start: mass.findIndex(isInk), end: mass.findLastIndex(isInk) + 1, mean: moment / total };
}

/** The rows or columns that a new row or column covers: from `first` on, with the share of each in the mean. */
interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

/** Covers of `count` new rows or columns of `step` old ones each, from `start` to `end`; the last may be cut off. */
function coversOf(start: number, end: number, step: number, count: number): Cover[] {
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * step;
    const to = min(from + step, end);
    const first = floor(from);
    const shares = Array.from(
      { length: ceil(to) - first },
      (_, k) => (min(to, first + k + 1) - max(from, first + k)) / step,
    );
    return { first, shares };
  });
}

/** The mean of a picture over the rows of one cover and the columns of another. */
function areaMean(ink: Float64Array, columns: number, tall: Cover, wide: Cover): number {
  let sum = 0;
  for (let r = 0; r < tall.shares.length; r++) {
    const start = (tall.first + r) * columns + wide.first;
    let line = 0;
    for (let c = 0; c < wide.shares.length; c++) line += wide.shares[c] * ink[start + c];
    sum += tall.shares[r] * line;
  }
  return sum;
}

/** Scales a span so that `longest` pixels become 20, and places its centre of mass at the centre of the field. */
function scaled({ start, end, mean }: Span, longest: number): { at: number; covers: Cover[] } {
  const step = longest / BOX;
  const length = (BOX * (end - start)) / longest;
  const centred = ceil(SIDE / 2 - (mean - start) / step);
  const at = max(0, min(centred, floor(SIDE - length)));
  return { at, covers: coversOf(start, end, step, ceil(length)) };
}

/**
 * Resizes a picture: every new pixel is the mean of the area that it covers.
 *
 * @param ink (rows, columns), row-major
 * @returns (newRows, newColumns); the same numbers if the size is the same
 */
export function fitPicture(
  ink: Float64Array,
  rows: number,
  columns: number,
  newRows: number,
  newColumns: number,
): Float64Array {
  const down = coversOf(0, rows, rows / newRows, newRows);
  const across = coversOf(0, columns, columns / newColumns, newColumns);
  return Float64Array.from(down.flatMap((tall) => across.map((wide) => areaMean(ink, columns, tall, wide))));
}
