import { InputError } from '../errors.js';

/** A picture as decoded from its file, upright, or a large one reduced. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns, 4): red, green, blue, alpha, 0 … 255 each; alpha 0 is transparent */
  readonly rgba: Uint8Array;
  /** How many frames or pages the file has, if more than one; the pixels are those of the first. */
  readonly frames?: number;
}

/** A picture without transparency, and small enough to work on. */
export interface OpaquePicture {
  readonly rows: number;
  readonly columns: number;
  /** Red, green, blue: (rows, columns) each, 0 … 255 */
  readonly channels: readonly Float64Array[];
}

/** The ink of a picture. */
export interface Ink {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns), in [0, 1]: 0 paper, 1 ink */
  readonly ink: Float64Array;
}

/** Rows or columns that a decoded picture has at most: a digit of a tenth of this is larger than those of MNIST. */
export const LONGEST = 512;

/** Pixels of a picture, at most; baseline JPEGs are reduced while they are read and may have more. */
export const MOST_PIXELS = 20_000_000;

/**
 * Checks the size that a file claims, before memory is allocated for it.
 *
 * @throws InputError if it has no pixels, or more than `most`
 */
export function checkSize(rows: number, columns: number, name: string, most = MOST_PIXELS): void {
  if (rows * columns === 0) throw new InputError(`${name} is a picture without pixels (${columns} x ${rows})`);
  if (rows * columns > most) {
    throw new InputError(
      `${name} is ${columns} x ${rows} pixels, more than ${Math.floor(most / 1e6)} million: make it smaller`,
    );
  }
}

/** @param format the format that the file claims to have, such as "PNG" */
export function damaged(name: string, format: string, why: string): InputError {
  return new InputError(`${name} is a damaged ${format} (${why}): save it again`);
}
