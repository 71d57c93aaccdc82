import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { PICTURES } from '../helpers/pictures.js';
import { png } from '../helpers/png.js';
import { BIN, run, temporaryFolder } from '../helpers/run.js';
import { mnist, trainedNet } from '../helpers/trained-net.js';
import { saveTraining } from '#src/training/model-file.js';

interface Result {
  file?: string;
  index?: number;
  label?: number;
  digit: number;
  confidence: number;
  probabilities: number[];
  notes: { kind: string; text: string; candidates?: { digit: number; probability: number }[] }[];
  error?: string;
}
const folder = temporaryFolder();
const model = join(folder, 'mnist.safetensors');
beforeAll(async () => saveTraining(model, await trainedNet()));

const bytesOf = (n: number) => mnist.test.images.subarray(n * 784, (n + 1) * 784);
const write = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const results = (args: string[]) =>
  (JSON.parse(run(['predict', model, ...args, '--json']).stdout) as { results: Result[] }).results;

test('1,000 test images as PNG give exactly the results of --index', () => {
  const files = Array.from({ length: 1000 }, (_, n) =>
    write(`${n}.png`, png({ columns: 28, rows: 28, colorType: 0, depth: 8, samples: bytesOf(n) })),
  );
  const [seen, wanted] = [results(files), results(['--index', '0-999'])];
  expect(seen.map(({ digit }) => digit)).toEqual(wanted.map(({ digit }) => digit));
  expect(seen.map(({ probabilities }) => probabilities)).toEqual(wanted.map(({ probabilities }) => probabilities));
  expect(wanted.map(({ index }) => index)).toEqual(wanted.map((_, n) => n));
  expect(wanted.map(({ label }) => label)).toEqual([...mnist.test.labels.subarray(0, 1000)]);
  expect(wanted.filter(({ digit, label }) => digit === label).length).toBeGreaterThan(900);
});

test('raw bytes, PGM and stdin give the same image', () => {
  const raw = write('raw', bytesOf(7));
  const pgm = write('seven.pgm', `P2 28 28 255\n${bytesOf(7).join(' ')}\n`);
  const [wanted] = results(['--index', '7']);
  for (const { probabilities } of results([raw, pgm])) expect(probabilities).toEqual(wanted.probabilities);
  const piped = spawnSync(process.execPath, [BIN, 'predict', model, '-', '--quiet'], { input: readFileSync(pgm) });
  expect(String(piped.stdout)).toBe(`${wanted.digit}\n`);
});

test('prints digit, confidence and ten bars', () => {
  const picture = join(PICTURES, '3-thick.png');
  const { status, stdout, stderr } = run(['predict', model, picture]);
  const [{ confidence, probabilities }] = results([picture]);
  const lines = stdout.trimEnd().split('\n');
  expect([status, stderr]).toEqual([0, '']);
  expect(lines[0]).toBe(`${picture}: 3  ${(100 * confidence).toFixed(2)} %`);
  expect(lines.slice(1).map((line) => line.trim()[0])).toEqual([...'0123456789']);
  expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  const bars = lines.slice(1).map((line) => line.match(/█/g)?.length ?? 0);
  expect(bars.indexOf(Math.max(...bars))).toBe(3);
});

