import { CLASSES, loadDataset, type Dataset } from './mnist.js';
import { scalePixels } from './mini-batch.js';
import { oneHot } from './one-hot.js';

/** A dense array and its shape, e.g. `[60000, 784]`. */
export interface NdArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

export interface LoadMnistOptions {
  /** Folder with the four IDX files; default: the MNIST that is installed with this package. */
  readonly folder?: string;
  /** Pixels / 255.0, in [0, 1] (default), or 0 … 255. */
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
