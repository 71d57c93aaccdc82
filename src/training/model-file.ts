import { createHash } from 'node:crypto';
import { CLASSES } from '../dataset/mnist.js';
import { preview, InputError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic-write.js';
import { type FileParts, withParts } from '../files/read.js';
import { encodeSafetensors, readLayout, readTensor, type Tensor, tensorBytes } from '../formats/safetensors.js';
import { type RandomState, randomStream } from '../network/random.js';
import { shapes, TENSORS, zeroParameters } from '../network/two-layer-net.js';
import { asHyperParameters } from './hyper-parameters.js';
import type { Training } from './train.js';

/** Bumped when an old reader would misread a new file. */
const FORMAT = 'gd-train 1';
/** Weights that are hashed at a time. */
const PIECE = 2 ** 16;

/**
 * SHA-256, in hexadecimal, of the weights as a model file stores them: W1, b1, W2, b2, little-endian, in the precision
 * of the run. The same on every machine for the same run.
 */
export function weightsDigest({ net, hyperParameters }: Training): string {
  const hash = createHash('sha256');
  for (let start = 0; start < net.all.length; start += PIECE) {
    const piece = net.all.subarray(start, start + PIECE);
    hash.update(tensorBytes([hyperParameters.precision === 'f32' ? Float32Array.from(piece) : piece]));
  }
  return hash.digest('hex');
}

function tensorsOf({ net, hyperParameters }: Training) {
  return TENSORS.map((name) => (hyperParameters.precision === 'f32' ? Float32Array.from(net[name]) : net[name]));
}

/**
 * Writes a run to a safetensors file: the four tensors, and as metadata the hyper-parameters, the number of steps done,
 * the state of the random stream and the digest of the weights. The file appears whole or not at all.
 */
export function saveTraining(path: string, training: Training): void {
  writeFileAtomic(path, encodeTraining(training));
}

/** The bytes that `saveTraining` writes. */
export function encodeTraining(training: Training): Uint8Array {
  const { hyperParameters, net, random, iteration, fallback } = training;
  const shape = shapes(net);
  const data = tensorsOf(training);
  const tensors = new Map<string, Tensor>(TENSORS.map((name, i) => [name, { shape: shape[name], data: data[i] }]));
  const metadata = new Map([
    ['format', FORMAT],
    ['hyper_parameters', JSON.stringify(hyperParameters)],
    ['iteration', String(iteration)],
    ['random_state', JSON.stringify(random.state())],
    ['sha256', weightsDigest(training)],
  ]);
  if (fallback !== undefined) metadata.set('fallback', fallback);
  return encodeSafetensors({ tensors, metadata });
}

/**
 * Reads a run back; training goes on from it bit for bit.
 *
 * @throws InputError if the file is not one that `saveTraining` wrote
 */
export function loadTraining(path: string): Training {
  return withParts(path, (file) => readTraining(file, path));
}

function readTraining(file: FileParts, path: string): Training {
  const { tensors, metadata } = readLayout(file, path);
  if (metadata.get('format') !== FORMAT) {
    throw new InputError(`${path} is not a model file of gd-train: its metadata has no format "${FORMAT}"`);
  }
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
  const parameters = zeroParameters(sizes);
  for (const name of TENSORS) readTensor(file, tensors.get(name)!, parameters[name]);
  let training: Training;
  try {
    training = {
      hyperParameters: asHyperParameters(parseObject(metadata.get('hyper_parameters'))),
      net: { ...sizes, ...parameters },
      random: randomStream(parseObject(metadata.get('random_state')) as unknown as RandomState),
      iteration: parseCount(metadata.get('iteration')),
    };
    const fallback = metadata.get('fallback');
    if (fallback !== undefined) training.fallback = fallback;
  } catch (error) {
    throw new InputError(`${path} is damaged: its metadata cannot be read (${(error as Error).message})`);
  }
  if (training.hyperParameters.hiddenSize !== hiddenSize) {
    throw new InputError(
      `${path} is damaged: it has ${hiddenSize} hidden units, and names ${training.hyperParameters.hiddenSize}`,
    );
  }
  const digest = metadata.get('sha256'); // files of version 0.1.0 have none
  if (digest !== undefined && digest !== weightsDigest(training)) {
    throw new InputError(`${path} is damaged: its weights do not have the SHA-256 that it names, ${preview(digest)}`);
  }
  return training;
}

function parseObject(json = ''): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new Error(`${preview(json)} is not an object`);
  return value as Record<string, unknown>;
}

function parseCount(text = ''): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`iteration ${preview(text)} is not a count`);
  return Number(text);
}
