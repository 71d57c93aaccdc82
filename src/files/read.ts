import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';

// Files. read.ts reads files and pipes, and locates the files of this package; write.ts writes files, pipes and
// devices; outputs.ts checks, before the work begins, that outputs can be written.

/** Limit on the bytes of a pipe, which may never end: 256 MiB. */
export const MOST_PIPED = 2 ** 28;
/** Initial size of the buffer for a pipe, in bytes. */
const FIRST_BUFFER = 2 ** 16;

/** A file whose parts are read on request, so that it need not fit in memory. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /**
   * Bytes start … end - 1; fewer if the file ends before.
   *
   * @param into a buffer to reuse for many parts; the result may be a view of it
   */
  read(start: number, end: number, into?: Uint8Array): Uint8Array;
}

/**
 * Opens a file for reading in parts while `use` runs. All parts come from one file, even if another file takes its name
 * meanwhile. A pipe can be read only once, so it is read completely at first.
 *
 * @throws InputError if the file is a device, or a pipe of more than 256 MiB; the system's error if reading fails
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

/**
 * All bytes of a file or a pipe.
 *
 * @throws as `withParts`
 */
export function readBytes(path: string): Uint8Array {
  return withParts(path, ({ size, read }) => read(0, size));
}

/**
 * As `withParts`, for parts that are read at any later time: the file is opened again for each part.
 *
 * @throws as `withParts`, when a part is read too
 */
export function openParts(path: string): FileParts {
  const { size, whole } = withParts(path, ({ size, read }) => {
    return { size, whole: statSync(path).isFile() ? undefined : read(0, size) };
  });
  if (whole !== undefined) return { size, read: (start, end) => whole.subarray(start, end) };
  return { size, read: (...part) => withParts(path, ({ read }) => read(...part)) };
}

/** All bytes of a pipe, in a buffer that doubles when it is full. */
function readPipe(file: number, path: string): Uint8Array {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BUFFER);
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
 * Runs an action on a file, and sets the path of a system error that it throws. Node.js's own error names no path after
 * a failed read or write, and a temporary file after a failed rename.
 */
export function withErrorPath<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : Object.assign(error as Error, { path });
  }
}

/** The folder of this package, which has package.json, data/ and setup/. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Version of this package, from its package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
