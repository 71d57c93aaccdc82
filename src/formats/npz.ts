import { type Zippable, zipSync } from 'fflate';
import { inflateRawSync } from 'node:zlib';
import { formatCount, InputError } from '../errors.js';
import { type NamedTensor, type NumberArray, quoteName } from './arrays.js';
import { encodeNpy, readNpy } from './npy.js';

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

/** A file in a zip archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
}

const END = { signature: 0x06054b50, length: 22, longestComment: 0xffff };
const DIRECTORY = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };

/** Whether these are the first bytes of a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/**
 * The directory of a zip archive; nothing is unpacked. Archives of 4 GiB and more (zip64) are refused.
 *
 * @param name what to call the archive in messages
 * @throws InputError if it is damaged
 * @see APPNOTE.TXT of PKWARE, 4.3
 */
export function readZipDirectory(bytes: Uint8Array, name: string): ZipEntry[] {
  const view = viewOf(bytes);
  let end = bytes.length - END.length;
  const first = Math.max(0, end - END.longestComment);
  while (end >= first && view.getUint32(end, true) !== END.signature) end--;
  if (end < first) throw new InputError(`${name} is damaged: the directory at its end is missing; save it again`);

  const entries: ZipEntry[] = [];
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + DIRECTORY.length > end || view.getUint32(at, true) !== DIRECTORY.signature) {
      throw new InputError(`${name} is damaged: file ${i + 1} of ${count} is missing in its directory; save it again`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const next = at + DIRECTORY.length + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    entries.push({
      name: Buffer.from(bytes.subarray(at + DIRECTORY.length, at + DIRECTORY.length + nameLength)).toString('utf8'),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

/**
 * Unpacks one file of an archive: never more than `entry.size` bytes, which the caller has found acceptable. A stored
 * file is a view on the archive. The checksum is compared, so that a damaged file is not taken for wrong numbers.
 *
 * @throws InputError if it is damaged, encrypted or compressed otherwise than by deflate
 */
export function unpackZipEntry(bytes: Uint8Array, entry: ZipEntry, name: string): Uint8Array {
  const fail = (why: string) => new InputError(`${name} ${why}; save it again`);
  const view = viewOf(bytes);
  const { offset, packedSize, size, method } = entry;
  if (entry.isEncrypted || (method !== 0 && method !== 8)) throw fail('is encrypted, or not compressed by deflate');
  if (offset + LOCAL.length > bytes.length || view.getUint32(offset, true) !== LOCAL.signature) {
    throw fail('is damaged: it is not where the directory says');
  }
  const start = offset + LOCAL.length + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packedSize > bytes.length) throw fail('is damaged: it is cut off');
  const packed = bytes.subarray(start, start + packedSize);
  let content = packed;
  if (method === 8) {
    try {
      content = inflateRawSync(packed, { maxOutputLength: Math.max(1, size), chunkSize: Math.max(64, size) });
    } catch (error) {
      throw fail(`is damaged: it cannot be unpacked (${(error as Error).message})`);
    }
  }
  if (content.length !== size || crc32(content) !== entry.crc) throw fail('is damaged: its checksum is another');
  return content;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Of zip and gzip (ISO 3309). Node has one of its own from 20.15 on only. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}

/**
 * Bytes of a .npz file, as `np.savez` writes it: a zip of one .npy a tensor, not compressed, for weights do not get
 * smaller. The same tensors always give the same bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpz(tensors: readonly NamedTensor[]): Uint8Array {
  const files: Zippable = {};
  for (const tensor of tensors) files[`${tensor.name}.npy`] = encodeNpy(tensor);
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) }); // the first day that a zip knows
}
