import { type BigIntStats, existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../errors.js';
import { checkWritable, isSpecial, removeTemporaries, writeFileAtomic } from '../../../files/atomic-write.js';
import { sha256 } from '../../../files/read.js';
import { encodeTraining, saveTraining } from '../../../training/model-file.js';
import type { Training } from '../../../training/train.js';
import { toFailure } from '../../command.js';

/** Where the net is in the end, and why it is not where it should be. */
export interface SavedModel {
  readonly saved: string | undefined;
  readonly refusal: string | undefined;
}

/** Looks after the net of a run, so that neither a disk nor another program can lose it. */
export interface ModelSaver {
  /** Saves; if that is refused, says so and goes on. */
  checkpoint(training: Training): void;
  /** Saves for good: under a new name if there is no other and the net is `wanted`, or if the other is refused. */
  finish(training: Training, wanted: boolean): SavedModel;
}

/**
 * Prepares for saving to `path`, if one is given.
 *
 * @param say tells the user something while the run goes on
 * @throws the system's error if `path` cannot be written
 */
export function openModelSaver(path: string | undefined, say: (text: string) => void): ModelSaver {
  const file = path === undefined ? undefined : openCheckpointWriter(path);
  let told: string | undefined;
  return {
    checkpoint(training) {
      if (file === undefined || file.isSpecial) return; // a pipe gets the net once, at the end
      try {
        if (file.write(encodeTraining(training))) say(`${path} had been removed: it is there again`);
        told = undefined;
      } catch (error) {
        const { message } = toFailure(error);
        if (message !== told) say(`${message}; training goes on, and the next checkpoint tries again`);
        told = message;
      }
    },
    finish(training, wanted) {
      let refusal: string | undefined;
      if (file !== undefined) {
        try {
          file.write(encodeTraining(training));
          return { saved: path, refusal };
        } catch (error) {
          refusal = toFailure(error).message;
        }
      } else if (!wanted) return { saved: undefined, refusal };
      for (const folder of ['', tmpdir()]) {
        const name = newName(folder);
        try {
          saveTraining(name, training);
          return { saved: name, refusal };
        } catch (error) {
          refusal ??= toFailure(error).message;
        }
      }
      return { saved: undefined, refusal };
    },
  };
}

/** A name that no file has, whatever the clock says. */
function newName(folder: string): string {
  const stem = join(folder, `gd-train-interrupted-${new Date().toISOString().replace(/[:.]/g, '-')}`);
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? '' : `-${number}`}.safetensors`;
    if (!existsSync(name)) return name;
  }
}

/** A file that a run writes again and again. */
export interface CheckpointWriter {
  /** It is no ordinary file: what is written to it cannot be replaced. */
  readonly isSpecial: boolean;
  /**
   * Writes it whole; true if somebody had removed it meanwhile.
   *
   * @throws InputError if somebody else has written it since this run began or last wrote it; the system's error
   */
  write(bytes: Uint8Array): boolean;
}

/**
 * Opens a file to save to, after clearing away what killed runs left beside it.
 *
 * @throws the system's error if it cannot be written
 */
export function openCheckpointWriter(path: string): CheckpointWriter {
  checkWritable(path);
  if (isSpecial(path)) return { isSpecial: true, write: (bytes) => (writeFileAtomic(path, bytes), false) };
  removeTemporaries(path);
  const versionNow = () => versionOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
  let known = versionNow();
  let written: string | undefined;
  return {
    isSpecial: false,
    write(bytes) {
      const found = versionNow();
      // Some network folders change times by themselves: what counts is what is in the file.
      const isForeign = found !== undefined && found !== known && sha256(readFileSync(path)) !== written;
      if (isForeign) {
        throw new InputError(
          `${path} was written by another program while this run went on: two runs need a --save each`,
        );
      }
      const wasRemoved = found === undefined && known !== undefined;
      known = versionOf(writeFileAtomic(path, bytes));
      written = sha256(bytes);
      return wasRemoved;
    },
  };
}

/** Another one whenever the file has been replaced or written to; no clock has to be right for that. */
function versionOf(stats: BigIntStats | undefined): string | undefined {
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join();
}
