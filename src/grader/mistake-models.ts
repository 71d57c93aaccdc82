import type { MiniBatch } from '../dataset/mini-batch.js';
import { softmax } from '../network/functions.js';
import { columnSums, transpose } from '../network/matrix.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import {
  type Activation,
  backwardPass,
  type ForwardPass,
  growth,
  once,
  residual,
  SIGMOID,
  sizes,
} from './error-analysis.js';
import type { Outcome, Setting } from './mistake.js';
import { type Expected, predict } from './tensors.js';

// What a program with a mistake computes: both passes, with one step taken wrongly.

type Model = (setting: Setting) => Outcome | undefined;

/** The outcome of a backward pass. */
const outcome = (pass: ForwardPass, steps: Parameters<typeof backwardPass>[1] = {}): Outcome => ({
  tensors: predict(pass, backwardPass(pass, steps)),
});

/** Backpropagation with another derivative of sigmoid. */
export const withDerivative =
  (derivative: Activation['derivative']): Model =>
  ({ pass }) =>
    outcome(pass, { derivative });

/** Backpropagation with another ∂L/∂logits (N, K). */
export const withDLogits =
  (dLogits: (pass: ForwardPass) => Float64Array): Model =>
  ({ pass }) =>
    outcome(pass, { dLogits });

/** Backpropagation with another matrix (K, H) in the place of W2ᵀ. */
export const withW2T =
  (matrix: (pass: ForwardPass) => Float64Array | undefined): Model =>
  ({ pass }) => {
    const W2T = matrix(pass);
    return W2T && outcome(pass, { W2T });
  };

/** The right program on other images. */
export const withBatch =
  (batchOf: (batch: MiniBatch, setting: Setting) => MiniBatch | undefined): Model =>
  (setting) => {
    const { net, batch } = setting.whole;
    const other = batchOf(batch, setting);
    return other && outcome(setting.forward(net, other));
  };

/** The right program on other pixels of the same images. */
export const withPixels = (pixels: (x: Float64Array, setting: Setting) => Float64Array | undefined): Model =>
  withBatch((batch, setting) => {
    const x = pixels(batch.x, setting);
    return x && { ...batch, x };
  });

/** The right program with other weights. */
export const withNet =
  (netOf: (net: TwoLayerNet) => TwoLayerNet): Model =>
  ({ whole: { net, batch }, forward }) =>
    outcome(forward(netOf(net), batch));

/** Another activation on the way forward, and on the way back its own derivative, or another. */
export const withActivation =
  (activation: Activation, derivative = activation.derivative): Model =>
  ({ whole: { net, batch }, forward }) =>
    outcome(forward(net, batch, activation), { derivative });

/** W2's gradient from something else (N, H) in the place of hidden. */
export const withHidden =
  (hidden: (pass: ForwardPass) => Float64Array): Model =>
  ({ pass }) => {
    const { W2 } = predict(
      pass,
      backwardPass(
        { ...pass, hidden: hidden(pass), hiddenError: pass.preActivationsError },
        { dLogits: () => rightDLogits(pass) },
      ),
    );
    return { tensors: { W2 } };
  };

const rightDLogits = (pass: ForwardPass) => residual(pass, pass.probabilities, pass.batch.t);

/** (y - t) / N with other targets in the place of t: (N, K). */
export const withTargets = (target: (label: number, n: number, k: number) => number): Model =>
  withDLogits((pass) => {
    const K = pass.net.outputSize;
    const t = pass.batch.t.map((_, i) => {
      const n = Math.floor(i / K);
      return target(labelOf(pass, n), n, i % K);
    });
    return residual(pass, pass.probabilities, t);
  });

export function labelOf({ net, batch }: ForwardPass, n: number): number {
  return batch.t.indexOf(1, n * net.outputSize) - n * net.outputSize;
}

/** t with a 1 at argmax y. */
export function subtractPrediction(pass: ForwardPass): Float64Array {
  const { outputSize: K } = pass.net;
  const { probabilities: y } = pass;
  const t = new Float64Array(y.length);
  for (let n = 0; n < y.length; n += K) {
    const row = y.subarray(n, n + K);
    t[n + row.indexOf(Math.max(...row))] = 1;
  }
  return residual(pass, y, t);
}

/** y - t, y being softmax(softmax(logits)). */
export function softmaxOfSoftmax(pass: ForwardPass): Float64Array {
  const twice = softmax(pass.probabilities.slice(), pass.net.outputSize);
  return residual(pass, twice, pass.batch.t);
}

/** The same, and the first softmax is differentiated too, as by a framework that takes logits and gets probabilities. */
export function throughBothSoftmaxes(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, softmaxOfSoftmax(pass));
}

/** Half the mean squared error of the probabilities in the place of the cross entropy. */
export function squaredError(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual({ ...pass, epsilon: 0 }, pass.probabilities, pass.batch.t));
}

