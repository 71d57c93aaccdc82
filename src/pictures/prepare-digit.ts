import { centerDigit, SIDE } from './center-digit.js';
import { findInk, type Ink } from './find-ink.js';
import { borderPixels } from './opaque-colors.js';
import type { Picture } from './picture.js';
import { thickenStrokes } from './thicken-strokes.js';

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
  return ink && thickenStrokes(ink);
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
