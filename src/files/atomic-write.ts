import { randomBytes, randomUUID } from 'node:crypto';
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { withErrorPath } from './error-path.js';

/** What a kill in the middle of writing leaves behind: the name, this and eight hexadecimal digits. */
const TEMPORARY = '.gd-train-tmp-';

/**
 * Writes a file so that it appears whole or not at all: temporary name, fsync, rename, fsync of the folder. Mode, owner
 * and a link to it stay. What is no ordinary file (a pipe, /dev/null) is written to as it stands.
 *
 * @returns what the system knew of the file before anybody else could touch it; undefined of what is no ordinary file
 */
export function writeFileAtomic(path: string, bytes: Uint8Array): BigIntStats | undefined {
  return withErrorPath(path, () => {
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
  withErrorPath(path, () => {
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

/**
 * Writes a folder so that it appears whole or not at all: temporary name, then rename. Nothing that is there already is
 * touched.
 *
 * @param files names and bytes
 * @throws InputError if there is a file, or a folder that is not empty
 */
export function writeFolderAtomic(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  const target = resolve(path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  withErrorPath(path, () => {
    const there = statSync(target, { throwIfNoEntry: false });
    if (there && !there.isDirectory()) throw new InputError(`${path} is a file: name a new folder`);
    if (there && readdirSync(target).length > 0) throw new InputError(`${path} is not empty: name a new folder`);
    mkdirSync(temporary);
    try {
      for (const [name, bytes] of files) writeFileAtomic(join(temporary, name), bytes);
      if (there) rmdirSync(target); // empty; not every system renames over it
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}
