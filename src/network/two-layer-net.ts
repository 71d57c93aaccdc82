import { argmax, crossEntropy, sigmoid, softmax, softmaxCrossEntropyGradient } from './functions.js';
import { columnSums, multiply, transpose } from './matrix.js';
import type { RandomStream } from './random.js';

// The book's two-layer net, in plain TypeScript: the reference that every engine and kernel must agree with. `forward`
// computes the probabilities, and `backward`, right below it, retraces the same steps in reverse to the gradient.
//
// Letters in shapes, here and in all other files: N images, D inputs (784), H hidden units (100), K classes (10). Arrays
// are flat and row-major.

/** The sizes that decide every shape. */
export interface Sizes {
  /** D: inputs, one per pixel. */
  readonly inputSize: number;
  /** H: hidden units. */
  readonly hiddenSize: number;
  /** K: classes. */
  readonly outputSize: number;
}

/** The four tensors of a net or of a gradient. They are views on one array, so that an update or a hash is one loop. */
export interface Parameters {
  /** W1, b1, W2, b2, one after the other. */
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

/** Shapes of the four tensors. */
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
 * Standard deviation of the initial weights: a number > 0 for both layers, or a rule by which it follows from the number n
 * of a layer's inputs (book, 6.2): Xavier's √(1 / n) for sigmoid, He's √(2 / n) for ReLU.
 */
export type WeightInit = number | 'xavier' | 'he';

const INIT_RULES: Record<Exclude<WeightInit, number>, (inputs: number) => number> = {
  xavier: (inputs: number) => Math.sqrt(1 / inputs),
  he: (inputs: number) => Math.sqrt(2 / inputs),
};

/** The names of the rules. */
export const WEIGHT_INITS = Object.keys(INIT_RULES) as (keyof typeof INIT_RULES)[];

/** The notebook's standard deviation. */
export const DEFAULT_WEIGHT_INIT = 0.01;

/** True for a positive finite number and for the name of a rule. */
export function isWeightInit(value: unknown): value is WeightInit {
  if (typeof value === 'string') return Object.hasOwn(INIT_RULES, value);
  return typeof value === 'number' && value > 0 && value < Infinity;
}

/**
 * A new net (book, 4.5.1). Weights are normal with mean 0, W1 drawn before W2; biases are 0.
 *
 * @param weightInit standard deviation of the weights, or the rule for it
 * @throws RangeError if a size is not a positive integer
 */
export function create(
  inputSize: number,
  hiddenSize: number,
  outputSize: number,
  random: RandomStream,
  weightInit: WeightInit = DEFAULT_WEIGHT_INIT,
): TwoLayerNet {
  const sizes = { inputSize, hiddenSize, outputSize };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`${name} must be a positive integer, got ${size}`);
  }
  const net = { ...sizes, ...zeroParameters(sizes) };
  for (const [weights, inputs] of [[net.W1, inputSize] as const, [net.W2, hiddenSize] as const]) {
    const std = typeof weightInit === 'number' ? weightInit : INIT_RULES[weightInit](inputs);
    random.randn(weights.length).forEach((normal, i) => (weights[i] = std * normal));
  }
  return net;
}

/** The intermediate results of a forward pass. */
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
 * Forward pass over N images (book, 4.5.1).
 *
 * @param x (N, D), in [0, 1]
 * @throws RangeError if the length of x is not a multiple of D
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

/** The loss of a mini-batch, in nats, and its gradient. */
export interface LossGradient extends Parameters {
  readonly loss: number;
}

/**
 * Backward pass: the gradient of `loss` by the chain rule, from the logits back to the first layer (book, 5.7).
 *
 * @param x (N, D), in [0, 1]
 * @param t (N, K), one-hot
 * @throws RangeError if the length of x is not a multiple of D
 */
export function backward(net: TwoLayerNet, x: Float64Array, t: Float64Array): LossGradient {
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const N = x.length / D;
  const { hidden, probabilities } = forward(net, x);
  const gradient = zeroParameters(net);

  const dLogits = softmaxCrossEntropyGradient(probabilities, t, K); // (N, K)
  gradient.W2.set(multiply(transpose(hidden, H), dLogits, N)); // (H, K)
  gradient.b2.set(columnSums(dLogits, K)); // (K)

  const dHidden = multiply(dLogits, transpose(net.W2, K), K); // (N, H)
  const dPreActivations = dHidden.map((d, i) => d * (hidden[i] * (1 - hidden[i]))); // (N, H), by sigmoid' = a (1 - a)
  gradient.W1.set(multiply(transpose(x, D), dPreActivations, N)); // (D, H)
  gradient.b1.set(columnSums(dPreActivations, H)); // (H)

  return { loss: crossEntropy(probabilities, t, K), ...gradient };
}

/** Probabilities of the classes, (N, K), for the images x (N, D) in [0, 1]. */
export function predict(net: TwoLayerNet, x: Float64Array): Float64Array {
  return forward(net, x).probabilities;
}

/** Loss in nats of the images x (N, D) with the one-hot labels t (N, K): mean of -log(y_label + EPSILON) (book, 4.5.1). */
export function loss(net: TwoLayerNet, x: Float64Array, t: Float64Array): number {
  return crossEntropy(predict(net, x), t, net.outputSize);
}

/** Accuracy, 0 … 1: the share of the images x (N, D) whose most probable class is that of the one-hot t (N, K). */
export function accuracy(net: TwoLayerNet, x: Float64Array, t: Float64Array): number {
  const y = argmax(predict(net, x), net.outputSize);
  const labels = argmax(t, net.outputSize);
  return y.filter((digit, n) => digit === labels[n]).length / y.length;
}
