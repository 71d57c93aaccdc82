import { createHash } from 'node:crypto';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { openWasmTrainer, type WasmTrainerOptions } from '#src/kernels/wasm-trainer.js';
import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';

// No bit of the weights depends on the number of threads, neither the wanted one nor the one that memory allows.

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
] as const)('hidden %d, batch %d, %s, %s', async (hiddenSize, batchSize, precision, phase, steps, numbers) => {
  const run = (threads: number) => descend(hiddenSize, steps, { batchSize, precision, phase, threads, h: 1e-4 });
  const alone = await run(1);
  for (const threads of numbers.slice(1)) {
    const together = await run(threads);
    expect(together.threads).toBe(threads);
    expect(together.fewerThreads).toBeUndefined();
    expect(together.losses).toEqual(alone.losses);
    expect(together.weights).toEqual(alone.weights);
  }
});

// A mini-batch is summed up in chunks, which change no bit either: 256 images are one chunk, 257 are two.
test.each(['f64', 'f32'] as const)('batches of one chunk, of several and of 100,000 in %s', async (precision) => {
  for (const batchSize of [256, 257, 511, 100_000]) {
    const run = (threads: number) => descend(20, 1, { batchSize, precision, phase: 'backward', threads, h: 1 });
    const alone = await run(1);
    expect(await run(4)).toEqual({ ...alone, threads: 4 });
  }
});

test('differences of 20,000 images: the same bits', async () => {
  const run = (threads: number) =>
    descend(6, 1, { batchSize: 20_000, precision: 'f64', phase: 'differences', threads, h: 1e-4 });
  const alone = await run(1);
  expect(await run(3)).toEqual({ ...alone, threads: 3 });
});
