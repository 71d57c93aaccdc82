import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, start, temporaryFolder } from '../helpers/run.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const TRAIN = ['train', '--data', data, '--hidden', '5', '--batch', '7', '--iters', '30'];

/** A folder with a pipe in it. */
function folderWithPipe(): string | undefined {
  const cwd = temporaryFolder();
  if (spawnSync('mkfifo', [join(cwd, 'pipe')]).status === 0) return cwd;
  console.log('skipped: no mkfifo here');
  return undefined;
}

describe('a pipe without a reader: signals are handled', () => {
  test('--log: no step is made', async () => {
    const cwd = folderWithPipe();
    if (cwd === undefined) return;
    const { child, ended, says } = start([...TRAIN, '--save', 'm', '--log', 'pipe'], cwd);
    await says('waiting for a program that reads from pipe\n');
    child.kill('SIGTERM');
    const { status, stderr } = await ended;
    expect([status, stderr]).toEqual([
      143,
      expect.stringContaining('gd-train: pipe is a pipe that no program reads\n'),
    ]);
    expect(readdirSync(cwd)).toEqual(['pipe']);
  });

  test('--save: the net is saved elsewhere', async () => {
    const cwd = folderWithPipe();
    if (cwd === undefined) return;
    const { child, ended, says } = start([...TRAIN, '--save', 'pipe'], cwd);
    await says('waiting for a program that reads from pipe\n');
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    const [rescued] = readdirSync(cwd);
    expect([status, stderr]).toEqual([
      130,
      expect.stringContaining(`gd-train: pipe is a pipe that no program reads; the net is in ${rescued}\n`),
    ]);
    expect(loadTraining(join(cwd, rescued)).iteration).toBe(30);
  });

  test('--report: the net is saved', async () => {
    const cwd = folderWithPipe();
    if (cwd === undefined) return;
    const { child, ended, says } = start([...TRAIN, '--save', 'm', '--report', 'pipe'], cwd);
    await says('waiting for a program that reads from pipe\n');
    child.kill('SIGHUP');
    expect((await ended).status).toBe(129);
    expect(loadTraining(join(cwd, 'm')).iteration).toBe(30);
  });

  test.each([
    ['report', 'm', '--data', data, '-o', 'pipe'],
    ['export', 'm', '--format', 'npz', '-o', 'pipe'],
  ])('%s %s: ends at once', async (...args) => {
    const cwd = folderWithPipe();
    if (cwd === undefined) return;
    expect(run([...TRAIN, '--save', 'm', '--quiet'], { cwd }).status).toBe(0);
    const { child, ended } = start(args, cwd);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    expect((await ended).signal).toBe('SIGINT');
  });
});

test.each([
  ['log', ['--log', 'pipe', '--quiet']],
  ['m', ['--save', 'pipe', '--quiet']],
])('a reader of the pipe gets the complete %s', async (name, flags) => {
  const cwd = folderWithPipe();
  if (cwd === undefined) return;
  expect(run([...TRAIN, `--${name === 'm' ? 'save' : name}`, name, '--quiet'], { cwd }).status).toBe(0);
  const reader = spawn('cat', [join(cwd, 'pipe')]);
  const pieces: Buffer[] = [];
  reader.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => reader.on('close', resolve));
  const child = spawn(process.execPath, [BIN, ...TRAIN, ...flags], { cwd });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  await ended;
  expect(Buffer.concat(pieces).equals(readFileSync(join(cwd, name)))).toBe(true);
});
