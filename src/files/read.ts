import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { InputError } from '../errors.js';
import { withErrorPath } from './error-path.js';

/** The most bytes that are read from a pipe, which may never end: 256 MiB. */
export const MOST_PIPED = 2 ** 28;

/** A file that stays on the disk, except for the parts that are asked for. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /** Bytes start … end - 1; fewer if the file ends before. */
  read(start: number, end: number): Uint8Array;
}

/**
 * Reads parts of a file that stays open meanwhile: they are of one file, even if another takes its name. A pipe, which
 * can be read only once, is read whole.
 *
 * @throws InputError if it is a device, or a pipe with more than 256 MiB; the system's error if it cannot be read
 */
export function withParts<T>(path: string, use: (file: FileParts) => T): T {
  return withErrorPath(path, () => {
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file);
      if (stats.isCharacterDevice() || stats.isBlockDevice()) {
        throw new InputError(`${path} is a device: name a file`);
      }
      if (stats.isFile()) return use({ size: stats.size, read: (start, end) => readPart(file, start, end) });
      const bytes = readPipe(file, path);
      return use({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) });
    } finally {
      closeSync(file);
    }
  });
}

/** As `withParts`, for parts that may be asked for at any time: the file is opened for each. */
export function openParts(path: string): FileParts {
  const { size, whole } = withParts(path, ({ size, read }) => {
    return { size, whole: statSync(path).isFile() ? undefined : read(0, size) };
  });
  if (whole !== undefined) return { size, read: (start, end) => whole.subarray(start, end) };
  return { size, read: (start, end) => withParts(path, ({ read }) => read(start, end)) };
}

function readPipe(file: number, path: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let total = 0; ;) {
    const piece = Buffer.allocUnsafe(2 ** 16);
    const length = readSync(file, piece);
    if (length === 0) return Buffer.concat(pieces, total);
    if ((total += length) > MOST_PIPED) throw new InputError(`${path} is a pipe with more than 256 MiB: name a file`);
    pieces.push(piece.subarray(0, length));
  }
}

function readPart(file: number, start: number, end: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, fstatSync(file).size) - start));
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(file, bytes, length, bytes.length - length, start + length);
  return bytes.subarray(0, length);
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
