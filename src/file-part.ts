import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { InputError } from './input-error.js';
import { namingPath } from './naming-path.js';

/** A file that stays on the disk, but for the parts that are asked for. */
export interface FileParts {
  /** In bytes. */
  readonly size: number;
  /** Bytes start … end - 1; fewer if the file ends before. */
  read(start: number, end: number): Uint8Array;
}

/**
 * Opens a file to read parts of it. What can be read only once, such as a pipe, is read at once.
 *
 * @throws InputError if it is a device, which never ends; the system's error if it cannot be read
 */
export function openParts(path: string): FileParts {
  return namingPath(path, () => {
    const file = openSync(path, 'r');
    try {
      const stats = fstatSync(file);
      if (stats.isCharacterDevice() || stats.isBlockDevice()) {
        throw new InputError(`${path} is a device: name a file`);
      }
      if (stats.isFile()) return { size: stats.size, read: (start, end) => readPart(path, start, end) };
      const bytes = readFileSync(file);
      return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
    } finally {
      closeSync(file);
    }
  });
}

function readPart(path: string, start: number, end: number): Uint8Array {
  return namingPath(path, () => {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(end, fstatSync(file).size) - start));
      let length = 0;
      for (let got = -1; got !== 0 && length < bytes.length; length += got)
        got = readSync(file, bytes, length, bytes.length - length, start + length);
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  });
}
