import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { decodeSafetensors, encodeSafetensors } from '#src/formats/safetensors.js';

// A changed model file is detected, and a model file identifies the images on which its net was trained.

const cwd = temporaryFolder();
writeDataset(join(cwd, 'own'));
writeDataset(join(cwd, 'other'));
const testImages = join(cwd, 'other', 't10k-images-idx3-ubyte');
const changed = readFileSync(testImages);
changed[changed.length - 1] ^= 1; // one bit of one test image
writeFileSync(testImages, changed);
run(['train', '--data', 'own', '--hidden', '5', '--batch', '7', '--iters', '3', '--save', 'm', '--quiet'], { cwd });

const COMMANDS = {
  resume: ['train', '--iters', '9', '--quiet', '--resume', 'm', '--save', 'resumed', '--force'],
  evaluate: ['evaluate', 'm'],
  predict: ['predict', 'm', '--index', '0'],
  report: ['report', 'm', '-o', 'page.html'],
};

test.each(Object.entries(COMMANDS))('%s: refused on other data, unless --other-data is given', (_, args) => {
  expect(run([...args, '--data', 'own'], { cwd }).status).toBe(0);
  const { status, stdout, stderr } = run([...args, '--data', 'other'], { cwd });
  const why = 'm was trained on "own", and "other" has other test images: name the right folder with --data, or add';
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)]);
  expect(run([...args, '--data', 'other', '--other-data'], { cwd }).status).toBe(0);
});

test('check --model uses the training images only, which are the same', () => {
  const check = ['check', '--model', 'm', '--engines', 'backprop,numerical', '--data'];
  expect(run([...check, 'other'], { cwd }).status).toBe(0);
  const labels = join(cwd, 'other', 'train-labels-idx1-ubyte');
  const bytes = readFileSync(labels);
  const last = bytes[bytes.length - 1];
  bytes[bytes.length - 1] = (last + 1) % 10;
  writeFileSync(labels, bytes);
  const { status, stderr } = run([...check, 'other'], { cwd });
  expect([status, stderr]).toEqual([2, expect.stringContaining('"other" has other training images')]);
  expect(run([...check, 'other', '--other-data'], { cwd }).status).toBe(0);
  bytes[bytes.length - 1] = last;
  writeFileSync(labels, bytes);
});

test('gzipped files are the same data', () => {
  mkdirSync(join(cwd, 'zipped'));
  for (const name of readdirSync(join(cwd, 'own'))) {
    writeFileSync(join(cwd, 'zipped', `${name}.gz`), gzipSync(readFileSync(join(cwd, 'own', name))));
  }
  expect(run(['evaluate', 'm', '--data', 'zipped', '--quiet'], { cwd }).status).toBe(0);
});

/** The file with a changed metadata entry, or changed weights. */
function change(edit: (metadata: Map<string, string>, weights: Float64Array) => void): void {
  const { tensors, metadata } = decodeSafetensors(readFileSync(join(cwd, 'm')), 'm');
  edit(metadata as Map<string, string>, tensors.get('W1')!.data as Float64Array);
  writeFileSync(join(cwd, 'changed'), encodeSafetensors({ tensors, metadata }));
}
const digit = (text: string, pattern: RegExp) => text.replace(pattern, (d) => String((Number(d) + 1) % 10));

test.each([
  ['random_state', /\d(?=,)/],
  ['iteration', /\d/],
  ['hyper_parameters', /(?<="learningRate":0\.)\d/],
  ['hyper_parameters', /(?<="seed":)\d/],
  ['dataset', /(?<="test":"[\da-f]*)\d/],
])('a changed digit in %s %s is detected', (name, pattern) => {
  change((metadata) => {
    const before = metadata.get(name)!;
    expect(digit(before, pattern)).not.toBe(before);
    metadata.set(name, digit(before, pattern));
  });
  const { status, stderr } = run(['evaluate', 'changed', '--data', 'own'], { cwd });
  expect([status, stderr]).toEqual([2, expect.stringContaining('changed is damaged: ')]);
});

test('without its seal, a file that names its data is damaged', () => {
  change((metadata) => metadata.delete('seal'));
  expect(run(['evaluate', 'changed', '--data', 'own'], { cwd }).stderr).toContain('metadata was changed');
});

test.each([NaN, Infinity, -Infinity])('a weight of %d: exit 3, whatever the command', (weight) => {
  change((metadata, weights) => {
    for (const name of ['seal', 'dataset', 'sha256']) metadata.delete(name);
    weights[7] = weight;
  });
  const commands = [
    ['evaluate', 'changed', '--data', 'own', '--expect', 'test_accuracy>=0'],
    ['predict', 'changed', '--data', 'own', '--index', '0'],
    ['report', 'changed', '--data', 'own', '-o', 'page.html'],
    ['export', 'changed', '--format', 'npz', '-o', 'x.npz'],
    ['train', '--data', 'own', '--resume', 'changed', '--iters', '9'],
    ['check', '--data', 'own', '--model', 'changed'],
  ];
  for (const args of commands) {
    const { status, stdout, stderr } = run(args, { cwd });
    const why = `gd-train: changed has weights that are not finite (W1: ${weight} at 7): train again with a smaller --lr\n`;
    expect([status, stdout, stderr]).toEqual([3, '', why]);
  }
});
