import type { RandomStream } from '../network/random.js';
import { CLASSES, type Dataset, oneHot, readImages, scalePixels } from './mnist.js';

/** The images of one training step, scaled, with one-hot labels. */
export interface MiniBatch {
  /** N */
  readonly count: number;
  /** (N, D), in [0, 1] */
  readonly x: Float64Array;
  /** (N, K), one-hot */
  readonly t: Float64Array;
}

/**
 * The images with these indices, in this order, as a mini-batch. All images of the dataset are kept in memory, for the next
 * calls.
 */
export function gather(dataset: Dataset, indices: Uint32Array): MiniBatch {
  const { inputSize, images } = dataset;
  return scaled(dataset, indices, (index) => images.subarray(index * inputSize, (index + 1) * inputSize));
}

/** The same for a single call: only these images are read from the file. */
export function gatherImages(dataset: Dataset, indices: Uint32Array): MiniBatch {
  return scaled(dataset, indices, (index) => readImages(dataset, index, index + 1));
}

function scaled(
  { inputSize, labels }: Dataset,
  indices: Uint32Array,
  imageAt: (index: number) => Uint8Array,
): MiniBatch {
  const x = new Float64Array(indices.length * inputSize);
  const t = oneHot(
    Uint8Array.from(indices, (index) => labels[index]),
    CLASSES,
  );
  indices.forEach((index, n) => scalePixels(imageAt(index), x.subarray(n * inputSize, (n + 1) * inputSize)));
  return { count: indices.length, x, t };
}

/** Draws a mini-batch with replacement, as `np.random.choice(len(x), batchSize)` does in the notebook. */
export function drawMiniBatch(dataset: Dataset, random: RandomStream, batchSize: number): MiniBatch {
  return gather(dataset, random.choice(dataset.count, batchSize));
}
