import { partialDerivative } from '#src/calculus/gradient.js';
import { golden } from '../helpers/golden.js';
import { drawMiniBatch, gather, type MiniBatch } from '#src/dataset/mini-batch.js';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { classify, referenceClassify } from '#src/engines/trainer.js';
import { incrementalDifferences, openNumerical } from '#src/engines/numerical.js';
import { kernelsFor } from '#src/kernels/limits.js';
import { openWasmGradients, openWasmTrainer } from '#src/kernels/wasm-trainer.js';
import { randomStream } from '#src/network/random.js';
import {
  backward,
  create,
  forward,
  loss,
  type LossGradient,
  TENSORS,
  type TwoLayerNet,
} from '#src/network/two-layer-net.js';

// The kernels are compared with the references in plain TypeScript, which engines.test.ts and train.test.ts compare
// with NumPy.

const data = loadDataset();

function draw(hiddenSize: number, batchSize: number, factor = 1, seed = 0): [TwoLayerNet, MiniBatch] {
  const random = randomStream(seed);
  const net = create(784, hiddenSize, 10, random);
  net.all.forEach((weight, i) => (net.all[i] = weight * factor));
  return [net, drawMiniBatch(data.train, random, batchSize)];
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const backprop = (net: TwoLayerNet, { x, t }: MiniBatch) => backward(net, x, t);

/** Largest difference in a tensor, and largest entry. */
function compare(a: ReturnType<ReturnType<typeof openWasmGradients>>, b: LossGradient) {
  if ('why' in a) throw new Error(a.why);
  expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-14 * Math.max(1, b.loss));
  return TENSORS.map((name) => [largest(a[name].map((value, i) => value - b[name][i])), largest(b[name])] as const);
}

// The rounding error of the reference is about 1e-15 of the loss, divided by 2h. The rest is relative to the largest
// entry.
test.each([
  [1e-8, 1],
  [1e-4, 1],
  [1e-4, 30],
  [1e-4, 300],
  [0.01, 1],
  [0.01, 10],
  [0.1, 1],
  [0.1, 300],
  [0.1, 1e5],
  [0.5, 1],
  [0.5, 30],
  [1, 3.9],
  [5, 3],
  [8, 10],
])('differences at h = %d, weights %d times as large, equal the reference', (h, factor) => {
  const [net, batch] = draw(30, 40, factor);
  const gradient = openWasmGradients('differences', h)(net, batch);
  for (const [difference, size] of compare(gradient, incrementalDifferences(net, batch, h))) {
    expect(difference).toBeLessThanOrEqual(1e-13 * size + 5e-16 / h);
  }
});

// D(h) = gradient + c h² + O(h⁴), so c cancels in (4 D(h) - D(2h)) / 3. An error of the kernels' polynomials would
// remain, which the rounding of the plain engine would hide at these steps.
test.each([
  [1e-4, 1],
  [4e-4, 1],
  [1e-4, 30],
  [1e-4, 200],
])('differences at h = %d, weights %d times as large, extrapolate to backpropagation', (h, factor) => {
  const [net, batch] = draw(30, 40, factor);
  const [once, twice] = [h, 2 * h].map((step) => openWasmGradients('differences', step)(net, batch) as LossGradient);
  const exact = backprop(net, batch);
  for (const name of TENSORS) {
    const errors = exact[name].map((value, i) => (4 * once[name][i] - twice[name][i]) / 3 - value);
    expect(largest(errors) / largest(exact[name])).toBeLessThan(1e-14);
  }
});

test.each([1e-50, 1e-16, 1e-15, 1e-12])(
  'differences at h = %d equal those of the naive loop, within its rounding',
  async (h) => {
    const [net, batch] = draw(20, 50);
    const gradient = await openNumerical({ h, precision: 'f64' }).gradients(net, batch);
    const random = randomStream(99);
    for (const name of TENSORS) {
      for (const i of random.choice(net[name].length, 20)) {
        const difference = partialDerivative(() => loss(net, batch.x, batch.t), net[name], i, h);
        // A difference that rounds to 0 in one engine must not be a derivative in another.
        if (h === 1e-50) expect([difference, gradient[name][i]]).toEqual([0, 0]);
        else expect(Math.abs(gradient[name][i] - difference)).toBeLessThan(2e-15 / h);
      }
    }
  },
);

