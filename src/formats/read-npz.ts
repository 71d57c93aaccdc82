import { formatCount } from '../format-count.js';
import { InputError } from '../input-error.js';
import { quoteName, type NumberArray } from './number-array.js';
import { readNpy } from './read-npy.js';
import { readZipDirectory, unpackZipEntry } from './read-zip.js';

/** Beyond what the file itself takes; arrays that unpack to more could fill the memory (a "zip bomb"). */
const SPARE = 100e6;
const MOST_FILES = 1000;

/**
 * Reads the arrays of a file that `np.savez` or `np.savez_compressed` wrote, by the names that they were given. Sizes
 * are checked before anything is unpacked, so that it never takes more than twice the file and 100 MB.
 *
 * @param name what to call the file in messages
 * @param isWanted which names to read; the others are left alone
 * @throws InputError if the file is damaged or too large, or an array is none of real numbers
 */
export function readNpz(
  bytes: Uint8Array,
  name: string,
  isWanted: (name: string) => boolean = () => true,
): Map<string, NumberArray> {
  const entries = readZipDirectory(bytes, name).filter((entry) => entry.name.endsWith('.npy'));
  const keyOf = (fileName: string) => fileName.slice(0, -'.npy'.length);
  if (entries.length === 0) {
    throw new InputError(
      `${name} is a zip archive without a .npy array (as torch.save writes it, for example): save with np.savez`,
    );
  }
  if (entries.length > MOST_FILES) throw new InputError(`${name} holds ${entries.length} arrays: keep the gradients`);
  const wanted = entries.filter((entry) => isWanted(keyOf(entry.name)));
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  if (total > (bytes.length + SPARE) / 2) {
    throw new InputError(
      `${name} would unpack to ${formatCount(Math.round(total / 1e6))} MB from ${formatCount(bytes.length)} bytes: too much; save fewer or smaller arrays`,
    );
  }
  const arrays = new Map<string, NumberArray>();
  for (const entry of wanted) {
    const key = keyOf(entry.name);
    const label = `${quoteName(entry.name)} in ${name}`;
    if (arrays.has(key)) throw new InputError(`${name} holds ${quoteName(key)} twice: save it again`);
    arrays.set(key, readNpy(unpackZipEntry(bytes, entry, label), label));
  }
  return arrays;
}
