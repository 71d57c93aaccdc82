import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, LOG_GUARD } from '../network/functions.js';
import { forward, zeroParameters, type TwoLayerNet } from '../network/two-layer-net.js';
import type { GradientEngine, LossGradient } from './engine.js';

/**
 * Backpropagation (book, chapter 5): the chain rule from the loss back to each parameter.
 *
 * The loss is -log(y_t + 1e-7), so its derivative by the scores is (y - t) y_t / (y_t + 1e-7) / N: with the guard in
 * it, the result agrees with central differences to rounding and not just to 1e-7.
 */
export function openBackprop(): GradientEngine {
  return { gradients: backprop };
}

function backprop(net: TwoLayerNet, { count, x, t }: MiniBatch): LossGradient {
  const { inputSize: D, hiddenSize: H, outputSize: K, W2 } = net;
  const { hidden, probabilities: y } = forward(net, x);
  const gradient = zeroParameters(net);
  const { W1: dW1, b1: db1, W2: dW2, b2: db2 } = gradient;
  const dScores = new Float64Array(K); // dL/dz2 of one image
  const dHidden = new Float64Array(H); // dL/dz1 of one image

  for (let n = 0; n < count; n++) {
    const label = t.indexOf(1, n * K);
    const guard = y[label] / (y[label] + LOG_GUARD) / count;
    for (let k = 0; k < K; k++) {
      dScores[k] = (y[n * K + k] - t[n * K + k]) * guard;
      db2[k] += dScores[k];
    }
    for (let j = 0; j < H; j++) {
      const a = hidden[n * H + j];
      let sum = 0;
      for (let k = 0; k < K; k++) {
        dW2[j * K + k] += a * dScores[k];
        sum += W2[j * K + k] * dScores[k];
      }
      dHidden[j] = sum * a * (1 - a);
      db1[j] += dHidden[j];
    }
    for (let i = 0; i < D; i++) {
      const pixel = x[n * D + i];
      if (pixel === 0) continue;
      const row = i * H;
      for (let j = 0; j < H; j++) dW1[row + j] += pixel * dHidden[j];
    }
  }
  return { loss: crossEntropy(y, t, K), ...gradient };
}
