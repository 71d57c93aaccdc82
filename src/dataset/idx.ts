import { gunzipSync } from 'node:zlib';
import { InputError } from '../input-error.js';

/** An IDX file of unsigned bytes, the format of MNIST: its dimensions and a view on its bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const CONTENT: Record<number, string> = { 1: 'labels', 3: 'images' };
/** No dataset of the MNIST family is larger unpacked; a gzip file that claims more is not one of them. */
const LARGEST_UNPACKED = 2 ** 30;

/**
 * Reads IDX bytes, raw or gzipped: two zero bytes, the element type, the number of dimensions, each dimension as a
 * big-endian 32-bit integer, then the elements.
 *
 * @param file the whole file
 * @param name what to call it in messages
 * @param dimensions 3 for images, 1 for labels
 * @throws InputError if the file is damaged, is no IDX file, or holds something else
 */
export function parseIdx(file: Uint8Array, name: string, dimensions: 1 | 3): IdxArray {
  const bytes = file[0] === 0x1f && file[1] === 0x8b ? unpack(file, name) : file;
  const want = CONTENT[dimensions];
  const header = 4 + 4 * dimensions;
  const hex = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new InputError(
      `${name} is not an IDX file: it begins with ${hex || 'nothing'}, not with 00 00 08; fetch it again`,
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE || bytes[3] !== dimensions) {
    const got = (bytes[2] === UNSIGNED_BYTE && CONTENT[bytes[3]]) || 'something else';
    throw new InputError(
      `${name} should hold ${want} (magic 00 00 08 0${dimensions}) but holds ${got} (magic ${hex}): are the files mixed up?`,
    );
  }
  if (bytes.length < header) throw cutOff(name, bytes.length, header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const total = header + shape.reduce((product, size) => product * size, 1);
  if (bytes.length < total) throw cutOff(name, bytes.length, total);
  if (bytes.length > total) {
    throw new InputError(
      `${name} has ${thousands(bytes.length)} bytes where its header promises ${thousands(total)}: it is damaged; fetch it again`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

function unpack(file: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: LARGEST_UNPACKED });
  } catch (error) {
    throw new InputError(`${name} cannot be unpacked (${(error as Error).message}): it is damaged; fetch it again`);
  }
}

function cutOff(name: string, got: number, want: number): InputError {
  return new InputError(
    `${name} ends after ${thousands(got)} of ${thousands(want)} bytes: the download was cut off; fetch it again`,
  );
}

const thousands = (count: number) => count.toLocaleString('en-US');
