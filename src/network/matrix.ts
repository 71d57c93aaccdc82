// Matrices are flat, row-major Float64Arrays. Functions take one of the two sizes; the other follows from the length.

/**
 * The product a b (N, M) of a (N, inner) and b (inner, M), plus a bias to every row.
 *
 * Zeros in a are skipped, because four of five pixels are 0. Four rows of b are added per pass, so that each sum is
 * loaded and stored once per four products.
 *
 * @param bias (M), or zeros
 */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  inner: number,
  bias = new Float64Array(b.length / inner),
): Float64Array<ArrayBuffer> {
  const rows = a.length / inner;
  const columns = bias.length;
  const product = new Float64Array(rows * columns);
  const factors = new Float64Array(inner + 3); // the non-zero entries of one row of a
  const starts = new Int32Array(inner + 3); // for each of them, the start of its row of b

  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let i = 0; i < inner; i++) {
      const factor = a[row * inner + i];
      if (factor === 0) continue;
      factors[count] = factor;
      starts[count++] = i * columns;
    }
    factors.fill(0, count, count + 3); // pads the last group to four
    starts.fill(0, count, count + 3);
    const to = row * columns;
    product.set(bias, to);
    for (let i = 0; i < count; i += 4) {
      const [f0, f1, f2, f3] = [factors[i], factors[i + 1], factors[i + 2], factors[i + 3]];
      const [s0, s1, s2, s3] = [starts[i], starts[i + 1], starts[i + 2], starts[i + 3]];
      for (let j = 0; j < columns; j++) {
        product[to + j] += f0 * b[s0 + j] + f1 * b[s1 + j] + f2 * b[s2 + j] + f3 * b[s3 + j];
      }
    }
  }
  return product;
}

/** aᵀ (columns, N) of a (N, columns). */
export function transpose(a: Float64Array, columns: number): Float64Array {
  const rows = a.length / columns;
  const transposed = new Float64Array(a.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) transposed[column * rows + row] = a[row * columns + column];
  }
  return transposed;
}

/** Sum of every column of a (N, columns): (columns). */
export function columnSums(a: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < a.length; i++) sums[i % columns] += a[i];
  return sums;
}

/** Sum of every row of a (N, columns): (N). */
export function rowSums(a: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(a.length / columns);
  for (let i = 0; i < a.length; i++) sums[Math.floor(i / columns)] += a[i];
  return sums;
}
