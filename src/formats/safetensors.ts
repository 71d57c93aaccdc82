import { InputError, preview } from '../errors.js';
import type { FileParts } from '../files/read.js';
import { elementCount, type NumberArray } from './arrays.js';
import { duplicateKey } from './json-arrays.js';

/** A tensor of a safetensors file. */
export interface Tensor extends NumberArray {
  readonly data: Float64Array | Float32Array;
}

/** Where a tensor lies in its file. */
interface TensorPlace {
  /** The format's name of the element type: F64, BF16, I64 … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Index of its first byte in the file. */
  readonly start: number;
}

/** Tensors, or their places, and the metadata beside them. */
interface TensorFile<T> {
  readonly tensors: ReadonlyMap<string, T>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Longest header in bytes; those of gd-train have 12 kB. The format allows 100 MB, whose parsing takes much memory. */
const LARGEST_HEADER = 1_000_000;
/** Width of the header's length, and alignment of the tensors, in bytes. */
const BYTES = 8;
/** Elements that are read at a time. */
const PIECE = 2 ** 16;

/** The element types that can be read; a file may also hold tensors of other types. */
const TYPES = {
  F64: { size: 8, make: (n: number) => new Float64Array(n), read: (v: DataView, at: number) => v.getFloat64(at, true) },
  F32: { size: 4, make: (n: number) => new Float32Array(n), read: (v: DataView, at: number) => v.getFloat32(at, true) },
  I64: {
    size: 8,
    make: (n: number) => new Float64Array(n),
    read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)),
  },
};

/** Bytes of a safetensors file: header length (u64, little-endian), JSON header, and the tensors in order. */
export function encodeSafetensors({ tensors, metadata }: TensorFile<Tensor>): Uint8Array {
  const header: [string, unknown][] = [['__metadata__', Object.fromEntries(metadata)]];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    header.push([name, { dtype, shape, data_offsets: [offset, (offset += data.byteLength)] }]);
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const padding = (BYTES - (Buffer.byteLength(json) % BYTES)) % BYTES; // spaces, so that the tensors are aligned
  const text = Buffer.from(json + ' '.repeat(padding));
  const bytes = new Uint8Array(BYTES + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, BYTES);
  bytes.set(tensorBytes([...tensors.values()].map(({ data }) => data)), BYTES + text.length);
  return bytes;
}

/** Concatenated little-endian bytes of arrays. */
export function tensorBytes(arrays: readonly (Float64Array | Float32Array)[]): Uint8Array {
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const array of arrays) {
    for (const value of array) {
      if (array instanceof Float64Array) view.setFloat64(at, value, true);
      else view.setFloat32(at, value, true);
      at += array.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}

/**
 * Reads tensors from the bytes of a safetensors file.
 *
 * @param name the file's name in messages
 * @param isWanted which tensors to read; the others may be of any type
 * @throws InputError as `readLayout` and `readTensor`
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  name: string,
  isWanted: (name: string) => boolean = () => true,
): TensorFile<Tensor> {
  const file: FileParts = { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
  const { metadata, tensors: places } = readLayout(file, name, 'a valid safetensors file');
  const tensors = new Map<string, Tensor>();
  for (const [key, place] of places) {
    if (!isWanted(key)) continue;
    const data = typeOf(place, `${labelOf(key)} in ${name}`).make(elementCount(place.shape));
    readTensor(file, place, data);
    tensors.set(key, { shape: place.shape, data });
  }
  return { tensors, metadata };
}

/**
 * Reads the header of a safetensors file and checks it as the reference implementation does: each tensor has the bytes
 * that its shape and type need, and together they fill the file without gaps and overlaps. They may have any order and
 * type.
 *
 * @param name the file's name in messages
 * @param expected kind of file, for the message that it is not one
 * @throws InputError if the file is damaged or something else
 * @see https://github.com/huggingface/safetensors, "Format"
 */
export function readLayout(
  file: FileParts,
  name: string,
  expected = 'a model file of gd-train',
): TensorFile<TensorPlace> {
  const fail = (why: string) => new InputError(`${name} is not ${expected}: ${why}`);
  if (file.size < BYTES) throw fail(`it has only ${file.size} bytes`);
  const start = file.read(0, BYTES);
  const headerLength = new DataView(start.buffer, start.byteOffset, BYTES).getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(file.size - BYTES, LARGEST_HEADER))) {
    throw fail('its first 8 bytes are not the length of a safetensors header');
  }
  const dataStart = BYTES + Number(headerLength);
  const { __metadata__: fields, ...entries } = parseHeader(file.read(BYTES, dataStart), fail);
  const placed = Object.entries(entries).map(([key, entry]) => checkEntry(key, entry, fail));
  checkPlaces(placed, file.size - dataStart, fail);
  return {
    metadata: asMetadata(fields, fail),
    tensors: new Map(placed.map(({ key, dtype, shape, first }) => [key, { dtype, shape, start: dataStart + first }])),
  };
}

