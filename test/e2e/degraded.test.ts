import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { BIN, temporaryFolder } from '../helpers/run.js';
import { decodeSafetensors } from '#src/formats/safetensors.js';

// On a machine that lacks something, the program takes the next best way and says so. Where the kernels compute, the bits
// are the same.

const cwd = temporaryFolder();
writeDataset(join(cwd, 'data'));
const DATA = ['--data', 'data'];
const TRAIN = ['train', ...DATA, '--hidden', '25', '--batch', '20', '--iters', '3', '--threads', '2'];

function gd(args: string[], node: string[] = [], shell?: string) {
  const command = [process.execPath, ...node, BIN, ...args];
  const [file, ...rest] = shell === undefined ? command : ['sh', '-c', `${shell} "$@"`, 'sh', ...command];
  const { status, stdout, stderr } = spawnSync(file, rest, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  expect(stderr).not.toMatch(/internal error|Fatal|^#/m);
  return { status, stdout, stderr: stderr.replace(/^Warning: disabling flag .*\n/, '') }; // a warning of Node.js about --jitless
}
const without = (what: string) => [`--import=${new URL(`../helpers/without.js?${what}`, import.meta.url).href}`];
const digestOf = (stdout: string) => /sha256 {2}([\da-f]{64})/.exec(stdout)?.[1];

const whole = gd([...TRAIN, '--save', 'm']);
test('a complete machine prints no message', () => {
  expect(whole.status).toBe(0);
  expect(whole.stderr).not.toMatch(/plain TypeScript|threads:/);
  expect(decodeSafetensors(readFileSync(join(cwd, 'm')), 'm').metadata.has('fallback')).toBe(false);
});

describe.each([
  ['SharedArrayBuffer', 'this Node.js has no SharedArrayBuffer'],
  ['Atomics', 'this Node.js has no Atomics.wait'],
  ['wait', 'this Node.js has no Atomics.wait'],
  ['workers', 'a worker thread did not start (Worker initialization failure: EAGAIN)'],
  ['start', 'a worker thread did not start (nothing works here)'],
])('without %s', (what, why) => {
  test('one thread trains with the same bits', () => {
    const { status, stdout, stderr } = gd(TRAIN, without(what));
    expect([status, stderr]).toEqual([0, expect.stringContaining(`threads: 1, because ${why}\n`)]);
    expect(digestOf(stdout)).toBe(digestOf(whole.stdout));
  });
});

describe.each([
  ['WebAssembly', without('WebAssembly'), 'this Node.js runs without WebAssembly'],
  ['just-in-time compilation', ['--jitless'], 'this Node.js runs without WebAssembly'],
  ['SIMD', ['--no-enable-sse4-1', '--no-enable-sse4-2', '--no-enable-avx'], 'WebAssembly has no SIMD on this machine'],
  ['address space', without('memory'), 'WebAssembly gets no address space'],
  ['memory that grows', without('growth'), 'there is too little memory for the SIMD kernels'],
])('without %s', (what, flags, why) => {
  if (what === 'SIMD' && process.arch !== 'x64') {
    console.log('skipped: the flags that turn SIMD off are those of x64');
    return;
  }
  const says = expect.stringContaining(`plain TypeScript is used, which is slower: ${why}`) as string;

  test('train says so on stderr, in --json and in the model file, which resumes', () => {
    const { status, stdout, stderr } = gd([...TRAIN, '--json', '--save', 'plain', '--force'], flags);
    expect([status, stderr]).toEqual([0, says]);
    expect(JSON.parse(stdout)).toMatchObject({ threads: 1, fallback: expect.stringContaining(why) as string });
    const { metadata } = decodeSafetensors(readFileSync(join(cwd, 'plain')), 'plain');
    expect(metadata.get('fallback')).toContain(why);
    const resumed = gd(['train', ...DATA, '--resume', 'plain', '--iters', '5', '--json']);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ fallback: expect.stringContaining(why) as string });
  });

  test('evaluate, check, bench and predict --index work', () => {
    const evaluated = gd(['evaluate', 'm', ...DATA], flags);
    expect(evaluated).toEqual({ ...gd(['evaluate', 'm', ...DATA]), stderr: says });
    const checked = gd(['check', ...DATA, '--hidden', '30', '--batch', '40', '--engines', 'backprop,numerical'], flags);
    expect(checked).toMatchObject({ status: 0, stderr: expect.stringContaining(why) as string });
    expect(gd(['predict', 'm', '--index', '1', '--quiet', ...DATA], flags)).toMatchObject({ status: 0, stderr: '' });
    const bench = ['bench', ...DATA, '--hidden', '30', '--batch', '40', '--rounds', '1', '--gradient', 'numerical'];
    expect(gd(bench, flags)).toMatchObject({ status: 0, stderr: expect.stringContaining(why) as string });
  });

  test('float32 needs the kernels: exit code 1', () => {
    const { status, stderr } = gd([...TRAIN, '--precision', 'f32'], flags);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^gd-train: --precision f32 needs the SIMD kernels: .*\n$/),
    ]);
  });
});

(process.platform === 'linux' ? describe : describe.skip)('limits of the shell', () => {
  if (process.platform !== 'linux') console.log('skipped: address space and processes are limited on Linux only');

  // Node.js 20 itself needs more than 1 GiB of address space, WebAssembly reserves 10 GiB, and a worker 0.85 GiB.
  test.each([2_000_000, 6_000_000, 12_000_000, 13_000_000, 14_000_000, 20_000_000])('ulimit -v %d', (kilobytes) => {
    const limit = `ulimit -v ${kilobytes};`;
    const { status, stdout } = gd([...TRAIN, '--json'], [], limit);
    expect(status).toBe(0);
    const { fallback, sha256 } = JSON.parse(stdout) as { fallback: string | null; sha256: string };
    if (fallback === null) expect(sha256).toBe(digestOf(whole.stdout));
    expect(gd(['evaluate', 'm', ...DATA, '--quiet'], [], limit)).toMatchObject({ status: 0 });
  });

  test('ulimit -u: no thread can be started', () => {
    if (process.getuid!() !== 0) return void console.log('skipped: only root can start processes as another user');
    chmodSync(cwd, 0o755);
    // Each number is one more than the threads that some version of Node.js needs.
    const limited = [9, 10, 11, 12, 13, 14].map((processes) =>
      gd(
        [...TRAIN, '--json'],
        [],
        `exec setpriv --reuid=64321 --regid=64321 --clear-groups prlimit --nproc=${processes}`,
      ),
    );
    const threads = limited.filter(({ status }) => status === 0).map(({ stdout }) => JSON.parse(stdout) as object);
    expect(threads).toContainEqual(expect.objectContaining({ threads: 1, sha256: digestOf(whole.stdout) }));
  });
});
