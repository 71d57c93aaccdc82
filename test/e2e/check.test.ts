import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { gather } from '#src/dataset/mini-batch.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine } from '#src/engines/registry.js';
import { encodeSafetensors, type Tensor } from '#src/formats/safetensors.js';
import { type Parameters, shapes, TENSORS } from '#src/network/two-layer-net.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { saveTraining } from '#src/training/model-file.js';
import { newTraining } from '#src/training/train.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
writeDataset(images);
const right = fileURLToPath(new URL('../golden/learner/right.npz', import.meta.url)); // by NumPy, with its weights and images

/** A run on MNIST before its first step, and the changed gradient of that step. */
async function firstStep(change: (gradient: Parameters) => void = () => undefined) {
  const { train } = loadDataset();
  const training = newTraining({ ...DEFAULTS, hiddenSize: 6, batchSize: 20, seed: 7 }, train.inputSize);
  const model = join(folder, 'model.safetensors');
  saveTraining(model, training);
  const batch = gather(train, training.random.choice(train.count, 20));
  const gradient = await (await openEngine('backprop')).gradients(training.net, batch);
  change(gradient);
  const shape = shapes(training.net);
  const tensors = new Map<string, Tensor>(TENSORS.map((name) => [name, { shape: shape[name], data: gradient[name] }]));
  const file = join(folder, 'gradient.safetensors');
  writeFileSync(file, encodeSafetensors({ tensors, metadata: new Map() }));
  return { model, file };
}

test('all engines agree on a real mini-batch: exit 0', () => {
  const { status, stdout, stderr } = run(['check', '--hidden', '5', '--batch', '10']);
  expect(status).toBe(0);
  expect(stderr).toBe(`784-5-10, seed 0, 10 images, h = 0.0001, loss ${/loss (.*)/.exec(stderr)![1]}\n\n`);
  for (const pair of ['backprop - numerical\n', 'backprop - naive\n', 'numerical - naive\n'])
    expect(stdout).toContain(pair);
  expect(stdout).toContain('a sample of 39 of 3,985 parameters (--full: all)');
  expect(stdout.trimEnd().endsWith('all engines agree')).toBe(true);
});

test('check --json has every pair and tensor with its tolerance', () => {
  const { status, stdout } = run([
    'check',
    '--hidden',
    '3',
    '--batch',
    '4',
    '--full',
    '--engines',
    'naive,numerical',
    '--json',
  ]);
  const { agree, comparisons, sizes, indices } = JSON.parse(stdout) as Record<string, never>;
  expect({ status, agree, sizes }).toEqual({ status: 0, agree: true, sizes: [784, 3, 10] });
  expect(indices).toHaveLength(4);
  const [W1] = comparisons as { count: number; difference: number; tolerance: number; index: number[] }[];
  expect(W1.count).toBe(784 * 3);
  expect(W1.difference).toBeLessThan(W1.tolerance);
  expect(W1.index).toHaveLength(2);
});

test('a step that leaves no correct digit decides nothing: exit 4', () => {
  const { status, stdout } = run(['check', '--hidden', '2', '--batch', '2', '--h', '1e-13', '--quiet']);
  expect(status).toBe(4);
  expect(stdout).toMatch(/^undecided: with this --h/);
});

test("NumPy's gradient, weights and images in one file: right, exit 0", () => {
  const { status, stdout } = run(['check', right, '--data', images]);
  expect(status).toBe(0);
  expect(stdout).toContain('W1, b1, W2, b2: right\nremark: it is the gradient of -log(y), as (y - t) / N is');
  expect(run(['check', right, '--data', images, '--quiet']).stdout).toBe('right\n');
});

test('a gradient is checked for a saved net, and for a seed with the number of hidden units of the file', async () => {
  const { model, file } = await firstStep();
  expect(run(['check', file, '--model', model]).status).toBe(0);
  expect(run(['check', file, '--seed', '7', '--batch', '20', '--quiet'])).toMatchObject({
    status: 0,
    stdout: 'right\n',
  });
  expect(run(['check', '--model', model, '--quiet'])).toMatchObject({ status: 0, stdout: 'all engines agree\n' });
});

test('a wrong gradient: prints tensor, index, both values, cause and remedy; exit 4', async () => {
  const { model, file } = await firstStep(({ W2 }) => W2.forEach((value, i) => (W2[i] = -value)));
  const { status, stdout, stderr } = run(['check', file, '--model', model]);
  expect(status).toBe(4);
  expect(stderr).toContain(`${file}: 784-6-10, ${model}, 20 images, loss`);
  expect(stdout).toMatch(/^W2 {2}WRONG {2}\[\d, \d\] +-?\d\.\d{5}e-2 +-?\d\.\d{5}e-2 .*\n {4}all entries$/m);
  expect(stdout).toContain('W2: the sign is wrong\n  it is so in W2 alone: look at dW2 = hidden.T @ dscores');
  expect(stdout).toContain('W1, b1, b2: right');

  const { tensors, diagnoses, isRight } = JSON.parse(run(['check', file, '--model', model, '--json']).stdout) as {
    isRight: boolean;
    tensors: { name: string; comparison: { a: number; b: number; wrong: number } }[];
    diagnoses: unknown[];
  };
  expect(isRight).toBe(false);
  const { comparison } = tensors.find(({ name }) => name === 'W2')!;
  expect(comparison.a + comparison.b).toBeCloseTo(0, 15);
  expect(comparison.wrong).toBe(60);
  expect(diagnoses).toMatchObject([{ tensors: ['W2'], alternatives: [[{ cause: 'sign' }]] }]);
});

test('NaN is reported with its index', async () => {
  const { model, file } = await firstStep(({ W1 }) => (W1[4 * 6 + 2] = NaN));
  const { status, stdout } = run(['check', file, '--model', model]);
  expect(status).toBe(4);
  expect(stdout).toContain('[4, 2] is not finite');
  expect(stdout).toContain('W1: NaN or infinite entries');
});

test.each([
  [['absent.npz'], 'absent.npz does not exist: check the path'],
  [[right], 'W1 takes images of 20 pixels, these have 784'],
  [[right, '--hidden', '6'], '--hidden draws or reads weights, and '],
  [[right, '--data', images, '--indices', '1,40'], '--index must be 0 to 39, as in 7 or 3,14 or 10..19; got "1,40"'],
  [[right, '--index', '1', '--batch', '2'], '--batch draws images, and --index names them'],
  [[right, '--full'], '--full is for checking engines'],
  [['--model', 'x', '--seed', '1'], '--seed draws weights, and --model has its own'],
  [['--engines', 'magic'], '--engines must be one or more of backprop, numerical, naive'],
])('check %j: one line, exit 2', (args, why) => {
  const { status, stdout, stderr } = run(['check', ...args]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^gd-train: [^\n]+\n$/);
  expect(stderr).toContain(why);
});

test('check --help shows the NumPy code that draws the weights, and an example', () => {
  const { stdout } = run(['check', '--help']);
  expect(stdout).toContain('W1 = 0.01 * np.random.randn(784, 100)');
  expect(stdout).toContain('Example: gd-train check grads.npz --seed 0 --batch 100');
});
