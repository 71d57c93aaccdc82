import { withoutShadows } from './background.js';
import { BOX, centerDigit, longestSide, SIDE, type Span, spansOf } from './centering.js';
import { borderPixels, inkOn, opaqueColors, withoutGrain } from './ink.js';
import { removeLines } from './lines.js';
import { framesNote, inkNotes, type Note } from './notes.js';
import { findPanel, type Mask, type Panel } from './panel.js';
import type { Ink, OpaquePicture, Picture } from './picture.js';
import { findPieces, keepPieces, largest, length, type Piece, type Pieces, removeSpecks, thicken } from './strokes.js';

const { floor, max, min, round } = Math;

// Pictures of digits, from a file to the input of the net. decode.ts (with sharp, or netpbm.ts) gives pixels (picture.ts).
// ink.ts smooths grain and separates ink from paper, whose light background.ts models. panel.ts finds the sheet, box or
// circle that contains the digit. lines.ts removes ruled lines. strokes.ts removes specks and widens a thin pen. notes.ts
// reports anything besides one digit. centering.ts scales the rest to 28 x 28 pixels. This file combines the steps.

/** A digit that was found in a picture. */
export interface SeenDigit {
  /** (28, 28), row-major, in [0, 1]: 0 paper, 1 ink; undefined if the picture is blank */
  readonly pixels: Float64Array | undefined;
  /** Notes on anything besides one digit, and on what was left out */
  readonly notes: readonly Note[];
}

/**
 * Converts a picture of a digit into the form of MNIST's images: ink is separated from paper; everything else is left
 * out (the desk around a sheet, a frame, long thin lines, ink at the edge); thin strokes are widened to MNIST's width;
 * and the digit is scaled and centred. A picture that has MNIST's form already stays as it is, so that MNIST's own
 * images are the same as in training.
 */
export function seeDigit(picture: Picture): SeenDigit {
  const frames = framesNote(picture.frames ?? 1);
  const prepared = mnistInk(picture);
  if (prepared !== undefined) return { pixels: prepared, notes: frames };
  const colors = opaqueColors(picture);
  const drawn = colors && drawnInk(withoutGrain(colors));
  if (drawn === undefined) return { pixels: undefined, notes: frames };
  const { ink, rows, columns } = thicken(drawn.ink);
  return { pixels: centerDigit(ink, rows, columns), notes: [...frames, ...drawn.notes] };
}

/** The pixels of `seeDigit`: (28, 28), row-major, in [0, 1]: 0 paper, 1 ink; undefined if the picture is blank. */
export function prepareDigit(picture: Picture): Float64Array | undefined {
  return seeDigit(picture).pixels;
}

/** Most nested panels, such as a frame on a sheet on a desk. */
const MOST_PANELS = 3;
/** Least length of a digit in a panel, as a share of the panel's longer side; smaller things are specks. */
const LEAST_DIGIT = 0.12;

/** Least peak of a piece of ink; the remains of an erased line are fainter. */
const LEAST_PEAK = 0.3;

/** A digit of at least this share of the picture's shorter side fills the picture. */
const FULL = 0.75;

/** Least side of a picture in which shadows are removed. */
const LEAST_SHADED = 100;

interface Drawn {
  readonly ink: Ink;
  /** Whether the ink touches all four sides of the picture */
  readonly isTight: boolean;
  readonly notes: readonly Note[];
}

/**
 * The digit's ink in a picture. If there is none, or if it is cut off or covers much of the picture, as a shadow does,
 * the search is repeated with shadows removed.
 */
function drawnInk(colors: OpaquePicture): Drawn | undefined {
  const drawn = digitInk(colors);
  const shorter = min(colors.rows, colors.columns);
  const isDoubtful = ({ notes }: Drawn) => notes.some(({ kind }) => kind === 'cut' || kind === 'ink');
  if (shorter < LEAST_SHADED || (drawn !== undefined && (drawn.isTight || !isDoubtful(drawn)))) return drawn;
  // Strokes of a digit that fills the picture are as wide as shadows.
  const isSmall = ({ ink }: Drawn) => largest(findPieces(ink).pieces, length) < FULL * shorter;
  for (const version of [colors, inverted(colors)]) {
    const lit = digitInk(withoutShadows(version));
    const isBetter = lit !== undefined && !isDoubtful(lit) && !lit.notes.some(({ kind }) => kind === 'shapes');
    if (isBetter && isSmall(lit)) return lit;
  }
  return drawn;
}

const inverted = ({ channels, ...size }: OpaquePicture): OpaquePicture => ({
  ...size,
  channels: channels.map((channel) => channel.map((value) => 255 - value)),
});

/** The digit's ink inside the innermost panel that holds one, without lines, ink at the edge, and specks. */
function digitInk(colors: OpaquePicture): Drawn | undefined {
  let drawn = inkOn(colors);
  if (drawn === undefined) return undefined;
  let panel: Panel | undefined;
  for (let k = 0; k < MOST_PANELS; k++) {
    const found = findPanel(drawn);
    const within = found && inkOn(colors, found.inside);
    if (found === undefined || within === undefined || !holdsDigit(within, found)) break;
    [drawn, panel] = [within, found];
  }
  const { ink: rest, count } = removeLines(drawn, panel?.inside);
  const unruled = keepPieces(rest, findPieces(rest), ({ peak }) => peak >= LEAST_PEAK);
  if (unruled.ink.every((value) => value === 0)) return undefined;
  const { ink: free, isCut, isLeftOut, isTight } = withoutEdge(unruled, panel);
  const ink = removeSpecks(free);
  const area = panel?.area ?? ink.ink.length;
  return {
    ink,
    isTight,
    notes: inkNotes(ink, { isInside: panel !== undefined, lines: count, isCut, isLeftOut, area }),
  };
}

