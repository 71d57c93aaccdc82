import type { RandomStream } from '../network/random.js';
import { CLASSES, type Dataset, loadDataset, readImages } from './mnist.js';

// Images and labels as the numbers that a net takes: scaled and one-hot, a mini-batch at a time or all at once.

/** v / 255 for every byte v, so that a pixel costs a look-up instead of a division. */
const SCALED = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Pixels 0 … 255 as numbers in [0, 1]: each byte divided by 255 (book, 3.6.1). */
export function scalePixels(bytes: Uint8Array, into = new Float64Array(bytes.length)): Float64Array {
  for (let i = 0; i < bytes.length; i++) into[i] = SCALED[bytes[i]];
  return into;
}

/**
 * One-hot rows: t (N, classes), 1 at each label and 0 elsewhere; as `np.eye(classes)[labels]`.
 *
 * @throws RangeError if a label is not below `classes`
 */
export function oneHot(labels: Uint8Array, classes = 10): Float64Array {
  const t = new Float64Array(labels.length * classes);
  labels.forEach((label, n) => {
    if (label >= classes) throw new RangeError(`label ${label} at ${n} is not below ${classes}`);
    t[n * classes + label] = 1;
  });
  return t;
}

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

/** An array with its shape, such as [60000, 784], in row-major order. */
export interface NdArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

export interface LoadMnistOptions {
  /** Folder with the four IDX files; default: the MNIST that is installed with this package. */
  readonly folder?: string;
  /** Pixels in [0, 1] (default), or 0 … 255. */
  readonly normalize?: boolean;
  /** Images as rows (N, 784) (default), or (N, 28, 28). */
  readonly flatten?: boolean;
  /** Labels one-hot (N, 10) (default), or (N). */
  readonly oneHotLabel?: boolean;
}

/**
 * MNIST in the notebook's shapes, all of it in float64: 60,000 training and 10,000 test images. That is 440 MB; a
 * training loop keeps the bytes of `loadDataset` instead and widens one mini-batch at a time.
 *
 * @throws InputError as `loadDataset`
 * @see the book's `load_mnist` (3.6.1)
 */
export function loadMnist(options: LoadMnistOptions = {}) {
  const { folder, normalize = true, flatten = true, oneHotLabel = true } = options;
  const { train, test } = loadDataset(folder);
  const images = ({ count, rows, columns, inputSize, images }: Dataset): NdArray => ({
    data: normalize ? scalePixels(images) : Float64Array.from(images),
    shape: flatten ? [count, inputSize] : [count, rows, columns],
  });
  const labels = ({ count, labels }: Dataset): NdArray => ({
    data: oneHotLabel ? oneHot(labels, CLASSES) : Float64Array.from(labels),
    shape: oneHotLabel ? [count, CLASSES] : [count],
  });
  return { xTrain: images(train), tTrain: labels(train), xTest: images(test), tTest: labels(test) };
}
