import { BLOCK_ROW, CLASS_COUNT, CLASS_ROW_F32, CLASS_ROW_F64, VECTOR_BYTES } from '../layout';

// A vector of 16 bytes holds two float64 or four float32 numbers. Code that is generic over T is compiled for each type.

/** Bytes of a vector. */
export const VECTOR: usize = <usize>VECTOR_BYTES;

/** K. The kernels support ten classes only. */
export const CLASSES: usize = <usize>CLASS_COUNT;

/** Bytes from one row of a block to the next: room for seven vectors, as many sums as stay in registers. */
export const ROW: usize = <usize>BLOCK_ROW;

// The number of vectors of a block, as a type. A generic function is compiled once for each type, so that every loop over
// a block is unrolled and its sums stay in registers. The code distinguishes the types by their size, a constant: block
// type V has a fourth vector if offsetof<V>() > offsetof<Vectors3>(). A block of one or two vectors is padded to three.
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

/** Number of hidden units in a vector: 2 or 4. */
export function lanes<T>(): usize {
  return VECTOR / sizeof<T>();
}

/** Bytes of K' classes: 80 in float64, 48 in float32. */
export function classRow<T>(): usize {
  return <usize>(sizeof<T>() == 8 ? CLASS_ROW_F64 : CLASS_ROW_F32);
}

/** sum + a * b, rounded twice: a machine with a fused multiply-add would compute other bits than one without. */
export function addProduct<T>(sum: v128, a: v128, b: v128): v128 {
  return v128.add<T>(sum, v128.mul<T>(a, b));
}
