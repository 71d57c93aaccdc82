import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { MachineError } from '../errors.js';
import { isSpecial, writeFileAtomic } from './atomic-write.js';
import { withErrorPath } from './read.js';

/** A pipe, a terminal or another device that is open for writing. */
interface SpecialFile {
  /** Waits while the reader of a pipe is behind. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** How to wait for the program that reads from a pipe. */
export interface Waiting {
  /** Once aborted, waiting ends after a second without progress. */
  readonly signal?: AbortSignal;
  /** Called once if no program reads yet. */
  readonly onWait?: () => void;
}

/** Writes a file whole or not at all, as `writeFileAtomic`; a pipe or a device in place, as `openSpecial`. */
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
/** Time without progress after which a stopped program gives up, in ms. */
const GRACE_MS = 1000;

/**
 * Opens a pipe, a terminal or another device for writing, without ever blocking the thread, because a blocked thread handles no
 * signals. Waits until a program reads from a pipe.
 *
 * @throws MachineError if no program reads; the system's error if writing fails
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

/** The result, or undefined if the system reports by this code that it is too early. */
function unlessTooEarly<T>(path: string, tooEarly: string | undefined, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code === tooEarly) return undefined;
    if (code === 'EPIPE') throw new MachineError(`the program that read from ${path} has ended`);
    throw error;
  }
}

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