/** The sum over the classes of the binary cross entropies of the probabilities, a mean over the images. */
export function binaryCrossEntropy(pass: ForwardPass): Float64Array {
  const { probabilities: y, batch } = pass;
  return backThroughSoftmax(
    pass,
    y.map((value, i) => (value - batch.t[i]) / (value * (1 - value)) / batch.count),
  );
}

/** ∂L/∂logits of ∂L/∂y, both (N, K): y_k (d_k - Σ y d). */
function backThroughSoftmax({ net, probabilities: y }: ForwardPass, d: Float64Array): Float64Array {
  const K = net.outputSize;
  const mean = new Float64Array(y.length / K);
  y.forEach((probability, i) => (mean[Math.floor(i / K)] += probability * d[i]));
  return y.map((probability, i) => probability * (d[i] - mean[Math.floor(i / K)]));
}

/** Softmax of all logits of the batch together, as of one row (book, 3.5, applied to a matrix). */
export function softmaxOfAll({ logits }: ForwardPass): Float64Array {
  return softmax(logits.slice(), logits.length);
}

/** Softmax of every class over the images: axis 0. */
export function softmaxOfColumns({ logits, net, batch }: ForwardPass): Float64Array {
  const columns = transpose(logits, net.outputSize);
  return transpose(softmax(columns, batch.count), batch.count);
}

/** (y - t) / N of another y. */
export const residualOf = (y: (pass: ForwardPass) => Float64Array) => (pass: ForwardPass) =>
  residual(pass, y(pass), pass.batch.t);

/** The derivative of the mean of -log y_t where softmax runs over all of the batch. */
export function throughSoftmaxOfAll(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  return softmaxOfAll(pass).map((y, i) => y - t[i] / count);
}

/** The same where softmax runs over the images: a class's y is multiplied by the number of its images. */
export function throughSoftmaxOfColumns(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  const K = pass.net.outputSize;
  const images = columnSums(t, K);
  return softmaxOfColumns(pass).map((y, i) => (images[i % K] * y - t[i]) / count);
}

/** Makes one number or several of ∂L/∂logits, (N, columns), where there should be its sum over the images. */
type Fold = (d: Float64Array, columns: number) => Pick<Expected, 'shape' | 'value'>;

/** The right program, but for the biases. */
export const withBias =
  (fold: Fold): Model =>
  ({ pass }) => {
    const back = backwardPass(pass);
    const expected = (name: 'dHidden' | 'dLogits', columns: number): Expected => {
      const summed = once(() =>
        sizes(back[name]).map((size, i) => back[`${name}Error`][i] + growth(pass.batch.count) * size),
      );
      const { shape, value } = fold(back[name], columns);
      return {
        shape,
        value,
        get error() {
          return fold(summed(), columns).value;
        },
      };
    };
    return {
      tensors: { b1: expected('dHidden', pass.net.hiddenSize), b2: expected('dLogits', pass.net.outputSize) },
    };
  };

export const meanOverImages: Fold = (d, columns) => {
  const count = d.length / columns;
  return { shape: [columns], value: columnSums(d, columns).map((sum) => sum / count) };
};

export const firstImage: Fold = (d, columns) => ({ shape: [columns], value: d.slice(0, columns) });

export const lastImage: Fold = (d, columns) => ({ shape: [columns], value: d.slice(-columns) });

export const notSummed: Fold = (d, columns) => ({ shape: [d.length / columns, columns], value: d });

export const sumOfRows: Fold = (d, columns) => {
  const sums = new Float64Array(d.length / columns);
  d.forEach((value, i) => (sums[Math.floor(i / columns)] += value));
  return { shape: [sums.length], value: sums };
};

export const meanOfRows: Fold = (d, columns) => {
  const { shape, value } = sumOfRows(d, columns);
  return { shape, value: Float64Array.from(value, (sum) => sum / columns) };
};

const sum = (d: Float64Array) => d.reduce((total, value) => total + value, 0);

export const sumOfAll: Fold = (d) => ({ shape: [], value: [sum(d)] });

export const meanOfAll: Fold = (d) => ({ shape: [], value: [sum(d) / d.length] });

export const sumOfAllEverywhere: Fold = (d, columns) => ({
  shape: [columns],
  value: new Float64Array(columns).fill(sum(d)),
});

/** The right gradient, and then something done to each entry. */
export const withEntries =
  (change: (value: number) => number, errorOf: (value: number, error: number) => number): Model =>
  ({ pass }) => {
    const right = predict(pass, backwardPass(pass));
    const entries = Object.entries(right).map(([name, { shape, value, error }]) => [
      name,
      {
        shape,
        value: Float64Array.from(value, change),
        error: Float64Array.from(value, (entry, i) => errorOf(entry, error[i])),
      },
    ]);
    return { tensors: Object.fromEntries(entries) as Outcome['tensors'] };
  };

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
