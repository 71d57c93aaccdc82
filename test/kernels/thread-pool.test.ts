import { createHash } from 'node:crypto';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { openWasmTrainer, type WasmTrainerOptions } from '#src/kernels/wasm-trainer.js';
import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';

// No bit of the weights depends on the number of threads, neither the wanted number nor the number that memory allows.

const all = loadDataset().test;
const images: Dataset = {
  ...all,
  count: 500,
  images: all.images.subarray(0, 500 * 784),
  labels: all.labels.subarray(0, 500),
};
const data = { train: images, test: images };

async function descend(hiddenSize: number, steps: number, options: Omit<WasmTrainerOptions, 'data' | 'learningRate'>) {
  const random = randomStream(1);
  const net = create(784, hiddenSize, 10, random);
  const trainer = await openWasmTrainer(net, { ...options, data, learningRate: 0.1 });
  if ('why' in trainer) throw new Error(trainer.why);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push((await trainer.step(random.choice(500, options.batchSize))).loss);
  }
  await trainer.sync();
  await trainer.close();
  const { threads, fewerThreads } = trainer as { threads: number; fewerThreads?: string };
  const weights = createHash('sha256').update(net.all).digest('hex');
  return { losses, weights, threads, fewerThreads };
}

const ALL = [1, 2, 3, 4, 5, 6, 7, 8];

test.each([
  [100, 100, 'f64', 'backward', 3, ALL],
  [100, 100, 'f32', 'backward', 3, ALL],
  [3_200, 20, 'f64', 'backward', 2, [1, 2, 3, 8]],
  [3_200, 20, 'f32', 'backward', 2, [1, 2, 3, 8]],
  [60, 3_000, 'f32', 'backward', 2, [1, 2, 3]],
  [75, 30, 'f64', 'differences', 2, ALL],
] as const)(
  'hidden %d, batch %d, %s, %s: the same bits with every number of threads',
  async (hiddenSize, batchSize, precision, phase, steps, numbers) => {
    const run = (threads: number) => descend(hiddenSize, steps, { batchSize, precision, phase, threads, h: 1e-4 });
    const alone = await run(1);
    for (const threads of numbers.slice(1)) {
      const together = await run(threads);
      expect(together.threads).toBe(threads);
      expect(together.fewerThreads).toBeUndefined();
      expect(together.losses).toEqual(alone.losses);
      expect(together.weights).toEqual(alone.weights);
    }
  },
);

// A mini-batch is summed up in chunks, which change no bit: 256 images are one chunk, 257 are two.
test.each(['f64', 'f32'] as const)('batches of one chunk, of several and of 100,000 in %s', async (precision) => {
  for (const batchSize of [256, 257, 511, 100_000]) {
    const run = (threads: number) => descend(20, 1, { batchSize, precision, phase: 'backward', threads, h: 1 });
    const alone = await run(1);
    expect(await run(4)).toEqual({ ...alone, threads: 4 });
  }
});

test('differences of 20,000 images have the same bits', async () => {
  const run = (threads: number) =>
    descend(6, 1, { batchSize: 20_000, precision: 'f64', phase: 'differences', threads, h: 1e-4 });
  const alone = await run(1);
  expect(await run(3)).toEqual({ ...alone, threads: 3 });
});

// Calls follow each other without a pause, as with train --log. None may overwrite data that another thread still reads.
test.each([
  ['backward', 'f64', 100, 5],
  ['backward', 'f32', 100, 5],
  ['backward', 'f64', 8, 300],
  ['differences', 'f64', 12, 7],
] as const)('steps, losses and measurements in turn: %s, %s', async (phase, precision, hiddenSize, batchSize) => {
  async function run(threads: number) {
    const random = randomStream(1);
    const net = create(784, hiddenSize, 10, random);
    const options = { batchSize, precision, phase, threads, h: 1e-4, data, learningRate: 0.1 };
    const trainer = await openWasmTrainer(net, options);
    if ('why' in trainer) throw new Error(trainer.why);
    const said: unknown[] = [];
    for (let step = 0; step < 60; step++) {
      const indices = random.choice(500, batchSize);
      said.push((await trainer.step(indices)).loss);
      if (step % 3 > 0) said.push(await trainer.loss(indices));
      if (step % 3 > 1) said.push(await trainer.loss(random.choice(500, batchSize)));
      if (step % 7 === 0)
        said.push(
          createHash('sha256')
            .update(await trainer.classify('test'))
            .digest('hex'),
        );
      if (step % 5 === 0) {
        await trainer.sync();
        said.push(createHash('sha256').update(net.all).digest('hex'));
      }
    }
    await trainer.close();
    return said;
  }
  const alone = await run(1);
  for (const threads of [2, 3, 4]) expect(await run(threads)).toEqual(alone);
});
