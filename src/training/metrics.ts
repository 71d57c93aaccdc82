import { type Dataset, scalePixels } from '../dataset/mnist.js';
import { classify } from '../engines/classify.js';
import type { Precision } from '../kernels/wasm-net.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';

/** Share of images, 0 … 1, whose digit is the one in `digits` (N). */
export function accuracyOf(digits: Uint8Array, { count, labels }: Dataset): number {
  let right = 0;
  for (let n = 0; n < count; n++) if (digits[n] === labels[n]) right++;
  return right / count;
}

/**
 * Share of images, 0 … 1, whose digit the net names right.
 *
 * @param onFallback as in `classify`
 */
export function accuracy(
  net: TwoLayerNet,
  dataset: Dataset,
  precision?: Precision,
  onFallback?: (why: string) => void,
): number {
  return accuracyOf(classify(net, dataset, precision, onFallback), dataset);
}

/** How often each digit was taken for each other. */
export interface Evaluation {
  readonly accuracy: number;
  /** (K, K) counts: row is the true digit, column the predicted one. */
  readonly confusion: number[][];
  /** Per digit k: the share of the images called k that are k; null if none was called k. */
  readonly precision: (number | null)[];
  /** Per digit k: the share of the images that are k that were called k; null if there is none. */
  readonly recall: (number | null)[];
}

/**
 * Accuracy, confusion matrix, and precision and recall of each digit (van Rijsbergen 1979, chapter 7).
 *
 * @param onFallback as in `classify`
 */
export function evaluate(
  net: TwoLayerNet,
  dataset: Dataset,
  precision?: Precision,
  onFallback?: (why: string) => void,
): Evaluation {
  const K = net.outputSize;
  const digits = classify(net, dataset, precision, onFallback);
  const confusion = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  digits.forEach((digit, n) => confusion[dataset.labels[n]][digit]++);
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    accuracy: accuracyOf(digits, dataset),
    confusion,
    precision: confusion.map((row, k) => share(row[k], sum(confusion.map((other) => other[k])))),
    recall: confusion.map((row, k) => share(row[k], sum(row))),
  };
}

/** An image that the net takes for another digit. */
interface Mistake {
  /** Index in the dataset, from 0. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** Probability of the predicted digit, 0 … 1. */
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

/** Mean and sample standard deviation. */
export interface Spread {
  readonly mean: number | null;
  readonly std: number | null;
}

/** Mean and sample standard deviation, √(Σ(x - mean)² / (n - 1)); null where there are too few values for them. */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  if (n === 0) return { mean: null, std: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: n === 1 ? null : Math.sqrt(squares / (n - 1)) };
}
