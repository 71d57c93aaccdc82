import { scalePixels } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { classify } from '../kernels/classify.js';
import type { Precision } from '../kernels/kernel-net.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';

/** An image that the net takes for another digit. */
export interface Mistake {
  /** Place in the dataset, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** Of the predicted digit, 0 … 1. */
  readonly probability: number;
  /** (D), 0 … 255 */
  readonly pixels: Uint8Array;
}

/** The mistakes that the net is most sure of, the surest first; `most` of them, or as many as there are. */
export function confidentMistakes(net: TwoLayerNet, dataset: Dataset, most: number, precision?: Precision): Mistake[] {
  const digits = classify(net, dataset, precision);
  const probabilityOf = (pixels: Uint8Array, digit: number) => predict(net, scalePixels(pixels))[digit];
  const mistakes: Mistake[] = [];
  digits.forEach((predicted, index) => {
    const label = dataset.labels[index];
    if (predicted === label) return;
    const pixels = dataset.images.subarray(index * dataset.inputSize, (index + 1) * dataset.inputSize);
    mistakes.push({ index, label, predicted, probability: probabilityOf(pixels, predicted), pixels });
  });
  return mistakes.sort((a, b) => b.probability - a.probability).slice(0, most);
}
