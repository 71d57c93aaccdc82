import { golden } from '../helpers/golden.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { InputError } from '#src/errors.js';
import type { NumberArray } from '#src/formats/arrays.js';
import { gradientCase } from '#src/grader/gradient-case.js';
import { hiddenSizeOf, indicesOf, netOf } from '#src/grader/submission.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { newTraining } from '#src/training/train.js';

const { train } = loadDataset();
const array = (shape: number[]): NumberArray => ({
  shape,
  data: new Float64Array(shape.reduce((product, size) => product * size, 1)),
});
const arrays = (shapes: Record<string, number[]>) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, array(shape)]));

test('weights and images are those that NumPy draws, and the first of training', () => {
  const { net, indices } = gradientCase(train, {});
  const numpy = golden<{ W1_first: number[]; W2_first: number[]; first_batch: number[] }>('two-layer-net-seed0-200');
  expect([...indices.subarray(0, 10)]).toEqual(numpy.first_batch);
  numpy.W1_first.forEach((value, i) => expect(net.W1[i]).toBeCloseTo(value, 16));
  numpy.W2_first.forEach((value, i) => expect(net.W2[i]).toBeCloseTo(value, 16));
  const training = newTraining(DEFAULTS, 784);
  expect(net.all).toEqual(training.net.all);
  expect(indices).toEqual(training.random.choice(60000, 100));
});

test('given images and weights replace the drawn ones; other draws are candidates for what was meant', () => {
  const weights = newTraining({ ...DEFAULTS, seed: 9, hiddenSize: 4 }, 784).net;
  const { net, indices, batch, otherBatches } = gradientCase(train, { weights, indices: [5, 5, 7] });
  expect(net).toBe(weights);
  expect([...indices]).toEqual([5, 5, 7]);
  expect(batch.count).toBe(3);
  expect([...otherBatches[0].indices]).toEqual([0, 1, 2]);
  expect(otherBatches.map(({ what }) => what)).toContain('those that the random numbers draw');
});

test.each<[string, Record<string, number[]>, number | undefined]>([
  ['all four', { W1: [784, 50], b1: [50], W2: [50, 10], b2: [10] }, 50],
  ['transposed', { W1: [50, 784], W2: [10, 50] }, 50],
  ['ten hidden units', { W1: [784, 10], W2: [10, 10] }, 10],
  ['a bias that is not summed', { W1: [784, 50], b1: [100, 50] }, 50],
  ['a bias alone', { b1: [50] }, 50],
  ['b2 alone', { b2: [10] }, undefined],
  ['shapes that disagree', { W1: [784, 50], W2: [60, 10] }, undefined],
  ['flat lists', { W1: [39200], W2: [500] }, undefined],
  ['no hidden units', { W1: [784, 0] }, undefined],
])('hidden units of %s', (_, shapes, expected) => {
  expect(hiddenSizeOf(arrays(shapes), 784, 'f')).toBe(expected);
});

test.each<[string, () => unknown, string]>([
  ['a weight missing', () => netOf(arrays({ W1: [784, 3], b1: [3], W2: [3, 10] }), 'f'), 'f has weights, but no b2'],
  ['a bias too long', () => netOf(arrays({ W1: [784, 3], b1: [4], W2: [3, 10], b2: [10] }), 'f'), 'b1 of shape (4)'],
  [
    'weights that are not finite',
    () =>
      netOf(
        new Map([
          ...arrays({ b1: [3], W2: [3, 10], b2: [10] }),
          ['W1', { ...array([1, 3]), data: Float64Array.of(1, NaN, 2) }],
        ]),
        'f',
      ),
    'not finite',
  ],
  [
    'images that are none',
    () => indicesOf({ ...array([1]), data: Float64Array.of(-1) }, 'f'),
    'not indices of images: -1',
  ],
  ['no images', () => indicesOf(array([0]), 'f'), 'an empty list'],
  [
    '20,000 hidden units in a gradient',
    () => hiddenSizeOf(arrays({ W2: [20000, 10] }), 784, 'f'),
    'f has the shapes of 20,000 hidden units: check takes at most 2,000',
  ],
  [
    '20,000 hidden units in weights',
    () => netOf(arrays({ W1: [2, 20000], b1: [20000], W2: [20000, 10], b2: [10] }), 'f'),
    'at most 2,000',
  ],
  ['20,000 hidden units', () => gradientCase(train, { hidden: 20000 }), 'at most 2,000, as --hidden takes'],
  ['more indices than images of a batch', () => indicesOf(array([10001]), 'f'), 'at most 10,000, as --batch does'],
  ['a batch of 20,000', () => gradientCase(train, { batch: 20000 }), 'give at most 10,000 with --batch'],
  [
    'units times images',
    () => gradientCase(train, { hidden: 2000, batch: 800 }),
    'give at most 500 images with --batch',
  ],
  ['images beyond the last', () => gradientCase(train, { indices: [60000] }), 'no training image 60000'],
])('%s: refused', (_, attempt, why) => {
  expect(attempt).toThrow(InputError);
  expect(attempt).toThrow(why);
});
