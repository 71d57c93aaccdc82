import { BOX, longestSide, spansOf } from './centering.js';
import type { Ink } from './picture.js';

const { ceil, floor, hypot, max, min, round } = Math;

/** Width of MNIST's strokes in pixels, in a digit of 20 pixels; thin strokes are widened to it. */
const USUAL = 2.2;
/** Strokes thinner than this are widened. */
const THIN = 1.6;
/** Least side in pixels to which a digit is reduced before it is widened: four for each final pixel. */
const WORKING_SIZE = 4 * BOX;

/**
 * Widens thin strokes, which would almost vanish in 28 x 28 pixels.
 *
 * @returns the ink as it was if its strokes are wide enough, otherwise a reduced and widened copy
 */
export function thicken(drawn: Ink): Ink {
  const longest = longestSide(spansOf(drawn));
  if (strokeWidth(drawn) >= (THIN * longest) / BOX) return drawn;
  const reduced = reduce(drawn, max(1, floor(longest / WORKING_SIZE)));
  const wanted = (USUAL * longestSide(spansOf(reduced))) / BOX;
  const steps = max(0, round((wanted - strokeWidth(reduced)) / 2));
  let widened = pad(reduced, steps);
  for (let step = 0; step < steps; step++) widened = dilate(widened, step % 2 === 0);
  return widened;
}

/**
 * Mean width of the strokes in pixels: twice their area, divided by the length of their outline (the total variation).
 */
export function strokeWidth({ ink, rows, columns }: Ink): number {
  const at = (row: number, column: number) => (row < rows && column < columns ? ink[row * columns + column] : 0);
  let area = 0;
  let outline = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = at(row, column);
      area += value;
      outline += hypot(at(row + 1, column) - value, at(row, column + 1) - value);
      if (row === 0) outline += value;
      if (column === 0) outline += value;
    }
  }
  return (2 * area) / outline;
}

/** Reduces ink to sums over squares, scaled so that the largest is 1. */
function reduce({ ink, rows, columns }: Ink, side: number): Ink {
  const to = { rows: ceil(rows / side), columns: ceil(columns / side) };
  const reduced = new Float64Array(to.rows * to.columns);
  ink.forEach((value, i) => {
    reduced[floor(floor(i / columns) / side) * to.columns + floor((i % columns) / side)] += value;
  });
  const most = reduced.reduce((a, b) => max(a, b));
  return { ...to, ink: reduced.map((value) => value / most) };
}

function pad({ ink, rows, columns }: Ink, margin: number): Ink {
  const padded = { rows: rows + 2 * margin, columns: columns + 2 * margin };
  const field = new Float64Array(padded.rows * padded.columns);
  for (let row = 0; row < rows; row++) {
    field.set(ink.subarray(row * columns, (row + 1) * columns), (row + margin) * padded.columns + margin);
  }
  return { ...padded, ink: field };
}

/**
 * Dilation: every pixel becomes the largest of itself and its four or eight neighbours; alternating gives an octagon.
 */
function dilate({ ink, rows, columns }: Ink, withCorners: boolean): Ink {
  const dilated = new Float64Array(ink.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let most = 0;
      for (let r = max(row - 1, 0); r <= min(row + 1, rows - 1); r++) {
        for (let c = max(column - 1, 0); c <= min(column + 1, columns - 1); c++) {
          if (withCorners || r === row || c === column) most = max(most, ink[r * columns + c]);
        }
      }
      dilated[row * columns + column] = most;
    }
  }
  return { ink: dilated, rows, columns };
}

/** Least mass of a piece of a digit, as a share of the largest mass; dust and grain have less. */
const SPECK = 0.05;

/** Leaves out the pieces of ink whose mass is less than a twentieth of the largest. */
export function removeSpecks(drawn: Ink): Ink {
  const found = findPieces(drawn);
  const least = SPECK * largest(found.pieces, ({ mass }) => mass);
  return keepPieces(drawn, found, ({ mass }) => mass >= least);
}

/** The ink without the pieces that are not kept. */
export function keepPieces(drawn: Ink, { labels, pieces }: Pieces, isKept: (piece: Piece) => boolean): Ink {
  const kept = pieces.map(isKept);
  return { ...drawn, ink: drawn.ink.map((value, i) => (labels[i] > 0 && kept[labels[i] - 1] ? value : 0)) };
}

/** The largest value of a measure; 0 if there are no pieces. */
export function largest(pieces: readonly Piece[], measure: (piece: Piece) => number): number {
  return pieces.reduce((most, piece) => max(most, measure(piece)), 0);
}

/** Bounding box: rows top … bottom and columns left … right, all included. */
export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A connected piece of ink. */
export interface Piece extends Box {
  readonly mass: number;
  /** Its darkest pixel */
  readonly peak: number;
}

/** The pieces of a picture. */
export interface Pieces {
  /** The number of the piece of every pixel, from 1; 0 where there is no ink. */
  readonly labels: Int32Array;
  /** In the order of their numbers. */
  readonly pieces: readonly Piece[];
}

/** Connected pieces of ink; pixels that touch at corners are connected. */
export function findPieces({ ink, rows, columns }: Ink): Pieces {
  const labels = new Int32Array(ink.length);
  const pieces: Piece[] = [];
  const stack: number[] = [];
  for (let start = 0; start < ink.length; start++) {
    if (!(ink[start] > 0) || labels[start] !== 0) continue;
    const label = pieces.length + 1;
    const piece = { mass: 0, peak: 0, top: rows, bottom: -1, left: columns, right: -1 };
    labels[start] = label;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const row = floor(at / columns);
      const column = at % columns;
      piece.mass += ink[at];
      piece.peak = max(piece.peak, ink[at]);
      piece.top = min(piece.top, row);
      piece.bottom = max(piece.bottom, row);
      piece.left = min(piece.left, column);
      piece.right = max(piece.right, column);
      for (let r = max(row - 1, 0); r <= min(row + 1, rows - 1); r++) {
        for (let c = max(column - 1, 0); c <= min(column + 1, columns - 1); c++) {
          const next = r * columns + c;
          if (!(ink[next] > 0) || labels[next] !== 0) continue;
          labels[next] = label;
          stack.push(next);
        }
      }
    }
    pieces.push(piece);
  }
  return { labels, pieces };
}

export const height = ({ top, bottom }: Box): number => bottom - top + 1;
export const width = ({ left, right }: Box): number => right - left + 1;
/** The longer side of a box. */
export const length = (box: Box): number => max(height(box), width(box));
