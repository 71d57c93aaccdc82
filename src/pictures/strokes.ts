import type { Ink } from './picture.js';

const { ceil, floor, hypot, max, min, round } = Math;

/** Width of MNIST's strokes, of the 20 pixels that a digit is tall or wide; thinner ones are widened to it … */
const USUAL = 2.2;
/** … if they are thinner than this. */
const THIN = 1.6;
const BOX = 20;
/** Pixels that a digit is reduced to before it is widened: four for each that it will have. */
const WORKING_SIZE = 4 * BOX;

/**
 * Draws with a wider pen what was drawn with a thin one, which would leave next to nothing of itself in 28 x 28 pixels.
 *
 * @returns the ink as it was if its strokes are wide enough, otherwise a reduced and widened copy
 */
export function thicken(drawn: Ink): Ink {
  const longest = longestSide(drawn);
  if (strokeWidth(drawn) >= (THIN * longest) / BOX) return drawn;
  const reduced = reduce(drawn, max(1, floor(longest / WORKING_SIZE)));
  const wanted = (USUAL * longestSide(reduced)) / BOX;
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

function longestSide({ ink, rows, columns }: Ink): number {
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  ink.forEach((value, i) => {
    if (value === 0) return;
    const row = floor(i / columns);
    const column = i % columns;
    [top, bottom] = [min(top, row), max(bottom, row)];
    [left, right] = [min(left, column), max(right, column)];
  });
  return max(bottom - top, right - left) + 1;
}

/** Means over squares, the darkest of which becomes 1 again. */
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

/** Every pixel takes the most of its neighbours: four of them, or eight; in turn they make the pen an octagon. */
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

/** Pieces of a digit are larger than this share of its largest one; dust and grain are smaller. */
const SPECK = 0.05;

/**
 * Leaves out every piece of ink, pixels that touch each other even at corners, that has less than a twentieth of the
 * largest piece's mass.
 *
 * @param ink (rows, columns), in [0, 1]
 */
export function removeSpecks(ink: Float64Array, rows: number, columns: number): Float64Array {
  const { labels, pieces } = findPieces(ink, rows, columns);
  const least = SPECK * pieces.reduce((most, { mass }) => max(most, mass), 0);
  return ink.map((value, i) => (value > 0 && pieces[labels[i] - 1].mass >= least ? value : 0));
}

/** A connected piece of ink. */
export interface Piece {
  readonly mass: number;
  /** Its darkest pixel */
  readonly peak: number;
  readonly pixels: number;
  /** Its bounding box: rows top … bottom and columns left … right, all included */
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Connected pieces of ink; pixels that touch at corners are connected.
 *
 * @param ink (rows, columns)
 * @returns for every pixel the number of its piece, from 1, or 0 where there is no ink; and the pieces in that order
 */
export function findPieces(
  ink: ArrayLike<number>,
  rows: number,
  columns: number,
): { labels: Int32Array; pieces: Piece[] } {
  const labels = new Int32Array(ink.length);
  const pieces: Piece[] = [];
  const stack: number[] = [];
  for (let start = 0; start < ink.length; start++) {
    if (!(ink[start] > 0) || labels[start] !== 0) continue;
    const label = pieces.length + 1;
    const piece = { mass: 0, peak: 0, pixels: 0, top: rows, bottom: -1, left: columns, right: -1 };
    labels[start] = label;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const row = floor(at / columns);
      const column = at % columns;
      piece.mass += ink[at];
      piece.peak = max(piece.peak, ink[at]);
      piece.pixels++;
      if (row < piece.top) piece.top = row;
      if (row > piece.bottom) piece.bottom = row;
      if (column < piece.left) piece.left = column;
      if (column > piece.right) piece.right = column;
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

export const height = ({ top, bottom }: Piece): number => bottom - top + 1;
export const width = ({ left, right }: Piece): number => right - left + 1;
/** The longer side of a piece's bounding box. */
export const length = (piece: Piece): number => max(height(piece), width(piece));
