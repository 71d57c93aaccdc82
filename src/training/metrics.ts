import { scalePixels } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { argmax } from '../network/functions.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';

/** Images a forward pass takes at a time: the whole set in float64 would be 376 MB, this many are 3 MB. */
const CHUNK = 500;

/** The digit, 0 … K - 1, that the net sees in each image of a dataset: (N). */
export function classify(net: TwoLayerNet, { count, inputSize, images }: Dataset): Uint8Array {
  const digits = new Uint8Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const bytes = images.subarray(start * inputSize, (start + CHUNK) * inputSize);
    digits.set(argmax(predict(net, scalePixels(bytes)), net.outputSize), start);
  }
  return digits;
}

/** Share of images, 0 … 1, whose digit the net names right. */
export function accuracy(net: TwoLayerNet, dataset: Dataset): number {
  const digits = classify(net, dataset);
  let right = 0;
  for (let n = 0; n < dataset.count; n++) if (digits[n] === dataset.labels[n]) right++;
  return right / dataset.count;
}

/** How often each digit was taken for each other. */
export interface Evaluation {
  readonly accuracy: number;
  /** (K, K) counts: row is the true digit, column the predicted one. */
  readonly confusion: number[][];
  /** Of the images called k, the share that are k; null if none was called k. */
  readonly precision: (number | null)[];
  /** Of the images that are k, the share called k; null if there is none. */
  readonly recall: (number | null)[];
}

/** Accuracy, confusion matrix, and precision and recall of each digit (van Rijsbergen 1979, chapter 7). */
export function evaluate(net: TwoLayerNet, dataset: Dataset): Evaluation {
  const K = net.outputSize;
  const digits = classify(net, dataset);
  const confusion = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  digits.forEach((digit, n) => confusion[dataset.labels[n]][digit]++);
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    accuracy: sum(confusion.map((row, k) => row[k])) / dataset.count,
    confusion,
    precision: confusion.map((row, k) => share(row[k], sum(confusion.map((other) => other[k])))),
    recall: confusion.map((row, k) => share(row[k], sum(row))),
  };
}
