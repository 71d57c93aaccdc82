import { golden } from '../helpers/golden.js';
import { testable } from '../helpers/tfjs.js';
import { partialDerivative } from '#src/calculus/gradient.js';
import { drawMiniBatch, gather } from '#src/dataset/mini-batch.js';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { referenceClassify } from '#src/engines/trainer.js';
import { type EngineName, engines, openEngine, PRECISIONS } from '#src/engines/registry.js';
import { InputError } from '#src/errors.js';
import { randomStream } from '#src/network/random.js';
import { create, loss, type Parameters, TENSORS } from '#src/network/two-layer-net.js';

const { train } = loadDataset();
const names = testable(Object.keys(engines)) as EngineName[];

/** Tolerances against NumPy: rounding, and in float64 the h² error of central differences. */
const TOLERANCES = {
  f64: { loss: 1e-9, gradient: 1e-6, weights: 1e-8, digits: 14 },
  f32: { loss: 1e-6, gradient: 1e-5, weights: 1e-6, digits: 6 },
};

/** The first net and mini-batch of a golden run. */
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
    'thirty steps of $inputSize-$hiddenSize-10 follow NumPy',
    async ({ seed, inputSize, hiddenSize, learningRate, images, labels, ...expected }) => {
      const count = labels.length;
      const data: Dataset = {
        count,
        rows: 1,
        columns: inputSize,
        inputSize,
        images: Uint8Array.from(images),
        labels: Uint8Array.from(labels),
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

  test('neither the net nor the batch is changed', async () => {
    const { net, batch } = firstStep(2, 3);
    const before = [net.all.slice(), batch.x.slice(), batch.t.slice()];
    const gradient = await (await openEngine(name)).gradients(net, batch);
    expect([net.all, batch.x, batch.t]).toEqual(before);
    expect(gradient.loss).toBeCloseTo(loss(net, batch.x, batch.t), tolerance.digits);
  });
});

describe.each(names)('trainer of %s', (name) => {
  const tolerance = TOLERANCES[PRECISIONS[name][0]];
  const settings = { learningRate: 0.1, batchSize: 3 };
  const indices = Uint32Array.of(5, 1, 7);
  const few: Dataset = {
    ...train,
    count: 50,
    images: train.images.subarray(0, 50 * 784),
    labels: train.labels.subarray(0, 50),
  };
  const data = { train: few, test: few };

  test('a step is the update by the gradient; loss, classify and sync agree with the net', async () => {
    const engine = await openEngine(name);
    const { net } = firstStep(2, 3);
    const expected = net.all.slice();
    const gradient = await engine.gradients(net, gather(few, indices));
    const { x, t } = gather(few, indices);
    const lossBefore = loss(net, x, t);
    const trainer = await engine.trainer(net, data, settings);
    expect(await trainer.loss(indices)).toBeCloseTo(lossBefore, tolerance.digits);
    const { loss: lossOfStep, isFinite } = await trainer.step(indices);
    expect(isFinite).toBe(true);
    expect(lossOfStep).toBeCloseTo(lossBefore, tolerance.digits);
    await trainer.sync();
    net.all.forEach((weight, i) => expect(weight).toBeCloseTo(expected[i] - 0.1 * gradient.all[i], tolerance.digits));
    expect(await trainer.loss(indices)).toBeCloseTo(loss(net, x, t), tolerance.digits);
    expect(await trainer.classify('test')).toEqual(referenceClassify(net, few));
    expect(trainer.fallback).toBeUndefined();
    await trainer.close();
  });
});

test('an unknown engine is refused with the names of the known ones', async () => {
  await expect(openEngine('nope' as never)).rejects.toThrow(
    'engine must be one of backprop, numerical, naive, tfjs, got "nope"',
  );
  await expect(openEngine('toString' as never)).rejects.toThrow(InputError);
});

test('naive and numerical need float64', async () => {
  for (const name of ['naive', 'numerical'] as const) {
    await expect(openEngine(name, { precision: 'f32' })).rejects.toThrow('needs float64; got --precision f32.');
  }
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
        derivative: partialDerivative(() => loss(net, batch.x, batch.t), net[name], index, h),
      })),
    );
  }

  async function gradientsOf(name: EngineName, h: number) {
    const { net, batch } = firstStep();
    return (await openEngine(name, { h })).gradients(net, batch);
  }

  test('numerical equals naive to 1e-9 at h = 1e-4', async () => {
    const gradient = await gradientsOf('numerical', 1e-4);
    for (const { name, index, derivative } of naiveSample(1e-4)) {
      expect(Math.abs(gradient[name][index] - derivative)).toBeLessThan(1e-9);
    }
  });

  // At a large step the central difference differs from the derivative. An engine that used backpropagation or a truncated
  // series in h would fail here.
  test('numerical equals naive at h = 0.5 to 1e-10 of the largest entry, and backprop does not', async () => {
    const gradient = await gradientsOf('numerical', 0.5);
    const exact = await gradientsOf('backprop', 0.5);
    for (const { name, index, derivative } of naiveSample(0.5)) {
      expect(Math.abs(gradient[name][index] - derivative)).toBeLessThan(1e-10 * largest(gradient[name]));
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
      for (const i of dark) expect(W1.subarray(i * 100, (i + 1) * 100).every((value) => value === 0)).toBe(true);
    }
  });

  test.each([300, 1e5])(
    'weights %d times as large, where sigmoid and softmax saturate: numerical equals the naive loop',
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
