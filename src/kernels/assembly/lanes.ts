import { BLOCK_ROW_F32, BLOCK_ROW_F64, CLASS_COUNT, CLASS_ROW_F32, CLASS_ROW_F64, VECTOR_BYTES } from '../layout';

// Vectors of 16 bytes hold two float64 or four float32. Code that is generic over T is compiled twice, once for each.

/** Bytes of a vector. */
export const VECTOR: usize = <usize>VECTOR_BYTES;

/** K: the kernels are for ten classes. */
export const CLASSES: usize = <usize>CLASS_COUNT;

/**
 * Bytes of a row of a block: as many vectors as there are sums that stay in registers, 5 in float64 and 7 in float32, so
 * that the book's 100 hidden units make 10 and 4 blocks, which two threads can share evenly.
 */
export function blockRow<T>(): usize {
  return <usize>(sizeof<T>() == 8 ? BLOCK_ROW_F64 : BLOCK_ROW_F32);
}

/** Hidden units of a block: 10 in float64, 28 in float32. */
export function units<T>(): usize {
  return blockRow<T>() / sizeof<T>();
}

/** Bytes of ten classes, rounded up to whole vectors: 80 in float64, 48 in float32. */
export function classRow<T>(): usize {
  return <usize>(sizeof<T>() == 8 ? CLASS_ROW_F64 : CLASS_ROW_F32);
}

/** sum + a * b, rounded twice: a fused multiply-add would not give the same bits on every machine. */
export function addProduct<T>(sum: v128, a: v128, b: v128): v128 {
  return v128.add<T>(sum, v128.mul<T>(a, b));
}
