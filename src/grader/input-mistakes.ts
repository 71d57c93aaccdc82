import { gatherImages, type MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { transpose } from '../network/matrix.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, parameterCount, type TwoLayerNet } from '../network/two-layer-net.js';
import { type Change, copyOf, type GradeContext, type Mistake, mistakes, type OtherPoint } from './mistake.js';

// Mistakes in the inputs of the forward pass: other pixels, other images, other weights.

/** Other pixels of the same images: (N, D). */
const pixels = (change: (x: Float64Array, inputSize: number, context: GradeContext) => Float64Array): Change => ({
  make: ({ net, batch }, context) => ({ batch: { ...batch, x: change(batch.x, net.inputSize, context) } }),
});

/** A change of each pixel separately. */
const eachPixel = (change: (pixel: number) => number) => pixels((x) => x.map(change));

/** Only the images from `first` to before `end` count; the mini-batch must have more than `most`. */
const images = (most: number, range: (count: number) => [first: number, end: number]): Change => ({
  make({ net: { inputSize: D, outputSize: K }, batch: { count, x, t } }) {
    if (count <= most) return undefined;
    const [first, end] = range(count);
    return { batch: { count: end - first, x: x.slice(first * D, end * D), t: t.slice(first * K, end * K) } };
  },
});

/** Mean and standard deviation; `counts` are the multiplicities of the values, by default 1. */
function moments(values: Float64Array, counts?: ArrayLike<number>) {
  const total = counts ? Array.from(counts).reduce((all, count) => all + count, 0) : values.length;
  const mean = values.reduce((all, value, i) => all + (counts?.[i] ?? 1) * value, 0) / total;
  const variance = values.reduce((all, value, i) => all + (counts?.[i] ?? 1) * (value - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}

function standardised(x: Float64Array): Float64Array {
  const { mean, deviation } = moments(x);
  return x.map((pixel) => (pixel - mean) / deviation);
}

function byImage(x: Float64Array, size: number, change: (image: Float64Array) => Float64Array): Float64Array {
  const changed = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += size) changed.set(change(x.subarray(at, at + size)), at);
  return changed;
}

const PIXELS = 'x lies in [0, 1]: the pixels, 0 to 255 and white on black, are divided by 255 once';
const DRAW = 'draw the weights first, then the images, as gd-train check --help shows';

export const INPUT_MISTAKES: readonly Mistake[] = [
  ...mistakes('pixels', PIXELS, {
    'the pixels are 0 to 255': eachPixel((pixel) => pixel * 255),
    'the pixels are divided by 255 twice': eachPixel((pixel) => pixel / 255),
    'the pixels are divided by 256, not by 255': eachPixel((pixel) => (pixel * 255) / 256),
    'the pixels are inverted, black on white: 1 - x': eachPixel((pixel) => 1 - pixel),
    'the pixels are inverted, and not divided by 255: 255 - x': eachPixel((pixel) => 255 - pixel * 255),
    'the pixels are scaled to -1 to 1': eachPixel((pixel) => 2 * pixel - 1),
    'the pixels are 0 or 1: whether there is any ink': eachPixel((pixel) => Number(pixel > 0)),
    'the pixels are 0 or 1: whether they are brighter than one half': eachPixel((pixel) => Number(pixel > 0.5)),
    'the pixels are standardised by mean 0.1307 and standard deviation 0.3081': eachPixel(
      (pixel) => (pixel - 0.1307) / 0.3081,
    ),
    'the pixels are standardised by the mean and the standard deviation of the mini-batch': pixels((x) =>
      standardised(x),
    ),
    'the pixels of each image are standardised by its own mean and standard deviation': pixels((x, D) =>
      byImage(x, D, standardised),
    ),
    'the mean of the mini-batch is subtracted from the pixels': pixels((x) => {
      const { mean } = moments(x);
      return x.map((pixel) => pixel - mean);
    }),
    'rows and columns of every image are exchanged': pixels((x, D, { train }) =>
      byImage(x, D, (image) => transpose(Float64Array.from(image), train.columns)),
    ),
  }),
  ...mistakes('image-missing', 'add up the gradients of all images', {
    'only the last image counts: each overwrites the one before': images(1, (count) => [count - 1, count]),
    'only the first image counts': images(1, () => [0, 1]),
  }),
  ...mistakes('image-missing', 'count through all images: range(N), not range(N - 1)', {
    'the last image is left out': images(2, (count) => [0, count - 1]),
  }),
];

/** The right program on other images. */
export function otherBatches({ otherBatches, train }: GradeContext): Mistake[] {
  return otherBatches.map(({ what, indices }) => ({
    cause: 'other-batch',
    what: `the images are others: ${what}`,
    advice: DRAW,
    make: () => ({ batch: gatherImages(train, indices) }),
  }));
}

/** The point at which a gradient was asked for. */
interface AskedPoint {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly seed: number;
  /** Whether the weights are those that the seed draws. */
  readonly isDrawn: boolean;
}

/** Seeds in common use. */
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 100, 123, 1234, 12345, 2023, 2024, 2025];

const WEIGHTS = 'W1 = 0.01 * np.random.randn(784, hidden), then W2 = 0.01 * np.random.randn(hidden, 10), biases 0';

/** Larger nets, and larger activations (hidden units times images), take too long to be computed again and again. */
const MOST = { parameters: 1_000_000, activations: 100_000 };

/** Other weights and images that may have been used by mistake; each is drawn when its `make` is called. */
export function otherPointsOf(asked: AskedPoint): OtherPoint[] {
  const { net, indices, isDrawn } = asked;
  const isLarge = parameterCount(net) > MOST.parameters || net.hiddenSize * indices.length > MOST.activations;
  if (isLarge) return testImages(asked);
  return [
    ...testImages(asked),
    ...standardisedPixels(asked),
    ...otherSeeds(asked),
    ...(isDrawn ? otherWeights(asked) : []),
  ];
}

/** Points with one cause and one advice; the keys of `makes` describe them. */
const points = (cause: string, advice: string, makes: Readonly<Record<string, OtherPoint['make']>>): OtherPoint[] =>
  Object.entries(makes).map(([what, make]) => ({ cause, what, advice, make }));

function testImages({ train, test, indices, seed, net, isDrawn }: AskedPoint): OtherPoint[] {
  if (!test || test.inputSize !== train.inputSize) return [];
  const { length } = indices;
  const isThere = indices.every((index) => index < test.count);
  const what = 'the images are test images, not training images';
  return points('test-images', 'take x_train[mask] and t_train[mask]', {
    [`${what}: those with the same indices`]: () => (isThere ? { batch: gatherImages(test, indices) } : undefined),
    [`${what}: the first ${length}`]() {
      const first = indices.map((_, n) => n % test.count);
      return { batch: gatherImages(test, first) };
    },
    [`${what}: drawn as np.random.choice(${test.count}, ${length})`]() {
      const random = randomStream(seed);
      if (isDrawn) create(train.inputSize, net.hiddenSize, net.outputSize, random);
      return { batch: gatherImages(test, random.choice(test.count, length)) };
    },
  });
}

function standardisedPixels({ train, indices }: AskedPoint): OtherPoint[] {
  const changed = (change: (pixel: number, mean: number, deviation: number) => number) => () => {
    const counts = new Float64Array(256);
    for (const byte of train.images) counts[byte]++;
    const { mean, deviation } = moments(
      counts.map((_, byte) => byte / 255),
      counts,
    );
    const batch = gatherImages(train, indices);
    return { batch: { ...batch, x: batch.x.map((pixel) => change(pixel, mean, deviation)) } };
  };
  return points('pixels', 'x lies in [0, 1]: the pixels, 0 to 255, are divided by 255 once', {
    'the pixels are standardised by the mean and the standard deviation of all training images': changed(
      (pixel, mean, deviation) => (pixel - mean) / deviation,
    ),
    'the mean of all training images is subtracted from the pixels': changed((pixel, mean) => pixel - mean),
  });
}

const freshNet = ({ train, net }: AskedPoint, random: RandomStream) =>
  create(train.inputSize, net.hiddenSize, net.outputSize, random);

const drawnBatch = ({ train, indices }: AskedPoint, random: RandomStream): MiniBatch =>
  gatherImages(train, random.choice(train.count, indices.length));

function otherSeeds(asked: AskedPoint): OtherPoint[] {
  const { seed, isDrawn } = asked;
  return SEEDS.filter((other) => other !== seed).flatMap((other) => {
    const images = points('other-batch', DRAW, {
      [`the images are others: drawn right after np.random.seed(${other})`]: () => ({
        batch: drawnBatch(asked, randomStream(other)),
      }),
    });
    if (!isDrawn) return images;
    return [
      ...images,
      ...points('other-weights', `np.random.seed(${seed}) first, or give gd-train check --seed ${other}`, {
        [`weights and images are those of seed ${other}`]() {
          const random = randomStream(other);
          return { net: freshNet(asked, random), batch: drawnBatch(asked, random) };
        },
      }),
      ...points('other-weights', WEIGHTS, {
        [`the weights are those of seed ${other}`]: () => ({ net: freshNet(asked, randomStream(other)) }),
      }),
    ];
  });
}

/** Weights of the right seed that were drawn, or scaled, in another way. */
function otherWeights(asked: AskedPoint): OtherPoint[] {
  const { net, seed } = asked;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const deviations: Record<string, [layer1: number, layer2: number]> = {
    ...Object.fromEntries([1, 0.1, 0.05, 0.02, 0.001].map((std) => [`${std}`, [std, std]])),
    'sqrt(1 / inputs) (Xavier)': [Math.sqrt(1 / D), Math.sqrt(1 / H)],
    'sqrt(2 / inputs) (He)': [Math.sqrt(2 / D), Math.sqrt(2 / H)],
    'sqrt(2 / (inputs + outputs)) (Glorot)': [Math.sqrt(2 / (D + H)), Math.sqrt(2 / (H + K))],
  };
  const scaled = Object.entries(deviations).map(([name, [layer1, layer2]]): [string, OtherPoint['make']] => [
    `the weights have a standard deviation of ${name}, not of 0.01`,
    () => {
      const other = copyOf(net);
      other.W1.forEach((weight, i) => (other.W1[i] = (weight / 0.01) * layer1));
      other.W2.forEach((weight, i) => (other.W2[i] = (weight / 0.01) * layer2));
      return { net: other };
    },
  ]);
  return points('other-weights', WEIGHTS, {
    ...Object.fromEntries(scaled),
    'the images are drawn before the weights'() {
      const random = randomStream(seed);
      const batch = drawnBatch(asked, random);
      return { net: freshNet(asked, random), batch };
    },
    'W2 is drawn before W1'() {
      const random = randomStream(seed);
      const other = copyOf(net);
      for (const weights of [other.W2, other.W1]) weights.set(random.randn(weights.length).map((z) => 0.01 * z));
      return { net: other };
    },
    'the weights are drawn by np.random.rand, not by randn'() {
      const random = randomStream(seed);
      const other = copyOf(net);
      for (const weights of [other.W1, other.W2]) weights.set(weights.map(() => 0.01 * random.uniform()));
      return { net: other, batch: drawnBatch(asked, random) };
    },
  });
}
