import { readFileSync, statSync, type BigIntStats } from 'node:fs';
import { InputError } from '../input-error.js';
import { sha256 } from '../sha256.js';
import { checkWritable, isSpecial, removeTemporaries, writeWhole } from './save-file.js';

/** A file that a run writes again and again. */
export interface SaveFile {
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
export function openSaveFile(path: string): SaveFile {
  checkWritable(path);
  if (isSpecial(path)) return { isSpecial: true, write: (bytes) => (writeWhole(path, bytes), false) };
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
      known = versionOf(writeWhole(path, bytes));
      written = sha256(bytes);
      return wasRemoved;
    },
  };
}

/** Another one whenever the file has been replaced or written to; no clock has to be right for that. */
function versionOf(stats: BigIntStats | undefined): string | undefined {
  return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join();
}
