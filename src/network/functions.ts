// The nets. Read in this order: functions.ts (sigmoid, softmax, cross entropy and its gradient), simple-net.ts, matrix.ts,
// two-layer-net.ts (forward and backward). random.ts draws weights and the images of mini-batches as NumPy does.
//
// Letters in shapes: N images, K classes. Arrays are flat and row-major: row n of (N, K) begins at n K.

/** Keeps the book's cross entropy -log(y + EPSILON) finite at y = 0 (4.2.2). Gradients here take it into account. */
export const EPSILON = 1e-7;

/** The logistic function 1 / (1 + exp(-x)) (book, 3.2.4). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * Softmax of every row, in place (book, 3.5): exp(z_k) / Σ exp(z_j), with the row's largest entry subtracted first so
 * that nothing overflows.
 *
 * @param z (N, K), row-major; holds probabilities afterwards
 * @param classes K
 * @returns z
 */
export function softmax(z: Float64Array, classes: number): Float64Array {
  for (let row = 0; row < z.length; row += classes) {
    let largest = -Infinity;
    for (let k = row; k < row + classes; k++) if (z[k] > largest) largest = z[k];
    let sum = 0;
    for (let k = row; k < row + classes; k++) sum += z[k] = Math.exp(z[k] - largest);
    for (let k = row; k < row + classes; k++) z[k] = z[k] / sum;
  }
  return z;
}

/**
 * Mean cross entropy in nats (book, 4.2.4): -Σ t log(y + 1e-7) / N.
 *
 * @param y (N, K) probabilities
 * @param t (N, K) one-hot targets
 * @param classes K
 */
export function crossEntropy(y: Float64Array, t: Float64Array, classes: number): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) if (t[i] !== 0) sum -= t[i] * Math.log(y[i] + EPSILON);
  return sum / (y.length / classes);
}

/**
 * Gradient of crossEntropy(softmax(z), t) by the logits z: (y - t) y_label / (y_label + EPSILON) / N.
 *
 * The book's (y - t) / N (5.6.3) leaves EPSILON out, which is a relative error of 1e-7 / y_label. With EPSILON it is
 * what central differences find, to rounding.
 *
 * @param y (N, K) probabilities, softmax(z)
 * @param t (N, K) one-hot targets
 * @param classes K
 * @returns (N, K)
 */
export function softmaxCrossEntropyGradient(y: Float64Array, t: Float64Array, classes: number): Float64Array {
  const N = y.length / classes;
  const gradient = new Float64Array(y.length);
  for (let row = 0; row < y.length; row += classes) {
    const probability = y[t.indexOf(1, row)]; // of the label
    const scale = probability / (probability + EPSILON) / N;
    for (let i = row; i < row + classes; i++) gradient[i] = (y[i] - t[i]) * scale;
  }
  return gradient;
}

/** Index of the largest entry of every row of y (N, K); the first one wins a tie, as in `np.argmax(y, axis=1)`. */
export function argmax(y: Float64Array, classes: number): Uint8Array {
  const indices = new Uint8Array(y.length / classes);
  for (let n = 0; n < indices.length; n++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (y[n * classes + k] > y[n * classes + best]) best = k;
    indices[n] = best;
  }
  return indices;
}
