import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { describeTfjs } from '../helpers/tfjs.js';
import { decodeSafetensors } from '#src/formats/safetensors.js';

const tiny = temporaryFolder();
writeDataset(tiny);
const TINY = ['train', '--data', tiny, '--hidden', '5', '--batch', '7', '--gradient', 'tfjs'];

describeTfjs('gd-train with tfjs', () => {
  test('trains on MNIST: results on stdout, progress on stderr, and no messages of TensorFlow', () => {
    const cwd = temporaryFolder();
    const args = ['train', '--gradient', 'tfjs', '--iters', '600', '--save', 'm'];
    const { status, stdout, stderr } = run(args, { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^train accuracy {2}0\.\d+\ntest accuracy {3}0\.\d+\nweights sha256 {2}[\da-f]{64}\n$/);
    expect(stderr.split('\n').map((line) => line.split(' ')[0])).toEqual(['600/600', '600', 'saved', '']);
    const accuracy = /test accuracy {3}([\d.]+)/.exec(stdout)![1];
    expect(Number(accuracy)).toBeGreaterThan(0.8);
    expect(run(['evaluate', 'm', '--quiet'], { cwd }).stdout).toBe(`${accuracy}\n`);
  });

  test('--debug shows the messages of TensorFlow, on stderr', () => {
    const args = [...TINY, '--iters', '2'];
    expect(run([...args, '--debug']).stderr).toMatch(/oneDNN|CPU instructions/);
    const { stdout } = run([...args, '--debug', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      iterations: 2,
      hyperParameters: { gradient: 'tfjs', precision: 'f32' },
    });
  });

  test('the model file holds float32, and backprop goes on with it', () => {
    const cwd = temporaryFolder();
    run([...TINY, '--iters', '4', '--save', 'm', '--quiet'], { cwd });
    const { tensors } = decodeSafetensors(readFileSync(join(cwd, 'm')), 'm');
    expect(tensors.get('W1')!.data).toBeInstanceOf(Float32Array);
    const on = (gradient: string) => {
      const args = ['train', '--data', tiny, '--resume', 'm', '--iters', '9', '--json', '--quiet'];
      return JSON.parse(run([...args, '--gradient', gradient, '--save', gradient], { cwd }).stdout) as { loss: number };
    };
    expect(on('backprop').loss).toBeCloseTo(on('tfjs').loss, 5);
  });

  test('a stopped and resumed run ends with the same weights', () => {
    const cwd = temporaryFolder();
    const last = (args: string[]) =>
      run([...args, '--quiet'], { cwd })
        .stdout.trim()
        .split('\n')
        .at(-1);
    const straight = last([...TINY, '--iters', '9']);
    last([...TINY, '--iters', '4', '--save', 'm']);
    expect(last(['train', '--data', tiny, '--resume', 'm', '--iters', '9'])).toBe(straight);
  });

  test('bench times tfjs', () => {
    const args = ['bench', '--data', tiny, '--gradient', 'tfjs', '--hidden', '3', '--batch', '4', '--rounds', '1'];
    const { stdout, stderr } = run([...args, '--threads', '1', '--json']);
    expect(stderr).toBe('');
    const { timings } = JSON.parse(stdout) as { timings: unknown[] };
    expect(timings).toEqual([expect.objectContaining({ gradient: 'tfjs', precision: 'f32', threads: 1 })]);
  });

  test('--threads is the number of threads that TensorFlow starts', () => {
    if (process.platform !== 'linux') return void console.log('skipped: threads are counted on Linux only');
    const count = (threads: number) => {
      const program = `
        import { readdirSync } from 'node:fs';
        import { loadTfjs } from '#src/tensorflow/load.js';
        const tf = loadTfjs(${threads});
        tf.tensor(Float32Array.of(2), [1, 1], 'float32').matMul(tf.tensor(Float32Array.of(2), [1, 1], 'float32'));
        console.log(readdirSync('/proc/self/task').length);`;
      return Number(
        spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }).stdout,
      );
    };
    expect(count(5) - count(2)).toBe(6); // three more within an operation, three more between operations
  });
});

test('f64 is refused, and so is a step', () => {
  expect(run([...TINY, '--precision', 'f64'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--gradient tfjs needs float32; got --precision f64.') as string,
  });
  expect(run([...TINY, '--h', '0.1']).stderr).toContain('tfjs has none');
});
