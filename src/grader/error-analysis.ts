import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy } from '../network/functions.js';
import { columnSums, multiply, transpose } from '../network/matrix.js';
import {
  type Activations,
  forward,
  type Parameters,
  type TwoLayerNet,
  zeroParameters,
} from '../network/two-layer-net.js';

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

/** The steps of backpropagation that a learner may take wrongly; each can be replaced. */
export interface Steps {
  /** ∂L/∂scores, (N, K) */
  readonly byScores: (pass: ForwardPass) => Float64Array;
  /** Slope of sigmoid where its score is `score` and its value `hidden`. */
  readonly slope: (hidden: number, score: number) => number;
}

/** A gradient, how far rounding may have carried it, in unit roundoffs, and what it was summed from. */
export interface BackwardPass {
  readonly gradient: Parameters;
  readonly error: Parameters;
  /** ∂L/∂scores, (N, K), and its error */
  readonly dScores: Float64Array;
  readonly dScoresError: Float64Array;
  /** ∂L/∂(x W1 + b1), (N, H), and its error */
  readonly dHidden: Float64Array;
  readonly dHiddenError: Float64Array;
}

/**
 * Backpropagation with its running error analysis (see forward-pass.ts), as `backprop` does it unless a step is
 * replaced. An error that is 0 means exactly that: the gradient of a pixel that is 0 in every image.
 */
export function backwardPass(pass: ForwardPass, steps: Partial<Steps> = {}): BackwardPass {
  const { net, batch, hidden, preActivations, hiddenScoresError, hiddenError, scoresError, probabilities } = pass;
  const { count: N, x, t } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const { byScores = rightByScores, slope = sigmoidDerivative } = steps;

  const dScores = byScores(pass);
  const dScoresError = dScores.map((d, i) => {
    const inherited = 2 * scoresError[Math.floor(i / K)] * Math.abs(d);
    return growth(K) * (Math.abs(d) + (probabilities[i] + t[i]) / N) + inherited;
  });

  const W2T = transpose(net.W2, K);
  const slopes = hidden.map((h, i) => slope(h, preActivations[i]));
  const dHidden = multiply(dScores, W2T, K).map((d, i) => d * slopes[i]);
  const inherited = multiply(dScoresError, sizes(W2T), K);
  const dHiddenError = multiply(sizes(dScores), sizes(W2T), K).map((size, i) => {
    const slopeError = Math.abs(slopes[i]) * (growth(K) + hiddenScoresError[i]) + growth(1) * hidden[i];
    return inherited[i] * Math.abs(slopes[i]) + size * slopeError;
  });

  const summed = (error: Float64Array, terms: Float64Array) =>
    error.map((value, i) => value + growth(N) * Math.abs(terms[i]));
  const hiddenSum = summed(dHiddenError, dHidden);
  const scoresSum = summed(dScoresError, dScores);
  const ofHidden = multiply(transpose(hiddenError, H), sizes(dScores), N);
  return {
    gradient: parameters(pass, [
      multiply(transpose(x, D), dHidden, N),
      columnSums(dHidden, H),
      multiply(transpose(hidden, H), dScores, N),
      columnSums(dScores, K),
    ]),
    error: parameters(pass, [
      multiply(sizes(transpose(x, D)), hiddenSum, N),
      columnSums(hiddenSum, H),
      multiply(transpose(hidden, H), scoresSum, N).map((own, i) => own + ofHidden[i]),
      columnSums(scoresSum, K),
    ]),
    ...{ dScores, dScoresError, dHidden, dHiddenError },
  };
}

function parameters({ net }: ForwardPass, [W1, b1, W2, b2]: Float64Array[]): Parameters {
  const all = zeroParameters(net);
  Object.entries({ W1, b1, W2, b2 }).forEach(([name, values]) => all[name as keyof Parameters].set(values));
  return all;
}

/** (y - t) y_t / (y_t + guard) / N, the derivative of the mean of -log(y_t + guard). */
export function rightByScores(pass: ForwardPass): Float64Array {
  return residual(pass, pass.probabilities, pass.batch.t);
}

/**
 * The same of any y and t, (N, K). Where a row of t has no 1, and -log(y_t + guard) no meaning, (y - t) / N.
 */
export function residual({ net, batch, guard }: ForwardPass, y: Float64Array, t: Float64Array): Float64Array {
  const { outputSize: K } = net;
  const d = new Float64Array(y.length);
  for (let n = 0; n < batch.count; n++) {
    const label = t.subarray(n * K, (n + 1) * K).indexOf(1);
    const likelihood = y[n * K + label];
    const scale = label < 0 || guard === 0 ? 1 : likelihood / (likelihood + guard);
    for (let i = n * K; i < (n + 1) * K; i++) d[i] = ((y[i] - t[i]) * scale) / batch.count;
  }
  return d;
}

export const sigmoidDerivative = (hidden: number) => hidden * (1 - hidden);

/** u of float64 and float32: the largest relative error of one rounding. */
export const UNIT = { f64: 2 ** -53, f32: 2 ** -24 } as const;

/** Largest |σ″| and |σ‴| of the sigmoid; the first is also the largest third cumulant of a variable of range 1. */
const SECOND = 1 / (6 * Math.sqrt(3));
const THIRD = 1 / 8;

