import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, sigmoid, softmax } from '../network/functions.js';
import { columnSums, multiply, transpose } from '../network/matrix.js';
import {
  type Activations,
  type Parameters,
  TENSORS,
  type TwoLayerNet,
  zeroParameters,
} from '../network/two-layer-net.js';

// Rounding errors: a gradient is right if it differs from ∂L/∂w by no more than its rounding error.
//
// Errors are in unit roundoffs u (2⁻⁵³ in float64, 2⁻²⁴ in float32). They come from a running error analysis
// (Wilkinson), in which a sum of n terms may be off by λ √n u times the sum of their sizes. The worst case is
// n u; rounding errors are nearly independent, and exceed λ √n u with probability 2 exp(-λ²/2), 3e-14 for λ = 8
// (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis").

/** u of float64 and float32: the largest relative error of one rounding. */
export const UNIT = { f64: 2 ** -53, f32: 2 ** -24 } as const;

const LAMBDA = 8;

/** Growth of the rounding error in a sum of this many terms: λ √n. */
export const growth = (terms: number) => LAMBDA * Math.sqrt(terms);

/** A forward pass over a mini-batch, with its rounding errors. */
export interface ForwardPass extends Activations {
  readonly net: TwoLayerNet;
  readonly batch: MiniBatch;
  /** Added in the logarithm of the loss: 1e-7 in the book, 0 in most other places. */
  readonly epsilon: number;
  readonly activation: Activation;
  /** Error of x W1 + b1, in unit roundoffs, (N, H) */
  readonly preActivationsError: Float64Array;
  /** Error of its sigmoid, (N, H) */
  readonly hiddenError: Float64Array;
  /** Error of hidden W2 + b2, the largest of each image, (N) */
  readonly logitsError: Float64Array;
}

/** An activation function, and its derivative in terms of its value and its argument. */
export interface Activation {
  readonly value: (preActivation: number) => number;
  readonly derivative: (hidden: number, preActivation: number) => number;
}

export const SIGMOID: Activation = { value: sigmoid, derivative: (hidden) => hidden * (1 - hidden) };

export function forwardPass(
  net: TwoLayerNet,
  batch: MiniBatch,
  epsilon: number,
  activation: Activation = SIGMOID,
): ForwardPass {
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const preActivations = multiply(batch.x, net.W1, D, net.b1);
  const hidden = preActivations.map(activation.value);
  const logits = multiply(hidden, net.W2, H, net.b2);
  const probabilities = softmax(logits.slice(), K);

  const terms = multiply(absolute(batch.x), absolute(net.W1), D, absolute(net.b1));
  const preActivationsError = terms.map((sum) => growth(D + 1) * sum);
  const hiddenError = hidden.map(
    (value, i) =>
      LAMBDA * Math.abs(value) + Math.abs(activation.derivative(value, preActivations[i])) * preActivationsError[i],
  );
  const ownError = multiply(absolute(hidden), absolute(net.W2), H, absolute(net.b2));
  const inherited = multiply(hiddenError, absolute(net.W2), H);
  const logitsError = new Float64Array(batch.count);
  for (let i = 0; i < ownError.length; i++) {
    const n = Math.floor(i / K);
    logitsError[n] = Math.max(logitsError[n], growth(H + 1) * ownError[i] + inherited[i]);
  }
  const activations = { preActivations, hidden, logits, probabilities };
  return { ...activations, net, batch, epsilon, activation, preActivationsError, hiddenError, logitsError };
}

/** |a|, entry by entry. */
export function absolute(a: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(a).map(Math.abs);
}

/** Replacements for steps of backpropagation. */
export interface BackwardSteps {
  /** ∂L/∂logits, (N, K) */
  readonly dLogits?: Float64Array;
  readonly derivative?: Activation['derivative'];
  /** The matrix by which ∂L/∂logits is multiplied on the way to ∂L/∂hidden, (K, H) */
  readonly W2T?: Float64Array;
}

/** A gradient, the terms of its sums, and the rounding errors of both. */
export interface BackwardPass {
  readonly gradient: Parameters;
  /** ∂L/∂logits, (N, K) */
  readonly dLogits: Float64Array;
  /** ∂L/∂(x W1 + b1), (N, H) */
  readonly dHidden: Float64Array;
  /** Errors of the gradient and of its terms, in unit roundoffs; computed when first asked for. */
  readonly error: () => Parameters & Pick<BackwardPass, 'dLogits' | 'dHidden'>;
}

/**
 * Backpropagation with its running error analysis; the same as `backprop` unless a step is replaced. The error is
 * exactly 0 for a pixel that is 0 in every image.
 */