test.each([
  [1, 1],
  [9, 3],
  [10, 100],
  [11, 7],
  [100, 257],
])('hidden %d, batch %d: results equal the references', (hiddenSize, batchSize) => {
  const [net, batch] = draw(hiddenSize, batchSize, 10, 5);
  for (const [difference, size] of compare(openWasmGradients('backward', 1)(net, batch), backprop(net, batch))) {
    expect(difference).toBeLessThan(1e-14 * size);
  }
  const differences = openWasmGradients('differences', 0.5)(net, batch);
  for (const [difference, size] of compare(differences, incrementalDifferences(net, batch, 0.5))) {
    expect(difference).toBeLessThan(1e-13 * size);
  }
});

test('images that are wide, have long dark stretches, or are all dark', () => {
  const inputSize = 1001;
  const lit = [[0, 255, 511, 1000], [300, 301, 900], [], [1000], Array.from({ length: inputSize }, (_, i) => i)];
  const images = new Uint8Array(lit.length * inputSize);
  lit.forEach((pixels, n) => pixels.forEach((i) => (images[n * inputSize + i] = 1 + (i % 255))));
  const [count, labels] = [lit.length, Uint8Array.of(3, 1, 4, 1, 5)];
  const batch = gather({ count, rows: 1, columns: inputSize, inputSize, images, labels }, Uint32Array.from(lit.keys()));
  const net = create(inputSize, 13, 10, randomStream(2), 0.5);
  for (const [difference, size] of compare(openWasmGradients('backward', 1)(net, batch), backprop(net, batch))) {
    expect(difference).toBeLessThan(1e-14 * size);
  }
});

test('one gradient function serves nets and mini-batches of different sizes in turn', () => {
  const gradients = openWasmGradients('backward', 1);
  for (const [hiddenSize, batchSize] of [
    [5, 4],
    [5, 4],
    [6, 4],
    [5, 9],
  ]) {
    const [net, batch] = draw(hiddenSize, batchSize, 3, hiddenSize * batchSize);
    for (const [difference, size] of compare(gradients(net, batch), backprop(net, batch))) {
      expect(difference).toBeLessThan(1e-14 * size);
    }
  }
});

test('the kernels refuse tasks beyond their limits, with the reason', () => {
  const [net, batch] = draw(4, 3);
  const x = batch.x.map((pixel) => pixel / 3);
  expect(openWasmGradients('backward', 1)(net, { ...batch, x })).toMatchObject({
    why: expect.stringContaining('1 / 255') as string,
  });
  const task = { net, precision: 'f64', batchSize: 3, images: 3, phase: 'differences' } as const;
  expect(kernelsFor(task)).toHaveProperty('module');
  for (const [over, why] of [
    [{ h: 9 }, 'steps h from 1e-15 to 8, not 9'],
    [{ h: 1e-16 }, 'steps h from 1e-15 to 8, not 1e-16'],
    [{ learningRate: 1e101 }, 'learning rates up to 1e+100'],
    [{ precision: 'f32' as const, learningRate: 1e9 }, 'learning rates up to 1e+8 in f32'],
    [{ net: create(6, 4, 3, randomStream(0)) }, 'for 10 classes, not 3'],
    [{ net: { ...net, all: net.all.map(() => NaN) } }, 'weights up to'],
    [{ batchSize: 3e5 }, '4 GiB'],
    [{ images: 3e6 }, '4 GiB'],
    [{ net: { ...net, hiddenSize: 1e6 } }, 'too little for 1,000,000 hidden units'],
  ] as const) {
    expect(kernelsFor({ ...task, ...over })).toEqual({ why: expect.stringContaining(why) as string, isMachine: false });
  }
});

test('classify agrees with its reference, image by image', () => {
  const net = create(784, 17, 10, randomStream(4), 0.3);
  for (const count of [1, 256, 1000]) {
    const some: Dataset = { ...data.test, count, labels: data.test.labels.subarray(0, count) };
    const part = { ...some, images: data.test.images.subarray(0, count * 784) };
    expect(classify(net, part)).toEqual(referenceClassify(net, part));
  }
});

