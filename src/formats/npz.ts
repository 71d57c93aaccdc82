import AdmZip from 'adm-zip';
import { formatCount, InputError, preview } from '../errors.js';
import { type NamedTensor, type NumberArray, quoteName } from './arrays.js';
import { encodeNpy, readNpy } from './npy.js';

/**
 * Bytes of memory that arrays may take beyond the size of the file, as a protection against zip bombs. Reading may add
 * 100 MB, of which 10 MB are for the heap around the arrays.
 */
const SPARE = 90e6;
const MOST_FILES = 1000;
/** Longest name of a file, in bytes. */
const LONGEST_NAME = 1000;
/** Most folders in the path of a file; adm-zip makes an object for each. */
const MOST_FOLDERS = 10;
const STORED = 0;
const DEFLATED = 8;

/** Whether these are the first bytes of a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/**
 * Reads the arrays of a file that `np.savez` or `np.savez_compressed` wrote, by name. Sizes are checked before anything
 * is unpacked: memory is at most twice the size of the file plus 100 MB, and no byte of the file is read twice.
 *
 * @param name the file's name in messages
 * @param isWanted which arrays to read; the others may hold anything
 * @throws InputError if the file is damaged or too large, or an array is not of real numbers
 */
export function readNpz(
  bytes: Uint8Array,
  name: string,
  isWanted: (name: string) => boolean = () => true,
): Map<string, NumberArray> {
  const entries = listFiles(bytes, name).filter(({ entryName }) => entryName.endsWith('.npy'));
  const keyOf = ({ entryName }: AdmZip.IZipEntry) => entryName.slice(0, -'.npy'.length);
  if (entries.length === 0) {
    throw new InputError(
      `${name} is a zip archive without a .npy array (as torch.save writes it, for example): save with np.savez`,
    );
  }
  const wanted = entries.filter((entry) => isWanted(keyOf(entry)));
  const sum = (measure: (header: AdmZip.IZipEntryHeader) => number) =>
    wanted.reduce((total, { header }) => total + measure(header), 0);
  if (sum(memoryOf) > bytes.length + SPARE) {
    const unpacked = formatCount(Math.round(sum(({ size }) => size) / 1e6));
    throw new InputError(
      `${name} would unpack to ${unpacked} MB from ${formatCount(bytes.length)} bytes: too much; save fewer or smaller arrays`,
    );
  }
  if (sum(({ compressedSize }) => compressedSize) > bytes.length)
    throw new InputError(`${name} is damaged: its arrays overlap; save it again`);
  return new Map(
    wanted.map((entry) => {
      const label = `${quoteName(entry.entryName)} in ${name}`;
      return [keyOf(entry), readNpy(unpack(entry, label), label)];
    }),
  );
}

/** Bytes of memory for reading an array: the array, the file's content, and for inflate the pieces of the content. */
function memoryOf({ method, size }: AdmZip.IZipEntryHeader): number {
  return (method === STORED ? 2 : 3) * size;
}

/** The files of a zip archive. Their number and names are checked before adm-zip builds anything from them. */
function listFiles(bytes: Uint8Array, name: string): AdmZip.IZipEntry[] {
  const decoder = {
    efs: true,
    encode: (text: string) => Buffer.from(text),
    decode(bytes: Uint8Array) {
      const text = Buffer.from(bytes.subarray(0, LONGEST_NAME)).toString();
      if (bytes.length <= LONGEST_NAME && text.split('/').length <= MOST_FOLDERS) return text;
      throw new InputError(`${name} holds a file with too long a name, ${quoteName(text)}: save it again`);
    },
  };
  return explaining(name, () => {
    const zip = new AdmZip(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), { noSort: true, decoder });
    const count = zip.getEntryCount();
    if (count > MOST_FILES) throw new InputError(`${name} holds ${count} files: keep only the gradients`);
    return zip.getEntries();
  });
}

/** Unpacks a file to at most the size in its header. adm-zip checks the CRC-32. */
function unpack(entry: AdmZip.IZipEntry, label: string): Uint8Array {
  const { encrypted, method, size } = entry.header;
  if (encrypted) throw new InputError(`${label} is encrypted: save it with np.savez`);
  if (method !== STORED && method !== DEFLATED) {
    throw new InputError(`${label} is not compressed by deflate: save it with np.savez_compressed`);
  }
  const content = explaining(label, () => entry.getData());
  if (content.length === size) return content;
  throw new InputError(`${label} is damaged: it has ${content.length} bytes instead of ${size}; save it again`);
}

function explaining<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof InputError || /allocation failed/.test(message)) throw error;
    const why = preview(message.replace('ADM-ZIP: ', '')).slice(1, -1); // the message may quote a name from the file
    throw new InputError(`${name} is damaged: unpacking failed (${why}); save it again`);
  }
}

/** Midnight of 1980-01-01, the earliest date of a zip archive. */
const FIRST_DAY = (1 << 21) | (1 << 16);
/** Version 2.0 on Unix, also on other systems, so that the bytes are the same. */
const MADE_BY = 0x0314;

/**
 * Bytes of a .npz file, as `np.savez` writes it: a zip archive with a .npy file per tensor, not compressed because
 * weights hardly compress. Equal tensors give equal bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpz(tensors: readonly NamedTensor[]): Uint8Array {
  const zip = new AdmZip({ noSort: true });
  for (const tensor of tensors) {
    const { buffer } = encodeNpy(tensor);
    zip.addFile(`${tensor.name}.npy`, Buffer.from(buffer));
  }
  for (const { header } of zip.getEntries())
    Object.assign(header, { method: STORED, timeval: FIRST_DAY, made: MADE_BY });
  return zip.toBuffer();
}
