import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CLASSES } from '../dataset/mnist.js';
import { formatCount, InputError } from '../errors.js';
import { readBytes, withErrorPath } from '../files/read.js';
import { type NumberArray, quoteName } from '../formats/arrays.js';
import { readJsonArrays } from '../formats/json-arrays.js';
import { isNpy, readNpy } from '../formats/npy.js';
import { isZip, readNpz } from '../formats/npz.js';
import { decodeSafetensors } from '../formats/safetensors.js';
import { shapes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { LIMITS } from './gradient-case.js';
import type { TensorName } from './tensors.js';

/** The gradient that a learner handed in. */
interface LearnerFile {
  readonly gradients: ReadonlyMap<TensorName, NumberArray>;
  /** The weights at which they were computed; empty if the files have none. */
  readonly weights: ReadonlyMap<TensorName, NumberArray>;
  /** Indices of the training images, if the files have them. */
  readonly indices: NumberArray | undefined;
}

/** dW1, gW1, grads/W1, grad_W1, W1.grad … are always gradients, params/W1 and the like always weights. */
const NAME = /^(?:(?<before>.*?)[/._ -]?)?(?<tensor>[wb][12])(?:[/._ -]?(?<after>[a-z]+))?$/i;
const GRADIENT = /^(?:.*[/._ -])?(?:d|g|dl_?d|grads?|gradients?)$/i;
const WEIGHTS = /^(?:.*[/._ -])?(?:params?|parameters|weights?|net|network|model)$/i;
const INDICES = /^(?:.*[/._ -])?(?:indices|index|mask|batch_mask|batch_indices)$/i;

/**
 * Reads gradients, and the weights and indices of the images if they are there, from a .npz, safetensors or JSON file,
 * from .npy files, or from a folder of .npy files. The content determines the format.
 *
 * Plain names (W1) are gradients, unless the gradients have other names (dW1, grads/W1, W1.grad): then they are
 * weights.
 *
 * @throws InputError if a file is none of these or damaged, or if none of the four tensors is there
 */
export function readLearnerFiles(paths: readonly string[]): LearnerFile {
  const files = paths.flatMap((path) => (statOf(path).isDirectory() ? npyFilesOf(path) : [path]));
  const arrays = new Map<string, NumberArray>();
  const seen = new Set<string>();
  for (const path of files) {
    for (const [key, array] of readArrays(path, seen)) {
      if (arrays.has(key)) throw new InputError(`${path} holds ${quoteName(key)}, and so does another file: give one`);
      arrays.set(key, array);
      seen.add(key);
    }
  }
  return sort(arrays, seen, paths.join(', '));
}

function statOf(path: string) {
  return withErrorPath(path, () => statSync(path));
}

function npyFilesOf(folder: string): string[] {
  const names = withErrorPath(folder, () => readdirSync(folder));
  const files = names.filter((name) => name.endsWith('.npy') && roleOf(name.slice(0, -4)) !== undefined);
  if (files.length === 0) throw new InputError(`${folder} has no W1.npy, b1.npy, W2.npy or b2.npy: save them there`);
  return files.sort().map((name) => join(folder, name));
}

/** @param seen receives all names in the file, for a message */
function readArrays(path: string, seen: Set<string>): ReadonlyMap<string, NumberArray> {
  if (statOf(path).isCharacterDevice())
    throw new InputError(`${path} is a device, not a file: name the file with the gradients`);
  const bytes = readBytes(path);
  const isWanted = (key: string) => seen.add(key) && roleOf(key) !== undefined;
  if (isNpy(bytes)) return new Map([[basename(path, extname(path)), readNpy(bytes, path)]]);
  if (isZip(bytes)) return readNpz(bytes, path, isWanted);
  const text = Buffer.from(bytes.subarray(0, 100))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (text.startsWith('{') || text.startsWith('[')) return readJsonArrays(bytes, path);
  if (bytes[8] === 0x7b) return decodeSafetensors(bytes, path, isWanted).tensors;
  throw new InputError(
    `${path} is none of .npz, .npy, safetensors and JSON: save with np.savez('grads.npz', W1=dW1, b1=db1, W2=dW2, b2=db2)`,
  );
}

interface Role {
  readonly kind: 'plain' | 'gradient' | 'weights';
  readonly tensor: TensorName;
}

function roleOf(key: string): Role | 'indices' | undefined {
  if (INDICES.test(key)) return 'indices';
  const { before = '', tensor, after = '' } = NAME.exec(key.slice(-200))?.groups ?? {};
  if (tensor === undefined) return undefined;
  const name = tensor[0].toUpperCase() === 'W' ? `W${tensor[1]}` : `b${tensor[1]}`;
  const role = (kind: Role['kind']) => ({ kind, tensor: name as TensorName });
  if (after !== '') return GRADIENT.test(after) ? role('gradient') : undefined;
  if (before === '') return role('plain');
  return GRADIENT.test(before) ? role('gradient') : WEIGHTS.test(before) ? role('weights') : undefined;
}

function sort(arrays: ReadonlyMap<string, NumberArray>, seen: ReadonlySet<string>, source: string): LearnerFile {
  const kinds = { plain: new Map<TensorName, NumberArray>(), gradient: new Map(), weights: new Map() };
  let indices: NumberArray | undefined;
  for (const [key, array] of arrays) {
    const role = roleOf(key);
    if (role === undefined) continue;
    if (role === 'indices') {
      indices = array;
      continue;
    }
    const kind = kinds[role.kind];
    if (kind.has(role.tensor)) {
      throw new InputError(`${source} holds ${role.tensor} more than once, as ${quoteName(key)} too: keep one of them`);
    }
    kind.set(role.tensor, array);
  }
  const { plain, gradient, weights } = kinds;
  if (plain.size + gradient.size === 0) {
    const found = [...seen].slice(0, 8).map(quoteName).join(', ') || 'nothing';
    throw new InputError(
      `${source} has none of W1, b1, W2, b2; found ${found}: name them, as np.savez('grads.npz', W1=dW1, …) does`,
    );
  }
  if (gradient.size === 0) return { gradients: plain, weights, indices };
  if (plain.size > 0 && weights.size > 0) {
    throw new InputError(`${source} has weights twice, with plain names and as weights: keep one set`);
  }
  return { gradients: gradient, weights: plain.size > 0 ? plain : weights, indices };
}

/**
 * The net with a learner's weights.
 *
 * @throws InputError if one is missing, does not have the shape that W1 and W2 imply, or is not finite; or if there are
 *   more hidden units than `LIMITS` allow
 */
export function netOf(weights: ReadonlyMap<string, NumberArray>, source: string): TwoLayerNet {
  const shapeOf = (name: string) => weights.get(name)?.shape;
  const sizes = {
    inputSize: shapeOf('W1')?.[0] ?? 0,
    hiddenSize: shapeOf('W1')?.[1] ?? 0,
    outputSize: shapeOf('W2')?.[1] ?? 0,
  };
  requireHidden(sizes.hiddenSize, source);
  for (const name of TENSORS) {
    const [has, wants] = [shapeOf(name), shapes(sizes)[name]];
    if (has === undefined) throw new InputError(`${source} has weights, but no ${name}: give all four, or none`);
    if (has.join() !== wants.join() || wants.includes(0)) {
      throw new InputError(
        `${source} has a weight ${name} of shape (${has.join(', ')}), which does not fit W1 (784, hidden), W2 (hidden, 10)`,
      );
    }
  }
  const net = { ...sizes, ...zeroParameters(sizes) };
  for (const name of TENSORS) net[name].set(weights.get(name)!.data);
  if (!net.all.every(Number.isFinite)) throw new InputError(`${source} has weights that are not finite`);
  return net;
}

function requireHidden(hiddenSize: number, source: string): void {
  if (hiddenSize <= LIMITS.hiddenSize) return;
  const count = formatCount(hiddenSize);
  throw new InputError(
    `${source} has the shapes of ${count} hidden units: check takes at most ${formatCount(LIMITS.hiddenSize)}, as --hidden does`,
  );
}

/**
 * Indices of images, from a file.
 *
 * @throws InputError if one is not an integer ≥ 0, or there are none, or more than `LIMITS` allow
 */
export function indicesOf(array: NumberArray | undefined, source: string): number[] | undefined {
  if (array === undefined) return undefined;
  if (array.data.length > LIMITS.batchSize) {
    const count = formatCount(array.data.length);
    throw new InputError(
      `${source} has ${count} indices of images: check takes at most ${formatCount(LIMITS.batchSize)}, as --batch does`,
    );
  }
  const indices = Array.from(array.data);
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= 2 ** 32);
  if (wrong !== undefined || indices.length === 0) {
    throw new InputError(`${source} has indices that are not indices of images: ${wrong ?? 'an empty list'}`);
  }
  return indices;
}

/**
 * H of the net whose gradient these are, if their shapes agree on one; matrices may be transposed.
 *
 * @throws InputError if it is more than `LIMITS` allow
 */
export function hiddenSizeOf(
  gradients: ReadonlyMap<string, NumberArray>,
  inputSize: number,
  source: string,
): number | undefined {
  const shapeOf = (name: string) => gradients.get(name)?.shape ?? [];
  const other = (shape: readonly number[], known: number) => {
    if (shape.length !== 2 || !shape.includes(known)) return [];
    return [shape[0] === known ? shape[1] : shape[0]];
  };
  const found = [...other(shapeOf('W1'), inputSize), ...other(shapeOf('W2').toReversed(), CLASSES)];
  if (found.length === 0 && shapeOf('b1').length === 1) found.push(...shapeOf('b1'));
  if (!found.every((size) => size === found[0] && size > 0)) return undefined;
  if (found.length > 0) requireHidden(found[0], source);
  return found[0];
}