/** The two errors of central differences of step h, for each parameter. */
export interface DifferenceError {
  /** From cutting off the Taylor series: a bound. */
  readonly truncation: Parameters;
  /** From subtracting two losses that are nearly equal, and from rounding w ± h. */
  readonly rounding: Parameters;
}

/**
 * How far (L(w + h) - L(w - h)) / 2h may be from ∂L/∂w (Numerical Recipes, 5.7).
 *
 * Truncation is h²/6 max |∂³L/∂w³| (Taylor), and the third derivative has a bound that needs no measuring. Along a
 * direction in which the scores differ by at most R, log Σ exp has derivatives of at most R, R²/4 and R³ / (6 √3), for
 * they are the cumulants of a variable of range R; -log(y_t + 1e-7) of them makes R, R²/2 and (1 / (3 √3) + 3/16) R³.
 *
 * - b2, W2: one score moves, R = 1, by 1 or by the hidden value.
 * - b1, W1: the score of a hidden unit moves, by 1 or by the pixel, goes through sigmoid (|σ′| ≤ 1/4, |σ″| ≤ 1 / (6 √3),
 *   |σ‴| ≤ 1/8) and moves the scores by its row of W2, R being the difference between the row's largest and smallest.
 *
 * Rounding is what both losses may be off by, over 2h: each loss is a mean of -log y, off by as much as its scores and
 * by λ √N u of its own size L (see forward-pass.ts). To this comes w ± h, rounded to u |w|, as a share of h.
 *
 * @param gradient ∂L/∂w
 * @param h step of the difference, > 0
 */
export function differenceError(pass: ForwardPass, gradient: Parameters, h: number): DifferenceError {
  const { net, batch, hidden } = pass;
  const { count: N } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const scale = h ** 2 / 6;
  const byScore = 2 * SECOND + 3 / 16;
  const byUnit = Float64Array.from({ length: H }, (_, j) => {
    const row = net.W2.subarray(j * K, (j + 1) * K);
    const R = Math.max(...row) - Math.min(...row);
    return (byScore * R ** 3) / 64 + (3 * SECOND * R ** 2) / 8 + THIRD * R;
  });
  const meanCubes = (values: Float64Array, columns: number) =>
    columnSums(
      values.map((value) => value ** 3 / N),
      columns,
    );

  const truncation = zeroParameters(net);
  const pixels = meanCubes(batch.x, D);
  const units = meanCubes(hidden, H);
  truncation.W1.forEach((_, i) => (truncation.W1[i] = scale * pixels[Math.floor(i / H)] * byUnit[i % H]));
  truncation.b1.set(byUnit.map((bound) => scale * bound));
  truncation.W2.forEach((_, i) => (truncation.W2[i] = scale * units[Math.floor(i / K)] * byScore));
  truncation.b2.fill(scale * byScore);

  const rounding = zeroParameters(net);
  const cancellation = (UNIT.f64 * lossError(pass)) / h;
  rounding.all.forEach((_, i) => {
    rounding.all[i] = cancellation + (2 * UNIT.f64 * Math.abs(net.all[i] * gradient.all[i])) / h;
  });
  return { truncation, rounding };
}

/** What rounding may change in the loss, in unit roundoffs. */
export function lossError({ net, batch, probabilities, scoresError }: ForwardPass): number {
  const { outputSize: K } = net;
  let ofScores = 0;
  for (let n = 0; n < batch.count; n++) {
    const likelihood = probabilities[batch.t.indexOf(1, n * K)];
    ofScores += (growth(K) + 2 * scoresError[n] * (1 - likelihood)) / batch.count;
  }
  return ofScores + growth(batch.count) * crossEntropy(probabilities, batch.t, K);
}

/**
 * What (L(w + h) - L(w)) / h makes of a gradient (book, 4.3.1: the bad one): ∂L/∂w + h/2 ∂²L/∂w², to O(h²). The second
 * derivatives are those of the cross entropy, without the 1e-7:
 *
 * - by a score, y_k (1 - y_k), times the square of the hidden value for W2;
 * - by the score of a hidden unit, σ′² times the variance of its row of W2 under y, plus σ″ times ∂L/∂hidden; times the
 *   square of the pixel for W1.
 */
export function forwardDifferences(pass: ForwardPass, h: number): { gradient: Parameters; error: Parameters } {
  const { net, batch, hidden, probabilities: y } = pass;
  const { count: N, x } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K, W2 } = net;
  const { gradient, error, dScores } = backwardPass(pass);
  const square = (values: Float64Array) => values.map((value) => value * value);
  const mean = multiply(y, transpose(W2, K), K);
  const meanSquare = multiply(y, square(transpose(W2, K)), K);
  const byHidden = multiply(dScores, transpose(W2, K), K);
  const byHiddenScore = hidden.map((value, i) => {
    const slope = value * (1 - value);
    return (slope ** 2 * (meanSquare[i] - mean[i] ** 2)) / N + slope * (1 - 2 * value) * byHidden[i];
  });
  const byScore = y.map((likelihood) => (likelihood * (1 - likelihood)) / N);

  const forward = zeroParameters(net);
  forward.W1.set(multiply(transpose(square(x), D), byHiddenScore, N));
  forward.b1.set(columnSums(byHiddenScore, H));
  forward.W2.set(multiply(transpose(square(hidden), H), byScore, N));
  forward.b2.set(columnSums(byScore, K));
  forward.all.forEach((curvature, i) => (forward.all[i] = gradient.all[i] + (h / 2) * curvature));
  return { gradient: forward, error };
}
