import { columnSums, multiply, transpose } from '../../network/matrix.js';
import { zeroParameters, type Parameters } from '../../network/two-layer-net.js';
import { growth, sizes, type ForwardPass } from './forward-pass.js';

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
  const { net, batch, hidden, hiddenScores, hiddenScoresError, hiddenError, scoresError, probabilities } = pass;
  const { count: N, x, t } = batch;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const { byScores = rightByScores, slope = rightSlope } = steps;

  const dScores = byScores(pass);
  const dScoresError = dScores.map((d, i) => {
    const inherited = 2 * scoresError[Math.floor(i / K)] * Math.abs(d);
    return growth(K) * (Math.abs(d) + (probabilities[i] + t[i]) / N) + inherited;
  });

  const W2T = transpose(net.W2, K);
  const slopes = hidden.map((h, i) => slope(h, hiddenScores[i]));
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

export const rightSlope = (hidden: number) => hidden * (1 - hidden);
