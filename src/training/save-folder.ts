import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';
import { writeWhole } from './save-file.js';

/**
 * Writes a folder so that it appears whole or not at all: temporary name, then rename. Nothing that is there already is
 * touched.
 *
 * @param files names and bytes
 * @throws InputError if there is a file, or a folder that is not empty
 */
export function writeWholeFolder(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  const target = resolve(path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  namingPath(path, () => {
    const there = statSync(target, { throwIfNoEntry: false });
    if (there && !there.isDirectory()) throw new InputError(`${path} is a file: name a new folder`);
    if (there && readdirSync(target).length > 0) throw new InputError(`${path} is not empty: name a new folder`);
    mkdirSync(temporary);
    try {
      for (const [name, bytes] of files) writeWhole(join(temporary, name), bytes);
      if (there) rmdirSync(target); // empty; not every system renames over it
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}
