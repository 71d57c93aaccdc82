import { preview, InputError } from '../errors.js';
import type { FileParts } from '../files/read.js';
import { duplicateKey } from './json-arrays.js';

/** A tensor with its shape, row-major. The type of its array is that of the file. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Where a tensor lies in its file. */
export interface TensorPlace {
  readonly dtype: 'F64' | 'F32';
  readonly shape: readonly number[];
  /** Of its first byte. */
  readonly start: number;
}

/** What a safetensors file says of itself; the tensors are still in the file. */
export interface TensorLayout {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Ours have 12 kB; the format allows 100 MB, which take a multiple of that in memory. */
const LARGEST_HEADER = 1_000_000;
/** Of the header's length, and what the tensors are aligned to. */
const BYTES = 8;
/** Elements that are read at a time. */
const PIECE = 2 ** 16;

/** Bytes of a safetensors file: header length (u64, little-endian), JSON header, the tensors one after the other. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
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

/** Little-endian bytes of tensors, one after the other, as they stand in the file. */
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
 * Reads the bytes of a safetensors file of float64 or float32 tensors.
 *
 * @param name what to call the file in messages
 * @throws InputError as `readLayout`
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const file: FileParts = { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
  const { metadata, tensors: places } = readLayout(file, name);
  const tensors = new Map<string, Tensor>();
  for (const [key, place] of places) {
    const data = place.dtype === 'F64' ? new Float64Array(count(place.shape)) : new Float32Array(count(place.shape));
    readTensor(file, place, data);
    tensors.set(key, { shape: place.shape, data });
  }
  return { tensors, metadata };
}

/**
 * Reads and checks the header of a safetensors file.
 *
 * @param name what to call the file in messages
 * @throws InputError if the file is damaged, is something else, or holds another element type
 */
export function readLayout(file: FileParts, name: string): TensorLayout {
  const fail = (why: string) => new InputError(`${name} is not a model file of gd-train: ${why}`);
  if (file.size < BYTES) throw fail(`it has only ${file.size} bytes`);
  const start = file.read(0, BYTES);
  const headerLength = new DataView(start.buffer, start.byteOffset, BYTES).getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(file.size - BYTES, LARGEST_HEADER))) {
    throw fail('its first 8 bytes are not the length of a safetensors header');
  }
  const dataStart = BYTES + Number(headerLength);
  const header = parseHeader(file.read(BYTES, dataStart), fail);

  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorPlace>();
  let end = 0;
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') {
      for (const [field, value] of Object.entries(entry ?? {})) {
        if (typeof value !== 'string') throw fail(`its metadata ${preview(field)} is no text`);
        metadata.set(field, value);
      }
      continue;
    }
    const tensor = `tensor ${/^\w{1,60}$/.test(key) ? key : preview(key)}`;
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (dtype !== 'F64' && dtype !== 'F32') {
      throw fail(`${tensor} is of type ${preview(dtype)}, not "F64" or "F32"`);
    }
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) throw fail(`${tensor} has no shape or place`);
    const size = count(shape) * (dtype === 'F64' ? 8 : 4);
    if (offsets[0] !== end || offsets[1] - offsets[0] !== size || dataStart + offsets[1] > file.size) {
      throw fail(
        `${tensor} lies at bytes ${offsets.join(' to ')}, which does not fit shape ${preview(shape)} and the file's length`,
      );
    }
    end = offsets[1];
    tensors.set(key, { dtype, shape, start: dataStart + offsets[0] });
  }
  if (dataStart + end !== file.size) throw fail(`${file.size - dataStart - end} bytes follow its last tensor`);
  return { tensors, metadata };
}

/**
 * Reads a tensor, piece by piece.
 *
 * @param into as many elements as the tensor has; the type need not be that of the file
 */
export function readTensor(file: FileParts, { dtype, start }: TensorPlace, into: Float64Array | Float32Array): void {
  const size = dtype === 'F64' ? 8 : 4;
  for (let first = 0; first < into.length; first += PIECE) {
    const end = Math.min(first + PIECE, into.length);
    const bytes = file.read(start + first * size, start + end * size);
    if (bytes.length < (end - first) * size) throw new InputError('a model file became shorter while it was read');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = first, at = 0; i < end; i++, at += size) {
      into[i] = dtype === 'F64' ? view.getFloat64(at, true) : view.getFloat32(at, true);
    }
  }
}

function parseHeader(bytes: Uint8Array, fail: (why: string) => InputError): Record<string, object | null> {
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw fail('its header is not a JSON object');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw fail('its header is not a JSON object');
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw fail(`its header names ${preview(twice)} twice`);
  return header as Record<string, object | null>;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

/** Elements of a tensor of this shape. */
function count(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}