/**
 * Reads a tensor, piece by piece.
 *
 * @param into receives the elements; its length is that of the tensor, its type may differ
 * @throws InputError if the tensor's type cannot be read, or the file became shorter
 */
export function readTensor(file: FileParts, place: TensorPlace, into: Tensor['data']): void {
  const { size, read } = typeOf(place, 'a tensor of the file');
  for (let first = 0; first < into.length; first += PIECE) {
    const end = Math.min(first + PIECE, into.length);
    const bytes = file.read(place.start + first * size, place.start + end * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.byteLength < (end - first) * size) {
      throw new InputError('a model file became shorter while it was read');
    }
    for (let i = first, at = 0; i < end; i++, at += size) into[i] = read(view, at);
  }
}

function typeOf({ dtype }: TensorPlace, label: string) {
  if (Object.hasOwn(TYPES, dtype)) return TYPES[dtype as keyof typeof TYPES];
  throw new InputError(`${label} is of type ${preview(dtype)}, not "F64" or "F32": save it as float64 or float32`);
}

/** A tensor of the header; `first` and `end` are byte offsets from the end of the header. */
interface Entry {
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly first: number;
  readonly end: number;
}

type Fail = (why: string) => InputError;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw fail('its header is not a JSON object');
  }
  if (!isObject(header)) throw fail('its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) throw fail(`its header names ${preview(twice)} twice`);
  return header;
}

function checkEntry(key: string, entry: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const bits = bitsOf(dtype);
  if (bits === undefined) throw fail(`${labelOf(key)} is of type ${preview(dtype)}, which the format does not have`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw fail(`${labelOf(key)} has no valid shape or data_offsets`);
  }
  const [first, end] = offsets;
  if (8 * (end - first) !== elementCount(shape) * bits) {
    throw fail(
      `${labelOf(key)} lies at bytes ${first} to ${end}, which does not fit ${dtype as string} ${preview(shape)}`,
    );
  }
  return { key, dtype: dtype as string, shape, first, end };
}

/** Bits per element, by the name of the type; undefined if the format has no such type. */
function bitsOf(dtype: unknown): number | undefined {
  if (dtype === 'BOOL') return 8;
  const [, bits] = /^(?:BF|F|I|U|C)(\d{1,3})(?:_\w+)?$/.exec(typeof dtype === 'string' ? dtype : '') ?? [];
  return bits === undefined ? undefined : Number(bits);
}

/** @throws InputError unless the tensors fill `length` bytes without gaps and overlaps */
function checkPlaces(entries: readonly Entry[], length: number, fail: Fail): void {
  let filled = 0;
  for (const { key, first, end } of entries.toSorted((a, b) => a.first - b.first || a.end - b.end)) {
    const where = `${labelOf(key)} lies at bytes ${first} to ${end}`;
    if (first < filled) throw fail(`${where}, and another tensor reaches to ${filled}`);
    if (first > filled) throw fail(`${where}, and the ${first - filled} bytes before it belong to no tensor`);
    if (end > length) throw fail(`${where}, and only ${length} bytes follow the header: it is cut off`);
    filled = end;
  }
  if (filled !== length) throw fail(`${length - filled} bytes follow its last tensor`);
}

function asMetadata(fields: unknown, fail: Fail): Map<string, string> {
  if (fields === undefined || fields === null) return new Map();
  if (!isObject(fields)) throw fail('its metadata is not a JSON object');
  const wrong = Object.keys(fields).find((key) => typeof fields[key] !== 'string');
  if (wrong !== undefined) throw fail(`its metadata ${preview(wrong)} is not text`);
  return new Map(Object.entries(fields as Record<string, string>));
}

const labelOf = (key: string) => `tensor ${/^\w{1,60}$/.test(key) ? key : preview(key)}`;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
