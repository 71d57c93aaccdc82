import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine, type EngineName } from '#src/gradients/engine.js';
import { loss } from '#src/network/two-layer-net.js';
import { join } from 'node:path';
import { loadTraining, saveTraining } from '#src/training/checkpoint.js';
import { DEFAULTS, type HyperParameters } from '#src/training/hyper-parameters.js';
import { newTraining, train, type Training, type TrainOptions } from '#src/training/train.js';
import { golden } from '../helpers/golden.js';
import { temporaryFolder } from '../helpers/run.js';

interface Golden {
  loss_before: number[];
  loss_after: number[];
  first_batch: number[];
  checksums: Record<'W1' | 'b1' | 'W2' | 'b2', number>;
}

const data = loadDataset();
const small = { train: { ...data.test, count: 1000 }, test: { ...data.test, count: 100 } };
const settings = (over: Partial<HyperParameters>): HyperParameters => ({ ...DEFAULTS, ...over });

async function finish(training: Training, sets: typeof data, options?: TrainOptions) {
  const { gradient, h } = training.hyperParameters;
  const events = [];
  for await (const event of train(training, sets, await openEngine(gradient, { h }), options)) events.push(event);
  return events;
}

test.each<EngineName>(['backprop', 'numerical'])('%s retraces 200 steps of NumPy to 1e-9', async (gradient) => {
  const run = golden<Golden>('two-layer-net-seed0-200');
  const training = newTraining(settings({ iterations: 200, gradient }), 784);
  const engine = await openEngine(gradient);
  const steps = train(training, { train: data.train, test: small.test }, engine, { evalEvery: 1000 });
  for await (const event of steps) {
    if (event.type !== 'step') continue;
    expect(Math.abs(event.loss - run.loss_before[event.step])).toBeLessThan(1e-9);
    const after = loss(training.net, event.batch.x, event.batch.t);
    expect(Math.abs(after - run.loss_after[event.step])).toBeLessThan(1e-9);
  }
  for (const [name, sum] of Object.entries(run.checksums)) {
    const ours = training.net[name as 'W1'].reduce((total, value) => total + Math.abs(value), 0);
    expect(Math.abs(ours / sum - 1)).toBeLessThan(1e-9);
  }
  expect(training.iteration).toBe(200);
});

test('the first batch is the golden one', () => {
  const { random } = newTraining(DEFAULTS, 784);
  const { first_batch: first } = golden<Golden>('two-layer-net-seed0-200');
  expect([...random.choice(60000, 100).slice(0, 10)]).toEqual(first);
});

test.each<EngineName>(['backprop', 'numerical'])('%s, stopped, saved and resumed, ends bit-identical', async (gradient) => {
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
});

test('accuracy is measured every so often, and at the end', async () => {
  const events = await finish(newTraining(settings({ iterations: 7, hiddenSize: 3, batchSize: 5 }), 784), small, { evalEvery: 3 });
  expect(events.filter(({ type }) => type === 'accuracy').map((event) => 'iteration' in event && event.iteration)).toEqual([3, 6, 7]);
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(7);
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
  ['update', { learningRate: 1e308 }, ({ net }) => net.all.forEach((value, i) => (net.all[i] = value * 1e4))],
])('a %s that is not finite stops the run before the update', async (_, over, spoil) => {
  const training = newTraining(settings({ iterations: 5, hiddenSize: 4, batchSize: 6, ...over }), 784);
  spoil(training);
  const before = training.net.all.slice();
  const events = await finish(training, small);
  const last = events.at(-1)!;
  expect(last.type).toBe('not-finite');
  if (events.length === 1) expect(training.net.all).toEqual(before);
  else expect(training.net.all.every(Number.isFinite)).toBe(true);
});
