import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { golden } from '../helpers/golden.js';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, start, temporaryFolder } from '../helpers/run.js';
import { decodeSafetensors, encodeSafetensors } from '#src/formats/safetensors.js';
import { loadTraining } from '#src/training/model-file.js';

interface Golden {
  loss_before: number[];
  loss_after: number[];
  train_accuracy: number;
  test_accuracy: number;
  checksums: Record<string, number>;
}
interface Line {
  step: number;
  loss: number;
  lossBefore: number;
  testAccuracy?: number;
}

const tiny = temporaryFolder();
writeDataset(tiny);
const TINY = ['train', '--data', tiny, '--hidden', '5', '--batch', '7', '--quiet'];
const logOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

// NumPy's run follows the exact gradient. Central differences deviate by h²/6 times the third derivative per step.
test.each([
  ['backprop', 1e-12],
  ['numerical', 1e-8],
])('%s on MNIST follows 200 steps of NumPy to 1e-9, and ends with its weights', (gradient, tolerance) => {
  const numpy = golden<Golden>('two-layer-net-seed0-200');
  const cwd = temporaryFolder();
  const args = [
    'train',
    '--iters',
    '200',
    '--gradient',
    gradient,
    '--log',
    'log',
    '--save',
    'model',
    '--json',
    '--quiet',
  ];
  const { status, stdout } = run(args, { cwd });
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as { trainAccuracy: number; testAccuracy: number };
  expect(result.trainAccuracy).toBeCloseTo(numpy.train_accuracy, 4);
  expect(result.testAccuracy).toBeCloseTo(numpy.test_accuracy, 4);
  const log = logOf(join(cwd, 'log'));
  expect(log.map(({ step }) => step)).toEqual(numpy.loss_after.map((_, step) => step));
  for (const { step, loss, lossBefore } of log) {
    expect(Math.abs(loss - numpy.loss_after[step])).toBeLessThan(1e-9);
    expect(Math.abs(lossBefore - numpy.loss_before[step])).toBeLessThan(1e-9);
  }
  const { tensors } = decodeSafetensors(readFileSync(join(cwd, 'model')), 'model');
  for (const [name, sum] of Object.entries(numpy.checksums)) {
    expect(
      Math.abs(Array.from(tensors.get(name)!.data, Math.abs).reduce((total, w) => total + w, 0) / sum - 1),
    ).toBeLessThan(tolerance);
  }
});

test('10,000 iterations end at the accuracy of the golden run, and evaluate agrees', () => {
  const numpy = golden<Golden>('two-layer-net-seed0-10000');
  const cwd = temporaryFolder();
  const { status, stdout, stderr } = run(
    ['train', '--lr', '0.1', '--iters', '10000', '--eval-every', '5000', '--save', 'm'],
    { cwd },
  );
  expect(status).toBe(0);
  const [, trainAccuracy, testAccuracy] = /train accuracy {2}([\d.]+)\ntest accuracy {3}([\d.]+)\n/.exec(stdout)!;
  expect(Math.abs(Number(trainAccuracy) - numpy.train_accuracy)).toBeLessThan(0.0005);
  expect(Math.abs(Number(testAccuracy) - numpy.test_accuracy)).toBeLessThan(0.0005);
  expect(stderr).toMatch(
    /^5,000\/10,000 {2}loss 0\.\d{6} {2}train 0\.\d{4} {2}test 0\.\d{4} {2}\d+ it\/s {2}ETA [\d.]+ s {2}elapsed [\d.]+ s\n/,
  );
  expect(run(['evaluate', 'm', '--quiet'], { cwd }).stdout).toBe(`${testAccuracy}\n`);
  const { confusion, recall } = JSON.parse(run(['evaluate', 'm', '--json'], { cwd }).stdout) as {
    confusion: number[][];
    recall: number[];
  };
  expect(confusion.flat().reduce((a, b) => a + b)).toBe(10_000);
  expect(recall.every((share) => share > 0.85)).toBe(true);
});

test('naive prints its cost, and goes on', () => {
  const { status, stderr } = run([
    'train',
    '--data',
    tiny,
    '--hidden',
    '2',
    '--batch',
    '3',
    '--iters',
    '2',
    '--gradient',
    'naive',
  ]);
  expect(status).toBe(0);
  expect(stderr).toMatch(/--gradient naive makes 144 forward passes per step: about [\d.e-]+ s per step/); // 2 (21·2 + 3·10)
});

