import { golden } from '../helpers/golden.js';
import { testable } from '../helpers/tfjs.js';
import { partialDerivative } from '#src/calculus/gradient.js';
import { drawMiniBatch, gather } from '#src/dataset/mini-batch.js';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { type EngineName, engines, openEngine, PRECISIONS } from '#src/engines/registry.js';
import { randomStream } from '#src/network/random.js';
import { create, loss, type Parameters, TENSORS } from '#src/network/two-layer-net.js';

const { train } = loadDataset();
const names = testable(Object.keys(engines)) as EngineName[];

/** How far an engine may be from NumPy: rounding, and in float64 the h² of central differences. */
const TOLERANCES = {
  f64: { loss: 1e-9, gradient: 1e-6, weights: 1e-8, digits: 14 },
  f32: { loss: 1e-6, gradient: 1e-5, weights: 1e-6, digits: 6 },
};

/** The net and the mini-batch that the golden runs begin with. */
function firstStep(hiddenSize = 100, batchSize = 100) {
  const random = randomStream(0);
  const net = create(train.inputSize, hiddenSize, 10, random);
  return { net, batch: drawMiniBatch(train, random, batchSize) };
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const difference = (a: Parameters, b: Parameters, name: (typeof TENSORS)[number]) =>
  largest(a[name].map((value, i) => value - b[name][i]));

describe.each(names)('%s', (name) => {
  const tolerance = TOLERANCES[PRECISIONS[name][0]];

  interface Case {
    seed: number;
    inputSize: number;
    hiddenSize: number;
    learningRate: number;
    images: number[];
    labels: number[];
    losses: number[];
    firstGradientAbsSum: Record<string, number>;
    finalAbsSum: Record<string, number>;
  }

  test.each(golden<Case[]>('two-layer-net-small'))(
    'thirty steps of $inputSize-$hiddenSize-10 retrace NumPy',
    async ({ seed, inputSize, hiddenSize, learningRate, images, labels, ...expected }) => {
      const count = labels.length;
      const data: Dataset = {
        ...{ count, rows: 1, columns: inputSize, inputSize },
        ...{ images: Uint8Array.from(images), labels: Uint8Array.from(labels) },
      };
      const batch = gather(data, Uint32Array.from(labels.keys()));
      const net = create(inputSize, hiddenSize, 10, randomStream(seed));
      const engine = await openEngine(name);
      for (const [step, numpyLoss] of expected.losses.entries()) {
        const gradient = await engine.gradients(net, batch);
        expect(Math.abs(gradient.loss - numpyLoss)).toBeLessThan(tolerance.loss);
        for (const tensor of TENSORS) {
          const sum = gradient[tensor].reduce((total, value) => total + Math.abs(value), 0);
          if (step === 0)
            expect(Math.abs(sum / expected.firstGradientAbsSum[tensor] - 1)).toBeLessThan(tolerance.gradient);
        }
        net.all.forEach((value, i) => (net.all[i] = value - learningRate * gradient.all[i]));
      }
      for (const tensor of TENSORS) {
        const sum = net[tensor].reduce((total, value) => total + Math.abs(value), 0);
        expect(Math.abs(sum / expected.finalAbsSum[tensor] - 1)).toBeLessThan(tolerance.weights);
      }
    },
  );

  test('neither net nor batch is changed', async () => {
    const { net, batch } = firstStep(2, 3);
    const before = [net.all.slice(), batch.x.slice(), batch.t.slice()];
    const gradient = await (await openEngine(name)).gradients(net, batch);
    expect([net.all, batch.x, batch.t]).toEqual(before);
    expect(gradient.loss).toBeCloseTo(loss(net, batch.x, batch.t), tolerance.digits);
  });
});

describe('on a real mini-batch of 100, hidden 100', () => {
  /** 200 parameters of all four tensors, by the black-box loop. */
  function naiveSample(h: number) {
    const { net, batch } = firstStep();
    const random = randomStream(99);
    return TENSORS.flatMap((name) =>
      [...random.choice(net[name].length, 50)].map((index) => ({
        name,
        index,
        slope: partialDerivative(() => loss(net, batch.x, batch.t), net[name], index, h),
      })),
    );
  }

  async function gradientsOf(name: EngineName, h: number) {
    const { net, batch } = firstStep();
    return (await openEngine(name, { h })).gradients(net, batch);
  }

  test('numerical equals naive to 1e-9 at h = 1e-4', async () => {
    const gradient = await gradientsOf('numerical', 1e-4);
    for (const { name, index, slope } of naiveSample(1e-4)) {
      expect(Math.abs(gradient[name][index] - slope)).toBeLessThan(1e-9);
    }
  });

  // At a large step a central difference is not the derivative any more: whoever used backpropagation in disguise,
  // or a series in h, would be found out here.
  test('numerical equals naive at h = 0.5 to 1e-10 of the largest entry, and backprop does not', async () => {
    const gradient = await gradientsOf('numerical', 0.5);
    const exact = await gradientsOf('backprop', 0.5);
    for (const { name, index, slope } of naiveSample(0.5)) {
      expect(Math.abs(gradient[name][index] - slope)).toBeLessThan(1e-10 * largest(gradient[name]));
    }
    for (const name of TENSORS) expect(difference(gradient, exact, name)).toBeGreaterThan(1e-3 * largest(exact[name]));
  });

  test('backprop equals numerical at h = 1e-4 to 1e-9: the 1e-7 of the loss is in both', async () => {
    const exact = await gradientsOf('backprop', 1e-4);
    const gradient = await gradientsOf('numerical', 1e-4);
    for (const name of TENSORS) expect(difference(exact, gradient, name)).toBeLessThan(1e-9);
  });

  test('a pixel that is 0 in every image has gradient exactly 0', async () => {
    const { batch } = firstStep();
    const dark = Array.from({ length: 784 }, (_, i) => i).filter((i) =>
      Array.from({ length: 100 }, (_, n) => batch.x[n * 784 + i]).every((pixel) => pixel === 0),
    );
    expect(dark.length).toBeGreaterThan(100);
    for (const name of ['backprop', 'numerical'] as const) {
      const { W1 } = await gradientsOf(name, 1e-4);
      for (const i of dark) expect(W1.subarray(i * 100, (i + 1) * 100).every((slope) => slope === 0)).toBe(true);
    }
  });

  test.each([300, 1e5])(
    'weights %d times as large, where sigmoid and softmax saturate: still the black box',
    async (factor) => {
      const { net, batch } = firstStep(10, 5);
      net.all.forEach((value, i) => (net.all[i] = value * factor));
      const gradient = await (await openEngine('numerical', { h: 0.1 })).gradients(net, batch);
      const black = await (await openEngine('naive', { h: 0.1 })).gradients(net, batch);
      for (const name of TENSORS)
        expect(difference(gradient, black, name)).toBeLessThanOrEqual(1e-10 * largest(black[name]));
    },
  );
});
