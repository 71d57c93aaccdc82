import { argmax, crossEntropy, sigmoid, softmax } from './functions.js';
import { multiply } from './matrix.js';
import type { RandomStream } from './random.js';

// Axis letters, used in every docstring from here on: N images, D inputs (784), H hidden units, K classes (10).
// Arrays are flat and row-major; their shapes are written in parentheses.

/** The sizes that decide every shape. */
export interface Sizes {
  /** D: inputs, one a pixel. */
  readonly inputSize: number;
  /** H: hidden units. */
  readonly hiddenSize: number;
  /** K: classes. */
  readonly outputSize: number;
}

/** The four tensors of a net, or of its gradient: views on one array, so that an update or a hash is one loop. */
export interface Parameters {
  /** All of them: W1, b1, W2, b2, one after the other. */
  readonly all: Float64Array<ArrayBuffer>;
  /** (D, H) */
  readonly W1: Float64Array<ArrayBuffer>;
  /** (H) */
  readonly b1: Float64Array<ArrayBuffer>;
  /** (H, K) */
  readonly W2: Float64Array<ArrayBuffer>;
  /** (K) */
  readonly b2: Float64Array<ArrayBuffer>;
}

export const TENSORS = ['W1', 'b1', 'W2', 'b2'] as const;

/** The book's net (4.5.1): softmax(sigmoid(x W1 + b1) W2 + b2). */
export interface TwoLayerNet extends Sizes, Parameters {}

/** Shapes of the four tensors, for model files and messages. */
export function shapes({ inputSize, hiddenSize, outputSize }: Sizes) {
  return { W1: [inputSize, hiddenSize], b1: [hiddenSize], W2: [hiddenSize, outputSize], b2: [outputSize] };
}

/** Number of parameters: 79,510 for 784-100-10. */
export function parameterCount({ inputSize, hiddenSize, outputSize }: Sizes): number {
  return (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
}

/** Four tensors filled with zeros. */
export function zeroParameters(sizes: Sizes): Parameters {
  const { inputSize, hiddenSize, outputSize } = sizes;
  const all = new Float64Array(parameterCount(sizes));
  const endW1 = inputSize * hiddenSize;
  const endB1 = endW1 + hiddenSize;
  const endW2 = endB1 + hiddenSize * outputSize;
  return {
    all,
    W1: all.subarray(0, endW1),
    b1: all.subarray(endW1, endB1),
    W2: all.subarray(endB1, endW2),
    b2: all.subarray(endW2),
  };
}

/**
 * A fresh net. Weights are weightInitStd times standard normal values, W1 drawn before W2; biases are 0.
 *
 * @throws RangeError if a size is not a positive integer
 */
export function create(
  inputSize: number,
  hiddenSize: number,
  outputSize: number,
  random: RandomStream,
  weightInitStd = 0.01,
): TwoLayerNet {
  const sizes = { inputSize, hiddenSize, outputSize };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`${name} must be a positive integer, got ${size}`);
  }
  const net = { ...sizes, ...zeroParameters(sizes) };
  for (const weights of [net.W1, net.W2]) {
    random.randn(weights.length).forEach((normal, i) => (weights[i] = weightInitStd * normal));
  }
  return net;
}

/** What a forward pass leaves behind. */
export interface Activations {
  /** x W1 + b1, (N, H) */
  readonly preActivations: Float64Array;
  /** sigmoid(preActivations), (N, H) */
  readonly hidden: Float64Array;
  /** hidden W2 + b2, (N, K) */
  readonly logits: Float64Array;
  /** softmax(logits), (N, K) */
  readonly probabilities: Float64Array;
}

/**
 * Forward pass over N images.
 *
 * @param x (N, D), in [0, 1]
 * @throws RangeError if x is not a whole number of images
 */
export function forward(net: TwoLayerNet, x: Float64Array): Activations {
  if (x.length % net.inputSize !== 0) {
    throw new RangeError(`x must be a whole number of images of ${net.inputSize} pixels, got ${x.length} values`);
  }
  const preActivations = multiply(x, net.W1, net.inputSize, net.b1);
  const hidden = preActivations.map(sigmoid);
  const logits = multiply(hidden, net.W2, net.hiddenSize, net.b2);
  return { preActivations, hidden, logits, probabilities: softmax(logits.slice(), net.outputSize) };
}

/** Probabilities (N, K) of the classes for each image of x (N, D). */
export function predict(net: TwoLayerNet, x: Float64Array): Float64Array {
  return forward(net, x).probabilities;
}

/** The book's loss of a batch in nats: mean of -log(y_t + 1e-7). t is one-hot, (N, K). */
export function loss(net: TwoLayerNet, x: Float64Array, t: Float64Array): number {
  return crossEntropy(predict(net, x), t, net.outputSize);
}

/** Share of images, 0 … 1, whose most probable class is the one that the one-hot t (N, K) names. */
export function accuracy(net: TwoLayerNet, x: Float64Array, t: Float64Array): number {
  const y = argmax(predict(net, x), net.outputSize);
  const labels = argmax(t, net.outputSize);
  return y.filter((digit, n) => digit === labels[n]).length / y.length;
}
