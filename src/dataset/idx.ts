import { constants, gunzipSync } from 'node:zlib';
import { formatCount, InputError } from '../errors.js';
import { openParts } from '../files/read.js';

/** An IDX file of unsigned bytes, the format of MNIST: its dimensions and a view on its bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const CONTENT: Record<number, string> = { 1: 'labels', 3: 'images' };

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
  const start = isGzip(file) ? unpackStart(file, name, headerLength(dimensions)) : file;
  const { shape, header, total } = parseHeader(start, name, dimensions);
  const bytes = isGzip(file) ? unpack(file, name, total) : file;
  checkLength(bytes.length, total, name);
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
  const parts = openParts(path);
  const start = parts.read(0, headerLength(3));
  if (isGzip(start)) {
    const whole = parseIdx(parts.read(0, parts.size), path, 3);
    return { ...whole, read: (from, to) => whole.data.subarray(from, to) };
  }
  const { shape, header, total } = parseHeader(start, path, 3);
  checkLength(parts.size, total, path);
  const read = (from: number, to: number) => {
    const bytes = parts.read(header + from, header + to);
    if (bytes.length < to - from) throw cutOff(path, header + from + bytes.length, total);
    return bytes;
  };
  let data: Uint8Array | undefined;
  return {
    shape,
    read,
    get data() {
      return (data ??= read(0, total - header));
    },
  };
}

/** Reads an IDX file of labels. */
export function readLabels(path: string): Uint8Array {
  const parts = openParts(path);
  return parseIdx(parts.read(0, parts.size), path, 1).data;
}

/** Magic number and dimensions. */
const headerLength = (dimensions: number) => 4 + 4 * dimensions;

/** @param bytes the first of the file */
function parseHeader(bytes: Uint8Array, name: string, dimensions: 1 | 3) {
  const want = CONTENT[dimensions];
  const header = headerLength(dimensions);
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
  return { shape, header, total: header + shape.reduce((product, size) => product * size, 1) };
}

function checkLength(length: number, total: number, name: string): void {
  if (length < total) throw cutOff(name, length, total);
  if (length > total) {
    throw new InputError(
      `${name} has ${formatCount(length)} bytes where its header promises ${formatCount(total)}: it is damaged; fetch it again`,
    );
  }
}

function cutOff(name: string, got: number, want: number): InputError {
  return new InputError(
    `${name} ends after ${formatCount(got)} of ${formatCount(want)} bytes: the download was cut off; fetch it again`,
  );
}

/** What a file may unpack to beyond twice its own size: MNIST and its kin stay far below, a gzip bomb does not. */
const LARGEST_GROWTH = 100e6;
/** Where to begin looking for the first bytes. */
const SHORTEST_START = 512;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first `count` bytes of what a gzip file holds, and perhaps some more, without unpacking the rest.
 *
 * @throws InputError if the file is damaged or holds fewer
 */
export function unpackStart(file: Uint8Array, name: string, count: number): Uint8Array {
  return explaining(name, () => {
    for (let length = SHORTEST_START; length < file.length; length *= 2) {
      const start = gunzipSync(file.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
      if (start.length >= count) return start;
    }
    return gunzipSync(file, { maxOutputLength: SHORTEST_START * 1032 }); // 1032 to 1 is the most that deflate can do
  });
}

/**
 * All that a gzip file holds, which should be `total` bytes: no more memory than that is taken.
 *
 * @throws InputError if the file is damaged, holds more, or promises so much that unpacking it is not for us
 */
export function unpack(file: Uint8Array, name: string, total: number): Uint8Array {
  if (total > 2 * file.length + LARGEST_GROWTH) {
    throw new InputError(
      `${name} would grow from ${formatCount(file.length)} to ${formatCount(total)} bytes: if you trust it, unpack it first (gunzip)`,
    );
  }
  // One buffer for all of it, with a byte to spare that shows whether there is more.
  const options = { chunkSize: Math.max(constants.Z_MIN_CHUNK, total + 1), maxOutputLength: total + 1 };
  return explaining(name, () => gunzipSync(file, options));
}

function explaining<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? 'it holds more than its header promises' : message;
    throw new InputError(`${name} cannot be unpacked (${why}): it is damaged; fetch it again`);
  }
}
