import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, LOG_GUARD, sigmoid } from '../network/functions.js';
import { forward, zeroParameters, type TwoLayerNet } from '../network/two-layer-net.js';
import { accelerate } from './accelerate.js';
import type { EngineOptions, GradientEngine, LossGradient } from './engine.js';

const { exp, log } = Math; // twelve million calls a step: even the look-up of a global would show

/**
 * The same central differences as the naive engine, (L(p + h) - L(p - h)) / 2h for every parameter, without repeating
 * what cannot have changed. Both losses are evaluated, through sigmoid, softmax and log; no derivative is used.
 *
 * - Moving W1[i, j] by h moves the score of hidden unit j alone, by h times pixel i: only one column of W2 matters,
 *   and images whose pixel i is 0 keep their loss.
 * - A pixel is one of 256 values, so all pixels of an image that are equal share the evaluation. b1 is one more
 *   pixel, always 1.
 * - Moving W2[j, k] or b2[k] moves score k alone: nine of ten exponentials stay.
 *
 * Small steps: the naive loop's rounding is about 1e-15 / h, and below h = 1e-16 or so it gives 0, since p + h rounds to
 * p. So does this function. The kernels evaluate both losses without rounding p + h, and are nearer the true difference;
 * below h = 1e-15 they would find a derivative where float64 has nothing left to compare, and leave it to this function.
 */
export function openNumerical(options: EngineOptions): GradientEngine {
  const gradients: GradientEngine['gradients'] = (net, batch) => incrementalDifferences(net, batch, options.h);
  return accelerate({ gradients }, 'differences', options);
}

/** Plain twin of the kernels' differences.ts. */
export function incrementalDifferences(net: TwoLayerNet, batch: MiniBatch, h: number): LossGradient {
  const { hiddenSize: H, outputSize: K } = net;
  const { hiddenScores, hidden, scores, probabilities } = forward(net, batch.x);
  const gradient = zeroParameters(net);

  for (let n = 0; n < batch.count; n++) {
    const image: ImageState = {
      label: batch.t.indexOf(1, n * K) - n * K,
      hiddenScores: hiddenScores.subarray(n * H, (n + 1) * H),
      hidden: hidden.subarray(n * H, (n + 1) * H),
      scores: scores.subarray(n * K, (n + 1) * K),
    };
    const pixels = batch.x.subarray(n * net.inputSize, (n + 1) * net.inputSize);
    moveHiddenScores(net, image, pixels, h, gradient);
    moveScores(net, image, h, gradient);
  }
  const scale = 1 / (2 * h * batch.count);
  for (let i = 0; i < gradient.all.length; i++) gradient.all[i] *= scale;
  return { loss: crossEntropy(probabilities, batch.t, K), ...gradient };
}

/** One image on its way through the net: what a moved parameter starts from. */
interface ImageState {
  readonly label: number;
  /** (H) */
  readonly hiddenScores: Float64Array;
  /** (H) */
  readonly hidden: Float64Array;
  /** (K) */
  readonly scores: Float64Array;
}

/** L(+h) - L(-h) of this image by W1 and b1, added to the gradient. */
function moveHiddenScores(
  net: TwoLayerNet,
  { label, hiddenScores, hidden, scores }: ImageState,
  pixels: Float64Array,
  h: number,
  gradient: LossGradientSums,
): void {
  const { hiddenSize: H, outputSize: K, W2 } = net;
  const { values, slotOf } = distinctValues(pixels);
  const differences = new Float64Array(values.length * H); // (distinct values, H)
  const moved = new Float64Array(K);

  /** y_label + 1e-7 once the output of hidden unit j has changed by `change`. */
  const likelihood = (change: number, j: number): number => {
    let largest = -Infinity;
    for (let k = 0; k < K; k++) {
      const score = scores[k] + change * W2[j * K + k];
      moved[k] = score;
      if (score > largest) largest = score;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += exp(moved[k] - largest);
    return exp(moved[label] - largest) / sum + LOG_GUARD;
  };

  for (let j = 0; j < H; j++) {
    for (let slot = 0; slot < values.length; slot++) {
      const step = h * values[slot];
      const above = likelihood(sigmoid(hiddenScores[j] + step) - hidden[j], j);
      const below = likelihood(sigmoid(hiddenScores[j] - step) - hidden[j], j);
      differences[slot * H + j] = log(below / above); // -log(above) + log(below)
    }
  }
  const addRow = (slot: number, into: Float64Array, at: number) => {
    for (let j = 0; j < H; j++) into[at + j] += differences[slot * H + j];
  };
  for (let i = 0; i < pixels.length; i++) if (pixels[i] !== 0) addRow(slotOf.get(pixels[i])!, gradient.W1, i * H);
  addRow(slotOf.get(1)!, gradient.b1, 0);
}

type LossGradientSums = Omit<LossGradient, 'loss'>;

/** The different non-zero values among the pixels, and 1 for the bias. */
function distinctValues(pixels: Float64Array) {
  const slotOf = new Map([[1, 0]]);
  for (const pixel of pixels) if (pixel !== 0 && !slotOf.has(pixel)) slotOf.set(pixel, slotOf.size);
  return { values: Float64Array.from(slotOf.keys()), slotOf };
}

/** L(+h) - L(-h) of this image by W2 and b2, added to the gradient. */
function moveScores(
  net: TwoLayerNet,
  { label, hidden, scores }: ImageState,
  h: number,
  gradient: LossGradientSums,
): void {
  const { hiddenSize: H, outputSize: K } = net;
  const largest = scores.reduce((most, score) => Math.max(most, score));
  const powers = scores.map((score) => exp(score - largest));
  for (let k = 0; k < K; k++) {
    let others = 0; // the sum under softmax without score k, the only one that moves
    for (let c = 0; c < K; c++) if (c !== k) others += powers[c];
    const likelihood = (change: number) => {
      const moved = exp(scores[k] + change - largest);
      return (k === label ? 1 / (1 + others / moved) : powers[label] / (others + moved)) + LOG_GUARD;
    };
    const difference = (step: number) => log(likelihood(-step) / likelihood(step));
    for (let j = 0; j < H; j++) gradient.W2[j * K + k] += difference(h * hidden[j]);
    gradient.b2[k] += difference(h);
  }
}
