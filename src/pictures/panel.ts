import type { Ink } from './picture.js';
import { findPieces, height, length, type Piece, type Pieces, width } from './strokes.js';

const { cos, floor, max, min, PI, sin } = Math;

/*
 * A panel is an area that contains a digit: a sheet of paper on a desk, the black square of a saved figure, the inside
 * of a box, frame or circle. In the picture it is one large piece of ink whose outline is a rectangle, or a ring that
 * encloses another piece.
 */

/** Ink above this belongs to a panel or a frame. */
const SOLID = 0.25;
/** Least area of a panel, as a share of the picture. */
const LEAST_AREA = 0.06;
/** Least area of a panel, as a share of the smallest rectangle around it; an ellipse, such as a zero, has 0.785. */
const RECTANGULAR = 0.85;
/** The same for a ring and its inside; a ring that is drawn by hand has less than an ellipse. */
const ROUND = 0.7;
/** Least length of a piece in a ring, as a share of the ring's; a smaller one may be the dot in a zero. */
const LEAST_INNER = 0.25;
/** Number of blurred pixels at the inner side of an outline. */
const MARGIN = 3;

/** Pixels (rows, columns): 1 belongs to the region, 0 does not. */
export type Mask = Uint8Array;

/** The inside of a panel. */
export interface Panel {
  readonly inside: Mask;
  /** Number of pixels inside, and the longer side of the box around them */
  readonly area: number;
  readonly side: number;
}

/** The largest panel in a picture; undefined if there is none. */
export function findPanel({ ink, rows, columns }: Ink): Panel | undefined {
  const found = findPieces({ ink: ink.map((value) => (value > SOLID ? value : 0)), rows, columns });
  const area = (piece: Piece) => width(piece) * height(piece);
  const candidates = found.pieces
    .filter((piece) => area(piece) >= LEAST_AREA * rows * columns)
    .sort((a, b) => area(b) - area(a));
  for (const piece of candidates) {
    const label = found.pieces.indexOf(piece) + 1;
    const filled = fillHoles(found.labels, label, rows, columns);
    const share = rectangularShare(filled, rows, columns);
    if (share < RECTANGULAR && !(share >= ROUND && holdsPiece(filled, found, piece))) continue;
    const inside = insideOf(filled, found.labels, label, rows, columns);
    if (inside === undefined) continue;
    const { pieces } = findPieces({ ink: Float64Array.from(inside), rows, columns });
    return { inside, area: pieces.reduce((sum, { mass }) => sum + mass, 0), side: length(pieces[0]) };
  }
  return undefined;
}

/**
 * A piece with its holes filled: the pixels that no path from the picture's edge reaches without crossing the piece.
 */
function fillHoles(labels: Int32Array, label: number, rows: number, columns: number): Mask {
  const filled = new Uint8Array(labels.length).fill(1);
  const stack: number[] = [];
  const reach = (i: number) => {
    if (filled[i] === 0 || labels[i] === label) return;
    filled[i] = 0;
    stack.push(i);
  };
  for (let row = 0; row < rows; row++) [0, columns - 1].forEach((column) => reach(row * columns + column));
  for (let column = 0; column < columns; column++) [0, rows - 1].forEach((row) => reach(row * columns + column));
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const column = at % columns;
    if (column > 0) reach(at - 1);
    if (column < columns - 1) reach(at + 1);
    if (at >= columns) reach(at - columns);
    if (at < labels.length - columns) reach(at + columns);
  }
  return filled;
}

/** Whether another large piece is separate within a filled one. */
function holdsPiece(filled: Mask, { labels, pieces }: Pieces, outer: Piece): boolean {
  const isLarge = pieces.map((piece) => piece !== outer && length(piece) >= LEAST_INNER * length(outer));
  return labels.some((label, i) => label > 0 && filled[i] === 1 && isLarge[label - 1]);
}

/** The area of a region as a share of the smallest rectangle around it, at any angle. */
function rectangularShare(mask: Mask, rows: number, columns: number): number {
  const outline: number[] = []; // x and y of the first and the last pixel in every row
  let area = 0;
  for (let row = 0; row < rows; row++) {
    const line = mask.subarray(row * columns, (row + 1) * columns);
    const first = line.indexOf(1);
    if (first < 0) continue;
    outline.push(first, row, line.lastIndexOf(1), row);
    for (const value of line) area += value;
  }
  let smallest = Infinity;
  for (let degrees = -45; degrees < 45; degrees++) {
    const [c, s] = [cos((degrees * PI) / 180), sin((degrees * PI) / 180)];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let k = 0; k < outline.length; k += 2) {
      const x = c * outline[k] + s * outline[k + 1];
      const y = c * outline[k + 1] - s * outline[k];
      [left, right, top, bottom] = [min(left, x), max(right, x), min(top, y), max(bottom, y)];
    }
    smallest = min(smallest, (right - left + 1) * (bottom - top + 1));
  }
  return area / smallest;
}

/** The inside of a filled piece, without the line of a frame and the blurred edge; undefined if nothing remains. */
function insideOf(filled: Mask, labels: Int32Array, label: number, rows: number, columns: number): Mask | undefined {
  const depths = depthsOf(filled, rows, columns);
  const deepest = depths.reduce((most, depth) => max(most, depth), 0);
  const [all, own] = [new Float64Array(deepest + 1), new Float64Array(deepest + 1)];
  depths.forEach((depth, i) => {
    all[depth]++;
    if (labels[i] === label) own[depth]++;
  });
  let line = 1;
  while (line <= deepest / 2 && own[line] > all[line] / 2) line++;
  const isFrame = line <= deepest / 2;
  const edge = (isFrame ? line : 1) + MARGIN;
  return edge < deepest ? filled.map((_, i) => (depths[i] > edge ? 1 : 0)) : undefined;
}

/**
 * Chessboard distance of every pixel of a region to its outside, including everything beyond the picture; 0 outside.
 */
function depthsOf(mask: Mask, rows: number, columns: number): Int32Array {
  const depths = new Int32Array(mask.length);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 || row >= rows || column >= columns ? 0 : depths[row * columns + column];
  // Two passes, forwards and backwards: `step` leads to the neighbours that the pass has visited.
  const nearest = (row: number, column: number, step: number) =>
    min(at(row + step, column - 1), at(row + step, column), at(row + step, column + 1), at(row, column + step));
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 1) depths[i] = nearest(floor(i / columns), i % columns, -1) + 1;
  }
  for (let i = mask.length - 1; i >= 0; i--) {
    if (mask[i] === 1) depths[i] = min(depths[i], nearest(floor(i / columns), i % columns, 1) + 1);
  }
  return depths;
}
