import { gatherImages, type MiniBatch } from '../dataset/mini-batch.js';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import { formatCount, InputError } from '../errors.js';
import { randomStream, type RandomStream } from '../network/random.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { DEFAULTS } from '../training/hyper-parameters.js';
import { checkTrainedOn, loadTraining } from '../training/model-file.js';
import { newTraining } from '../training/train.js';
import type { GradeContext, OtherPoint } from './mistake.js';
import { otherPointsOf } from './input-mistakes.js';

/**
 * The largest case that is checked; the sizes may come from an option, a model or the shapes in a file. `activations`
 * is the product of hidden units and images, to which work and memory are proportional.
 */
export const LIMITS = { hiddenSize: 2_000, batchSize: 10_000, activations: 1_000_000 } as const;

/** The point at which a gradient is checked: the weights and the mini-batch. */
export interface GradientCase {
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly batch: MiniBatch;
  /** Other draws of images that a learner may have used. */
  readonly otherBatches: GradeContext['otherBatches'];
  /** Other weights or images that a learner may have used; each is drawn when `make` is called. */
  readonly otherPoints: readonly OtherPoint[];
}

interface GradientCaseOptions {
  /** Default 0. */
  readonly seed?: number | undefined;
  /** H, default 100. */
  readonly hidden?: number | undefined;
  /** N, default 100 or that of the model. */
  readonly batch?: number | undefined;
  /** The model file of a training, whose weights are used and whose random stream draws the images. */
  readonly model?: string | undefined;
  /** Whether images other than those of the model's training are allowed. */
  readonly otherData?: boolean | undefined;
  /** The images, instead of a draw. */
  readonly indices?: readonly number[] | undefined;
  /** The weights, instead of a draw. */
  readonly weights?: TwoLayerNet | undefined;
}

/**
 * Draws the net and the first mini-batch as training does, unless one of them is given.
 *
 * @param test images that a learner may have used instead of training images
 * @throws InputError if weights and images do not fit each other, or there are more of them than `LIMITS` allow
 */
export function gradientCase(train: Dataset, options: GradientCaseOptions, test?: Dataset): GradientCase {
  const { seed = DEFAULTS.seed, hidden = DEFAULTS.hiddenSize, model, weights } = options;
  const hyperParameters = { ...DEFAULTS, seed, hiddenSize: weights?.hiddenSize ?? hidden };
  requireSize(hyperParameters.hiddenSize, options.indices?.length ?? options.batch ?? 1);
  const training = model === undefined ? newTraining(hyperParameters, train.inputSize) : loadTraining(model);
  const net = weights ?? training.net;
  checkTrainedOn(model ?? 'W1', { ...training, net }, { train }, options.otherData);
  if (net.outputSize !== CLASSES) {
    throw new InputError(
      `the net has ${net.outputSize} classes, the images ${CLASSES}: W2 must be (hidden, ${CLASSES})`,
    );
  }
  const count = options.indices?.length ?? options.batch ?? training.hyperParameters.batchSize;
  requireSize(net.hiddenSize, count);
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
  const isDrawn = model === undefined && weights === undefined;
  const otherPoints = otherPointsOf({ train, test, net, indices, seed, isDrawn });
  return { net, indices, batch: gatherImages(train, indices), otherBatches, otherPoints };
}

function requireSize(hiddenSize: number, count: number): void {
  const [units, images] = [formatCount(hiddenSize), formatCount(count)];
  if (hiddenSize > LIMITS.hiddenSize) {
    throw new InputError(
      `a net of ${units} hidden units is too large to check: at most ${formatCount(LIMITS.hiddenSize)}, as --hidden takes`,
    );
  }
  if (count > LIMITS.batchSize) {
    throw new InputError(
      `a mini-batch of ${images} images is too large to check: give at most ${formatCount(LIMITS.batchSize)} with --batch or --indices`,
    );
  }
  if (hiddenSize * count > LIMITS.activations) {
    const most = formatCount(Math.floor(LIMITS.activations / hiddenSize));
    throw new InputError(
      `${units} hidden units times ${images} images are too much to check: give at most ${most} images with --batch or --indices`,
    );
  }
}
