import { BLOCK_ROW, CLASS_COUNT, CLASS_ROW_F32, CLASS_ROW_F64, VECTOR_BYTES } from '../layout';

// Vectors of 16 bytes hold two float64 or four float32. Code that is generic over T is compiled twice, once for each.

/** Bytes of a vector. */
export const VECTOR: usize = <usize>VECTOR_BYTES;

/** K: the kernels are for ten classes. */
export const CLASSES: usize = <usize>CLASS_COUNT;

/** Bytes from one row of a block to the next: room for as many vectors as there are sums that stay in registers, 7. */
export const ROW: usize = <usize>BLOCK_ROW;

// The number of vectors of a block, as a type. A generic function is compiled once for each type, so that every loop over
// a block is unrolled and its sums stay in registers. The code tells the types apart by their size: `hasV3` is
// offsetof<V>() > offsetof<Vectors3>(), a constant. A block of one or two vectors is computed as one of three.
@unmanaged
export class Vectors3 {
  v0: v128;
  v1: v128;
  v2: v128;
}
@unmanaged
export class Vectors4 extends Vectors3 {
  v3: v128;
}
@unmanaged
export class Vectors5 extends Vectors4 {
  v4: v128;
}
@unmanaged
export class Vectors6 extends Vectors5 {
  v5: v128;
}
@unmanaged
export class Vectors7 extends Vectors6 {
  v6: v128;
}

/** Hidden units of a vector. */
export function lanes<T>(): usize {
  return VECTOR / sizeof<T>();
}

/** Bytes of ten classes, rounded up to whole vectors: 80 in float64, 48 in float32. */
export function classRow<T>(): usize {
  return <usize>(sizeof<T>() == 8 ? CLASS_ROW_F64 : CLASS_ROW_F32);
}

/** sum + a * b, rounded twice: a fused multiply-add would not give the same bits on every machine. */
export function addProduct<T>(sum: v128, a: v128, b: v128): v128 {
  return v128.add<T>(sum, v128.mul<T>(a, b));
}
