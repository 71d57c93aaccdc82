import { createHash } from 'node:crypto';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import { InputError, NotFiniteError, preview } from '../errors.js';
import { writeFileAtomic } from '../files/write.js';
import { type FileParts, sha256, withParts } from '../files/read.js';
import { encodeSafetensors, readLayout, readTensor, type Tensor, tensorBytes } from '../formats/safetensors.js';
import { type RandomState, randomStream } from '../network/random.js';
import { shapes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { asHyperParameters } from './hyper-parameters.js';
import type { DatasetIdentity, Training } from './train.js';

// A model file is a safetensors file: the four tensors, and as metadata all that is needed to resume the run. The
// metadata also identify the images of the run, so that a model is not used with other images by mistake.

/** Name and version of the format. A change that older readers would misread needs a new version. */
const FORMAT = 'gd-train 1';
/** Number of weights that are hashed at once. */
const PIECE = 2 ** 16;

/**
 * Writes a run to a safetensors file: the four tensors, and as metadata the hyper-parameters, the number of steps done,
 * the state of the random stream, the identity of the data set if it is known, the digest of the weights, and a seal
 * over all of these. The file appears whole or not at all.
 */
export function saveTraining(path: string, training: Training): void {
  writeFileAtomic(path, encodeTraining(training));
}

/** The bytes that `saveTraining` writes. */
export function encodeTraining(training: Training): Uint8Array {
  const { hyperParameters, net, random, iteration, dataset, fallback } = training;
  const isSingle = hyperParameters.precision === 'f32';
  const shape = shapes(net);
  const tensors = new Map<string, Tensor>(
    TENSORS.map((name) => [name, { shape: shape[name], data: isSingle ? Float32Array.from(net[name]) : net[name] }]),
  );
  const metadata = new Map([
    ['format', FORMAT],
    ['hyper_parameters', JSON.stringify(hyperParameters)],
    ['iteration', String(iteration)],
    ['random_state', JSON.stringify(random.state())],
    ['dataset', JSON.stringify(dataset ?? null)],
    ['sha256', weightsDigest(training)],
  ]);
  if (fallback !== undefined) metadata.set('fallback', fallback);
  metadata.set('seal', sealOf(metadata));
  return encodeSafetensors({ tensors, metadata });
}

/**
 * SHA-256, in hexadecimal, of the weights as a model file stores them: W1, b1, W2, b2, little-endian, in the precision
 * of the run. It is the same on every machine for the same run, except with --gradient tfjs or
 * where plain TypeScript replaces the SIMD kernels.
 */
export function weightsDigest({ net, hyperParameters }: Pick<Training, 'net' | 'hyperParameters'>): string {
  const hash = createHash('sha256');
  for (let start = 0; start < net.all.length; start += PIECE) {
    const piece = net.all.subarray(start, start + PIECE);
    hash.update(tensorBytes([hyperParameters.precision === 'f32' ? Float32Array.from(piece) : piece]));
  }
  return hash.digest('hex');
}

/** SHA-256 of the metadata without the seal, in a fixed order. The metadata include the digest of the weights. */
function sealOf(metadata: ReadonlyMap<string, string>): string {
  const entries = [...metadata].filter(([name]) => name !== 'seal').sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(Buffer.from(JSON.stringify(entries)));
}

/**
 * Reads the run that a model file stores. If it is resumed, its result equals that of an uninterrupted run, bit by bit.
 *
 * @throws InputError if `saveTraining` did not write the file, or if it was changed since; NotFiniteError if a weight
 *   is NaN or infinite
 */
export function loadTraining(path: string): Training {
  return withParts(path, (file) => readTraining(file, path));
}

function readTraining(file: FileParts, path: string): Training {
  const { tensors, metadata } = readLayout(file, path);
  if (metadata.get('format') !== FORMAT) {
    throw new InputError(`${path} is not a model file of gd-train: its metadata has no format "${FORMAT}"`);
  }
  const { hyperParameters, ...rest } = readMetadata(metadata, path);
  const [inputSize, hiddenSize] = tensors.get('W1')?.shape ?? [];
  const outputSize = tensors.get('W2')?.shape[1];
  const sizes = { inputSize, hiddenSize, outputSize: outputSize ?? 0 };
  const expected = shapes(sizes);
  for (const name of TENSORS) {
    const shape = tensors.get(name)?.shape;
    if (shape === undefined || shape.join() !== expected[name].join() || shape.includes(0)) {
      throw new InputError(`${path} is damaged: tensor ${name} has shape ${preview(shape ?? null)}`);
    }
  }
  if (outputSize !== CLASSES) throw new InputError(`${path} has ${outputSize} classes, not ${CLASSES}`);
  if (hyperParameters.hiddenSize !== hiddenSize) {
    throw new InputError(
      `${path} is damaged: it has ${hiddenSize} hidden units, and names ${hyperParameters.hiddenSize}`,
    );
  }
  const parameters = zeroParameters(sizes);
  for (const name of TENSORS) readTensor(file, tensors.get(name)!, parameters[name]);
  const training: Training = { hyperParameters, net: { ...sizes, ...parameters }, ...rest };
  const fallback = metadata.get('fallback');
  if (fallback !== undefined) training.fallback = fallback;
  const digest = metadata.get('sha256'); // files of version 0.1.0 have none
  if (digest !== undefined && digest !== weightsDigest(training)) {
    throw new InputError(`${path} is damaged: its weights do not have the SHA-256 that it names, ${preview(digest)}`);
  }
  checkFinite(training.net, path);
  return training;
}

/** All of a run but the net. */
function readMetadata(metadata: ReadonlyMap<string, string>, path: string): Omit<Training, 'net'> {
  let known: Omit<Training, 'net'>;
  try {
    const hyperParameters = asHyperParameters(parseObject(metadata.get('hyper_parameters')));
    known = {
      hyperParameters,
      random: randomStream(parseObject(metadata.get('random_state')) as unknown as RandomState),
      iteration: parseCount(metadata.get('iteration'), hyperParameters.iterations),
      dataset: asDataset(JSON.parse(metadata.get('dataset') ?? 'null') as Partial<DatasetIdentity> | null),
    };
  } catch (error) {
    throw new InputError(`${path} is damaged: its metadata is not readable (${(error as Error).message})`);
  }
  // Files of older versions have neither a seal nor the identity of a data set.
  if ((metadata.has('seal') || metadata.has('dataset')) && metadata.get('seal') !== sealOf(metadata)) {
    throw new InputError(`${path} is damaged: its metadata was changed after it was saved; restore a copy of it`);
  }
  return known;
}

function parseObject(json = ''): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new Error(`${preview(json)} is not an object`);
  return value as Record<string, unknown>;
}

