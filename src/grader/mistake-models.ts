import type { MiniBatch } from '../dataset/mini-batch.js';
import { softmax } from '../network/functions.js';
import { columnSums } from '../network/matrix.js';
import { backwardPass, forwardPass, type ForwardPass, growth, residual, sizes } from './error-analysis.js';
import type { GradeContext } from './known-mistakes.js';
import { type Expected, predict, type Prediction } from './tensors.js';

// What a program with a fault computes: the pass with one step taken wrongly.

/** Backpropagation with another slope of sigmoid. */
export const withSigmoidDerivative = (slope: (hidden: number, score: number) => number) => (pass: ForwardPass) =>
  predict(pass, backwardPass(pass, { slope }));

/** Backpropagation with another ∂L/∂scores (N, K). */
export const withByScores = (byScores: (pass: ForwardPass) => Float64Array) => (pass: ForwardPass) =>
  predict(pass, backwardPass(pass, { byScores }));

/** The right program on other images. */
export function withBatch(pass: ForwardPass, batch: MiniBatch): Prediction {
  const other = forwardPass(pass.net, batch, pass.guard);
  return predict(other, backwardPass(other));
}

/** (y - t) / N with other targets in the place of t: (N, K). */
export const withTargets = (targets: (label: number, n: number, k: number) => number) =>
  withByScores((pass) => {
    const K = pass.net.outputSize;
    const t = pass.batch.t.map((_, i) => {
      const n = Math.floor(i / K);
      return targets(labelOf(pass, n), n, i % K);
    });
    return residual(pass, pass.probabilities, t);
  });

export function labelOf({ net, batch }: ForwardPass, n: number): number {
  return batch.t.indexOf(1, n * net.outputSize) - n * net.outputSize;
}

/** softmax(softmax(scores)), and y - t of that. */
export function softmaxOfSoftmax(pass: ForwardPass): Float64Array {
  const twice = softmax(pass.probabilities.slice(), pass.net.outputSize);
  return residual(pass, twice, pass.batch.t);
}

/** The same, and the first softmax is differentiated too, as a framework does that takes scores and gets probabilities. */
export function throughBothSoftmaxes(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, softmaxOfSoftmax(pass));
}

/** Half the mean squared error of the probabilities in the place of the cross entropy. */
export function squaredError(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual({ ...pass, guard: 0 }, pass.probabilities, pass.batch.t));
}

/** ∂L/∂scores of ∂L/∂y, both (N, K): y_k (d_k - Σ y d). */
function backThroughSoftmax({ net, probabilities: y }: ForwardPass, d: Float64Array): Float64Array {
  const K = net.outputSize;
  const mean = new Float64Array(y.length / K);
  y.forEach((probability, i) => (mean[Math.floor(i / K)] += probability * d[i]));
  return y.map((probability, i) => probability * (d[i] - mean[Math.floor(i / K)]));
}

/** Makes one number or several of ∂L/∂scores, (N, columns), where there should be its sum over the images. */
type Fold = (d: Float64Array, columns: number) => Pick<Expected, 'shape' | 'value'>;

/** The right program, but for the biases. */
export const withBias = (fold: Fold) => (pass: ForwardPass) => {
  const back = backwardPass(pass);
  const { count } = pass.batch;
  const expected = (d: Float64Array, error: Float64Array, columns: number): Expected => {
    const summed = sizes(d).map((size, i) => error[i] + growth(count) * size);
    return { ...fold(d, columns), error: fold(summed, columns).value };
  };
  return {
    b1: expected(back.dHidden, back.dHiddenError, pass.net.hiddenSize),
    b2: expected(back.dScores, back.dScoresError, pass.net.outputSize),
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

export const sumOfAll: Fold = (d) => ({ shape: [], value: [d.reduce((sum, value) => sum + value, 0)] });

/** A mistake that multiplies a gradient by a number. */
export interface Factor {
  readonly factor: number;
  readonly cause: string;
  readonly what: string;
  readonly advice: string;
}

const WRONG_SIGN: Factor = {
  ...{ factor: -1, cause: 'sign', what: 'the sign is wrong' },
  advice: 'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient',
};

/** What a gradient may be multiplied by: lists of factors that come together, none or two at most. */
export function factors({ net, batch }: ForwardPass, { learningRate }: GradeContext): readonly (readonly Factor[])[] {
  const { count: N } = batch;
  const K = net.outputSize;
  const scales: Factor[] = [
    {
      ...{ factor: N, cause: 'batch-size', what: `it is not divided by the batch size ${N}: a sum, not a mean` },
      advice: 'the loss is a mean over the images: (y - t) / N',
    },
    {
      ...{ factor: 1 / N, cause: 'batch-size', what: `it is divided by the batch size ${N} twice` },
      advice: 'once is enough: either in (y - t) / N or at the end',
    },
    {
      ...{ factor: 1 / K, cause: 'class-count', what: `it is divided by the ${K} classes too` },
      advice: 'the loss is a mean over the images alone: a sum over the classes, divided by N',
    },
    {
      ...{
        factor: 2,
        cause: 'difference-step',
        what: 'it is twice as large, as a difference divided by h and not by 2h',
      },
      advice: 'a central difference is (f(x + h) - f(x - h)) / (2 * h)',
    },
    {
      ...{ factor: learningRate, cause: 'learning-rate', what: `the learning rate ${learningRate} is multiplied in` },
      advice: 'it belongs into the update, w -= lr * gradient',
    },
  ];
  const real = scales.filter(({ factor }) => factor !== 1);
  return [[], [WRONG_SIGN], ...real.flatMap((scale) => [[scale], [scale, WRONG_SIGN]])];
}

/** The right gradient times some number that no known mistake makes. */
export function unknownFactor(factor: number): Factor {
  return {
    ...{ factor, cause: 'factor', what: `it is ${Number(factor.toPrecision(6))} times what it should be` },
    advice: 'look for something multiplied or divided once too often',
  };
}
