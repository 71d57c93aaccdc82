import { randomBytes } from 'node:crypto';
import {
  accessSync,
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InputError, MachineError } from '../errors.js';
import { withErrorPath } from './read.js';

// Files and folders appear whole or not at all: they are written under a temporary name and then renamed. Pipes and
// devices, in the second half of this file, are written in place.

/** The name of a temporary file is its target's, this and eight hexadecimal digits. A killed run may leave one. */
const TEMPORARY = '.gd-train-tmp-';
/** Longest chain of symbolic links that is followed, as in Linux. A longer one counts as a loop. */
const MOST_LINKS = 40;

/**
 * Writes a file so that it appears whole or not at all: temporary name, fsync, rename, fsync of the folder. A file that
 * is replaced keeps its mode, its owner and the symbolic links to it. A pipe or a device is written in place, which may
 * block: see `openSpecial`.
 *
 * @returns the stats of the new file, taken before its rename, so that no other program can have changed it; undefined
 *   for a pipe or a device
 */
export function writeFileAtomic(path: string, bytes: Uint8Array): BigIntStats | undefined {
  return withErrorPath(path, () => {
    if (isSpecial(path)) return void writeFileSync(path, bytes);
    try {
      return replace(path, bytes);
    } catch (error) {
      // Another run may have removed the temporary file: at its start a run removes those that killed runs left.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return replace(path, bytes);
    }
  });
}

function replace(path: string, bytes: Uint8Array): BigIntStats {
  const before = statSync(path, { throwIfNoEntry: false });
  const target = followLinks(path);
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
    ignoreErrors(() => rmSync(temporary, { force: true }));
    throw error;
  }
  ignoreErrors(() => syncFolder(dirname(target))); // makes the new name durable; some systems do not support it
  return written;
}

function keepOwner(file: number, { mode, uid, gid }: Stats): void {
  ignoreErrors(() => fchmodSync(file, mode));
  ignoreErrors(() => fchownSync(file, uid, gid));
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
 * Writes a folder so that it appears whole or not at all: temporary name, then rename.
 *
 * @param files the bytes of each file, by its name
 * @throws InputError as `checkNewFolder`
 */
export function writeFolderAtomic(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  checkNewFolder(path);
  const target = followLinks(resolve(path));
  const temporary = temporaryName(target);
  withErrorPath(path, () => {
    mkdirSync(temporary);
    try {
      for (const [name, bytes] of files) writeFileAtomic(join(temporary, name), bytes);
      if (statSync(target, { throwIfNoEntry: false })) rmdirSync(target); // some systems do not rename over a folder
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}

/**
 * Checks that a folder can be written to a path. Leaves no files behind.
 *
 * @throws InputError if the path is a file, or a folder that is not empty; the system's error if it is not writable
 */
export function checkNewFolder(path: string): void {
  withErrorPath(path, () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && !found.isDirectory()) throw new InputError(`${path} is a file: name a new folder`);
    if (found && readdirSync(path).length > 0) throw new InputError(`${path} is not empty: name a new folder`);
    probe(followLinks(resolve(path)));
  });
}

/**
 * Checks that `writeFileAtomic` can write to a path. Leaves no files behind.
 *
 * @throws the system's error if it cannot
 */
export function checkWritable(path: string): void {
  withErrorPath(path, () => {
    if (isSpecial(path)) return accessSync(path, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })) closeSync(openSync(path, 'r+'));
    probe(followLinks(path));
  });
}

/** Creates and removes a temporary file beside the target. */
function probe(target: string): void {
  const temporary = temporaryName(target);
  closeSync(openSync(temporary, 'wx'));
  unlinkSync(temporary);
}

/** True if file names in a folder are case-insensitive, as on most disks of macOS and Windows. */
export function ignoresCase(folder: string): boolean {
  const temporary = temporaryName(join(folder, 'case'));
  closeSync(openSync(temporary, 'wx'));
  try {
    return statSync(join(folder, basename(temporary).toUpperCase()), { throwIfNoEntry: false }) !== undefined;
  } finally {
    unlinkSync(temporary);
  }
}

