import { crossEntropy } from '../../network/functions.js';
import { columnSums } from '../../network/matrix.js';
import { zeroParameters, type Parameters } from '../../network/two-layer-net.js';
import { growth, type ForwardPass } from './forward-pass.js';

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
