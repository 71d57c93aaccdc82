import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';
import { randomStream, type RandomState } from '../network/random.js';
import { shapes, TENSORS, zeroParameters } from '../network/two-layer-net.js';
import { asHyperParameters } from './hyper-parameters.js';
import { decodeSafetensors, encodeSafetensors, tensorBytes, type Tensor } from './safetensors.js';
import { writeWhole } from './save-file.js';
import type { Training } from './train.js';

/** Bumped when an old reader would misread a new file. */
const FORMAT = 'gd-train 1';

/**
 * SHA-256, in hexadecimal, of the weights as a model file stores them: W1, b1, W2, b2, little-endian, in the precision
 * of the run. The same on every machine for the same run.
 */
export function weightsDigest(training: Training): string {
  return createHash('sha256')
    .update(tensorBytes(tensorsOf(training)))
    .digest('hex');
}

function tensorsOf({ net, hyperParameters }: Training) {
  return TENSORS.map((name) => (hyperParameters.precision === 'f32' ? Float32Array.from(net[name]) : net[name]));
}

/**
 * Writes a run to a safetensors file: the four tensors, and as metadata the hyper-parameters, the number of steps done,
 * the state of the random stream and the digest of the weights.
 */
export function saveTraining(path: string, training: Training): void {
  const { hyperParameters, net, random, iteration } = training;
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
  writeWhole(path, encodeSafetensors({ tensors, metadata }));
}

/**
 * Reads a run back; training goes on from it bit for bit.
 *
 * @throws InputError if the file is not one that `saveTraining` wrote
 */
export function loadTraining(path: string): Training {
  const { tensors, metadata } = decodeSafetensors(
    namingPath(path, () => readFileSync(path)),
    path,
  );
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
      throw new InputError(`${path} is damaged: tensor ${name} has shape ${JSON.stringify(shape ?? null)}`);
    }
  }
  const parameters = zeroParameters(sizes);
  for (const name of TENSORS) parameters[name].set(tensors.get(name)!.data);
  let training: Training;
  try {
    training = {
      hyperParameters: asHyperParameters(parseObject(metadata.get('hyper_parameters'))),
      net: { ...sizes, ...parameters },
      random: randomStream(parseObject(metadata.get('random_state')) as unknown as RandomState),
      iteration: parseCount(metadata.get('iteration')),
    };
  } catch (error) {
    throw new InputError(`${path} is damaged: its metadata cannot be read (${(error as Error).message})`);
  }
  const digest = metadata.get('sha256'); // files of version 0.1.0 have none
  if (digest !== undefined && digest !== weightsDigest(training)) {
    throw new InputError(`${path} is damaged: its weights do not have the SHA-256 that it names, ${digest}`);
  }
  return training;
}

function parseObject(json = ''): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new Error(`${json} is not an object`);
  return value as Record<string, unknown>;
}

function parseCount(text = ''): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`iteration ${JSON.stringify(text)} is not a count`);
  return Number(text);
}
