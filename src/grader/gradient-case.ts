import { gather, type MiniBatch } from '../dataset/mini-batch.js';
import { CLASSES, type Dataset, readImages } from '../dataset/mnist.js';
import { formatCount, InputError } from '../errors.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, parameterCount, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { DEFAULTS } from '../training/hyper-parameters.js';
import { loadTraining } from '../training/model-file.js';
import { newTraining } from '../training/train.js';
import { checkTrainedOn } from '../training/trained-on.js';
import type { OtherPoint } from './mistake.js';

/**
 * The largest case that is checked, whatever it comes from: an option, a model or the shapes in a file. `activations` are
 * hidden units times images: work and memory grow with them.
 */
export const LIMITS = { hiddenSize: 2_000, batchSize: 10_000, activations: 1_000_000 } as const;

/** Where a gradient is checked: the weights, and the images of the mini-batch. */
export interface GradientCase {
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly batch: MiniBatch;
  /** Draws of images that may have been meant instead. */
  readonly otherBatches: readonly { readonly what: string; readonly indices: Uint32Array }[];
  /** Other weights, or other images, that may have been meant instead; each is drawn when it is made. */
  readonly otherPoints: readonly OtherPoint[];
}

interface GradientCaseOptions {
  /** Default 0. */
  readonly seed?: number | undefined;
  /** H, default 100. */
  readonly hidden?: number | undefined;
  /** N, default 100 or that of the model. */
  readonly batch?: number | undefined;
  /** A saved run: its weights, and its random stream, which draws the images. */
  readonly model?: string | undefined;
  /** The folder of the images, for messages. */
  readonly data?: string | undefined;
  /** Whether the images may be others than those that the model was trained on. */
  readonly otherData?: boolean | undefined;
  /** The images, instead of a draw. */
  readonly indices?: readonly number[] | undefined;
  /** The weights, instead of a draw. */
  readonly weights?: TwoLayerNet | undefined;
}

/**
 * Draws the net and the first mini-batch as training does, unless one of them is given.
 *
 * @param test images that may have been taken instead of training images
 * @throws InputError if weights and images do not fit each other, or there are more of them than `LIMITS` allow
 */
export function gradientCase(train: Dataset, options: GradientCaseOptions, test?: Dataset): GradientCase {
  const { seed = DEFAULTS.seed, hidden = DEFAULTS.hiddenSize, model, weights } = options;
  const hyperParameters = { ...DEFAULTS, seed, hiddenSize: weights?.hiddenSize ?? hidden };
  requireSize(hyperParameters.hiddenSize, options.indices?.length ?? options.batch ?? 1);
  const training = model === undefined ? newTraining(hyperParameters, train.inputSize) : loadTraining(model);
  const net = weights ?? training.net;
  const source = { folder: options.data, otherData: options.otherData };
  checkTrainedOn(model ?? 'W1', { ...training, net }, { train }, source);
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
  const setting: OtherSetting = { train, test, net, indices, seed, isDrawn };
  return { net, indices, batch: gatherImages(train, indices), otherBatches, otherPoints: otherPointsOf(setting) };
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

/** `gather`, but of a file only the images that are asked for are read. */
export function gatherImages(dataset: Dataset, indices: Uint32Array): MiniBatch {
  const { inputSize, labels } = dataset;
  const images = new Uint8Array(indices.length * inputSize);
  indices.forEach((index, n) => images.set(readImages(dataset, index, index + 1), n * inputSize));
  const few = {
    count: indices.length,
    rows: dataset.rows,
    columns: dataset.columns,
    inputSize,
    images,
    labels: Uint8Array.from(indices, (index) => labels[index]),
  };
  return gather(few, Uint32Array.from(indices.keys()));
}

/** Seeds that people take. */
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 100, 123, 1234, 12345, 2023, 2024, 2025];

interface OtherSetting {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly seed: number;
  /** Whether the weights are those that the seed draws. */
  readonly isDrawn: boolean;
}

const DRAW_ADVICE = 'draw the weights first, then the images, as gd-train check --help shows';
const TEST_ADVICE = 'take x_train[mask] and t_train[mask]';
const WEIGHTS_ADVICE =
  'W1 = 0.01 * np.random.randn(784, hidden), then W2 = 0.01 * np.random.randn(hidden, 10), biases 0';

/** Weights of nets with more parameters than this take too long to draw again and again. */
const MOST_PARAMETERS = 1_000_000;

function otherPointsOf(setting: OtherSetting): OtherPoint[] {
  const { net, indices } = setting;
  const isLarge = parameterCount(net) > MOST_PARAMETERS || net.hiddenSize * indices.length > LIMITS.activations / 10;
  if (isLarge) return testImages(setting);
  return [...testImages(setting), ...standardisedPixels(setting), ...otherSeeds(setting), ...otherWeights(setting)];
}

function testImages({ train, test, indices, seed, net, isDrawn }: OtherSetting): OtherPoint[] {
  if (!test || test.inputSize !== train.inputSize) return [];
  const point = (how: string, indicesOf: () => Uint32Array | undefined): OtherPoint => ({
    cause: 'test-images',
    what: `the images are test images, not training images: ${how}`,
    advice: TEST_ADVICE,
    make() {
      const chosen = indicesOf();
      return chosen && { batch: gatherImages(test, chosen) };
    },
  });
  const isThere = indices.every((index) => index < test.count);
  const first = Uint32Array.from({ length: indices.length }, (_, n) => n % test.count);
  return [
    point('those with the same indices', () => (isThere ? indices : undefined)),
    point(`the first ${indices.length}`, () => first),
    point(`drawn as np.random.choice(${test.count}, ${indices.length})`, () => {
      const random = randomStream(seed);
      if (isDrawn) create(train.inputSize, net.hiddenSize, net.outputSize, random);
      return random.choice(test.count, indices.length);
    }),
  ];
}

