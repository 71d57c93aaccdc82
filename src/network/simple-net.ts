import { argmax, crossEntropy, softmax } from './functions.js';
import type { RandomStream } from './random.js';

/** The book's smallest net (4.4.2): one weight matrix W (2, 3), no bias: softmax(x W). */
export interface SimpleNet {
  /** Weights (2, 3), row-major. */
  readonly W: Float64Array;
}

/** Length of x. */
export const INPUTS = 2;
/** Length of t and of the logits. */
export const CLASSES = 3;

/** A net with standard normal weights, as `np.random.randn(2, 3)` draws them. */
export function create(random: RandomStream): SimpleNet {
  return { W: random.randn(INPUTS * CLASSES) };
}

/** The logits x W (3) of an input x (2). The book's `predict` of this net has no softmax. */
export function predict(net: SimpleNet, x: Float64Array): Float64Array {
  const logits = new Float64Array(CLASSES);
  for (let i = 0; i < INPUTS; i++) for (let k = 0; k < CLASSES; k++) logits[k] += x[i] * net.W[i * CLASSES + k];
  return logits;
}

/** Cross entropy in nats of softmax(predict(x)) against a one-hot t (3). */
export function loss(net: SimpleNet, x: Float64Array, t: Float64Array): number {
  return crossEntropy(softmax(predict(net, x), CLASSES), t, CLASSES);
}

/** The class, 0 … 2, with the largest logit. */
export function classify(net: SimpleNet, x: Float64Array): number {
  return argmax(predict(net, x), CLASSES)[0];
}