// In float64 the kernels evaluate in float32 first, and in float64 only where float32 does not decide. The reference
// rounds in another order: images whose two largest logits differ by less than 1e-12 there are left out, unless they
// are equal.
describe('classify in float64 decides as the reference does', () => {
  const count = 1000;
  const part = { ...data.test, count, images: data.test.images.subarray(0, count * 784) };
  const some: Dataset = { ...part, labels: data.test.labels.subarray(0, count) };
  const { x } = gather(
    some,
    Uint32Array.from({ length: count }, (_, i) => i),
  );

  /** Compares the digits. Returns the number of images whose two largest logits are closer than this. */
  function compareDigits(net: TwoLayerNet, closer: number): number {
    const { logits } = forward(net, x);
    const digits = { kernels: classify(net, some), reference: referenceClassify(net, some) };
    let close = 0;
    for (let n = 0; n < count; n++) {
      const [largest, second] = logits.slice(n * 10, (n + 1) * 10).sort((a, b) => b - a);
      const relative = (largest - second) / Math.max(1, Math.abs(largest));
      if (relative < closer) close++;
      if (relative > 1e-12) expect([n, digits.kernels[n]]).toEqual([n, digits.reference[n]]);
    }
    return close;
  }

  test.each([1e-3, 1e-5, 1e-7, 1e-9, 1e-11])('logits of two classes differ by about %d', (difference) => {
    for (const [hiddenSize, scale] of [
      [1, 1],
      [29, 0.5],
      [100, 0.3],
    ]) {
      const random = randomStream(hiddenSize);
      const net = create(784, hiddenSize, 10, random, scale);
      const noise = random.randn(hiddenSize);
      for (let j = 0; j < hiddenSize; j++) net.W2[j * 10 + 7] = net.W2[j * 10 + 2] + difference * noise[j];
      net.b2[7] = net.b2[2] = 100; // no other class competes
      expect(compareDigits(net, difference)).toBeGreaterThan(100);
    }
  });

  test('the first of equal logits wins', () => {
    const net = create(784, 40, 10, randomStream(3), 0.4);
    for (let j = 0; j < 40; j++) net.W2[j * 10 + 6] = net.W2[j * 10 + 4];
    net.b2[4] = net.b2[6] = 50;
    expect(classify(net, some)).toEqual(new Uint8Array(count).fill(4));
    const zero = create(784, 3, 10, randomStream(0), 0);
    expect(classify(zero, some)).toEqual(new Uint8Array(count));
  });

  test('random nets, small weights to large', () => {
    for (const [seed, scale] of [1e-30, 1e-8, 1e-3, 0.01, 0.1, 1, 10, 1e3, 1e7, 1e9, 1e40, 1e99].entries()) {
      const net = create(784, 33, 10, randomStream(seed), scale);
      net.b1.set(
        randomStream(seed + 50)
          .randn(33)
          .map((value) => value * scale),
      );
      compareDigits(net, 1);
    }
  });

  test('weights beyond float32 beside small ones', () => {
    const net = create(784, 20, 10, randomStream(5), 0.1);
    for (let j = 0; j < 20; j += 2) net.W1[400 * 20 + j] = 1e60; // the sigmoid saturates if this pixel is not 0
    compareDigits(net, 1);
  });
});

test('float32 losses equal the golden ones within rounding', async () => {
  const { loss_before: losses } = golden<{ loss_before: number[] }>('two-layer-net-seed0-200');
  const random = randomStream(0);
  const net = create(784, 100, 10, random);
  const settings = { learningRate: 0.1, batchSize: 100, h: 1, precision: 'f32', threads: 2 } as const;
  const trainer = await openWasmTrainer(net, { ...settings, phase: 'backward', data });
  if ('why' in trainer) throw new Error(trainer.why);
  for (const numpyLoss of losses) {
    const { loss } = await trainer.step(random.choice(60_000, 100));
    expect(Math.abs(loss - numpyLoss)).toBeLessThan(1e-7);
  }
  await trainer.sync();
  await trainer.close();
  expect(net.all).toEqual(Float64Array.from(Float32Array.from(net.all)));
});
