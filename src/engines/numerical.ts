import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, EPSILON, sigmoid } from '../network/functions.js';
import {
  forward,
  type LossGradient,
  type Parameters,
  type TwoLayerNet,
  zeroParameters,
} from '../network/two-layer-net.js';
import type { EngineOptions, GradientEngine } from './engine.js';
import { withKernels } from './trainer.js';

/**
 * The numerical gradient of the naive engine, (L(p + h) - L(p - h)) / 2h for every parameter p (book, 4.4), without the
 * work that a perturbation leaves unchanged. Must equal `naive` to rounding, at every h: both losses are evaluated through
 * sigmoid, softmax and log, and no derivative is used.
 *
 * - Perturbing W1[i, j] by h changes the pre-activation of hidden unit j alone, by h times pixel i. So only row j of W2
 *   matters, and images whose pixel i is 0 keep their loss.
 * - A pixel has one of 256 values, and equal pixels of an image share an evaluation. b1 acts as one more pixel, always 1.
 * - Perturbing W2[j, k] or b2[k] changes logit k alone, so nine of ten exponentials of softmax stay.
 *
 * Small steps: the rounding error of the naive loop is about 1e-15 / h. Below h = 1e-16 or so the loop gives 0, because
 * p + h rounds to p, and so does the code below. The kernels do not round p + h, and are nearer to the true difference;
 * below h = 1e-15 they would find a derivative where the loop finds 0, so there this code computes instead.
 */
export function openNumerical(options: EngineOptions): GradientEngine {
  return withKernels((net, batch) => incrementalDifferences(net, batch, options.h), 'differences', options);
}

/** The reference of the kernels' differences, in plain TypeScript. */
export function incrementalDifferences(net: TwoLayerNet, batch: MiniBatch, h: number): LossGradient {
  const { hiddenSize: H, outputSize: K } = net;
  const { preActivations, hidden, logits, probabilities } = forward(net, batch.x);
  const gradient = zeroParameters(net);

  for (let n = 0; n < batch.count; n++) {
    const image: ImageState = {
      label: batch.t.indexOf(1, n * K) - n * K,
      preActivations: preActivations.subarray(n * H, (n + 1) * H),
      hidden: hidden.subarray(n * H, (n + 1) * H),
      logits: logits.subarray(n * K, (n + 1) * K),
    };
    const pixels = batch.x.subarray(n * net.inputSize, (n + 1) * net.inputSize);
    addLayer1Differences(net, image, pixels, h, gradient);
    addLayer2Differences(net, image, h, gradient);
  }
  const scale = 1 / (2 * h * batch.count);
  for (let i = 0; i < gradient.all.length; i++) gradient.all[i] *= scale;
  return { loss: crossEntropy(probabilities, batch.t, K), ...gradient };
}

/** L(+h) - L(-h) of one image, -log(above + ε) + log(below + ε), from the probabilities of its label at +h and -h. */
function lossDifference(above: number, below: number): number {
  return Math.log((below + EPSILON) / (above + EPSILON));
}

/** The unperturbed intermediate results of one image. */
interface ImageState {
  readonly label: number;
  /** (H) */
  readonly preActivations: Float64Array;
  /** (H) */
  readonly hidden: Float64Array;
  /** (K) */
  readonly logits: Float64Array;
}

/** Adds this image's L(+h) - L(-h) by W1 and b1 to the gradient. */
function addLayer1Differences(
  net: TwoLayerNet,
  { label, preActivations, hidden, logits }: ImageState,
  pixels: Float64Array,
  h: number,
  gradient: Parameters,
): void {
  const { hiddenSize: H, outputSize: K, W2 } = net;
  const { values, slotOf } = distinctValues(pixels);
  const differences = new Float64Array(values.length * H); // (distinct values, H)
  const perturbed = new Float64Array(K);

  /** Probability of the label after the output of hidden unit j has changed by `change`. */
  const probabilityOfLabel = (change: number, j: number): number => {
    let largest = -Infinity;
    for (let k = 0; k < K; k++) {
      const logit = logits[k] + change * W2[j * K + k];
      perturbed[k] = logit;
      if (logit > largest) largest = logit;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(perturbed[k] - largest);
    return Math.exp(perturbed[label] - largest) / sum;
  };

  for (let j = 0; j < H; j++) {
    for (let slot = 0; slot < values.length; slot++) {
      const step = h * values[slot];
      const above = probabilityOfLabel(sigmoid(preActivations[j] + step) - hidden[j], j);
      const below = probabilityOfLabel(sigmoid(preActivations[j] - step) - hidden[j], j);
      differences[slot * H + j] = lossDifference(above, below);
    }
  }
  const addRow = (slot: number, into: Float64Array, at: number) => {
    for (let j = 0; j < H; j++) into[at + j] += differences[slot * H + j];
  };
  for (let i = 0; i < pixels.length; i++) if (pixels[i] !== 0) addRow(slotOf.get(pixels[i])!, gradient.W1, i * H);
  addRow(slotOf.get(1)!, gradient.b1, 0);
}

/** The distinct non-zero values among the pixels, 1 for the bias first; and for each value its index among them. */
function distinctValues(pixels: Float64Array) {
  const slotOf = new Map([[1, 0]]);
  for (const pixel of pixels) if (pixel !== 0 && !slotOf.has(pixel)) slotOf.set(pixel, slotOf.size);
  return { values: Float64Array.from(slotOf.keys()), slotOf };
}

/** Adds this image's L(+h) - L(-h) by W2 and b2 to the gradient. */
function addLayer2Differences(
  net: TwoLayerNet,
  { label, hidden, logits }: ImageState,
  h: number,
  gradient: Parameters,
): void {
  const { hiddenSize: H, outputSize: K } = net;
  const largest = logits.reduce((most, logit) => Math.max(most, logit));
  const powers = logits.map((logit) => Math.exp(logit - largest));
  for (let k = 0; k < K; k++) {
    let others = 0; // the denominator of softmax without logit k, the only one that changes
    for (let c = 0; c < K; c++) if (c !== k) others += powers[c];
    /** Probability of the label after logit k has changed by `change`. */
    const probabilityOfLabel = (change: number) => {
      const perturbed = Math.exp(logits[k] + change - largest);
      return k === label ? 1 / (1 + others / perturbed) : powers[label] / (others + perturbed);
    };
    const difference = (step: number) => lossDifference(probabilityOfLabel(step), probabilityOfLabel(-step));
    for (let j = 0; j < H; j++) gradient.W2[j * K + k] += difference(h * hidden[j]);
    gradient.b2[k] += difference(h);
  }
}
