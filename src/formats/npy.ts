import { InputError, preview } from '../errors.js';
import { elementCount, type NamedTensor, type NumberArray, type NumberData } from './arrays.js';

/** An element type: makes an array of such elements, and reads one. */
interface ElementType {
  readonly make: (length: number) => NumberData;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** By NumPy's letter and width in bytes. */
const TYPES: Record<string, ElementType> = {
  f8: { make: (n) => new Float64Array(n), read: (view, at, little) => view.getFloat64(at, little) },
  f4: { make: (n) => new Float32Array(n), read: (view, at, little) => view.getFloat32(at, little) },
  i8: { make: (n) => new Float64Array(n), read: (v, at, little) => Number(v.getBigInt64(at, little)) },
  u8: { make: (n) => new Float64Array(n), read: (v, at, little) => Number(v.getBigUint64(at, little)) },
  i4: { make: (n) => new Int32Array(n), read: (view, at, little) => view.getInt32(at, little) },
  u4: { make: (n) => new Uint32Array(n), read: (view, at, little) => view.getUint32(at, little) },
  i2: { make: (n) => new Int16Array(n), read: (view, at, little) => view.getInt16(at, little) },
  u2: { make: (n) => new Uint16Array(n), read: (view, at, little) => view.getUint16(at, little) },
  i1: { make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  u1: { make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  b1: { make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
};

const MAGIC = [0x93, ...Buffer.from('NUMPY')];
/** NumPy rejects longer headers. */
const LARGEST_HEADER = 10_000;
const MOST_AXES = 64;

/** Whether these are the first bytes of a .npy file. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a file that `np.save` wrote: integers of 8 to 64 bits, float32, float64 or bool, in either byte order, in C or
 * Fortran order, format version 1.0, 2.0 or 3.0. Needs as much memory again as the file.
 *
 * @param name the file's name in messages
 * @throws InputError if the file is damaged or has another element type
 * @see numpy/lib/format.py
 */
export function readNpy(bytes: Uint8Array, name: string): NumberArray {
  const { text, end } = headerOf(bytes, name);
  const dtype = dtypeOf(text, name);
  const { make, read } = TYPES[dtype.slice(-2)];
  const size = Number(dtype.at(-1));
  const shape = shapeOf(text, name);
  const count = elementCount(shape);
  const has = bytes.length - end;
  if (has !== count * size) {
    const promised = `${preview(shape.join(' x ') || '1').slice(1, -1)} numbers of ${size} bytes`;
    throw new InputError(
      `${name} is damaged: its header is followed by ${has} bytes, where ${promised} take ${count * size}; save it again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end, has);
  const littleEndian = dtype[0] !== '>'; // no mark, | and = are the native order, little-endian on all platforms of Node
  const at = (i: number) => read(view, i * size, littleEndian);
  const data = make(count);
  if (/'fortran_order'\s*:\s*True/.test(text)) copyColumnMajor(shape, at, data);
  else for (let i = 0; i < count; i++) data[i] = at(i);
  return { shape, data };
}

/** Reads elements that are stored with the first axis varying fastest into a row-major array. */
function copyColumnMajor(shape: readonly number[], read: (i: number) => number, into: NumberData): void {
  const axes = shape.filter((size) => size !== 1); // axes of length 1 add only work
  const strides = axes.map((_, axis) => elementCount(axes.slice(0, axis)));
  const index = axes.map(() => 0);
  for (let i = 0, from = 0; i < into.length; i++) {
    into[i] = read(from);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      index[axis]++;
      from += strides[axis];
      if (index[axis] < axes[axis]) break;
      index[axis] = 0;
      from -= strides[axis] * axes[axis];
    }
  }
}

function headerOf(bytes: Uint8Array, name: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(bytes) || bytes.length < 12) throw new InputError(`${name} is not a .npy file: write one with np.save`);
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new InputError(`${name} is a .npy file of unknown version ${version}: save it with np.save of NumPy 1 or 2`);
  }
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (length > LARGEST_HEADER || end > bytes.length) {
    throw new InputError(`${name} is damaged: its header should take ${length} bytes; save it again`);
  }
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8'), end };
}

function dtypeOf(header: string, name: string): string {
  const simple = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  if (simple !== undefined && /^[<>|=]?[fiub]\d$/.test(simple) && Object.hasOwn(TYPES, simple.slice(-2))) return simple;
  const content =
    simple === undefined ? 'records' : /^\|?O/.test(simple) ? 'Python objects' : `numbers of type ${preview(simple)}`;
  throw new InputError(`${name} holds ${content}, not float64 or float32: save it as array.astype(np.float64)`);
}

function shapeOf(header: string, name: string): number[] {
  const text = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  const shape = text?.split(',').flatMap((axis) => (axis.trim() === '' ? [] : [Number(axis)]));
  if (shape === undefined || shape.length > MOST_AXES || !shape.every(Number.isSafeInteger)) {
    throw new InputError(`${name} is damaged: its header has no valid shape; save it again`);
  }
  return shape;
}

const VERSION_1 = [...MAGIC, 1, 0]; // version 1.0
/** NumPy aligns the first element to this many bytes. */
const ALIGNMENT = 64;
const DESCR = { f64: '<f8', f32: '<f4' };

/** Bytes of a .npy file, as `np.save` writes it. */
export function encodeNpy({ shape, type, bytes }: Omit<NamedTensor, 'name'>): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${DESCR[type]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = VERSION_1.length + 2;
  const padding = ALIGNMENT - ((start + dictionary.length) % ALIGNMENT);
  const header = Buffer.from(`${dictionary}${' '.repeat(padding - 1)}\n`, 'latin1');
  const file = new Uint8Array(start + header.length + bytes.length);
  file.set(VERSION_1);
  new DataView(file.buffer).setUint16(VERSION_1.length, header.length, true);
  file.set(header, start);
  file.set(bytes, start + header.length);
  return file;
}
