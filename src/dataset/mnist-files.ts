import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../errors.js';
import { openImages, readLabels } from './idx.js';

// Finds the files of a data set in a folder. Their names end as in MNIST; `loadDataset` says which variants there are.

type Part = 'train' | 'test';

/** How the names of the files of a part begin, as a regular expression. */
const PREFIXES: Record<Part, string> = { train: 'train', test: 't10k|test' };

/** Paths of the images and of the labels of one part. */
export interface PartFiles {
  readonly imageFile: string;
  readonly labelFile: string;
}

/**
 * Finds the two files of a part.
 *
 * @throws InputError if one is missing, or if there are several that differ; a system error if reading the folder fails
 */
export function findPart(folder: string, part: Part): PartFiles {
  return { imageFile: find(folder, part, 'images'), labelFile: find(folder, part, 'labels') };
}

/** True for the files of EMNIST, which hold each image column by column. */
export const isEmnist = (path: string) => basename(path).toLowerCase().startsWith('emnist');

/** Path of the one file of this kind. */
function find(folder: string, part: Part, kind: 'images' | 'labels'): string {
  const prefix = PREFIXES[part];
  const type = kind === 'images' ? 'idx3-ubyte' : '(idx1-ubyte|idx2-int)';
  const ending = new RegExp(`(^|[^a-z])(${prefix})-${kind}[-.]${type}(\\.gz)?$`);
  const found = filesIn(folder).filter((name) => ending.test(name));
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