/** Whether a panel has a piece of ink that is large enough for a digit and does not span it. */
function holdsDigit(drawn: Ink, { side }: Panel): boolean {
  return findPieces(drawn).pieces.some((piece) => length(piece) >= LEAST_DIGIT * side && length(piece) < 0.97 * side);
}

/**
 * Leaves out the pieces of ink that touch the edge of the picture or of the panel, if another piece is large enough to
 * be a digit and the picture is not cropped tightly to its ink.
 */
function withoutEdge(
  drawn: Ink,
  panel: Panel | undefined,
): { ink: Ink; isLeftOut: boolean; isCut: boolean; isTight: boolean } {
  const { rows, columns } = drawn;
  const found = findPieces(drawn);
  const touching = new Set<Piece>();
  found.labels.forEach((label, i) => {
    if (label > 0 && isAtEdge(i, rows, columns, panel?.inside)) touching.add(found.pieces[label - 1]);
  });
  const isTight = panel === undefined && touchesAllSides(found, rows, columns);
  const outer = found.pieces.filter((piece) => touching.has(piece));
  const inner = found.pieces.filter((piece) => !touching.has(piece));
  const massOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { mass }) => sum + mass, 0);
  const isTouched = massOf(outer) > 0.05 * massOf(inner);
  const least = {
    mass: largest(inner, ({ mass }) => mass) / 2,
    length: LEAST_DIGIT * (panel?.side ?? max(rows, columns)),
  };
  const isDigit = inner.some((piece) => piece.mass >= least.mass && length(piece) >= least.length);
  if (isTight || !isDigit) return { ink: drawn, isLeftOut: false, isCut: isTouched, isTight };
  const ink = keepPieces(drawn, found, (piece) => !touching.has(piece));
  return { ink, isLeftOut: isTouched, isCut: false, isTight };
}

/** A piece that touches the edge belongs to the digit if it has this share of the heaviest piece's mass. */
const LEAST_PART = 0.1;
/** A digit covers less than this share of the outermost pixels; a shadow or a desk covers more. */
const MOST_EDGE = 0.4;

/** Largest distance from the edge that counts as touching it, as a share of the picture's shorter side. */
const NEAR = 0.04;

/** Whether heavy pieces of ink touch the picture's edge on all four sides, and yet cover little of it. */
function touchesAllSides({ labels, pieces }: Pieces, rows: number, columns: number): boolean {
  const least = LEAST_PART * largest(pieces, ({ mass }) => mass);
  const heavy = pieces.filter(({ mass }) => mass >= least);
  const edge = borderPixels(rows, columns);
  const covered = edge.filter((i) => labels[i] > 0 && heavy.includes(pieces[labels[i] - 1])).length;
  const near = round(NEAR * min(rows, columns));
  return (
    covered < MOST_EDGE * edge.length &&
    heavy.some(({ top }) => top <= near) &&
    heavy.some(({ bottom }) => bottom >= rows - 1 - near) &&
    heavy.some(({ left }) => left <= near) &&
    heavy.some(({ right }) => right >= columns - 1 - near)
  );
}

function isAtEdge(i: number, rows: number, columns: number, inside: Mask | undefined): boolean {
  const [row, column] = [floor(i / columns), i % columns];
  if (row === 0 || column === 0 || row === rows - 1 || column === columns - 1) return true;
  return inside !== undefined && [i - 1, i + 1, i - columns, i + columns].some((next) => inside[next] === 0);
}

/** Grey levels below this, 0 … 1, are noise, such as that of a JPEG. */
const NOISE = 0.1;

/** The ink of a picture that has MNIST's form: 28 x 28, light on black; undefined for others. */
function mnistInk({ rows, columns, rgba }: Picture): Float64Array | undefined {
  if (rows !== SIDE || columns !== SIDE) return undefined;
  const ink = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < ink.length; i++) {
    const [red, green, blue, alpha] = rgba.subarray(4 * i, 4 * i + 4);
    if (alpha !== 255 || max(red, green, blue) - min(red, green, blue) > 40) return undefined;
    ink[i] = red === green && green === blue ? red / 255 : (red + green + blue) / 765;
  }
  const edge = borderPixels(rows, columns);
  const isBlack = edge.filter((i) => ink[i] < NOISE).length > 0.9 * edge.length;
  if (!isBlack || !ink.some((value) => value > NOISE)) return undefined;
  if (isPrepared(ink, 0)) return ink;
  const clean = removeNoise(ink);
  return isPrepared(clean, 1) ? clean : centerDigit(clean, SIDE, SIDE);
}

/** Removes faint pixels and specks. */
function removeNoise(ink: Float64Array): Float64Array {
  const strong = ink.map((value) => (value >= NOISE ? value : 0));
  return removeSpecks({ ink: strong, rows: SIDE, columns: SIDE }).ink;
}

/** Whether ink fills a box of 20 x 20 with its centre of mass where `centerDigit` puts it, within `slack` pixels. */
function isPrepared(ink: Float64Array, slack: number): boolean {
  const spans = spansOf({ ink, rows: SIDE, columns: SIDE });
  const longest = longestSide(spans);
  const isCentred = ({ mean }: Span) => mean >= SIDE / 2 - slack && mean < SIDE / 2 + 1 + slack;
  return longest <= BOX + slack && longest >= BOX - 1 - slack && isCentred(spans.down) && isCentred(spans.across);
}
