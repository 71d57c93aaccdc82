/** An array of numbers as a file holds it: row-major, in the width of the file, so that reading it costs no more. */
export interface NumberArray {
  /** [] for a single number. */
  readonly shape: readonly number[];
  readonly data: NumberData;
  /** As NumPy names the type: float64, float32, int64, bool … */
  readonly type: string;
}

/** 64-bit integers are rounded to float64. */
export type NumberData =
  Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

/** A name out of a file, as a message may show it: quoted, no control characters, no longer than a line has room for. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name);
}

/** A tensor as other programs take it. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'f64' | 'f32';
  /** Row-major, little-endian */
  readonly bytes: Uint8Array;
}

/** A net as other programs take it: softmax(sigmoid(x W1 + b1) W2 + b2), its four tensors all of one type. */
export interface ExportedNet {
  /** D */
  readonly inputSize: number;
  /** K */
  readonly outputSize: number;
  readonly type: NamedTensor['type'];
  /** W1 (D, H), b1 (H), W2 (H, K), b2 (K) */
  readonly tensors: readonly NamedTensor[];
}
