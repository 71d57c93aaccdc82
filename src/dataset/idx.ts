import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';

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
  const bytes = isGzip(file) ? unpack(file, name) : file;
  const { shape, header } = parseHeader(bytes, bytes.length, name, dimensions);
  return { shape, data: bytes.subarray(header) };
}

/** An IDX file that stays on the disk until it is asked for. */
export interface IdxFile extends IdxArray {
  /** Bytes start … end - 1 of the elements; nothing else is read, unless the file is gzipped. */
  read(start: number, end: number): Uint8Array;
}

/**
 * Opens an IDX file of images. Its header and its length are checked at once.
 *
 * @throws InputError as `parseIdx`; the system's error if it cannot be read
 */
export function openImages(path: string): IdxFile {
  const start = namingPath(path, () => readPart(path, 0, HEADER));
  if (isGzip(start.bytes)) {
    const whole = parseIdx(
      namingPath(path, () => readFileSync(path)),
      path,
      3,
    );
    return { ...whole, read: (from, to) => whole.data.subarray(from, to) };
  }
  const { shape, header } = parseHeader(start.bytes, start.size, path, 3);
  const length = start.size - header;
  const read = (from: number, to: number) => {
    const { bytes } = namingPath(path, () => readPart(path, header + from, header + to));
    if (bytes.length < to - from) throw cutOff(path, header + from + bytes.length, start.size);
    return bytes;
  };
  let data: Uint8Array | undefined;
  return {
    shape,
    read,
    get data() {
      return (data ??= read(0, length));
    },
  };
}

/** Of images: magic number and three dimensions. */
const HEADER = 16;

/** Bytes start … end - 1 of a file, fewer if it ends before, and its size. */
function readPart(path: string, start: number, end: number) {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    let length = 0;
    for (let got = -1; got !== 0; length += got)
      got = readSync(file, bytes, length, bytes.length - length, start + length);
    return { bytes: bytes.subarray(0, length), size: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @param length of the whole file, of which `bytes` are the first */
function parseHeader(bytes: Uint8Array, length: number, name: string, dimensions: 1 | 3) {
  const want = CONTENT[dimensions];
  const header = 4 + 4 * dimensions;
  const hex = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
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
  if (length < header) throw cutOff(name, length, header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const total = header + shape.reduce((product, size) => product * size, 1);
  if (length < total) throw cutOff(name, length, total);
  if (length > total) {
    throw new InputError(
      `${name} has ${thousands(length)} bytes where its header promises ${thousands(total)}: it is damaged; fetch it again`,
    );
  }
  return { shape, header };
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