function temporaryName(path: string): string {
  return `${path}${TEMPORARY}${randomBytes(4).toString('hex')}`;
}

/** Removes the temporary files that killed runs left beside a file. */
export function removeTemporaries(path: string): void {
  if (isSpecial(path)) return;
  ignoreErrors(() => {
    const target = followLinks(path);
    const start = basename(target) + TEMPORARY;
    for (const name of readdirSync(dirname(target))) {
      if (name.startsWith(start) && /^[\da-f]{8}$/.test(name.slice(start.length))) rmSync(join(dirname(target), name));
    }
  });
}

/** The path that symbolic links lead to, dangling links included. The file need not exist. */
export function followLinks(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })) return realpathSync(path);
  let target = path;
  for (let links = 0; links < MOST_LINKS && isLink(target); links++) {
    target = resolve(dirname(target), readlinkSync(target));
  }
  return target;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** True for a pipe, a terminal or another device. These are written in place; a file is replaced. */
export function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** Runs a step that may fail without consequences. */
function ignoreErrors(action: () => void): void {
  try {
    action();
  } catch {
    return;
  }
}

// Pipes and devices.

/** A pipe, a terminal or another device that is open for writing. */
interface SpecialFile {
  /** Writes all bytes; waits while a pipe is full. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** How to wait for the program that reads from a pipe. */
export interface Waiting {
  /** Once aborted, waiting ends after a second without progress. */
  readonly signal?: AbortSignal;
  /** Called once, if no program reads from the pipe yet. */
  readonly onWait?: () => void;
}

/** Writes a file as `writeFileAtomic` does, and a pipe or a device through `openSpecial`. */
export async function writeOutput(path: string, bytes: Uint8Array, waiting?: Waiting): Promise<void> {
  if (!isSpecial(path)) return void writeFileAtomic(path, bytes);
  const file = await openSpecial(path, waiting);
  try {
    await file.write(bytes);
  } finally {
    file.close();
  }
}

/** Time between two attempts to open or to write, in ms. */
const RETRY_MS = 20;
/** Time without progress after which a wait ends once its signal is aborted, in ms. */
const GRACE_MS = 1000;

/**
 * Opens a pipe, a terminal or another device for writing. Waits until a program reads from a pipe. Never blocks the
 * thread, because a blocked thread handles no signals.
 *
 * @throws MachineError if no program reads from the pipe; the system's error if opening fails
 */
export async function openSpecial(path: string, { signal, onWait }: Waiting = {}): Promise<SpecialFile> {
  const isPipe = statSync(path).isFIFO();
  const flags = constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);
  const open = () => unlessTooEarly(path, isPipe ? 'ENXIO' : undefined, () => openSync(path, flags));
  const file = await retry(path, open, signal, onWait);
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length;) {
        done += await retry(path, () => unlessTooEarly(path, 'EAGAIN', () => writeSync(file, bytes, done)), signal);
      }
    },
    close: () => closeSync(file),
  };
}

/**
 * The result of an action, or undefined if it must be tried again.
 *
 * @param retryCode the system's error code for that: ENXIO if a pipe has no reader, EAGAIN if it is full
 */
function unlessTooEarly<T>(path: string, retryCode: string | undefined, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code === retryCode) return undefined;
    if (code === 'EPIPE') throw new MachineError(`the program that read from ${path} has ended`);
    throw error;
  }
}

/** Repeats an action until its result is defined. */
async function retry<T>(
  path: string,
  action: () => T | undefined,
  signal: AbortSignal | undefined,
  onWait?: () => void,
): Promise<T> {
  for (let tries = 0, waited = 0; ; tries++, waited += signal?.aborted ? RETRY_MS : 0) {
    const result = withErrorPath(path, action);
    if (result !== undefined) return result;
    if (waited >= GRACE_MS) throw new MachineError(`${path} is a pipe that no program reads`);
    if (tries === 0) onWait?.();
    await setTimeout(RETRY_MS);
  }
}