describe('interrupted', () => {
  test('SIGKILL: the net of the last checkpoint is intact', async () => {
    const cwd = temporaryFolder();
    const { child, ended, says } = start(
      [...TINY.slice(0, -1), '--iters', '400000', '--eval-every', '50', '--checkpoint-every', '25', '--save', 'm'],
      cwd,
    );
    await says('100/400,000');
    child.kill('SIGKILL');
    await ended;
    const { iteration } = loadTraining(join(cwd, 'm'));
    expect(iteration % 25).toBe(0);
    expect(iteration).toBeGreaterThanOrEqual(50);
  });
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: saves, prints how to go on, exit %d', async (signal, code) => {
    const cwd = temporaryFolder();
    const args = ['train', '--data', tiny, '--hidden', '5', '--batch', '7', '--iters', '40000'];
    const { child, ended, says } = start([...args, '--eval-every', '50'], cwd);
    await says('50/40,000');
    child.kill(signal);
    const { status, stderr } = await ended;
    expect(status).toBe(code);
    const [file] = readdirSync(cwd);
    expect(file).toMatch(/^gd-train-interrupted-.*\.safetensors$/);
    expect(stderr).toContain(`bin/gd-train.js train --resume ${file} --data ${tiny}`);

    expect(run(['train', '--data', tiny, '--resume', file, '--save', 'resumed', '--quiet'], { cwd }).status).toBe(0);
    expect(run([...args, '--save', 'straight', '--quiet'], { cwd }).status).toBe(0);
    expect(readFileSync(join(cwd, 'resumed')).equals(readFileSync(join(cwd, 'straight')))).toBe(true);
  });
});

test('--resume uses the stored options unless others are given, and continues the log', () => {
  const cwd = temporaryFolder();
  run([...TINY, '--iters', '6', '--lr', '0.5', '--seed', '9', '--save', 'm', '--log', 'log'], { cwd });
  const { stdout } = run(
    ['train', '--data', tiny, '--resume', 'm', '--iters', '9', '--save', 'n', '--log', 'log', '--json', '--quiet'],
    { cwd },
  );
  expect(JSON.parse(stdout)).toMatchObject({
    iterations: 9,
    hyperParameters: { learningRate: 0.5, seed: 9, hiddenSize: 5 },
  });
  expect(logOf(join(cwd, 'log')).map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [flags, why] of [
    [['--iters', '6'], 'has done 6 iterations already'],
    [['--hidden', '9', '--iters', '9'], '--hidden 9 does not fit m, which was begun with 5'],
    [['--seed', '1', '--iters', '9'], '--seed 1 does not fit m, which was begun with 9'],
  ] as const) {
    const { status, stderr } = run(['train', '--data', tiny, '--resume', 'm', ...flags], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
  }
  const { status, stderr } = run(['train', '--resume', 'm', '--iters', '9'], { cwd });
  expect([status, stderr]).toEqual([2, expect.stringContaining('m takes images of 20 pixels, these have 784')]);
});

test('weights that overflow: exit 3, and the last finite net is kept', () => {
  const cwd = temporaryFolder();
  run([...TINY, '--iters', '1', '--save', 'm'], { cwd });
  const file = decodeSafetensors(readFileSync(join(cwd, 'm')), 'm');
  file.tensors.get('W2')!.data.fill(1.7e308);
  for (const name of ['sha256', 'seal', 'dataset']) (file.metadata as Map<string, string>).delete(name);
  writeFileSync(join(cwd, 'm'), encodeSafetensors(file));
  const { status, stderr } = run(
    ['train', '--data', tiny, '--resume', 'm', '--iters', '5', '--save', 'kept', '--quiet'],
    { cwd },
  );
  expect(status).toBe(3);
  expect(stderr).toMatch(/no longer be finite at step 1 .*: try a smaller --lr than 0\.1\n$/);
  expect(decodeSafetensors(readFileSync(join(cwd, 'kept')), 'kept').tensors).toEqual(file.tensors);
});

describe('without WebAssembly', () => {
  const jitless = (...args: string[]) =>
    spawnSync(process.execPath, ['--jitless', BIN, ...TINY, '--iters', '4', ...args], { encoding: 'utf8' });

  test('the plain engines train, say so, and differ by rounding only', () => {
    const { status, stdout, stderr } = jitless('--json');
    expect(status).toBe(0);
    expect(stderr).not.toContain('plain TypeScript'); // --quiet
    const plain = JSON.parse(stdout) as { loss: number };
    const fast = JSON.parse(run([...TINY, '--iters', '4', '--json']).stdout) as { loss: number };
    expect(Math.abs(plain.loss - fast.loss)).toBeLessThan(1e-14);

    const args = ['--jitless', BIN, ...TINY.filter((flag) => flag !== '--quiet'), '--iters', '4'];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr).toContain(
      'plain TypeScript is used, which is slower: this Node.js runs without WebAssembly\n',
    );
  });

  test('f32 is refused with the remedy', () => {
    const { status, stderr } = jitless('--precision', 'f32');
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('this Node.js runs without WebAssembly. Use --precision f64\n'),
    ]);
  });
});

