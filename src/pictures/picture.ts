import { InputError } from '../errors.js';

/** A picture as its file has it, or a large one reduced. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns, 4): red, green, blue, alpha, 0 … 255 each; alpha 0 is transparent */
  readonly rgba: Uint8Array;
}

/** Rows or columns that are enough: a digit that fills a twentieth of this is still as large as MNIST's. */
export const LONGEST = 1024;

/** In RGBA these are 80 MB: as much as a file of a few kilobytes may ask for. */
const MOST_PIXELS = 20_000_000;

/**
 * Looks at the size that a file claims, before memory is taken for it.
 *
 * @throws InputError if it is no size, or one that no picture of a digit has
 */
export function checkSize(rows: number, columns: number, name: string): void {
  if (rows * columns === 0) throw new InputError(`${name} is a picture without pixels (${columns} x ${rows})`);
  if (rows * columns > MOST_PIXELS) {
    throw new InputError(`${name} is ${columns} x ${rows} pixels, more than 20 million: make it smaller`);
  }
}

/** @param format what the file claims to be, say "PNG" */
export function damaged(name: string, format: string, why: string): InputError {
  return new InputError(`${name} is a damaged ${format} (${why}): save it again`);
}
