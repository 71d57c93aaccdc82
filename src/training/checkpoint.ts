import { readFileSync } from 'node:fs';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';
import { randomStream, type RandomState } from '../network/random.js';
import { shapes, TENSORS, zeroParameters } from '../network/two-layer-net.js';
import { asHyperParameters } from './hyper-parameters.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.js';
import { writeWhole } from './save-file.js';
import type { Training } from './train.js';

/** Bumped when an old reader would misread a new file. */
const FORMAT = 'gd-train 1';

/**
 * Writes a run to a safetensors file: the four tensors, and as metadata the hyper-parameters, the number of steps done
 * and the state of the random stream.
 */
export function saveTraining(path: string, { hyperParameters, net, random, iteration }: Training): void {
  const shape = shapes(net);
  const tensors = new Map<string, Tensor>(TENSORS.map((name) => [name, { shape: shape[name], data: net[name] }]));
  const metadata = new Map([
    ['format', FORMAT],
    ['hyper_parameters', JSON.stringify(hyperParameters)],
    ['iteration', String(iteration)],
    ['random_state', JSON.stringify(random.state())],
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
  try {
    return {
      hyperParameters: asHyperParameters(parseObject(metadata.get('hyper_parameters'))),
      net: { ...sizes, ...parameters },
      random: randomStream(parseObject(metadata.get('random_state')) as unknown as RandomState),
      iteration: parseCount(metadata.get('iteration')),
    };
  } catch (error) {
    throw new InputError(`${path} is damaged: its metadata cannot be read (${(error as Error).message})`);
  }
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
