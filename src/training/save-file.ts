import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  type BigIntStats,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namingPath } from '../naming-path.js';

/** What a kill in the middle of writing leaves behind: the name, this and eight hexadecimal digits. */
const TEMPORARY = '.gd-train-tmp-';

/**
 * Writes a file so that it appears whole or not at all: temporary name, fsync, rename, fsync of the folder. Mode, owner
 * and a link to it stay. What is no ordinary file (a pipe, /dev/null) is written to as it stands.
 *
 * @returns what the system knew of the file before anybody else could touch it; undefined of what is no ordinary file
 */
export function writeWhole(path: string, bytes: Uint8Array): BigIntStats | undefined {
  return namingPath(path, () => {
    if (isSpecial(path)) return void writeFileSync(path, bytes);
    try {
      return replace(path, bytes);
    } catch (error) {
      // A run that begins clears away temporary files, and this one may have been among them.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return replace(path, bytes);
    }
  });
}

function replace(path: string, bytes: Uint8Array): BigIntStats {
  const before = statSync(path, { throwIfNoEntry: false });
  const target = before ? realpathSync(path) : path;
  const temporary = temporaryName(target);
  let written: BigIntStats;
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, bytes);
      if (before) keepOwner(file, before);
      fsyncSync(file);
      written = fstatSync(file, { bigint: true });
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    quietly(() => rmSync(temporary, { force: true }));
    throw error;
  }
  quietly(() => syncFolder(dirname(target))); // the new name itself; some systems cannot
  return written;
}

function keepOwner(file: number, { mode, uid, gid }: Stats): void {
  quietly(() => fchmodSync(file, mode));
  quietly(() => fchownSync(file, uid, gid));
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
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
    const probe = temporaryName(path);
    closeSync(openSync(probe, 'wx'));
    unlinkSync(probe);
  });
}

function temporaryName(path: string): string {
  return `${path}${TEMPORARY}${randomBytes(4).toString('hex')}`;
}

/** Clears away what killed runs left beside a file. */
export function removeTemporaries(path: string): void {
  if (isSpecial(path)) return;
  quietly(() => {
    const target = statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path;
    const start = basename(target) + TEMPORARY;
    for (const name of readdirSync(dirname(target))) {
      if (name.startsWith(start) && /^[\da-f]{8}$/.test(name.slice(start.length))) rmSync(join(dirname(target), name));
    }
  });
}

/** A pipe, a device: what is written to it cannot be replaced. */
export function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** For what is good to have, but no reason to fail. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    return;
  }
}
