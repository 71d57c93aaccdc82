import type { EngineOptions, GradientEngine, LossGradient } from './engine.js';
import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, EPSILON } from '../network/functions.js';
import { columnSums, multiply, transpose } from '../network/matrix.js';
import { forward, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { withKernels } from './with-kernels.js';

/** Backpropagation (book, chapter 5): the chain rule, from the loss back to each parameter. */
export function openBackprop(options: EngineOptions): GradientEngine {
  return withKernels({ gradients: backprop }, 'backward', options);
}

/** Plain twin of the kernels' backward.ts. */
export function backprop(net: TwoLayerNet, { count: N, x, t }: MiniBatch): LossGradient {
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const { hidden, probabilities: y } = forward(net, x);
  const dScores = lossByScores(y, t, K); // (N, K)
  const dHidden = multiply(dScores, transpose(net.W2, K), K); // (N, H), by the hidden units …
  for (let i = 0; i < dHidden.length; i++) dHidden[i] *= hidden[i] * (1 - hidden[i]); // … and by their scores

  const gradient = zeroParameters(net);
  gradient.W1.set(multiply(transpose(x, D), dHidden, N));
  gradient.b1.set(columnSums(dHidden, H));
  gradient.W2.set(multiply(transpose(hidden, H), dScores, N));
  gradient.b2.set(columnSums(dScores, K));
  return { loss: crossEntropy(y, t, K), ...gradient };
}

/**
 * ∂L/∂scores (N, K) of L = mean of -log(y_t + 1e-7): (y - t) y_t / (y_t + 1e-7) / N. With the guard in it, the gradient
 * agrees with central differences to rounding, and not just to 1e-7.
 */
function lossByScores(y: Float64Array, t: Float64Array, K: number): Float64Array {
  const N = y.length / K;
  const d = new Float64Array(y.length);
  for (let n = 0; n < N; n++) {
    const likelihood = y[t.indexOf(1, n * K)];
    const scale = likelihood / (likelihood + EPSILON) / N;
    for (let i = n * K; i < (n + 1) * K; i++) d[i] = (y[i] - t[i]) * scale;
  }
  return d;
}