export function backwardPass(pass: ForwardPass, steps: BackwardSteps = {}): BackwardPass {
  const { net, batch, hidden, preActivations, probabilities } = pass;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const { count: N, x, t } = batch;
  const { derivative = pass.activation.derivative, W2T = transpose(net.W2, K) } = steps;
  const dLogits = steps.dLogits ?? residual(pass, probabilities, t);
  const derivatives = hidden.map((value, i) => derivative(value, preActivations[i]));
  const dHidden = multiply(dLogits, W2T, K).map((d, i) => d * derivatives[i]);
  const gradient = parameters(net, [
    multiply(transpose(x, D), dHidden, N),
    columnSums(dHidden, H),
    multiply(transpose(hidden, H), dLogits, N),
    columnSums(dLogits, K),
  ]);

  function errors() {
    const { preActivationsError, hiddenError, logitsError } = pass;
    const dLogitsError = dLogits.map((d, i) => {
      const inherited = 2 * logitsError[Math.floor(i / K)] * Math.abs(d);
      return growth(K) * (Math.abs(d) + (probabilities[i] + t[i]) / N) + inherited;
    });
    const inherited = multiply(dLogitsError, absolute(W2T), K);
    const dHiddenError = multiply(absolute(dLogits), absolute(W2T), K).map((size, i) => {
      const derivativeError =
        Math.abs(derivatives[i]) * (growth(K) + preActivationsError[i]) + growth(1) * Math.abs(hidden[i]);
      return inherited[i] * Math.abs(derivatives[i]) + size * derivativeError;
    });

    const summed = (error: Float64Array, terms: Float64Array) =>
      error.map((value, i) => value + growth(N) * Math.abs(terms[i]));
    const hiddenSum = summed(dHiddenError, dHidden);
    const logitsSum = summed(dLogitsError, dLogits);
    const throughHidden = multiply(transpose(hiddenError, H), absolute(dLogits), N);
    const error = parameters(net, [
      multiply(absolute(transpose(x, D)), hiddenSum, N),
      columnSums(hiddenSum, H),
      multiply(absolute(transpose(hidden, H)), logitsSum, N).map((own, i) => own + throughHidden[i]),
      columnSums(logitsSum, K),
    ]);
    return { ...error, dLogits: dLogitsError, dHidden: dHiddenError };
  }
  return { gradient, dLogits, dHidden, error: once(errors) };
}

function parameters(net: TwoLayerNet, tensors: readonly Float64Array[]): Parameters {
  const all = zeroParameters(net);
  TENSORS.forEach((name, i) => all[name].set(tensors[i]));
  return all;
}

/** A function that is called once, when its result is first needed. */
export function once<T>(make: () => T): () => T {
  let made: { readonly result: T } | undefined;
  return () => (made ??= { result: make() }).result;
}

/**
 * (y - t) y_t / (y_t + epsilon) / N, the derivative of the mean of -log(y_t + epsilon), for any y and t, (N, K). Where
 * a row of t has no 1, the loss has no meaning, and this is (y - t) / N.
 */
export function residual({ net, batch, epsilon }: ForwardPass, y: Float64Array, t: Float64Array): Float64Array {
  const { outputSize: K } = net;
  const d = new Float64Array(y.length);
  for (let n = 0; n < batch.count; n++) {
    const label = t.subarray(n * K, (n + 1) * K).indexOf(1);
    const probability = y[n * K + label];
    const scale = label < 0 || epsilon === 0 ? 1 : probability / (probability + epsilon);
    for (let i = n * K; i < (n + 1) * K; i++) d[i] = ((y[i] - t[i]) * scale) / batch.count;
  }
  return d;
}

/** The pass restricted to some pixels: W1 and its gradient have only the rows of these, which saves work. */
export function atPixels(pass: ForwardPass, pixels: Uint32Array): ForwardPass {
  const { net, batch } = pass;
  const { inputSize: D } = net;
  if (pixels.length === D) return pass;
  const sizesThere = { inputSize: pixels.length, hiddenSize: net.hiddenSize, outputSize: net.outputSize };
  const x = new Float64Array(batch.count * pixels.length);
  for (let n = 0; n < batch.count; n++) {
    pixels.forEach((pixel, i) => (x[n * pixels.length + i] = batch.x[n * D + pixel]));
  }
  const there = parameters({ ...net, ...sizesThere }, [pickRows(net.W1, pixels, D), net.b1, net.W2, net.b2]);
  return { ...pass, net: { ...sizesThere, ...there }, batch: { ...batch, x } };
}

/** Some rows of a matrix of `count` rows. */
export function pickRows(values: ArrayLike<number>, rows: Uint32Array, count: number): Float64Array {
  const columns = values.length / count;
  const picked = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let j = 0; j < columns; j++) picked[i * columns + j] = values[row * columns + j];
  });
  return picked;
}

/** Largest |σ″| and |σ‴| of the sigmoid; the first is also the largest third cumulant of a variable of range 1. */
const SECOND = 1 / (6 * Math.sqrt(3));
const THIRD = 1 / 8;

/** The two errors of central differences of step h, for each parameter. */
interface DifferenceError {
  /** Truncation of the Taylor series: a bound. */
  readonly truncation: Parameters;
  /** Cancellation in the difference of two losses that are nearly equal, and rounding of w ± h. */
  readonly rounding: Parameters;
}

