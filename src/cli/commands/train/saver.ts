import { type BigIntStats, existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../errors.js';
import { isSpecial, removeTemporaries, type Waiting, writeFileAtomic, writeOutput } from '../../../files/write.js';
import { sha256 } from '../../../files/read.js';
import { encodeTraining, saveTraining } from '../../../training/model-file.js';
import type { Training } from '../../../training/train.js';
import { toFailure } from '../../command.js';

/** Where the net is in the end, and why it is not where it should be. */
interface SavedModel {
  readonly saved?: string;
  readonly problem?: string;
}

/** Saves the net of a run, so that neither a full disk nor another program can lose it. */
interface ModelSaver {
  /** Saves; a failure is reported and does not end the run. */
  checkpoint(training: Training): void;
  /** Saves for good: under a new name if no name was given and the net is wanted, or if the given one fails. */
  finish(training: Training, isWanted: boolean): Promise<SavedModel>;
}

/**
 * Prepares for saving to `path`, if one is given.
 *
 * @param say tells the user something while the run goes on
 * @param waitFor how to wait for the program that reads from a pipe
 */
export function openModelSaver(
  path: string | undefined,
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
    async finish(training, isWanted) {
      if (path === undefined) return isWanted ? saveElsewhere(training) : {};
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

/** A name that no file has, whatever the clock says. */
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

/** Changes whenever the file is replaced or written to; no clock has to be right for that. */
function versionOf(stats: BigIntStats | undefined): string | undefined {
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join();
}
