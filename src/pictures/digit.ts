import { borderPixels, findInk, type Ink } from './ink.js';
import type { Picture } from './picture.js';
import { thicken } from './strokes.js';

/**
 * A picture of a digit as one of MNIST's images: ink is parted from paper, a thin pen is made as wide as those of
 * MNIST, and the digit is scaled and centred. Ink and pen of a picture that has MNIST's form are taken as they are, so
 * that MNIST's own images are seen as they were in training.
 *
 * @returns (28, 28), row-major, in [0, 1]: 0 paper, 1 ink; undefined if the picture is blank
 */
export function prepareDigit(picture: Picture): Float64Array | undefined {
  const found = mnistInk(picture) ?? drawnInk(picture);
  return found && centerDigit(found.ink, found.rows, found.columns);
}

function drawnInk(picture: Picture): Ink | undefined {
  const ink = findInk(picture);
  return ink && thicken(ink);
}

/** The grey levels of a picture that is 28 x 28 and grey on black. */
function mnistInk({ rows, columns, rgba }: Picture): Ink | undefined {
  if (rows !== SIDE || columns !== SIDE) return undefined;
  const ink = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < ink.length; i++) {
    const [red, green, blue, alpha] = rgba.subarray(4 * i, 4 * i + 4);
    if (red !== green || green !== blue || alpha !== 255) return undefined;
    ink[i] = red / 255;
  }
  const edge = borderPixels(rows, columns);
  const isBlack = edge.filter((i) => ink[i] === 0).length > edge.length / 2;
  return isBlack && ink.some((value) => value > 0) ? { rows, columns, ink } : undefined;
}

const { ceil, floor, max, min } = Math;

/** Side of a prepared digit, and of the box within it that the ink fills. */
export const SIDE = 28;
const BOX = 20;

/**
 * Prepares a digit as MNIST's were: what is around the ink is cut away; the rest is scaled, its proportions kept, to fit
 * a box of 20 x 20, every new pixel the mean of the area it covers; and it is moved by whole pixels so that its centre of
 * mass is at the centre of a field of 28 x 28, less than a pixel beyond it, or as near as all of it stays within. All but a few of MNIST's own images
 * come back as they were.
 *
 * @param ink (rows, columns), row-major, in [0, 1]: 0 paper, 1 ink
 * @returns (28, 28), in [0, 1]; all zeros if there is no ink
 * @see LeCun, Cortes, Burges: The MNIST database of handwritten digits
 */
export function centerDigit(ink: Float64Array, rows: number, columns: number): Float64Array {
  const field = new Float64Array(SIDE * SIDE);
  const mass = { down: new Float64Array(rows), across: new Float64Array(columns) };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = ink[row * columns + column];
      mass.down[row] += value;
      mass.across[column] += value;
    }
  }
  const down = spanOf(mass.down);
  const across = spanOf(mass.across);
  if (down.end === 0) return field; // no ink
  const longest = max(down.end - down.start, across.end - across.start);
  const horizontal = scaled(across, longest);
  for (const { at: row, first: top, weights: tall } of scaled(down, longest)) {
    for (const { at: column, first: left, weights: wide } of horizontal) {
      let sum = 0;
      for (let r = 0; r < tall.length; r++) {
        const start = (top + r) * columns + left;
        let line = 0;
        for (let c = 0; c < wide.length; c++) line += wide[c] * ink[start + c];
        sum += tall[r] * line;
      }
      field[row * SIDE + column] = min(sum, 1);
    }
  }
  return field;
}

/** Where the ink lies along one axis: from `start` to before `end`, its centre of mass at `mean`. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly mean: number;
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

/** A row, or a column, of the field: which ones of the picture it covers, and the share that each has in it. */
interface Cover {
  readonly at: number;
  readonly first: number;
  readonly weights: readonly number[];
}

/** Scales a span so that `longest` pixels become the box's 20, and places its centre of mass at the field's. */
function scaled({ start, end, mean }: Span, longest: number): Cover[] {
  const step = longest / BOX;
  const length = (BOX * (end - start)) / longest;
  const centred = ceil(SIDE / 2 - (mean - start) / step);
  const offset = max(0, min(centred, floor(SIDE - length)));
  return Array.from({ length: ceil(length) }, (_, i) => {
    const from = start + i * step;
    const to = min(from + step, end);
    const first = floor(from);
    const weights = Array.from(
      { length: ceil(to) - first },
      (_, k) => (min(to, first + k + 1) - max(from, first + k)) / step,
    );
    return { at: offset + i, first, weights };
  });
}

/**
 * A picture in another size: every new pixel is the mean of the area that it covers.
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
  const down = covers(rows, newRows);
  const across = covers(columns, newColumns);
  return Float64Array.from({ length: newRows * newColumns }, (_, i) => {
    let sum = 0;
    for (const [row, tall] of down[Math.floor(i / newColumns)]) {
      for (const [column, wide] of across[i % newColumns]) sum += tall * wide * ink[row * columns + column];
    }
    return sum;
  });
}

/** For every new place the old ones that it covers, and their shares in it. */
function covers(length: number, newLength: number): [place: number, share: number][][] {
  const step = length / newLength;
  return Array.from({ length: newLength }, (_, i) => {
    const [start, end] = [i * step, (i + 1) * step];
    const first = Math.floor(start + 1e-9);
    return Array.from({ length: Math.ceil(end - 1e-9) - first }, (_, k): [number, number] => [
      first + k,
      (Math.min(end, first + k + 1) - Math.max(start, first + k)) / step,
    ]);
  });
}
