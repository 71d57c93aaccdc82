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
