import { join } from 'node:path';
import { golden } from '../helpers/golden.js';
import { temporaryFolder } from '../helpers/run.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { type EngineName, openEngine } from '#src/engines/registry.js';
import { DEFAULTS, type HyperParameters } from '#src/training/hyper-parameters.js';
import { loadTraining, saveTraining } from '#src/training/model-file.js';
import { newTraining, train, type Training, type TrainOptions } from '#src/training/train.js';

const data = loadDataset();
const first = (count: number) => ({
  ...data.test,
  count,
  images: data.test.images.subarray(0, count * 784),
  labels: data.test.labels.subarray(0, count),
});
const small = { train: first(1000), test: first(100) };
const settings = (over: Partial<HyperParameters>): HyperParameters => ({ ...DEFAULTS, ...over });

async function finish(training: Training, sets: typeof data, options?: TrainOptions) {
  const { gradient, h } = training.hyperParameters;
  const events = [];
  for await (const event of train(training, sets, await openEngine(gradient, { h }), options)) {
    if (event.type !== 'start') events.push(event);
  }
  return events;
}

test('the first batch is the golden one', () => {
  const { random } = newTraining(DEFAULTS, 784);
  const { first_batch: batch } = golden<{ first_batch: number[] }>('two-layer-net-seed0-200');
  expect([...random.choice(60000, 100).slice(0, 10)]).toEqual(batch);
});

test.each<EngineName>(['backprop', 'numerical'])(
  '%s, stopped, saved and resumed, ends bit-identical',
  async (gradient) => {
    const hyperParameters = settings({ gradient, iterations: 25, hiddenSize: 7, batchSize: 9, seed: 3 });
    const straight = newTraining(hyperParameters, 784);
    await finish(straight, small);

    const file = join(temporaryFolder(), 'half.safetensors');
    const half = newTraining({ ...hyperParameters, iterations: 11 }, 784);
    await finish(half, small);
    saveTraining(file, half);
    const resumed = { ...loadTraining(file), hyperParameters };
    expect(resumed.iteration).toBe(11);
    await finish(resumed, small);

    expect(resumed.net.all).toEqual(straight.net.all);
    expect(resumed.random.state()).toEqual(straight.random.state());
  },
);

test('accuracy is measured at the given interval and at the end', async () => {
  const events = await finish(newTraining(settings({ iterations: 7, hiddenSize: 3, batchSize: 5 }), 784), small, {
    evalEvery: 3,
  });
  expect(
    events.filter(({ type }) => type === 'accuracy').map((event) => 'iteration' in event && event.iteration),
  ).toEqual([3, 6, 7]);
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(7);
});

test('after a failed step a run can be continued, with the same bits', async () => {
  const hyperParameters = settings({ iterations: 12, hiddenSize: 3, batchSize: 5 });
  const straight = newTraining(hyperParameters, 784);
  await finish(straight, small);

  const training = newTraining(hyperParameters, 784);
  const engine = await openEngine('backprop', { threads: 1 });
  const failing: typeof engine = {
    ...engine,
    async trainer(...args) {
      const trainer = await engine.trainer(...args);
      const step: typeof trainer.step = (indices) => {
        if (training.iteration === 7) throw new Error('a thread has ended');
        return trainer.step(indices);
      };
      return { ...trainer, step };
    },
  };
  const failed = async () => {
    for await (const event of train(training, small, failing, { checkpointEvery: 4 })) void event;
  };
  await expect(failed).rejects.toThrow('a thread has ended');
  expect(training.iteration).toBe(7);
  await finish(training, small);
  expect(training.net.all).toEqual(straight.net.all);
  expect(training.random.state()).toEqual(straight.random.state());
});

test('a stop request ends the run between two steps', async () => {
  const controller = new AbortController();
  const training = newTraining(settings({ iterations: 100, hiddenSize: 3, batchSize: 5 }), 784);
  for await (const event of train(training, small, await openEngine('backprop'), { signal: controller.signal })) {
    if (event.type === 'step' && event.step === 4) controller.abort();
  }
  expect(training.iteration).toBe(5);
});

test.each<[string, Partial<HyperParameters>, (training: Training) => void]>([
  ['loss', {}, ({ net }) => net.b2.fill(NaN)],
  [
    'update',
    { learningRate: 1e308 },
    ({ net }) => {
      // Two hidden units that cancel in the scores, but not in the gradient of W1: it is large, and infinite times 1e308.
      net.W1.fill(0);
      for (let k = 0; k < 10; k++) net.W2[k] = -(net.W2[10 + k] = 1e10 * k);
    },
  ],
])('a %s that is not finite stops the run before the update', async (_, over, spoil) => {
  const training = newTraining(settings({ iterations: 5, hiddenSize: 4, batchSize: 6, ...over }), 784);
  spoil(training);
  const before = training.net.all.slice();
  const events = await finish(training, small);
  expect(events.at(-1)!.type).toBe('not-finite');
  if (events.length === 1) expect(training.net.all).toEqual(before);
  else expect(training.net.all.every(Number.isFinite)).toBe(true);
});
