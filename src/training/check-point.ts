import type { NumberArray } from '../formats/number-array.js';
import { gather, type MiniBatch } from '../dataset/mini-batch.js';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import { InputError } from '../input-error.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { shapes, TENSORS, zeroParameters, type TwoLayerNet } from '../network/two-layer-net.js';
import { loadTraining } from './checkpoint.js';
import { DEFAULTS } from './hyper-parameters.js';
import { newTraining } from './train.js';

/** Where a gradient is checked: the weights, and the images of the mini-batch. */
export interface CheckPoint {
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly batch: MiniBatch;
  /** Draws of images that may have been meant instead. */
  readonly otherBatches: readonly { readonly what: string; readonly indices: Uint32Array }[];
}

export interface CheckPointOptions {
  /** Default 0. */
  readonly seed?: number | undefined;
  /** H, default 100. */
  readonly hidden?: number | undefined;
  /** N, default 100 or that of the model. */
  readonly batch?: number | undefined;
  /** A saved run: its weights, and its random stream, which draws the images. */
  readonly model?: string | undefined;
  /** The images, in the place of a draw. */
  readonly indices?: readonly number[] | undefined;
  /** The weights, in the place of a draw. */
  readonly weights?: TwoLayerNet | undefined;
}

/** Draws the net and the first mini-batch as training does, unless one of them is given. */
export function checkPoint(train: Dataset, options: CheckPointOptions): CheckPoint {
  const { seed = DEFAULTS.seed, hidden = DEFAULTS.hiddenSize, model, weights } = options;
  const hyperParameters = { ...DEFAULTS, seed, hiddenSize: weights?.hiddenSize ?? hidden };
  const training = model === undefined ? newTraining(hyperParameters, train.inputSize) : loadTraining(model);
  const net = weights ?? training.net;
  if (net.inputSize !== train.inputSize) {
    const whose = model ?? 'W1';
    throw new InputError(`${whose} is for images of ${net.inputSize} pixels, these have ${train.inputSize}`);
  }
  if (net.outputSize !== CLASSES) {
    throw new InputError(
      `the net has ${net.outputSize} classes, the images ${CLASSES}: W2 must be (hidden, ${CLASSES})`,
    );
  }
  const count = options.indices?.length ?? options.batch ?? training.hyperParameters.batchSize;
  const draw = (random: RandomStream) => random.choice(train.count, count);
  const drawn = draw(training.random);
  const indices = options.indices === undefined ? drawn : Uint32Array.from(options.indices);
  const wrong = indices.find((index) => index >= train.count);
  if (wrong !== undefined) {
    throw new InputError(`there is no training image ${wrong}: indices go from 0 to ${train.count - 1}`);
  }
  const otherBatches = [
    {
      what: `the first ${count} training images`,
      indices: Uint32Array.from({ length: count }, (_, n) => n % train.count),
    },
    { what: 'drawn right after np.random.seed, before the weights', indices: draw(randomStream(seed)) },
    { what: 'the next ones that the random numbers draw', indices: draw(training.random) },
    ...(options.indices === undefined ? [] : [{ what: 'those that the random numbers draw', indices: drawn }]),
  ].filter((other) => other.indices.join() !== indices.join());
  return { net, indices, batch: gather(train, indices), otherBatches };
}

/**
 * The net that a learner's weights make.
 *
 * @throws InputError if one is missing or has not the shape that the others ask for
 */
export function netOf(weights: ReadonlyMap<string, NumberArray>, source: string): TwoLayerNet {
  const shapeOf = (name: string) => weights.get(name)?.shape;
  const sizes = {
    inputSize: shapeOf('W1')?.[0] ?? 0,
    hiddenSize: shapeOf('W1')?.[1] ?? 0,
    outputSize: shapeOf('W2')?.[1] ?? 0,
  };
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

/**
 * Indices of images, from a file.
 *
 * @throws InputError if they are no whole numbers
 */
export function indicesOf(array: NumberArray | undefined, source: string): number[] | undefined {
  if (array === undefined) return undefined;
  const indices = Array.from(array.data);
  const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= 2 ** 32);
  if (wrong !== undefined || indices.length === 0) {
    throw new InputError(`${source} has indices that are none of images: ${wrong ?? 'an empty list'}`);
  }
  return indices;
}

/** H of the net whose gradient these are, if their shapes agree on one; matrices may be transposed. */
export function hiddenSizeOf(gradients: ReadonlyMap<string, NumberArray>, inputSize: number): number | undefined {
  const shapeOf = (name: string) => gradients.get(name)?.shape ?? [];
  const other = (shape: readonly number[], known: number) => {
    if (shape.length !== 2 || !shape.includes(known)) return [];
    return [shape[0] === known ? shape[1] : shape[0]];
  };
  const found = [...other(shapeOf('W1'), inputSize), ...other(shapeOf('W2').toReversed(), CLASSES)];
  if (found.length === 0 && shapeOf('b1').length === 1) found.push(...shapeOf('b1'));
  return found.every((size) => size === found[0] && size > 0) ? found[0] : undefined;
}