test.each(['numerical', 'naive'])('f32 is not for %s', (gradient) => {
  const { status, stderr } = run([...TINY, '--precision', 'f32', '--gradient', gradient]);
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining(`--gradient ${gradient} needs float64; got --precision f32.`),
  ]);
});

test('the last line is the SHA-256 of the weights in the file, with any number of threads', () => {
  const cwd = temporaryFolder();
  const lastLines = ['1', '2', '3'].map((threads) => {
    const args = ['train', '--data', tiny, '--hidden', '45', '--batch', '7', '--iters', '9', '--quiet'];
    return run([...args, '--save', 'm', '--force', '--threads', threads], { cwd })
      .stdout.trim()
      .split('\n')
      .at(-1)!;
  });
  const weights = readFileSync(join(cwd, 'm')).subarray(-8 * (20 * 45 + 45 + 450 + 10));
  const sha256 = createHash('sha256').update(weights).digest('hex');
  expect(new Set(lastLines)).toEqual(new Set([`weights sha256  ${sha256}`]));
});

describe('a run that is refused changes no file', () => {
  test.each([
    [
      'cut',
      (folder: string) => truncateSync(join(folder, 'train-images-idx3-ubyte'), 100),
      'ends after 100 of 816 bytes',
    ],
    [
      'mislabelled',
      (folder: string) =>
        writeFileSync(join(folder, 'train-images-idx3-ubyte'), readFileSync(join(folder, 'train-labels-idx1-ubyte'))),
      'but holds labels',
    ],
    [
      'corrupt',
      (folder: string) => writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), '<html>'),
      'is not an IDX file',
    ],
  ])('%s data', (_, spoil, why) => {
    const folder = temporaryFolder();
    writeDataset(folder);
    spoil(folder);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'm'), 'mine');
    const { status, stderr } = run(['train', '--data', folder, '--save', 'm', '--log', 'log'], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(readFileSync(join(cwd, 'm'), 'utf8')).toBe('mine');
    expect(existsSync(join(cwd, 'log'))).toBe(false);
  });
});

test('a closed pipe ends the run without a message', () => {
  const pipe = `"${process.execPath}" "${BIN}" descend --history --steps 200000 | head -1`;
  const { stdout, stderr, status } = spawnSync('sh', ['-c', pipe], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\[\[-3\.0+e\+00\d? +4\.0+e\+00\d?\]\n$/);
});

test('results go to stdout, all else to stderr', () => {
  const { stdout, stderr } = run([
    'train',
    '--data',
    tiny,
    '--iters',
    '20',
    '--hidden',
    '3',
    '--batch',
    '5',
    '--eval-every',
    '8',
  ]);
  expect(stdout).toMatch(/^train accuracy {2}[\d.]+\ntest accuracy {3}[\d.]+\nweights sha256 {2}[\da-f]{64}\n$/);
  expect(stderr.split('\n').map((line) => line.split(' ')[0])).toEqual([
    '8/20',
    '16/20',
    '20/20',
    '20',
    ...['kept', 'to', 'to', ''],
  ]);
});
