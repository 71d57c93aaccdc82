import { randomUUID } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { namingPath } from '../naming-path.js';

/**
 * Writes a file so that it appears whole or not at all: temporary name, fsync, rename. What is no ordinary file (a
 * pipe, /dev/null) is written to as it stands.
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  namingPath(path, () => (isSpecial(path) ? writeFileSync(path, buffer) : writeFileAtomic.sync(path, buffer)));
}

/**
 * Finds out before hours of work whether `writeWhole` will be able to write there. Leaves no trace.
 *
 * @throws the system's error if not
 */
export function checkWritable(path: string): void {
  namingPath(path, () => {
    if (isSpecial(path)) return accessSync(path, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })) closeSync(openSync(path, 'r+'));
    const probe = `${path}.${randomUUID()}.tmp`;
    closeSync(openSync(probe, 'wx'));
    unlinkSync(probe);
  });
}

function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}
