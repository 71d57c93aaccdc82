import { type BigIntStats, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatCount, InputError } from '../../../errors.js';
import { isSpecial, removeTemporaries, type Waiting, writeFileAtomic, writeOutput } from '../../../files/write.js';
import { sha256 } from '../../../files/read.js';
import { encodeTraining, saveTraining } from '../../../training/model-file.js';
import type { Training } from '../../../training/train.js';
import { toFailure } from '../../command.js';
import { lastNetFile } from '../../inputs.js';

/** Where a net was saved. */
interface SavedModel {
  /** Path of the net, if it was saved. */
  readonly saved?: string | undefined;
  /** Path of the net in the user's cache, if it was kept there. */
  readonly kept?: string | undefined;
  /** A message, if the net could not be saved to the path that was given. */
  readonly problem?: string | undefined;
}

/** Saves the net of a run, even if the disk is full or another program changes the file. */
interface ModelSaver {
  /** Saves during the run. An error is reported and does not end the run. */
  checkpoint(training: Training): void;
  /**
   * Saves at the end of the run:
   *
   * - to the file or the pipe whose path was given; if that fails, to a new file
   * - without a path, to a new file if the run was interrupted, and otherwise to the user's cache, if nets are kept
   */
  finish(training: Training, isInterrupted: boolean): Promise<SavedModel>;
}

/**
 * Prepares for saving the net of a run.
 *
 * @param path the file or the pipe to save to, if there is one
 * @param isKept true if the net is kept in the user's cache when there is no path
 * @param say prints a note during the run
 * @param waitFor how to wait for the program that reads from a pipe
 */
export function openModelSaver(
  { path, isKept }: { readonly path: string | undefined; readonly isKept: boolean },
  say: (text: string) => void,
  waitFor: (path: string) => Waiting,
): ModelSaver {
  const isPipe = path !== undefined && isSpecial(path);
  const file = path === undefined || isPipe ? undefined : openCheckpointWriter(path);
  let lastProblem: string | undefined;
  return {
    checkpoint(training) {
      if (file === undefined) return; // a pipe gets the net once, at the end
      try {
        if (file.write(encodeTraining(training))) say(`${path} was removed: it is written again`);
        lastProblem = undefined;
      } catch (error) {
        const { message } = toFailure(error);
        if (message !== lastProblem) say(`${message}; training goes on, and the next checkpoint tries again`);
        lastProblem = message;
      }
    },
    async finish(training, isInterrupted) {
      if (path === undefined && isInterrupted) return saveElsewhere(training);
      if (path === undefined) return isKept ? { kept: keepNet(training, say) } : {};
      try {
        const bytes = encodeTraining(training);
        if (file) file.write(bytes);
        else await writeOutput(path, bytes, waitFor(path));
        return { saved: path };
      } catch (error) {
        const { message: problem } = toFailure(error);
        const { saved } = saveElsewhere(training);
        if (saved === undefined) return { problem: `${problem}; the net is lost` };
        return { saved, problem: `${problem}; the net is in ${saved}` };
      }
    },
  };
}

/** The largest net that is kept in the user's cache, in bytes: 256 MiB. */
const MOST_BYTES = 2 ** 28;

/** Keeps a net in the user's cache and returns its path. If that fails, prints the reason and returns undefined. */
function keepNet(training: Training, say: (text: string) => void): string | undefined {
  try {
    const size = training.net.all.byteLength;
    if (size > MOST_BYTES) throw new InputError(`it takes ${formatCount(size)} bytes, too many for a cache`);
    const file = lastNetFile();
    makeFolder(dirname(file));
    if (isSpecial(file)) throw new InputError(`${file} is not a file`); // a pipe would block
    removeTemporaries(file);
    saveTraining(file, training);
    return file;
  } catch (error) {
    say(`the net is not kept: ${toFailure(error).message}; save it with --save FILE`);
    return undefined;
  }
}

/** Makes a folder and its parents, for this user only. Not with `recursive`: below /proc that mkdir never returns. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Saves to a new file in the current folder, or, if that fails, in the folder for temporary files. */
function saveElsewhere(training: Training): SavedModel {
  let problem: string | undefined;
  for (const folder of ['', tmpdir()]) {
    const name = newName(folder);
    try {
      saveTraining(name, training);
      return problem === undefined ? { saved: name } : { saved: name, problem: `${problem}; the net is in ${name}` };
    } catch (error) {
      problem ??= toFailure(error).message;
    }
  }
  return { problem: `${problem}; the net is lost` };
}

/** A path that no file has. The time in the name is only information for the user. */
function newName(folder: string): string {
  return freeName(join(folder, `gd-train-interrupted-${new Date().toISOString().replace(/[:.]/g, '-')}`));
}

/** The first of `stem.safetensors`, `stem-2.safetensors` … that no file has. */
export function freeName(stem: string): string {
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? '' : `-${number}`}.safetensors`;
    if (!existsSync(name)) return name;
  }
}

/** A file that a run writes repeatedly. */
interface CheckpointWriter {
  /**
   * Writes the whole file.
   *
   * @returns true if another program had removed the file
   * @throws InputError if another program has changed the file since this run began or last wrote it; the system's
   *   error if writing fails
   */
  write(bytes: Uint8Array): boolean;
}

/** Opens a file for repeated writing. Removes the temporary files that killed runs left beside it. */
function openCheckpointWriter(path: string): CheckpointWriter {
  removeTemporaries(path);
  const versionNow = () => versionOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  let known = versionNow();
  let written: string | undefined;
  return {
    write(bytes) {
      const found = versionNow();
      // Some network file systems change times on their own, so the content decides.
      const isForeign = found !== undefined && found !== known && sha256(readFileSync(path)) !== written;
      if (isForeign) {
        throw new InputError(
          `${path} was changed by another program during this run: give each run a --save of its own`,
        );
      }
      const wasRemoved = found === undefined && known !== undefined;
      known = versionOf(writeFileAtomic(path, bytes));
      written = sha256(bytes);
      return wasRemoved;
    },
  };
}

/** Identifies a version of a file: a replacement changes its inode, and a write its size or time of modification. */
function versionOf(stats: BigIntStats | undefined): string | undefined {
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join();
}