test('--index prints the label; --show draws the input of the net', () => {
  const { stdout } = run(['predict', model, '--index', '7', '--show']);
  expect(stdout).toMatch(/^test image 7: \d {2}[\d.]+ % {2}\(label 9/);
  expect(stdout.split('\n')).toHaveLength(1 + 14 + 1);
  expect(stdout).toMatch(/░█▓▀▀▀███▄ +4 /); // the top of the 9, beside the bars
});

test('of several files a bad one is named, the others are read, and the exit code is 2', () => {
  const good = join(PICTURES, '3-thick.png');
  const blank = write('blank.png', png({ columns: 2, rows: 2, colorType: 0, depth: 8, samples: [255, 255, 255, 255] }));
  const files = [blank, good, join(folder, 'missing.png'), write('cut.png', readFileSync(good).subarray(0, 99))];
  const { status, stdout, stderr } = run(['predict', model, ...files, '--quiet']);
  expect([status, stdout]).toEqual([2, '3\n']);
  expect(stderr.trim().split('\n')).toEqual([
    `gd-train: ${blank} is blank: draw a digit, dark on light or light on dark`,
    `gd-train: ${files[2]} does not exist: check the path`,
    `gd-train: ${files[3]} is a damaged PNG (it ends too early): save it again`,
  ]);
  expect(results(files).map(({ file, digit, error }) => [file, digit, error === undefined])).toEqual([
    [files[0], undefined, false],
    [files[1], 3, true],
    [files[2], undefined, false],
    [files[3], undefined, false],
  ]);
});

test('the reasons why an answer is doubtful are printed, and are in --json', () => {
  const lined = join(PICTURES, 'not-only-ink', 'lined-is-9.png');
  const { stdout } = run(['predict', model, lined]);
  expect(stdout.split('\n')[0]).toMatch(/lined-is-9\.png: 9 /);
  expect(stdout.split('\n')[1]).toMatch(/^ {2}\d+ long thin lines left out$/);
  const samples = Array.from({ length: 200 * 60 }, (_, i) =>
    i % 40 > 10 && i % 40 < 30 && i > 2000 && i < 10_000 ? 0 : 255,
  );
  const five = write('five.png', png({ columns: 200, rows: 60, colorType: 0, depth: 8, samples }));
  const [{ notes: shapes }, { notes: unsure, probabilities }] = results([five]).concat(results(['--index', '8']));
  expect(shapes).toContainEqual({ kind: 'shapes', count: 5, text: '5 separate shapes: crop to one digit' });
  for (const { kind, candidates } of unsure) {
    expect([kind, candidates![0].probability]).toEqual(['unsure', Math.max(...probabilities)]);
  }
});

test('a pipe that never ends is read to 256 MiB, and refused in one line', () => {
  const zeros = openSync('/dev/zero', 'r');
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'predict', model, '-'], {
    stdio: [zeros, 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  closeSync(zeros);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe('gd-train: stdin has more than 256 MiB: give it a picture of a digit\n');
});

describe('a net of other images', () => {
  const data = join(folder, 'tiny');
  const tiny = join(folder, 'tiny.safetensors');
  beforeAll(() => {
    writeDataset(data);
    expect(run(['train', '--data', data, '--hidden', '5', '--iters', '9', '--quiet', '--save', tiny]).status).toBe(0);
  });
  test('takes images of its size, raw or as pictures, and refuses other sizes', () => {
    const raw = write(
      'raw20',
      Uint8Array.from({ length: 20 }, (_, i) => (i === 6 ? 255 : 0)),
    );
    const pgm = write(
      'twenty.pgm',
      `P2 4 5 255 ${Array.from({ length: 20 }, (_, i) => (i === 6 ? 255 : 0)).join(' ')}`,
    );
    expect(new Set(run(['predict', tiny, raw, pgm, '--quiet']).stdout.trim().split('\n')).size).toBe(1);
    const { status, stderr } = run(['predict', tiny, join(PICTURES, '3-thick.png')]);
    expect(status).toBe(2);
    expect(stderr).toContain(`3-thick.png is 160 x 160: ${tiny} takes images of 20 pixels; give it one of that size`);
    expect(run(['predict', tiny, '--index', '0']).stderr).toContain('takes images of 20 pixels, these have 784');
    expect(run(['predict', tiny, '--index', '39', '--data', data, '--show']).stdout).toContain('(label 9');
  });
});

test('data lists the parts and the checksums', () => {
  const { stdout } = run(['data']);
  const sums = readFileSync(new URL('../../data/SHA256SUMS', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  for (const line of sums) expect(stdout).toContain(line);
  expect(stdout).toMatch(/train +60,000 +28x28 +5923 +6742 /);
  expect(stdout).toMatch(/test +10,000 +28x28 +980 +1135 /);
});

test('data show draws digits side by side, each with its label', () => {
  const { stdout } = run(['data', 'show', '7', '0-1', '--part', 'train']);
  const lines = stdout.split('\n');
  expect(lines.find((line) => line.startsWith('train 7'))).toMatch(/^train 7: 3 {20,}train 0: 5$/); // 80 columns: two
  expect(stdout).toContain('train 1: 0');
  expect(lines).toHaveLength(15 + 1 + 15 + 1);
  const { images } = JSON.parse(run(['data', 'show', '7', '--json']).stdout) as { images: { pixels: number[] }[] };
  expect(images[0].pixels).toEqual([...bytesOf(7)]);
});

test.each([
  ['3', '\x1b[38;2;'],
  ['2', '\x1b[38;5;'],
])('FORCE_COLOR=%s: grey levels in upper halves of characters', (FORCE_COLOR, escape) => {
  const env = { ...process.env, TERM: 'dumb', FORCE_COLOR }; // no more colours than forced
  const args = [BIN, 'data', 'show', '7'];
  const stdout = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
  expect(stdout).toContain(escape);
  // eslint-disable-next-line no-control-regex
  expect(stdout.split('\n')[0].replace(/\x1b\[[\d;]*m/g, '')).toBe('▀'.repeat(28));
});

test('export to stdout gives the bytes of the file', () => {
  const file = join(folder, 'm.npz');
  run(['export', model, '-o', file]);
  const piped = execFileSync(process.execPath, [BIN, 'export', model, '--format', 'npz', '-o', '-'], { stdio: 'pipe' });
  expect(piped.equals(readFileSync(file))).toBe(true);
});

test('export writes a complete folder, and never overwrites one', () => {
  const target = join(folder, 'web');
  expect(run(['export', model, '--format', 'tfjs', '-o', target]).status).toBe(0);
  expect(readdirSync(target).sort()).toEqual(['model.json', 'weights.bin']);
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', 'notes.txt'), 'mine');
  for (const path of [target, join(folder, 'mine')]) {
    const { status, stderr } = run(['export', model, '--format', 'tfjs', '-o', path]);
    expect([status, stderr]).toEqual([2, `gd-train: ${path} is not empty: name a new folder\n`]);
  }
  expect(readFileSync(join(folder, 'mine', 'notes.txt'), 'utf8')).toBe('mine');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  mkdirSync(join(folder, 'empty'));
  expect(run(['export', model, '--format', 'tfjs', '-o', join(folder, 'empty')]).status).toBe(0);
});

test.each<[string[], string]>([
  [['predict', 'MODEL'], 'no picture given: name a file, or a test image with --index 7'],
  [['predict', 'MODEL', 'x.png', '--index', '1'], '--index takes test images: leave out --index or x.png'],
  [['predict', 'MODEL', 'x.png', '--data', '.'], '--data names test images: add --index 7'],
  [['predict', 'MODEL', '--index', '10000'], '--index must be 0 to 9999, as in 7 or 3,14 or 10..19; got "10000"'],
  [['predict', 'MODEL', '--index', '9-3'], 'got "9-3"'],
  [['predict', 'MODEL', '--index', 'seven'], 'got "seven"'],
  [['predict', 'MODEL', '/'], '/ is a folder: name a file'],
  [['predict', '/no/such/model', 'x.png'], '/no/such/model does not exist: check the path'],
  [['data', 'shwo', '7'], '<action> must be one of show, got "shwo"; see gd-train data --help'],
  [['predict', 'MODEL', ''], '"" does not exist: check the path'],
  [['evaluate', ''], '"" does not exist: check the path'],
  [['data', 'show'], 'no image to show: name one, as in show 7'],
  [['data', 'show', '60000', '--part', 'train'], 'an image of train must be 0 to 59999'],
  [['data', '--part', 'test'], '--part is an option of show: add show, or leave it out'],
  [['data', '--data', '/no/such/folder'], '/no/such/folder does not exist: check the path'],
  [['export', 'MODEL', '-o', 'model.h5'], '--format is needed (npz, onnx, tfjs): model.h5 ends in none of them'],
  [['export', 'MODEL'], "required option '-o, --output <path>' not specified"],
  [['export', 'MODEL', '--format', 'pt', '-o', 'x'], '--format must be one of npz, onnx, tfjs, got "pt"'],
  [
    ['export', 'MODEL', '--format', 'tfjs', '-o', '-'],
    '-o - does not fit --format tfjs, which is a folder of two files',
  ],
  [['export', 'MODEL', '--format', 'tfjs', '--precision', 'f64', '-o', 'x'], 'TensorFlow.js has float32 only'],
  [['export', 'MODEL', '--format', 'npz', '-o', '-', '--json'], '-o - and --json both write to stdout'],
  [['export', 'MODEL', '--format', 'tfjs', '-o', BIN], 'is a file: name a new folder'],
  [
    ['export', 'MODEL', '-o', '/no/such/folder/m.npz'],
    '--output /no/such/folder/m.npz: the folder /no/such/folder is missing',
  ],
  [
    ['export', 'MODEL', '--format', 'tfjs', '-o', '/no/such/folder/m'],
    '--output /no/such/folder/m: the folder /no/such/folder is missing',
  ],
])('%j: one line, exit 2', (args, message) => {
  const { status, stdout, stderr } = run(args.map((arg) => (arg === 'MODEL' ? model : arg)));
  expect(stderr).toMatch(/^gd-train: /);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect([status, stdout]).toEqual([2, '']);
});

test.each(['predict', 'data', 'export'])('%s --help has an example', (command) => {
  expect(run([command, '--help']).stdout).toContain(`Example: gd-train ${command}`);
});
