import { argmax, softmax } from '../network/functions.js';
import { columnSums, transpose } from '../network/matrix.js';
import { type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import {
  type Activation,
  type BackwardPass,
  type ForwardPass,
  growth,
  residual,
  SIGMOID,
  sizes,
} from './error-analysis.js';
import type { Change, GradeContext } from './mistake.js';
import { expected, perTensor, predict, type Prediction, type TensorName } from './tensors.js';

// The changes that known-mistakes.ts consists of.

/** Another derivative of sigmoid on the way back. */
export const derivative = (derivative: Activation['derivative']): Change => ({ steps: () => ({ derivative }) });

/** Another activation on the way forward; on the way back its own derivative, or another. */
export const activation = (activation: Activation, backward = activation.derivative): Change => ({
  make: () => ({ activation }),
  ...derivative(backward),
});

/** Some tensors are 0 in the forward pass. */
export const without = (...names: TensorName[]): Change => ({
  make({ net }) {
    const other = copyOf(net);
    for (const name of names) other[name].fill(0);
    return { net: other };
  },
});

export function copyOf(net: TwoLayerNet): TwoLayerNet {
  const other = { ...net, ...zeroParameters(net) };
  other.all.set(net.all);
  return other;
}

/** Other pixels of the same images: (N, D). */
export const pixels = (
  change: (x: Float64Array, inputSize: number, context: GradeContext) => Float64Array,
): Change => ({
  make: ({ net, batch }, context) => ({ batch: { ...batch, x: change(batch.x, net.inputSize, context) } }),
});

/** A change of each pixel by itself. */
export const eachPixel = (change: (pixel: number) => number) => pixels((x) => x.map(change));

/** Only some images count, from `first` up to `end`; the mini-batch must have more than `most`. */
export const images = (most: number, range: (count: number) => [first: number, end: number]): Change => ({
  make({ net: { inputSize: D, outputSize: K }, batch: { count, x, t } }) {
    if (count <= most) return undefined;
    const [first, end] = range(count);
    return { batch: { count: end - first, x: x.slice(first * D, end * D), t: t.slice(first * K, end * K) } };
  },
});

/** Another ∂L/∂logits, (N, K). */
export const dLogits = (of: (pass: ForwardPass, context: GradeContext) => Float64Array | undefined): Change => ({
  steps(pass, context) {
    const dLogits = of(pass, context);
    return dLogits && { dLogits };
  },
});

/** (y - t) / N with another y. */
export const probabilities = (y: (pass: ForwardPass) => Float64Array) =>
  dLogits((pass) => residual(pass, y(pass), pass.batch.t));

/** (y - t) / N with another number in the place of t, class by class. */
export const targets = (target: (label: number, k: number, K: number) => number) =>
  dLogits((pass) => {
    const K = pass.net.outputSize;
    return residualOf(pass, (n, k) => target(labelOf(pass, n), k, K));
  });

/** (y - t) / N with other labels, image by image. */
export const labels = (label: (n: number, pass: ForwardPass, context: GradeContext) => number | undefined) =>
  dLogits((pass, context) => {
    const of = Array.from({ length: pass.batch.count }, (_, n) => label(n, pass, context));
    return of.includes(undefined) ? undefined : residualOf(pass, (n, k) => (of[n] === k ? 1 : 0));
  });

/** The labels of this mini-batch in another order than its images. */
export const order = (image: (n: number, count: number, sorted: number[] | undefined) => number | undefined) =>
  labels((n, pass, context) => {
    const of = image(n, pass.batch.count, sortedOrder(pass, context));
    return of === undefined ? undefined : labelOf(pass, of);
  });

/** (y - t) / N with other targets t. */
export function residualOf(pass: ForwardPass, target: (n: number, k: number) => number): Float64Array {
  const K = pass.net.outputSize;
  return residual(
    pass,
    pass.probabilities,
    pass.batch.t.map((_, i) => target(Math.floor(i / K), i % K)),
  );
}

export function labelOf({ net, batch }: ForwardPass, n: number): number {
  return batch.t.indexOf(1, n * net.outputSize) - n * net.outputSize;
}

/** Positions in the mini-batch, in the order of the indices there. */
function sortedOrder({ batch }: ForwardPass, { indices }: GradeContext): number[] | undefined {
  if (indices?.length !== batch.count) return undefined;
  return Array.from(indices.keys()).sort((a, b) => indices[a] - indices[b]);
}

/** t with a 1 at argmax y. */
export function subtractPrediction(pass: ForwardPass): Float64Array {
  const { outputSize: K } = pass.net;
  const answers = argmax(pass.probabilities, K);
  return residualOf(pass, (n, k) => (answers[n] === k ? 1 : 0));
}

/** softmax(softmax(logits)). */
export function softmaxOfSoftmax({ probabilities, net }: ForwardPass): Float64Array {
  return softmax(probabilities.slice(), net.outputSize);
}

/** Softmax of all logits of the batch together, as of one row (book, 3.5, applied to a matrix). */
export function softmaxOfAll({ logits }: ForwardPass): Float64Array {
  return softmax(logits.slice(), logits.length);
}

/** Softmax of every class over the images: axis 0. */
export function softmaxOfColumns({ logits, net, batch }: ForwardPass): Float64Array {
  return transpose(softmax(transpose(logits, net.outputSize), batch.count), batch.count);
}

/** ∂L/∂logits of two softmaxes, as of a framework that takes logits and gets probabilities. */
export function throughBothSoftmaxes(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual(pass, softmaxOfSoftmax(pass), pass.batch.t));
}

