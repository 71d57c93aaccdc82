import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/run.js';
import { InputError } from '#src/errors.js';
import { encodeSafetensors, type Tensor } from '#src/formats/safetensors.js';
import { readLearnerFiles } from '#src/grader/submission.js';

const folder = temporaryFolder();
const golden = (name: string) => fileURLToPath(new URL(`../golden/learner/${name}`, import.meta.url));
const write = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const json = (value: unknown) => write('g.json', JSON.stringify(value));

test.each([
  ['W1', 'gradients'],
  ['w1', 'gradients'],
  ['dW1', 'gradients'],
  ['db2', 'gradients'],
  ['gW1', 'gradients'],
  ['grad_b1', 'gradients'],
  ['grads/W2', 'gradients'],
  ['grads.W2', 'gradients'],
  ['gradient W2', 'gradients'],
  ['dL/dW1', 'gradients'],
  ['dL_dW1', 'gradients'],
  ['W1.grad', 'gradients'],
  ['b1_grad', 'gradients'],
  ['net/grads/W1', 'gradients'],
  ['params/W1', 'weights'],
  ['weights.b1', 'weights'],
])('%s is one of the %s', (name, kind) => {
  const tensor = /[wb][12]/i.exec(name)![0].replace('w', 'W').replace('B', 'b');
  // A file with weights alone is not graded, so it also has a gradient of another tensor.
  const read = readLearnerFiles([json({ [name]: [1], ...(kind === 'weights' && { dW2: [2] }) })]);
  expect([...read[kind as 'gradients'].keys()]).toEqual([tensor]);
});

test('plain names are weights if the gradients have other names', () => {
  const { gradients, weights, indices } = readLearnerFiles([golden('right.npz')]);
  expect([...gradients.keys()]).toEqual(['W1', 'b1', 'W2', 'b2']);
  expect([...weights.keys()]).toEqual(['W1', 'b1', 'W2', 'b2']);
  expect(gradients.get('W1')).not.toEqual(weights.get('W1'));
  expect(indices!.shape).toEqual([8]);
});

test('tensors of .npy files, single or in a folder, are named by their file', () => {
  const bytes = readFileSync(golden('version1.npy'));
  const inFolder = join(folder, 'set');
  mkdirSync(inFolder);
  for (const name of ['W1.npy', 'db2.npy', 'x_train.npy']) writeFileSync(join(inFolder, name), bytes);
  expect([...readLearnerFiles([join(inFolder, 'db2.npy')]).gradients.keys()]).toEqual(['b2']);
  const { gradients, weights } = readLearnerFiles([inFolder]);
  expect([[...gradients.keys()], [...weights.keys()]]).toEqual([['b2'], ['W1']]);
});

test('safetensors files are read', () => {
  const tensors = new Map<string, Tensor>([['b1', { shape: [2], data: Float32Array.of(1, 2) }]]);
  const file = write('g.safetensors', encodeSafetensors({ tensors, metadata: new Map() }));
  expect(readLearnerFiles([file]).gradients.get('b1')).toEqual({
    shape: [2],
    data: Float32Array.of(1, 2),
  });
});

test.each<[string, () => string, string]>([
  ['nothing that is wanted', () => json({ loss: 1, V1: [1] }), 'found "loss", "V1": name them, as np.savez'],
  ['arrays without names', () => golden('shapes.npz'), 'found "scalar", "empty", "vector", "fortran", "deep"'],
  ['a tensor twice', () => json({ dW1: [1], grads: { W1: [2] } }), 'holds W1 more than once, as "grads/W1" too'],
  ['weights twice', () => json({ dW1: [1], W1: [2], params: { W1: [3] } }), 'has weights twice'],
  ['a pickle', () => write('g.pkl', Buffer.of(0x80, 4, 0x95)), 'is none of .npz, .npy, safetensors and JSON'],
  ['an empty file', () => write('empty', ''), 'is none of .npz'],
  ['a long name', () => json({ ['x'.repeat(500)]: 1, '\u001b[31m': 1 }), `found "${'x'.repeat(39)}…", "\\u001b[31m"`],
])('%s: refused in one line', (_, make, why) => {
  const path = make();
  expect(() => readLearnerFiles([path])).toThrow(InputError);
  expect(() => readLearnerFiles([path])).toThrow(why);
});

test('a folder without gradients and a missing path are refused', () => {
  expect(() => readLearnerFiles([temporaryFolder()])).toThrow('has no W1.npy, b1.npy, W2.npy or b2.npy');
  expect(() => readLearnerFiles([join(folder, 'absent')])).toThrow('ENOENT');
});
