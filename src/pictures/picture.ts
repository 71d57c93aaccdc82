import { InputError } from '../errors.js';

/** A decoded picture, upright; a large one is reduced. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns, 4): red, green, blue, alpha, 0 … 255 each; alpha 0 is transparent */
  readonly rgba: Uint8Array;
  /** Number of frames or pages of the file, if there are several; the pixels are those of the first. */
  readonly frames?: number;
}

/** A picture without transparency, of at most LONGEST rows and columns. */
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

/** Most rows or columns of a decoded picture: a digit of a tenth of this is larger than those of MNIST. */
export const LONGEST = 512;

/** Most pixels of a picture; JPEGs, which are reduced while they are decoded, may have more. */
export const MOST_PIXELS = 20_000_000;

/**
 * Checks the size in the header of a file before memory is allocated.
 *
 * @throws InputError if there are no pixels, or more than `most`
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
