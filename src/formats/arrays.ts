// Arrays and tensors, shared by the readers and writers of this folder. npy.ts and npz.ts have NumPy's formats,
// safetensors.ts that of model files; json-arrays.ts reads nested lists, exported-net.ts writes nets. Read npy.ts
// first.

/** An array of numbers from a file: row-major, with the element width of the file, which saves memory. */
export interface NumberArray {
  /** [] for a single number. */
  readonly shape: readonly number[];
  readonly data: NumberData;
}

/** 64-bit integers are rounded to float64. */
export type NumberData =
  Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

/** Number of elements of an array of this shape; 1 for []. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Quotes a name from a file for a message: control characters are escaped, and it is cut to 40 characters. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name);
}

/** A tensor to be written for other programs. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'f64' | 'f32';
  /** Row-major, little-endian */
  readonly bytes: Uint8Array;
}