/** ∂L/∂logits of half the mean squared error of the probabilities. */
export function squaredError(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual({ ...pass, epsilon: 0 }, pass.probabilities, pass.batch.t));
}

/** ∂L/∂logits of the binary cross entropies of the probabilities: their sum over the classes, their mean over the images. */
export function binaryCrossEntropy(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  return backThroughSoftmax(
    pass,
    pass.probabilities.map((y, i) => (y - t[i]) / (y * (1 - y)) / count),
  );
}

/** ∂L/∂logits of ∂L/∂y, both (N, K): y_k (d_k - Σ y d). */
function backThroughSoftmax({ net, probabilities: y }: ForwardPass, d: Float64Array): Float64Array {
  const K = net.outputSize;
  const mean = rowSums(
    y.map((probability, i) => probability * d[i]),
    K,
  );
  return y.map((probability, i) => probability * (d[i] - mean[Math.floor(i / K)]));
}

/** The derivative of the mean of -log y_t where softmax runs over all of the batch. */
export function throughSoftmaxOfAll(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  return softmaxOfAll(pass).map((y, i) => y - t[i] / count);
}

/** The same where softmax runs over the images: a class's y is multiplied by the number of its images. */
export function throughSoftmaxOfColumns(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  const K = pass.net.outputSize;
  const ofClass = columnSums(t, K);
  return softmaxOfColumns(pass).map((y, i) => (ofClass[i % K] * y - t[i]) / count);
}

/**
 * Biases that are not the sum over the images.
 *
 * @param fold one number or several of ∂L/∂logits or ∂L/∂hidden, (N, K)
 * @param shapeOf shape of the result; default: as many as it has numbers
 */
export const bias = (
  fold: (d: Float64Array, K: number) => Float64Array | number,
  shapeOf?: (d: Float64Array, K: number) => number[],
): Change => ({
  after(back, { pass: { net, batch } }) {
    const folded = (name: 'dHidden' | 'dLogits', K: number) => {
      const d = back[name];
      const value = fold(d, K);
      const shape = shapeOf?.(d, K) ?? (typeof value === 'number' ? [] : [value.length]);
      const numbers = (of: Float64Array | number) => (typeof of === 'number' ? [of] : of);
      const errors = () => d.map((each, i) => back.errors()[name][i] + growth(batch.count) * Math.abs(each));
      return expected(shape, numbers(value), () => numbers(fold(errors(), K)));
    };
    return { tensors: { b1: folded('dHidden', net.hiddenSize), b2: folded('dLogits', net.outputSize) } };
  },
});

/** One number per image: the sum of its row. */
export function rowSums(d: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(d.length / columns);
  d.forEach((value, i) => (sums[Math.floor(i / columns)] += value));
  return sums;
}

export const sum = (d: Float64Array) => d.reduce((total, value) => total + value, 0);

/** Something is done to each entry of the right gradient. */
export const entries = (
  change: (value: number) => number,
  errorOf: (value: number, error: number) => number,
): Change => ({
  after: (back, { pass }) => ({ tensors: changeEntries(predict(pass, back), change, errorOf) }),
});

/** The same done to each entry of a prediction. */
export function changeEntries(
  right: Required<Prediction>,
  change: (value: number) => number,
  errorOf: (value: number, error: number) => number,
  names?: readonly TensorName[],
): Prediction {
  return perTensor((name) => {
    const { shape, value } = right[name];
    const errors = () => Float64Array.from(value, (entry, i) => errorOf(entry, right[name].error[i]));
    return expected(shape, Float64Array.from(value, change), errors);
  }, names);
}

/** A gradient, or what is in its place, with its error. */
export type Direction = Pick<BackwardPass, 'gradient' | 'error'>;

/** The weights, perhaps changed, in the place of the gradient; their errors are those of one rounding. */
export function weightsOf({ net }: ForwardPass, change = (weight: number) => weight): Direction {
  const [gradient, error] = [zeroParameters(net), zeroParameters(net)];
  gradient.all.set(net.all.map(change));
  error.all.set(sizes(gradient.all));
  return { gradient, error };
}

/** Mean and standard deviation; `counts` says how often each value is there, default once. */
export function moments(values: Float64Array, counts?: ArrayLike<number>) {
  const total = counts ? Array.from(counts).reduce((all, count) => all + count, 0) : values.length;
  const mean = values.reduce((all, value, i) => all + (counts?.[i] ?? 1) * value, 0) / total;
  const variance = values.reduce((all, value, i) => all + (counts?.[i] ?? 1) * (value - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}

export function standardised(x: Float64Array): Float64Array {
  const { mean, deviation } = moments(x);
  return x.map((pixel) => (pixel - mean) / deviation);
}

export function byImage(x: Float64Array, size: number, change: (image: Float64Array) => Float64Array): Float64Array {
  const changed = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += size) changed.set(change(x.subarray(at, at + size)), at);
  return changed;
}

export const IDENTITY: Activation = { value: (z) => z, derivative: () => 1 };
export const RELU: Activation = { value: (z) => Math.max(0, z), derivative: (_, z) => (z > 0 ? 1 : 0) };
export const TANH: Activation = { value: Math.tanh, derivative: (hidden) => 1 - hidden * hidden };
export const FALLING_SIGMOID: Activation = {
  value: (z) => SIGMOID.value(-z),
  derivative: (hidden) => -hidden * (1 - hidden),
};
export const SIGMOID_TWICE: Activation = {
  value: (z) => SIGMOID.value(SIGMOID.value(z)),
  derivative(hidden, z) {
    const inner = SIGMOID.value(z);
    return hidden * (1 - hidden) * inner * (1 - inner);
  },
};
