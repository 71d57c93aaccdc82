import { InputError } from '../input-error.js';

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

/** The format's own limit on its JSON header. */
const LARGEST_HEADER = 100_000_000;
/** Of the header's length, and what the tensors are aligned to. */
const BYTES = 8;

/** Bytes of a safetensors file: header length (u64, little-endian), JSON header, the tensors one after the other. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: Object.fromEntries(metadata) };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const json = JSON.stringify(header);
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
 * Reads a safetensors file of float64 or float32 tensors.
 *
 * @param name what to call the file in messages
 * @throws InputError if the file is damaged, is something else, or holds another element type
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const fail = (why: string) => new InputError(`${name} is not a model file of gd-train: ${why}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < BYTES) throw fail(`it has only ${bytes.length} bytes`);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(bytes.length - BYTES, LARGEST_HEADER))) {
    throw fail('its first 8 bytes are not the length of a safetensors header');
  }
  const dataStart = BYTES + Number(headerLength);
  const header = parseHeader(bytes.subarray(BYTES, dataStart));
  if (header === undefined) throw fail('its header is not a JSON object');

  const metadata = new Map<string, string>();
  const tensors = new Map<string, Tensor>();
  let end = 0;
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') {
      for (const [field, value] of Object.entries(entry ?? {})) metadata.set(field, String(value));
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (dtype !== 'F64' && dtype !== 'F32') {
      throw fail(`tensor ${key} is of type ${JSON.stringify(dtype)}, not "F64" or "F32"`);
    }
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
      throw fail(`tensor ${key} has no shape or place`);
    const length = shape.reduce((product, axis) => product * axis, 1);
    const size = length * (dtype === 'F64' ? 8 : 4);
    if (offsets[0] !== end || offsets[1] - offsets[0] !== size || dataStart + offsets[1] > bytes.length) {
      throw fail(
        `tensor ${key} lies at bytes ${offsets.join(' to ')}, which does not fit shape ${JSON.stringify(shape)} and the file's length`,
      );
    }
    end = offsets[1];
    const start = dataStart + offsets[0];
    const data =
      dtype === 'F64'
        ? Float64Array.from({ length }, (_, i) => view.getFloat64(start + i * 8, true))
        : Float32Array.from({ length }, (_, i) => view.getFloat32(start + i * 4, true));
    tensors.set(key, { shape, data });
  }
  if (dataStart + end !== bytes.length) throw fail(`${bytes.length - dataStart - end} bytes follow its last tensor`);
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): Record<string, object | null> | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof header === 'object' && header !== null && !Array.isArray(header)
      ? (header as Record<string, object | null>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