/**
 * Bounds of the error of (L(w + h) - L(w - h)) / 2h as an estimate of ∂L/∂w (Numerical Recipes, 5.7).
 *
 * Truncation is h²/6 max |∂³L/∂w³| (Taylor), and the third derivative has a bound in closed form. Along a direction in
 * which the logits differ by at most R, log Σ exp has derivatives of at most R, R²/4 and R³ / (6 √3), for they are the
 * cumulants of a variable of range R; those of -log(y_t + 1e-7) are at most R, R²/2 and (1 / (3 √3) + 3/16) R³.
 *
 * - b2, W2: one logit moves, R = 1, by 1 or by the hidden value.
 * - b1, W1: the pre-activation of a hidden unit moves, by 1 or by the pixel, goes through sigmoid (|σ′| ≤ 1/4,
 *   |σ″| ≤ 1 / (6 √3), |σ‴| ≤ 1/8) and moves the logits by its row of W2, R being the
 *   difference between the row's largest and smallest entry.
 *
 * Rounding is the error of both losses over 2h: each loss is a mean of -log y, with the errors of its logits and λ √N u
 * times its own size L (see the head of this file). Rounding w ± h to u |w| adds a relative error of u |w| / h.
 *
 * @param gradient ∂L/∂w
 * @param h step of the difference, > 0
 */
export function differenceError(pass: ForwardPass, gradient: Parameters, h: number): DifferenceError {
  const { net, batch, hidden } = pass;
  const { count: N } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const scale = h ** 2 / 6;
  const byLogit = 2 * SECOND + 3 / 16;
  const byUnit = Float64Array.from({ length: H }, (_, j) => {
    const row = net.W2.subarray(j * K, (j + 1) * K);
    const R = Math.max(...row) - Math.min(...row);
    return (byLogit * R ** 3) / 64 + (3 * SECOND * R ** 2) / 8 + THIRD * R;
  });
  const meanCubes = (values: Float64Array, columns: number) =>
    columnSums(
      values.map((value) => value ** 3 / N),
      columns,
    );
  const scaledProduct = (column: Float64Array, row: Float64Array) =>
    multiply(
      column.map((value) => scale * value),
      row,
      1,
    );
  const [one, logits] = [Float64Array.of(1), new Float64Array(K).fill(byLogit)];
  const truncation = parameters(net, [
    scaledProduct(meanCubes(batch.x, D), byUnit),
    scaledProduct(one, byUnit),
    scaledProduct(meanCubes(hidden, H), logits),
    scaledProduct(one, logits),
  ]);

  const rounding = zeroParameters(net);
  const cancellation = (UNIT.f64 * lossError(pass)) / h;
  rounding.all.forEach((_, i) => {
    rounding.all[i] = cancellation + (2 * UNIT.f64 * Math.abs(net.all[i] * gradient.all[i])) / h;
  });
  return { truncation, rounding };
}

/** Rounding error of the loss, in unit roundoffs. */
export function lossError({ net, batch, probabilities, logitsError }: ForwardPass): number {
  const { outputSize: K } = net;
  let fromLogits = 0;
  for (let n = 0; n < batch.count; n++) {
    const probability = probabilities[batch.t.indexOf(1, n * K)];
    fromLogits += (growth(K) + 2 * logitsError[n] * (1 - probability)) / batch.count;
  }
  return fromLogits + growth(batch.count) * crossEntropy(probabilities, batch.t, K);
}

/**
 * The gradient that (L(w + h) - L(w)) / h computes (book, 4.3.1: the bad one): ∂L/∂w + h/2 ∂²L/∂w², to O(h²). The
 * second derivatives are those of the cross entropy, without the 1e-7:
 *
 * - by a logit, y_k (1 - y_k), times the square of the hidden value for W2;
 * - by a pre-activation, σ′² times the variance of its row of W2 under y, plus σ″ times ∂L/∂hidden; times the
 *   square of the pixel for W1.
 */
export function forwardDifferences(pass: ForwardPass, h: number): Pick<BackwardPass, 'gradient' | 'error'> {
  const { net, batch, hidden, probabilities: y } = pass;
  const { count: N, x } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const { gradient, error, dLogits } = backwardPass(pass);
  const square = (values: Float64Array) => values.map((value) => value * value);
  const W2T = transpose(net.W2, K);
  const mean = multiply(y, W2T, K);
  const meanSquare = multiply(y, square(W2T), K);
  const byHidden = multiply(dLogits, W2T, K);
  const byPreActivation = hidden.map((value, i) => {
    const derivative = value * (1 - value);
    return (derivative ** 2 * (meanSquare[i] - mean[i] ** 2)) / N + derivative * (1 - 2 * value) * byHidden[i];
  });
  const byLogit = y.map((probability) => (probability * (1 - probability)) / N);

  const curvature = parameters(net, [
    multiply(transpose(square(x), D), byPreActivation, N),
    columnSums(byPreActivation, H),
    multiply(transpose(square(hidden), H), byLogit, N),
    columnSums(byLogit, K),
  ]);
  curvature.all.forEach((second, i) => (curvature.all[i] = gradient.all[i] + (h / 2) * second));
  return { gradient: curvature, error };
}
