import { columnSums, multiply, transpose } from '../../network/matrix.js';
import { zeroParameters, type Parameters } from '../../network/two-layer-net.js';
import { backwardPass } from './backward-pass.js';
import type { ForwardPass } from './forward-pass.js';

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
