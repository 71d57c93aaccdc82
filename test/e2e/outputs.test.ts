import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';

// No command overwrites its input with its output, whatever their names are.

const cwd = temporaryFolder();
const data = join(cwd, 'data');
writeDataset(data);
const TRAIN = ['train', '--data', 'data', '--hidden', '5', '--batch', '7', '--quiet'];
const RESUME = ['train', '--data', 'data', '--resume', 'm.st', '--iters', '9', '--quiet'];

beforeAll(() => {
  run([...TRAIN, '--iters', '3', '--save', 'm.st', '--log', 'run.log'], { cwd });
  symlinkSync('m.st', join(cwd, 'link'));
  linkSync(join(cwd, 'm.st'), join(cwd, 'hard'));
  symlinkSync('data', join(cwd, 'pictures'));
});

/** The files of the folder and their contents. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
    .sort();
}

const IMAGES = 'train-images-idx3-ubyte';

test.each([
  [...RESUME, '--log', './m.st'],
  [...RESUME, '--report', 'link'],
  [...RESUME, '--log', 'hard'],
  [...RESUME, '--save', 'n.st', '--report', './n.st'],
  [...RESUME, '--save', 'n.st', '--log', `${cwd}/n.st`],
  [...RESUME, '--save', `data/${IMAGES}`],
  [...TRAIN, '--iters', '3', '--log', `pictures/${IMAGES}`],
  [...TRAIN, '--iters', '3', '--report', 'data/t10k-labels-idx1-ubyte'],
  [...TRAIN, '--iters', '3', '--seeds', '1,2', '--save', 'n-{seed}', '--log', './n-{seed}'],
  ['export', 'm.st', '--format', 'npz', '-o', 'hard'],
  ['export', 'm.st', '--format', 'onnx', '-o', 'link'],
  ['export', 'link', '--format', 'npz', '-o', './m.st'],
  ['export', 'm.st', '--format', 'tfjs', '-o', 'm.st'],
  ['report', 'm.st', '--data', 'data', '-o', 'link'],
  ['report', 'm.st', '--data', 'data', '--log', 'run.log', '-o', './run.log'],
  ['report', 'm.st', '--data', 'data', '-o', `pictures/${IMAGES}`],
  [...RESUME, '--save', ''],
  [...RESUME, '--report', ''],
  [...RESUME, '--log', '-'],
  [...RESUME, '--save', '-'],
  [...RESUME, '--save', 'm.h5'],
  [...RESUME, '--save', 'nowhere/m.st'],
  ['report', 'm.st', '--data', 'data', '-o', 'x.pdf'],
  ['report', 'm.st', '--data', 'data', '-o', ''],
  ['export', 'm.st', '--format', 'npz', '-o', 'x.onnx'],
  ['export', 'm.st', '-o', 'nowhere/x.onnx'],
  ['descend', '--plot', 'nowhere/x.svg'],
  ['diff', '--sweep', '--plot', 'data'],
])('%j is refused: exit 2, one line, no file is changed', (...args) => {
  const before = stateOf(cwd);
  const { status, stdout, stderr } = run(args, { cwd });
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^gd-train: [^\n]+\n$/)]);
  expect(stateOf(cwd)).toEqual(before);
});

test('a resumed run may save to the file that it resumed, under any of its names', () => {
  for (const [iterations, name] of [
    [4, 'm.st'],
    [5, './m.st'],
    [6, 'link'],
  ] as const) {
    const args = ['train', '--data', 'data', '--resume', 'm.st', '--iters', String(iterations), '--save', name];
    expect(run([...args, '--quiet'], { cwd }).status).toBe(0);
  }
  expect(run(['export', 'm.st', '--format', 'npz', '-o', 'm.npz', '--quiet'], { cwd }).status).toBe(0);
  expect(existsSync(join(cwd, 'm.npz'))).toBe(true);
});
