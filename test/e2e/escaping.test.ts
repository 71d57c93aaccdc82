import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from '../helpers/pictures.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { zip } from '../helpers/zip.js';
import { encodeNpy } from '#src/formats/npy.js';
import { encodeSafetensors } from '#src/formats/safetensors.js';

// Control characters in text from files, arguments and libraries are escaped before the text reaches a terminal.

/** Control characters: clear the screen, ring the bell, end the line, C1, DEL, and reverse the direction of text. */
const HOSTILE = 'a\u001b[2J\u001b[31mb\u0007c\rd\u009b31me\u007ff\u202eg';
// eslint-disable-next-line no-control-regex -- these are what must not be there
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const folder = temporaryFolder();
function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const npy = Buffer.from(encodeNpy({ shape: [1], type: 'f64', bytes: new Uint8Array(8) }));
const one = { shape: [1], data: Float64Array.of(1) };
const safetensors = (name: string, metadata: string) =>
  encodeSafetensors({ tensors: new Map([[name, one]]), metadata: new Map([['format', metadata]]) });

test.each<[string, () => string[]]>([
  ['the name of a picture', () => ['predict', 'no-model', file(HOSTILE, 'x')]],
  ['the name of a model', () => ['evaluate', file(`${HOSTILE}.safetensors`, 'x')]],
  ['the name of a missing file', () => ['report', HOSTILE]],
  ['the name of a folder', () => ['data', '--data', HOSTILE]],
  [
    'names of files in a folder',
    () => {
      const data = join(folder, 'data');
      mkdirSync(data, { recursive: true });
      for (const start of ['1', '2']) writeFileSync(join(data, `${start}${HOSTILE}-train-images-idx3-ubyte`), start);
      return ['data', '--data', data];
    },
  ],
  ['metadata of a model', () => ['evaluate', file('metadata', safetensors('W1', HOSTILE))]],
  ['the name of a tensor', () => ['check', file('tensor.safetensors', safetensors(HOSTILE, 'x'))]],
  ['the name of an array in an .npz', () => ['check', file('names.npz', zip({ [`${HOSTILE}.npy`]: npy }))]],
  [
    'the type of an .npy',
    () => ['check', file('W1.npy', Buffer.from(npy.toString('latin1').replace("'<f8'", "'\u001b[8'"), 'latin1'))],
  ],
  ['a key of a JSON file', () => ['check', file('keys.json', JSON.stringify({ [HOSTILE]: [1] }))]],
  ['JSON that is none', () => ['check', file('broken.json', `{"W1": ${HOSTILE}`)]],
  ['the name of a chunk', () => ['predict', 'no-model', join(PICTURES, 'damaged', 'clear2.png')]],
  ['a formula', () => ['diff', '--fn', HOSTILE]],
  ['a number', () => ['train', '--lr', HOSTILE]],
  ['a word', () => ['train', '--gradient', HOSTILE]],
  ['a list', () => ['train', '--seeds', HOSTILE]],
  ['a condition', () => ['train', '--expect', HOSTILE]],
  ['an output', () => ['train', '--iters', '1', '--save', join(folder, HOSTILE, 'm')]],
  ['a command', () => [HOSTILE]],
  ['an option', () => ['train', `--${HOSTILE}`]],
])('%s', (_, args) => {
  for (const more of [[], ['--json'], ['--debug']]) {
    const { status, stdout, stderr } = run([...args(), ...more]);
    expect(status).toBe(2);
    expect(`${stdout}${stderr}`).not.toMatch(RAW);
    expect(stderr).not.toBe('');
  }
});

test('a picture under a hostile name, with a result in colour', () => {
  const model = join(folder, 'm.safetensors');
  run(['train', '--iters', '1', '--hidden', '2', '--save', model]);
  const picture = file(`${HOSTILE}.png`, readFileSync(join(PICTURES, '3-thin.png')));
  const { status, stdout, stderr } = run(['predict', model, picture, '--show']);
  expect(status).toBe(0);
  expect(`${stdout}${stderr}`).not.toMatch(RAW);
});
