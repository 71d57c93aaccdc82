import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';

// Files. read.ts reads files and pipes, and finds this package's own; write.ts writes files, pipes and devices; outputs.ts
// checks before any work that outputs can be written.

/** The most bytes that are read from a pipe, which may never end: 256 MiB. */
export const MOST_PIPED = 2 ** 28;
const SHORTEST_READ = 2 ** 16;

/** A file that stays on the disk, except for the parts that are asked for. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /**
   * Bytes start … end - 1; fewer if the file ends before.
   *
   * @param into memory that is used again, for many parts of a file: the result may be a view on it
   */
  read(start: number, end: number, into?: Uint8Array): Uint8Array;
}

/**
 * Reads parts of a file that stays open meanwhile: all come from one file, even if another one gets its name. A pipe, which
 * can be read only once, is read whole.
 *
 * @throws InputError if it is a device, or a pipe of more than 256 MiB; the system's error if reading fails
 */
export function withParts<T>(path: string, use: (file: FileParts) => T): T {
  return withErrorPath(path, () => {
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file);
      if (stats.isCharacterDevice() || stats.isBlockDevice()) {
        throw new InputError(`${path} is a device: name a file`);
      }
      if (stats.isFile()) return use({ size: stats.size, read: (...part) => readPart(file, ...part) });
      const bytes = readPipe(file, path);
      return use({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) });
    } finally {
      closeSync(file);
    }
  });
}

/** All bytes of a file, or of a pipe up to 256 MiB; errors as `withParts`. */
export function readBytes(path: string): Uint8Array {
  return withParts(path, ({ size, read }) => read(0, size));
}

/** As `withParts`, for parts that may be asked for at any time: the file is opened for each. */
export function openParts(path: string): FileParts {
  const { size, whole } = withParts(path, ({ size, read }) => {
    return { size, whole: statSync(path).isFile() ? undefined : read(0, size) };
  });
  if (whole !== undefined) return { size, read: (start, end) => whole.subarray(start, end) };
  return { size, read: (...part) => withParts(path, ({ read }) => read(...part)) };
}

/** All bytes of a pipe. The buffer grows with what arrives. */
function readPipe(file: number, path: string): Uint8Array {
  let bytes = Buffer.allocUnsafeSlow(SHORTEST_READ);
  let length = 0;
  for (;;) {
    const got = readSync(file, bytes, length, bytes.length - length, null);
    if (got === 0) return bytes.subarray(0, length);
    length += got;
    if (length > MOST_PIPED) throw new InputError(`${path} is a pipe of more than 256 MiB: name a file`);
    if (length < bytes.length) continue;
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * bytes.length, MOST_PIPED + 1));
    bytes.copy(larger);
    bytes = larger;
  }
}

function readPart(file: number, start: number, end: number, into?: Uint8Array): Uint8Array {
  const size = Math.max(0, Math.min(end, fstatSync(file).size) - start);
  const bytes = into !== undefined && size <= into.length ? into.subarray(0, size) : Buffer.allocUnsafeSlow(size);
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(file, bytes, length, bytes.length - length, start + length);
  return bytes.subarray(0, length);
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Runs an action on a file. A system error that it throws names this path: without that it would name a temporary file,
 * or none, as after a failed read or write.
 */
export function withErrorPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : Object.assign(error as Error, { path });
  }
}

/** Folder of this package: of its package.json, data and setup files. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Version of this package, from its package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