function parseCount(text = '', most: number): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`iteration ${preview(text)} is not a count`);
  if (Number(text) > most) throw new Error(`iteration ${text} is past the last, ${most}`);
  return Number(text);
}

function asDataset(stored: Partial<DatasetIdentity> | null): DatasetIdentity | undefined {
  if (stored === null) return undefined;
  const { name, train, test } = stored;
  for (const text of [name, train, test]) {
    if (typeof text !== 'string') throw new Error(`${preview(stored)} is not a data set`);
  }
  return { name: name!, train: train!, test: test! };
}

function checkFinite(net: TwoLayerNet, path: string): void {
  for (const name of TENSORS) {
    const index = net[name].findIndex((weight) => !Number.isFinite(weight));
    if (index < 0) continue;
    throw new NotFiniteError(
      `${path} has weights that are not finite (${name}: ${net[name][index]} at ${index}): train again with a smaller --lr`,
    );
  }
}

// The images of a run.

/** The parts of a data set that will be used with a model. */
interface UsedData {
  readonly train?: Dataset;
  readonly test?: Dataset;
}

/** Identifies a data set by digests, at about 0.6 ms per MB. */
export function identifyDataset({ train, test }: Required<UsedData>): DatasetIdentity {
  return { name: nameOf(train), train: digestOf(train), test: digestOf(test) };
}

const nameOf = ({ name = 'unnamed' }: Dataset) => name;

/** The digests that were computed so far. */
const digests = new WeakMap<Dataset, string>();

/** SHA-256 of sizes, labels and pixels, which does not depend on the compression of the files. */
function digestOf(dataset: Dataset): string {
  const { count, rows, columns, labels, images } = dataset;
  const digest =
    digests.get(dataset) ??
    createHash('sha256').update(`${count} ${rows} ${columns}\n`).update(labels).update(images).digest('hex');
  digests.set(dataset, digest);
  return digest;
}

/**
 * Checks that a model is used with the images that it was trained on.
 *
 * @param model name of the model in messages
 * @param training the model; one without the identity of its images, from an older version, fits all of the right size
 * @param otherData true if other images are allowed; their size must fit in any case
 * @throws InputError if the images do not fit
 */
export function checkTrainedOn(
  model: string,
  { net, dataset: known }: Pick<Training, 'net' | 'dataset'>,
  data: UsedData,
  otherData = false,
): void {
  for (const part of ['train', 'test'] as const) {
    const dataset = data[part];
    if (dataset === undefined) continue;
    if (net.inputSize !== dataset.inputSize) {
      throw new InputError(
        `${model} takes images of ${net.inputSize} pixels, these have ${dataset.inputSize}: choose the data set that it was made for`,
      );
    }
    if (known === undefined || otherData || digestOf(dataset) === known[part]) continue;
    const kind = part === 'train' ? 'training' : 'test';
    throw new InputError(
      `${model} was trained on ${preview(known.name)}, and ${preview(nameOf(dataset))} has other ${kind} images: ` +
        'name the right folder with --data, or add --other-data to use these',
    );
  }
}