function standardisedPixels({ train, indices }: OtherSetting): OtherPoint[] {
  const point = (what: string, change: (pixel: number, mean: number, deviation: number) => number): OtherPoint => ({
    cause: 'pixels',
    what,
    advice: 'x lies in [0, 1]: the pixels, 0 to 255, are divided by 255 once',
    make() {
      const { mean, deviation } = moments(train);
      const batch = gatherImages(train, indices);
      return { batch: { ...batch, x: batch.x.map((pixel) => change(pixel, mean, deviation)) } };
    },
  });
  return [
    point(
      'the pixels are standardised by the mean and the standard deviation of all training images',
      (pixel, mean, deviation) => (pixel - mean) / deviation,
    ),
    point('the mean of all training images is subtracted from the pixels', (pixel, mean) => pixel - mean),
  ];
}

/** Mean and standard deviation of all pixels, which are 0 to 1. */
function moments({ images }: Dataset) {
  const counts = new Float64Array(256);
  for (const byte of images) counts[byte]++;
  const meanOf = (value: (pixel: number) => number) =>
    counts.reduce((sum, count, byte) => sum + count * value(byte / 255), 0) / images.length;
  const mean = meanOf((pixel) => pixel);
  return { mean, deviation: Math.sqrt(meanOf((pixel) => (pixel - mean) ** 2)) };
}

function otherSeeds({ train, net, indices, seed, isDrawn }: OtherSetting): OtherPoint[] {
  const draws = SEEDS.filter((other) => other !== seed).flatMap((other): OtherPoint[] => {
    const batch = (random: RandomStream) => gatherImages(train, random.choice(train.count, indices.length));
    const fresh = (random: RandomStream) => create(train.inputSize, net.hiddenSize, net.outputSize, random);
    const images: OtherPoint = {
      cause: 'other-batch',
      what: `the images are others: drawn right after np.random.seed(${other})`,
      advice: DRAW_ADVICE,
      make: () => ({ batch: batch(randomStream(other)) }),
    };
    if (!isDrawn) return [images];
    const seeds: OtherPoint = {
      cause: 'other-weights',
      what: `weights and images are those of seed ${other}`,
      advice: `np.random.seed(${seed}) first, or give gd-train check --seed ${other}`,
      make() {
        const random = randomStream(other);
        return { net: fresh(random), batch: batch(random) };
      },
    };
    const weights: OtherPoint = {
      cause: 'other-weights',
      what: `the weights are those of seed ${other}`,
      advice: WEIGHTS_ADVICE,
      make: () => ({ net: fresh(randomStream(other)) }),
    };
    return [images, seeds, weights];
  });
  return draws;
}

/** Weights of the right seed that were drawn, or scaled, in another way. */
function otherWeights({ train, net, indices, seed, isDrawn }: OtherSetting): OtherPoint[] {
  if (!isDrawn) return [];
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const point = (what: string, make: OtherPoint['make']): OtherPoint => ({
    cause: 'other-weights',
    what,
    advice: WEIGHTS_ADVICE,
    make,
  });
  const scaled = (w1: number, w2: number): TwoLayerNet => {
    const other = { ...net, ...zeroParameters(net) };
    other.W1.set(net.W1.map((weight) => (weight / 0.01) * w1));
    other.W2.set(net.W2.map((weight) => (weight / 0.01) * w2));
    return other;
  };
  const scales: [string, number, number][] = [
    ...[1, 0.1, 0.05, 0.02, 0.001].map((std): [string, number, number] => [String(std), std, std]),
    ['sqrt(1 / inputs) (Xavier)', Math.sqrt(1 / D), Math.sqrt(1 / H)],
    ['sqrt(2 / inputs) (He)', Math.sqrt(2 / D), Math.sqrt(2 / H)],
    ['sqrt(2 / (inputs + outputs)) (Glorot)', Math.sqrt(2 / (D + H)), Math.sqrt(2 / (H + K))],
  ];
  return [
    ...scales.map(([name, w1, w2]) =>
      point(`the weights have a standard deviation of ${name}, not of 0.01`, () => ({ net: scaled(w1, w2) })),
    ),
    point('the images are drawn before the weights', () => {
      const random = randomStream(seed);
      const batch = gatherImages(train, random.choice(train.count, indices.length));
      return { net: create(D, H, K, random), batch };
    }),
    point('W2 is drawn before W1', () => {
      const random = randomStream(seed);
      const other = { ...net, ...zeroParameters(net) };
      other.W2.set(random.randn(H * K).map((normal) => 0.01 * normal));
      other.W1.set(random.randn(D * H).map((normal) => 0.01 * normal));
      return { net: other };
    }),
    point('the weights are drawn by np.random.rand, not by randn', () => {
      const random = randomStream(seed);
      const other = { ...net, ...zeroParameters(net) };
      for (const weights of [other.W1, other.W2]) weights.forEach((_, i) => (weights[i] = 0.01 * random.uniform()));
      return { net: other, batch: gatherImages(train, random.choice(train.count, indices.length)) };
    }),
  ];
}
