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

/** Where the net is in the end, and why it is not where it should be. */
interface SavedModel {
  readonly saved?: string | undefined;
  /** The file in the user's cache, if it is kept there. */
  readonly kept?: string | undefined;
  readonly problem?: string | undefined;
}

/** Saves the net of a run, so that neither a full disk nor another program can lose it. */
interface ModelSaver {
  /** Saves; a failure is reported and does not end the run. */
  checkpoint(training: Training): void;
  /**
   * Saves for good:
   *
   * - to the file or the pipe that was named; where that fails, to a new file
   * - without a name, to a new file if the run was interrupted, and otherwise to the user's cache, if nets are kept
   */
  finish(training: Training, isInterrupted: boolean): Promise<SavedModel>;
}

/**
 * Prepares for saving to `path`, if one is given.
 *
 * @param isKept true if the net is kept in the user's cache where no path is given
 * @param say tells the user something while the run goes on
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

/** The largest net that is written to a cache without being asked to, in bytes: 256 MiB. */
const MOST_BYTES = 2 ** 28;

/** Keeps a net as the last one in the user's cache. Returns its file; where that fails, `say` tells why. */
function keepNet(training: Training, say: (text: string) => void): string | undefined {
  try {
    const size = training.net.all.byteLength;
    if (size > MOST_BYTES) throw new InputError(`it takes ${formatCount(size)} bytes, too many for a cache`);
    const file = lastNetFile();
    makeFolder(dirname(file));
    if (isSpecial(file)) throw new InputError(`${file} is not a file`); // a pipe would block
    removeTemporaries(file);
    writeFileAtomic(file, encodeTraining(training));
    return file;
  } catch (error) {
    say(`the net is not kept: ${toFailure(error).message}; save it with --save FILE`);
    return undefined;
  }
}

/** A folder with those above it, for this user alone. Node.js's recursive mkdir never returns below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Saves under a new name in this folder, or in that for temporary files. */
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

/** A name that no file has. The time in it is for the reader only. */
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

/** A file that a run writes again and again. */
interface CheckpointWriter {
  /**
   * Writes the whole file; true if another program had removed it meanwhile.
   *
   * @throws InputError if another program has written it since this run began or last wrote it; the system's error
   */
  write(bytes: Uint8Array): boolean;
}

/** Opens a file to save to, after removing what killed runs left beside it. */
function openCheckpointWriter(path: string): CheckpointWriter {
  removeTemporaries(path);
  const versionNow = () => versionOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  let known = versionNow();
  let written: string | undefined;
  return {
    write(bytes) {
      const found = versionNow();
      // Some network folders change times by themselves: the content decides.
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

/** Another text after every replacement of the file and every write to it, even if the clock is wrong. */
function versionOf(stats: BigIntStats | undefined): string | undefined {
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join();
}
