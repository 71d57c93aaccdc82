import type { Dataset } from '../dataset/mnist.js';
import { classify } from '../engines/trainer.js';
import type { Precision } from '../kernels/wasm-net.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';

/** The fraction of images, 0 … 1, whose label is the one in `digits` (N), the predictions. */
export function accuracyOf(digits: Uint8Array, { count, labels }: Dataset): number {
  let right = 0;
  for (let n = 0; n < count; n++) if (digits[n] === labels[n]) right++;
  return right / count;
}

/**
 * The fraction of images, 0 … 1, that the net classifies correctly.
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

/** The quality of a net on the images of a data set. All fractions are 0 … 1. */
export interface Evaluation {
  readonly accuracy: number;
  /** (K, K) counts of images; the row is the true digit, the column the predicted one. */
  readonly confusion: number[][];
  /** (K) Of the images predicted as k, the fraction whose label is k; null if no image was predicted as k. */
  readonly precision: (number | null)[];
  /** (K) Of the images with label k, the fraction predicted as k; null if no image has label k. */
  readonly recall: (number | null)[];
  /** (K) The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); null if k does not occur. */
  readonly f1: (number | null)[];
  /** (K) Number of images with label k. */
  readonly support: number[];
  /**
   * Means over the digits that occur as a label or a prediction, in which null counts as 0; as `average='macro'` in
   * scikit-learn.
   */
  readonly macro: { readonly precision: number; readonly recall: number; readonly f1: number };
}

/**
 * Accuracy, confusion matrix, and precision, recall and F1 of each digit (van Rijsbergen 1979, chapter 7).
 *
 * @param onFallback as in `classify`
 */
export function evaluate(
  net: TwoLayerNet,
  dataset: Dataset,
  precision?: Precision,
  onFallback?: (why: string) => void,
): Evaluation {
  return evaluateDigits(classify(net, dataset, precision, onFallback), dataset, net.outputSize);
}

/**
 * As `evaluate`, for known predictions.
 *
 * @param digits the predictions (N)
 * @param K number of classes
 */
export function evaluateDigits(digits: Uint8Array, dataset: Dataset, K: number): Evaluation {
  const confusion = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  digits.forEach((digit, n) => confusion[dataset.labels[n]][digit]++);
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const support = confusion.map(sum);
  const predicted = confusion.map((_, k) => sum(confusion.map((row) => row[k])));
  const precision = confusion.map((row, k) => share(row[k], predicted[k]));
  const recall = confusion.map((row, k) => share(row[k], support[k]));
  const f1 = confusion.map((row, k) => share(2 * row[k], predicted[k] + support[k]));
  const occurring = f1.filter((value) => value !== null).length;
  const mean = (values: (number | null)[]) => sum(values.map((value) => value ?? 0)) / occurring;
  return {
    accuracy: accuracyOf(digits, dataset),
    confusion,
    precision,
    recall,
    f1,
    support,
    macro: { precision: mean(precision), recall: mean(recall), f1: mean(f1) },
  };
}

/** Mean and sample standard deviation of some values; null if there are too few of them. */
export interface Spread {
  readonly mean: number | null;
  readonly std: number | null;
}

/** Mean, and sample standard deviation √(Σ(x - mean)² / (n - 1)), which needs two values. */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  if (n === 0) return { mean: null, std: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: n === 1 ? null : Math.sqrt(squares / (n - 1)) };
}
