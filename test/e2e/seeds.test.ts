import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { run, start, temporaryFolder } from '../helpers/run.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const TRAIN = ['train', '--data', data, '--hidden', '12', '--batch', '7'];

interface Result {
  sha256: string;
  testAccuracy: number;
  trainAccuracy: number;
  stopped: string | null;
  expectations: { measure: string; value: number; isMet: boolean }[];
}

describe('--seeds', () => {
  test('every run equals the run of its seed, and the mean is that of the lines', () => {
    const cwd = temporaryFolder();
    const args = [...TRAIN, '--iters', '300', '--lr', '1', '--quiet'];
    const files = ['--save', 'm-{seed}', '--log', 'log-{seed}'];
    const { status, stdout } = run([...args, '--seeds', '0..2,7', ...files, '--json'], { cwd });
    expect(status).toBe(0);
    const all = JSON.parse(stdout) as {
      seeds: number[];
      finished: number;
      runs: Result[];
      testAccuracy: { mean: number; std: number };
    };
    expect([all.seeds, all.finished]).toEqual([[0, 1, 2, 7], 4]);
    expect(readdirSync(cwd).sort()).toEqual(
      ['0', '1', '2', '7'].flatMap((seed) => `log-${seed}`).concat('m-0', 'm-1', 'm-2', 'm-7'),
    );
    const single = run([...args, '--seed', '7', '--json']);
    expect((JSON.parse(single.stdout) as Result).sha256).toBe(all.runs[3].sha256);
    expect(loadTraining(join(cwd, 'm-7')).hyperParameters.seed).toBe(7);

    const values = all.runs.map(({ testAccuracy }) => testAccuracy);
    const mean = values.reduce((sum, value) => sum + value, 0) / 4;
    expect(all.testAccuracy.mean).toBeCloseTo(mean, 14);
    expect(all.testAccuracy.std).toBeCloseTo(
      Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3),
      14,
    );

    const lines = run([...args, '--seeds', '0..2,7'])
      .stdout.trim()
      .split('\n');
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([
      'seed 0',
      'seed 1',
      'seed 2',
      'seed 7',
      'mean of 4',
      'std (n - 1)',
    ]);
    expect(lines[3]).toContain(`test accuracy ${values[3]}`);
    expect(lines[4]).toContain(`test accuracy ${all.testAccuracy.mean}`);
  });

  test('Ctrl-C during a run: it is saved, the mean is that of the finished runs, exit 130', async () => {
    const cwd = temporaryFolder();
    const more = ['--eval-every', '9000', '--checkpoint-every', '500', '--seeds', '0..9', '--save', 'm-{seed}'];
    const args = [...TRAIN, '--iters', '20000', ...more];
    const { child, ended, says } = start(args, cwd);
    await says('seed 1, 2 of 10\n');
    while (!existsSync(join(cwd, 'm-1'))) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(130);
    expect(stdout).toMatch(
      /^seed 0 .*\nseed 1 .*\(SIGINT after [\d,]+ iterations: not in the mean\)\nmean of 1 .*\nstd \(n - 1\) .* -\n$/,
    );
    expect(stderr).toContain('bin/gd-train.js train --resume m-1 ');
    expect(readdirSync(cwd).sort()).toEqual(['m-0', 'm-1']);
  });

  test.each([
    [
      ['--save', 'm'],
      '--save m would be overwritten by the run of each seed: put {seed} in the name, such as run-{seed}',
    ],
    [['--log', 'm'], '--log m would be overwritten'],
    [['--seed', '3'], '--seed and --seeds are alternatives'],
    [['--resume', 'm'], '--seeds starts new runs'],
  ])('with %j: refused', (more, why) => {
    const { status, stderr } = run([...TRAIN, '--seeds', '0,1', ...more]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});

describe('--expect', () => {
  const args = [...TRAIN, '--iters', '300', '--lr', '1', '--quiet', '--json'];
  const { testAccuracy } = JSON.parse(run(args).stdout) as Result;

  test('train: met, exit 0; not met, exit 4 and one line with the value', () => {
    const met = run([...args, '--expect', `test_accuracy>=${testAccuracy}`, '--expect', 'loss<99,train_accuracy>0']);
    expect([met.status, met.stderr]).toEqual([0, '']);
    expect((JSON.parse(met.stdout) as Result).expectations.map(({ isMet }) => isMet)).toEqual([true, true, true]);
    const not = run([...args, '--expect', `test_accuracy>${testAccuracy},loss<99`]);
    const line = `gd-train: not met: test_accuracy is ${testAccuracy}, expected > ${testAccuracy}\n`;
    expect([not.status, not.stderr]).toEqual([4, line]);
    expect((JSON.parse(not.stdout) as Result).expectations[0]).toMatchObject({ value: testAccuracy, isMet: false });
  });

  test('train --seeds: applies to the mean', () => {
    const seeds = [...args, '--seeds', '0,1'];
    const { testAccuracy } = JSON.parse(run(seeds).stdout) as { testAccuracy: { mean: number } };
    expect(run([...seeds, '--expect', `test_accuracy==${testAccuracy.mean}`]).status).toBe(0);
    const { status, stderr } = run([...seeds, '--expect', `test_accuracy<${testAccuracy.mean}`]);
    expect([status, stderr]).toEqual([
      4,
      `gd-train: not met: test_accuracy is ${testAccuracy.mean}, expected < ${testAccuracy.mean}\n`,
    ]);
  });

  test('evaluate: applies to the test images, and to the training images on request', () => {
    const cwd = temporaryFolder();
    run([...args, '--save', 'm'], { cwd });
    const evaluate = ['evaluate', 'm', '--data', data, '--quiet', '--expect'];
    expect(run([...evaluate, `test_accuracy==${testAccuracy},train_accuracy>=${testAccuracy}`], { cwd }).status).toBe(
      0,
    );
    const { status, stderr } = run([...evaluate, 'train_accuracy<0.01'], { cwd });
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/^gd-train: not met: train_accuracy is [\d.]+, expected < 0.01\n$/),
    ]);
    const { status: wrong, stderr: why } = run([...evaluate, 'loss<1'], { cwd });
    expect([wrong, why]).toEqual([2, 'gd-train: --expect can compare testAccuracy, trainAccuracy; got "loss"\n']);
  });
});

test('--checkpoint-every changes no result', () => {
  const args = [...TRAIN, '--iters', '100', '--quiet', '--json'];
  const digest = (...more: string[]) =>
    (JSON.parse(run([...args, ...more], { cwd: temporaryFolder() }).stdout) as Result).sha256;
  const plain = digest();
  for (const every of ['1', '7', '100', '1000']) {
    expect(digest('--save', 'm', '--checkpoint-every', every, '--threads', '2')).toBe(plain);
    expect(digest('--save', 'm', '--checkpoint-every', every, '--threads', '1')).toBe(plain);
  }
  const { status, stderr } = run([...args, '--checkpoint-every', '5']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('needs a file to save to')]);
});
