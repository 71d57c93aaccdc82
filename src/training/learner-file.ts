import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { quoteName, type NumberArray } from '../formats/number-array.js';
import { readJsonArrays } from '../formats/read-json-arrays.js';
import { isNpy, readNpy } from '../formats/read-npy.js';
import { readNpz } from '../formats/read-npz.js';
import { isZip } from '../formats/read-zip.js';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';
import { TENSORS } from '../network/two-layer-net.js';
import { decodeSafetensors } from './safetensors.js';

type TensorName = (typeof TENSORS)[number];

/** What a learner handed in. */
export interface LearnerFile {
  readonly gradients: ReadonlyMap<TensorName, NumberArray>;
  /** The weights that they were computed at, if they are there too. */
  readonly weights: ReadonlyMap<TensorName, NumberArray>;
  /** Which training images, if that is there too. */
  readonly indices: NumberArray | undefined;
}

/** dW1, gW1, grads/W1, grad_W1, W1.grad … are gradients in any case, params/W1 and the like weights in any case. */
const NAME = /^(?:(?<before>.*?)[/._ -]?)?(?<tensor>[wb][12])(?:[/._ -]?(?<after>[a-z]+))?$/i;
const GRADIENT = /^(?:.*[/._ -])?(?:d|g|dl_?d|grads?|gradients?)$/i;
const WEIGHTS = /^(?:.*[/._ -])?(?:params?|parameters|weights?|net|network|model)$/i;
const INDICES = /^(?:.*[/._ -])?(?:indices|index|mask|batch_mask|batch_indices)$/i;

/**
 * Reads gradients, and perhaps the weights and the indices of the images that go with them: from a .npz, safetensors or
 * JSON file, from .npy files, or from a folder of these. Formats are told by their content.
 *
 * Plain names (W1) are gradients; but where the gradients have names of their own (dW1, grads/W1, W1.grad), they are the
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
  return namingPath(path, () => statSync(path));
}

function npyFilesOf(folder: string): string[] {
  const names = namingPath(folder, () => readdirSync(folder));
  const files = names.filter((name) => name.endsWith('.npy') && roleOf(name.slice(0, -4)) !== undefined);
  if (files.length === 0) throw new InputError(`${folder} has no W1.npy, b1.npy, W2.npy or b2.npy: save them there`);
  return files.sort().map((name) => join(folder, name));
}

/** @param seen gets the names that are passed over, for a message */
function readArrays(path: string, seen: Set<string>): Map<string, NumberArray> {
  if (statOf(path).isCharacterDevice()) throw new InputError(`${path} is no file: name the file with the gradients`);
  const bytes = namingPath(path, () => readFileSync(path));
  if (isNpy(bytes)) return new Map([[basename(path, extname(path)), readNpy(bytes, path)]]);
  if (isZip(bytes)) return readNpz(bytes, path, (key) => seen.add(key) && roleOf(key) !== undefined);
  const text = bytes
    .subarray(0, 100)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (text.startsWith('{') || text.startsWith('[')) return readJsonArrays(bytes, path);
  if (bytes[8] === 0x7b) return fromSafetensors(bytes, path);
  throw new InputError(
    `${path} is none of .npz, .npy, safetensors and JSON: save with np.savez('grads.npz', W1=dW1, b1=db1, W2=dW2, b2=db2)`,
  );
}

function fromSafetensors(bytes: Uint8Array, path: string): Map<string, NumberArray> {
  const { tensors } = decodeSafetensors(bytes, path);
  const typeOf = (data: Float64Array | Float32Array) => (data instanceof Float64Array ? 'float64' : 'float32');
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data, type: typeOf(data) }]));
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
