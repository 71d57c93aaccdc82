import type { MiniBatch } from '../../dataset/mini-batch.js';
import { multiply } from '../../network/matrix.js';
import { forward, type Activations, type TwoLayerNet } from '../../network/two-layer-net.js';

// How far rounding may carry a result, in unit roundoffs u (2⁻⁵³ in float64, 2⁻²⁴ in float32): a running error
// analysis (Wilkinson), in which a sum of n terms may be off by λ √n u times the sum of their sizes. The worst case
// would be n u; rounding errors are as good as independent, and exceed λ √n u with probability 2 exp(-λ²/2), 3e-14
// for λ = 8 (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis").
const LAMBDA = 8;

/** The factor by which rounding grows in a sum of so many terms: λ √n. */
export const growth = (terms: number) => LAMBDA * Math.sqrt(terms);

/** A forward pass over a mini-batch, and how far rounding may have carried it. */
export interface ForwardPass extends Activations {
  readonly net: TwoLayerNet;
  readonly batch: MiniBatch;
  /** What is added in the logarithm of the loss: 1e-7 in the book, 0 in most other places. */
  readonly guard: number;
  /** Of x W1 + b1, in unit roundoffs: (N, H) */
  readonly hiddenScoresError: Float64Array;
  /** Of its sigmoid: (N, H) */
  readonly hiddenError: Float64Array;
  /** Of hidden W2 + b2, the largest of each image: (N) */
  readonly scoresError: Float64Array;
}

export function forwardPass(net: TwoLayerNet, batch: MiniBatch, guard: number): ForwardPass {
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const activations = forward(net, batch.x);
  const { hidden } = activations;
  const hiddenScoresError = multiply(sizes(batch.x), sizes(net.W1), D, sizes(net.b1)).map((sum) => growth(D + 1) * sum);
  const hiddenError = hidden.map((h, i) => LAMBDA * h + h * (1 - h) * hiddenScoresError[i]);
  const ownError = multiply(hidden, sizes(net.W2), H, sizes(net.b2));
  const inherited = multiply(hiddenError, sizes(net.W2), H);
  const scoresError = new Float64Array(batch.count);
  for (let i = 0; i < ownError.length; i++) {
    const n = Math.floor(i / K);
    scoresError[n] = Math.max(scoresError[n], growth(H + 1) * ownError[i] + inherited[i]);
  }
  return { ...activations, net, batch, guard, hiddenScoresError, hiddenError, scoresError };
}

/** |a|, entry by entry. */
export function sizes(a: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(a, Math.abs);
}
