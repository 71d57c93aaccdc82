import type { Ink } from './picture.js';
import { type Box, findPieces, largest, length, strokeWidth } from './strokes.js';

const { max, min, round } = Math;

/*
 * Notes on the reliability of a prediction. Each states a measurement of the picture or of the probabilities.
 */

/** An observation; `text` is for people, the other fields are the numbers in it. */
export type Note =
  | { readonly kind: 'unsure'; readonly text: string; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'shapes'; readonly text: string; readonly count: number }
  | { readonly kind: 'ink'; readonly text: string; readonly share: number }
  | { readonly kind: 'lines'; readonly text: string; readonly count: number }
  | { readonly kind: 'frames'; readonly text: string; readonly count: number }
  | { readonly kind: 'panel' | 'edge' | 'cut' | 'blot'; readonly text: string };

export interface Candidate {
  readonly digit: number;
  /** 0 … 1 */
  readonly probability: number;
}

/** An answer with a probability below this is unsure. */
const UNSURE = 0.6;

/** @param probabilities (K) */
export function unsureNote(probabilities: ArrayLike<number>): Note | undefined {
  const candidates = Array.from(probabilities, (probability, digit) => ({ digit, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 2);
  if (candidates.length < 2 || !(candidates[0].probability < UNSURE)) return undefined;
  const names = candidates.map(({ digit, probability }) => `${digit} (${round(100 * probability)} %)`);
  return { kind: 'unsure', text: `unsure: ${names.join(' or ')}`, candidates };
}

export function framesNote(count: number): Note[] {
  return count > 1 ? [{ kind: 'frames', count, text: `the first of ${count} frames` }] : [];
}

/** A digit with a margin around it covers less than this share of the picture. */
const MUCH_INK = 0.3;
/** Separate pieces of at least this share of the largest one's length are shapes of their own. */
const COMPARABLE = 0.4;

/** A piece within another one is a shape of its own if it has at least this share of the largest one's length. */
const ENCLOSED = 0.2;

/** Strokes of nearly all digits of MNIST are narrower than this share of the digit's longer side. */
const BROADEST = 0.3;

/** Largest softness of ink, from 0 for black on white upwards; 1 in 100 of MNIST's digits, enlarged, has more. */
const SOFTEST = 0.55;
/** Least length of a digit whose softness counts: smaller digits always have soft edges. */
const LEAST_SHARP = 60;

/** Whether the ink has no clear strokes: they are too broad, or soft. */
function isBlot(drawn: Ink): boolean {
  const { ink } = drawn;
  const longest = largest(findPieces(drawn).pieces, length);
  const mass = ink.reduce((sum, value) => sum + value, 0);
  const softness = ink.reduce((sum, value) => sum + 4 * value * value * (1 - value), 0) / mass;
  return strokeWidth(drawn) > BROADEST * longest || (softness > SOFTEST && longest >= LEAST_SHARP);
}

interface Circumstances {
  readonly isInside: boolean;
  readonly lines: number;
  readonly isLeftOut: boolean;
  readonly isCut: boolean;
  /** Pixels of the picture, or of the panel in it */
  readonly area: number;
}

/** Notes on the ink that the net receives, and on what was left out. */
export function inkNotes(ink: Ink, { isInside, lines, isLeftOut, isCut, area }: Circumstances): Note[] {
  const notes: Note[] = [];
  const shapes = shapesNote(ink);
  const share = ink.ink.reduce((sum, value) => sum + (value > 0.25 ? 1 : 0), 0) / area;
  if (shapes !== undefined) notes.push(shapes);
  if (share > MUCH_INK) {
    notes.push({
      kind: 'ink',
      share,
      text: `${portion(share)} of the picture is ink: leave a margin around one digit`,
    });
  }
  if (notes.length === 0 && isBlot(ink))
    notes.push({ kind: 'blot', text: 'no clear strokes: write with a thinner pen, take the photo in focus' });
  if (isCut) notes.push({ kind: 'cut', text: 'the ink touches the edge of the picture: leave a margin' });
  if (isInside)
    notes.push({ kind: 'panel', text: 'read inside a frame, circle or sheet; what is around it was left out' });
  if (lines > 0)
    notes.push({ kind: 'lines', count: lines, text: `${lines} long thin line${lines > 1 ? 's' : ''} left out` });
  if (isLeftOut) notes.push({ kind: 'edge', text: 'what touches the edge was left out' });
  return notes;
}

const portion = (share: number) => (share < 0.29 || share > 0.38 ? `${round(100 * share)} %` : 'a third');

/** A note that a picture shows more than one digit. */
export function shapesNote(ink: Ink): (Note & { kind: 'shapes' }) | undefined {
  const count = countShapes(ink);
  return count > 1 ? { kind: 'shapes', count, text: `${count} separate shapes: crop to one digit` } : undefined;
}

/** The number of groups of comparable pieces with overlapping boxes; the strokes of one digit are one group. */
function countShapes(drawn: Ink): number {
  const { pieces } = findPieces(drawn);
  const longest = largest(pieces, length);
  const large = pieces.filter((piece) => length(piece) >= COMPARABLE * longest);
  const groups: Box[] = [];
  for (const piece of large.sort((a, b) => a.left - b.left)) {
    let box: Box = piece;
    const overlapping = () => groups.findIndex((group) => overlap(group, box));
    for (let k = overlapping(); k >= 0; k = overlapping()) box = join(groups.splice(k, 1)[0], box);
    groups.push(box);
  }
  // A digit in a circle: no digit has a separate stroke within another one.
  const notTiny = pieces.filter((piece) => length(piece) >= ENCLOSED * longest);
  const isEnclosed = notTiny.some((inner) => large.some((outer) => encloses(outer, inner)));
  return groups.length + (isEnclosed ? 1 : 0);
}

/** Whether two boxes overlap by a tenth of the smaller one's sides, or nearly touch. */
function overlap(a: Box, b: Box): boolean {
  const gap = 0.08 * min(length(a), length(b));
  return a.left <= b.right + gap && b.left <= a.right + gap && a.top <= b.bottom + gap && b.top <= a.bottom + gap;
}

function encloses(outer: Box, inner: Box): boolean {
  return outer.left < inner.left && outer.right > inner.right && outer.top < inner.top && outer.bottom > inner.bottom;
}

function join(a: Box, b: Box): Box {
  return {
    top: min(a.top, b.top),
    bottom: max(a.bottom, b.bottom),
    left: min(a.left, b.left),
    right: max(a.right, b.right),
  };
}
