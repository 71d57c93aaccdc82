import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeTraining, saveTraining } from '../training/checkpoint.js';
import { openSaveFile } from '../training/save-again.js';
import type { Training } from '../training/train.js';
import { explain } from './errors.js';

/** Where the net is in the end, and why it is not where it should be. */
export interface Kept {
  readonly saved: string | undefined;
  readonly refusal: string | undefined;
}

/** Looks after the net of a run, so that neither a disk nor another program can lose it. */
export interface NetKeeper {
  /** Saves; if that is refused, says so and goes on. */
  checkpoint(training: Training): void;
  /** Saves for good: under a new name if there is no other and the net is `wanted`, or if the other is refused. */
  finish(training: Training, wanted: boolean): Kept;
}

/**
 * Prepares for saving to `path`, if one is given.
 *
 * @param say tells the user something while the run goes on
 * @throws the system's error if `path` cannot be written
 */
export function keepNet(path: string | undefined, say: (text: string) => void): NetKeeper {
  const file = path === undefined ? undefined : openSaveFile(path);
  let told: string | undefined;
  return {
    checkpoint(training) {
      if (file === undefined || file.isSpecial) return; // a pipe gets the net once, at the end
      try {
        if (file.write(encodeTraining(training))) say(`${path} had been removed: it is there again`);
        told = undefined;
      } catch (error) {
        const { message } = explain(error);
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
          refusal = explain(error).message;
        }
      } else if (!wanted) return { saved: undefined, refusal };
      for (const folder of ['', tmpdir()]) {
        const name = newName(folder);
        try {
          saveTraining(name, training);
          return { saved: name, refusal };
        } catch (error) {
          refusal ??= explain(error).message;
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
