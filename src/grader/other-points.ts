import { gatherImages, type MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, parameterCount, type TwoLayerNet } from '../network/two-layer-net.js';
import type { OtherPoint } from './mistake.js';
import { copyOf, moments } from './mistake-models.js';

/** Where a gradient was asked for. */
interface AskedPoint {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly net: TwoLayerNet;
  readonly indices: Uint32Array;
  readonly seed: number;
  /** Whether the weights are those that the seed draws. */
  readonly isDrawn: boolean;
}

/** Seeds that people take. */
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 100, 123, 1234, 12345, 2023, 2024, 2025];

const ADVICE = {
  draw: 'draw the weights first, then the images, as gd-train check --help shows',
  test: 'take x_train[mask] and t_train[mask]',
  weights: 'W1 = 0.01 * np.random.randn(784, hidden), then W2 = 0.01 * np.random.randn(hidden, 10), biases 0',
  pixels: 'x lies in [0, 1]: the pixels, 0 to 255, are divided by 255 once',
};

/** Larger nets, and larger activations (hidden units times images), take too long to be computed again and again. */
const MOST = { parameters: 1_000_000, activations: 100_000 };

/** Other weights and other images that may have been used by mistake; each is drawn when it is made. */
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

type Make = OtherPoint['make'];

/** Points of one cause and one advice, by what was done. */
const points = (cause: string, advice: string, makes: Readonly<Record<string, Make>>): OtherPoint[] =>
  Object.entries(makes).map(([what, make]) => ({ cause, what, advice, make }));

function testImages({ train, test, indices, seed, net, isDrawn }: AskedPoint): OtherPoint[] {
  if (!test || test.inputSize !== train.inputSize) return [];
  const { length } = indices;
  const isThere = indices.every((index) => index < test.count);
  const what = 'the images are test images, not training images';
  return points('test-images', ADVICE.test, {
    [`${what}: those with the same indices`]: () => (isThere ? { batch: gatherImages(test, indices) } : undefined),
    [`${what}: the first ${length}`]: () => ({
      batch: gatherImages(
        test,
        Uint32Array.from(indices, (_, n) => n % test.count),
      ),
    }),
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
  return points('pixels', ADVICE.pixels, {
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
    const images = points('other-batch', ADVICE.draw, {
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
      ...points('other-weights', ADVICE.weights, {
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
  const scaled = Object.entries(deviations).map(([name, [layer1, layer2]]): [string, Make] => [
    `the weights have a standard deviation of ${name}, not of 0.01`,
    () => ({
      net: withWeights(
        net,
        (w) => (w / 0.01) * layer1,
        (w) => (w / 0.01) * layer2,
      ),
    }),
  ]);
  return points('other-weights', ADVICE.weights, {
    ...Object.fromEntries(scaled),
    'the images are drawn before the weights'() {
      const random = randomStream(seed);
      const batch = drawnBatch(asked, random);
      return { net: freshNet(asked, random), batch };
    },
    'W2 is drawn before W1'() {
      const random = randomStream(seed);
      const W2 = random.randn(H * K);
      const W1 = random.randn(D * H);
      return {
        net: withWeights(
          net,
          (_, i) => 0.01 * W1[i],
          (_, i) => 0.01 * W2[i],
        ),
      };
    },
    'the weights are drawn by np.random.rand, not by randn'() {
      const random = randomStream(seed);
      const uniform = () => 0.01 * random.uniform();
      return { net: withWeights(net, uniform, uniform), batch: drawnBatch(asked, random) };
    },
  });
}

type Weight = (weight: number, i: number) => number;

/** The net with other weights, W1 computed before W2, and biases of 0. */
function withWeights(net: TwoLayerNet, W1: Weight, W2: Weight): TwoLayerNet {
  const other = copyOf(net);
  other.W1.set(net.W1.map(W1));
  other.W2.set(net.W2.map(W2));
  return other;
}
