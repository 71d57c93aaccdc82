import { constants, gunzipSync } from 'node:zlib';
import { formatCount, InputError } from '../errors.js';
import { openParts, readBytes } from '../files/read.js';

/** An IDX file of unsigned bytes, the format of MNIST: its dimensions and a view on its bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** An IDX file that stays on the disk until it is asked for. */
interface IdxFile extends IdxArray {
  /** Bytes start … end - 1 of the elements; nothing else is read, unless the file is gzipped. `into` as of a file. */
  read(start: number, end: number, into?: Uint8Array): Uint8Array;
}

/** The contents of an IDX file: bytes 3 and 4 of its header, and the size of an element. */
interface Content {
  readonly what: 'images' | 'labels';
  readonly type: number;
  readonly dimensions: number;
  readonly elementSize: number;
}

const IMAGES: Content = { what: 'images', type: 0x08, dimensions: 3, elementSize: 1 };
const LABELS: Content = { what: 'labels', type: 0x08, dimensions: 1, elementSize: 1 };
/** QMNIST: rows of 32-bit integers, the label in the first column, then the writer and the origin of the digit. */
const LABEL_ROWS: Content = { what: 'labels', type: 0x0c, dimensions: 2, elementSize: 4 };

/**
 * Reads IDX bytes, raw or gzipped: two zero bytes, the element type, the number of dimensions, each dimension as a
 * big-endian 32-bit integer, then the elements.
 *
 * @param file the whole file
 * @param name the file's name in messages
 * @param dimensions 3 for images, 1 for labels
 * @throws InputError if the file is damaged, is not an IDX file, or holds something else
 */
export function parseIdx(file: Uint8Array, name: string, dimensions: 1 | 3): IdxArray {
  return parse(file, name, dimensions === 3 ? IMAGES : LABELS);
}

/**
 * Opens an IDX file of images. Its header and its length are checked at once.
 *
 * @throws InputError as `parseIdx`; the system's error if reading fails
 */
export function openImages(path: string): IdxFile {
  const parts = openParts(path);
  const start = parts.read(0, headerLength(IMAGES));
  if (isGzip(start)) {
    const { shape, data } = parse(parts.read(0, parts.size), path, IMAGES);
    return { shape, data, read: (from, to) => data.subarray(from, to) };
  }
  const { shape, header, total } = parseHeader(start, path, IMAGES);
  checkLength(parts.size, total, path);
  const read = (from: number, to: number, into?: Uint8Array) => {
    const bytes = parts.read(header + from, header + to, into);
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

/**
 * Reads an IDX file of labels: bytes, or the first column of QMNIST's integers.
 *
 * @throws InputError as `parseIdx`, and if a label of QMNIST is not in 0 … 255; the system's error if reading fails
 */
export function readLabels(path: string): Uint8Array {
  const file = readBytes(path);
  const [, , type] = isGzip(file) ? unpackStart(file, path, headerLength(LABELS)) : file;
  if (type !== LABEL_ROWS.type) return parse(file, path, LABELS).data;
  const { shape, data } = parse(file, path, LABEL_ROWS);
  const [count, columns] = shape;
  if (columns === 0) throw new InputError(`${path} holds no labels (${count} x 0)`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from({ length: count }, (_, n) => {
    const label = view.getInt32(n * columns * LABEL_ROWS.elementSize);
    if (label < 0 || label > 255) throw new InputError(`${path} has label ${label} at ${n}: labels must be 0 to 9`);
    return label;
  });
}

function parse(file: Uint8Array, name: string, content: Content): IdxArray {
  const start = isGzip(file) ? unpackStart(file, name, headerLength(content)) : file;
  const { shape, header, total } = parseHeader(start, name, content);
  const bytes = isGzip(file) ? unpack(file, name, total) : file;
  checkLength(bytes.length, total, name);
  return { shape, data: bytes.subarray(header) };
}

/** Magic number and dimensions. */
const headerLength = ({ dimensions }: Content) => 4 + 4 * dimensions;

/** @param bytes the first of the file */
function parseHeader(bytes: Uint8Array, name: string, content: Content) {
  const { what, type, dimensions, elementSize } = content;
  const header = headerLength(content);
  const hex = (numbers: Iterable<number>) => [...numbers].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const magic = hex(bytes.subarray(0, 4));
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new InputError(
      `${name} is not an IDX file: it begins with ${magic || 'nothing'}, not with 00 00 08; fetch it again`,
    );
  }
  if (bytes[2] !== type || bytes[3] !== dimensions) {
    const other = [IMAGES, LABELS, LABEL_ROWS].find((kind) => kind.type === bytes[2] && kind.dimensions === bytes[3]);
    throw new InputError(
      `${name} should hold ${what} (magic ${hex([0, 0, type, dimensions])}) but holds ${other?.what ?? 'something else'} (magic ${magic}): are the files mixed up?`,
    );
  }
  if (bytes.length < header) throw cutOff(name, bytes.length, header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  return { shape, header, total: header + shape.reduce((product, size) => product * size, elementSize) };
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

/** Bytes that a file may unpack to beyond twice its size. MNIST and its variants stay far below, a gzip bomb does not. */
const LARGEST_GROWTH = 100e6;
/** Compressed bytes that are unpacked at first, and at most, to find an IDX header. */
const SHORTEST_START = 512;
const LONGEST_START = 65_536;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first `count` bytes of a gzip file's content, or all if there are fewer, and perhaps some more. Only its first
 * 64 KiB are unpacked, which become 68 MB at most: deflate packs no better than 1032 to 1.
 *
 * @throws InputError if the file is damaged
 */
function unpackStart(file: Uint8Array, name: string, count: number): Uint8Array {
  const body = gzipBody(file);
  return explaining(name, () => {
    for (let length = SHORTEST_START; ; length *= 2) {
      const isWhole = body + length >= file.length;
      const finishFlush = isWhole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
      const start = gunzipSync(file.subarray(0, body + length), { finishFlush });
      if (start.length >= count || isWhole) return start;
      if (length === LONGEST_START) throw new Error('its first 64 KiB hold nothing');
    }
  });
}

/** Index of the first compressed byte of a gzip file: after its header and the file name in it, of any length. */
function gzipBody(file: Uint8Array): number {
  const flags = file[3];
  let at = 10;
  if (flags & 4) at += 2 + file[at] + 256 * file[at + 1]; // extra field
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue; // name, comment
    const end = file.indexOf(0, at);
    if (end < 0) return file.length;
    at = end + 1;
  }
  return flags & 2 ? at + 2 : at; // checksum of the header
}

/**
 * The content of a gzip file, which should be `total` bytes; it takes no more memory than that.
 *
 * @throws InputError if the file is damaged, holds more, or would grow so much that it must be unpacked by hand
 */
function unpack(file: Uint8Array, name: string, total: number): Uint8Array {
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
    throw new InputError(`${name} is damaged: unpacking failed (${why}); fetch it again`);
  }
}
