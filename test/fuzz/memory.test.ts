import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { deflateSync, gzipSync } from 'node:zlib';
import { idx } from '../helpers/idx.js';
import { busyScans, greyScan, progressiveJpeg } from '../helpers/jpeg.js';
import { chunk } from '../helpers/png.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { zip } from '../helpers/zip.js';
import { bundledFolder } from '#src/dataset/mnist.js';
import { encodeNpy } from '#src/formats/npy.js';
import { encodeNpz } from '#src/formats/npz.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { saveTraining } from '#src/training/model-file.js';
import { newTraining } from '#src/training/train.js';

// The memory that a reader takes, measured in a process of its own: at most twice its file and 100 MB, or 200 MB for a
// picture, whose decoder has 25 MB of code.

const folder = temporaryFolder();
const file = join(folder, 'file');
const MB = 1e6;

function measure(reader: string, bytes: Uint8Array) {
  writeFileSync(file, bytes);
  return measureFile(reader, file, bytes.length);
}

function measureFile(reader: string, path: string, size: number) {
  const script = fileURLToPath(new URL('../helpers/peak-memory.js', import.meta.url));
  const limit = 2 * size + (reader === 'picture' ? 200 : 100) * MB;
  let [outcome, least] = ['', Infinity];
  // Garbage is collected at other moments in each process, which changes the peak by some MB: the least of three counts.
  for (let i = 0; i < 3 && least >= limit; i++) {
    const { stdout, stderr } = spawnSync(process.execPath, [script, reader, path], { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    const measured = JSON.parse(stdout) as { outcome: string; peak: number };
    outcome = measured.outcome;
    least = Math.min(least, measured.peak);
  }
  expect(least).toBeLessThan(limit);
  return outcome;
}

/** A gzip file of these bytes, followed by `count` times 16 MB of zeros. */
function bomb(start: Uint8Array, count: number): Buffer {
  const zeros = gzipSync(new Uint8Array(16 * MB), { level: 9 });
  return Buffer.concat([gzipSync(start), ...Array.from({ length: count }, () => zeros)]);
}

const header = (...shape: number[]) => idx(shape, []);

test('a gzip bomb whose IDX header claims a small size', () => {
  expect(measure('images', bomb(header(3, 28, 28), 64))).toMatch(/it holds more than its header promises/);
});

test('a gzip bomb whose IDX header claims its size', () => {
  const file = bomb(header(1600, 1000, 640), 64);
  expect(measure('images', file)).toMatch(/would grow from \d{3},\d{3}|1,\d{3},\d{3} to 1,024,000,016 bytes/);
});

test('a gzip bomb just below the limit', () => {
  expect(measure('images', bomb(header(16, 1000, 6000), 6))).toBe('done');
});

test('a header that claims an impossible size', () => {
  for (const bytes of [header(0xffffffff, 0xffffffff, 0xffffffff), gzipSync(header(0xffffffff, 28, 28))])
    expect(measure('images', bytes)).toMatch(/cut off|would grow/);
});

test('a gzip bomb behind a name of 8.5 MB', () => {
  const empty = gzipSync(new Uint8Array());
  const named = Buffer.from(empty.subarray(0, 10));
  named[3] = 8; // FNAME
  const start = [named, Buffer.alloc(8.5 * MB, 'a'), Buffer.of(0), empty.subarray(10)];
  const zeros = gzipSync(new Uint8Array(16 * MB), { level: 9 });
  const file = Buffer.concat([...start, ...Array.from({ length: 620 }, () => zeros)]);
  expect(measure('images', file)).toMatch(/InputError: .* holds something else/);
});

test('a gzip file with a name of 20 MB', () => {
  const packed = gzipSync(header(1, 1, 1));
  const flags = Buffer.from(packed.subarray(0, 10));
  flags[3] = 8; // FNAME
  const bytes = Buffer.concat([flags, Buffer.alloc(20 * MB, 'a'), Buffer.of(0), packed.subarray(10)]);
  expect(measure('images', bytes)).toMatch(/ends after 16 of 17 bytes/);
});

test('MNIST itself, gzipped: 9.9 MB that unpack to 47 MB', () => {
  const images = gzipSync(readFileSync(join(bundledFolder(), 'train-images-idx3-ubyte')), { level: 6 });
  expect(images.length).toBeLessThan(10.5 * MB);
  expect(measure('images', images)).toBe('done');
});

test.each(['f64', 'f32'] as const)('a model file of 60 MB, %s', (precision) => {
  const hiddenSize = precision === 'f64' ? 9_500 : 19_000;
  const net = newTraining({ ...DEFAULTS, hiddenSize: 1 }, 784);
  const sizes = { inputSize: 784, hiddenSize, outputSize: 10 };
  const all = new Float64Array(785 * hiddenSize + 10 * (hiddenSize + 1));
  const [W1, b1] = [all.subarray(0, 784 * hiddenSize), all.subarray(784 * hiddenSize, 785 * hiddenSize)];
  const [W2, b2] = [all.subarray(785 * hiddenSize, 795 * hiddenSize), all.subarray(795 * hiddenSize)];
  saveTraining(file, {
    ...net,
    hyperParameters: { ...DEFAULTS, hiddenSize, precision },
    net: { ...sizes, all, W1, b1, W2, b2 },
  });
  expect(measureFile('model', file, readFileSync(file).length)).toBe('done');
});

test('a safetensors header of 90 MB', () => {
  const bytes = Buffer.alloc(90 * MB, '[],');
  bytes.writeBigUInt64LE(BigInt(90 * MB - 8));
  expect(measure('model', bytes)).toMatch(/not the length of a safetensors header/);
});

test.each([
  [4400, 'done'],
  [10_000, 'more than 20 million'],
])('a PNG of a few kilobytes and %d x %d pixels', (side, outcome) => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // bit a pixel
  const rows = deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))];
  expect(measure('picture', Buffer.concat([signature, ...chunks]))).toContain(outcome);
});

/** A picture with noise, so that its file is not small. */
function photo(width: number, height: number) {
  const data = Buffer.alloc(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = 128 + ((i * 2654435761) >>> 28);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

test.each([
  [4032, 3024, false],
  [8160, 6120, false],
  [8160, 6120, true],
])("a phone's photo: a JPEG of %d x %d pixels, progressive: %s", async (width, height, progressive) => {
  const bytes = await photo(width, height).jpeg({ quality: 85, progressive }).toBuffer();
  expect(measure('picture', bytes)).toBe('done');
});

test('20 million pixels of each format are read, or refused in one line', async () => {
  const picture = photo(4400, 4400);
  expect(measure('picture', await picture.clone().png({ compressionLevel: 1, progressive: true }).toBuffer())).toBe(
    'done',
  );
  expect(measure('picture', await picture.clone().webp({ effort: 0 }).toBuffer())).toBe('done');
  expect(measure('picture', await picture.clone().tiff({ compression: 'lzw' }).toBuffer())).toBe('done');
  expect(measure('picture', await picture.clone().gif({ effort: 1 }).toBuffer())).toBe('done');
  expect(measure('picture', await picture.clone().avif({ effort: 0 }).toBuffer())).toContain('would take 348 MB');
});

const blocksOf = (side: number) => Math.ceil(side / 8) ** 2;

test.each<[string, Buffer, string]>([
  [
    'has thousands of passes',
    progressiveJpeg(3000, 3000, [greyScan(blocksOf(3000)), ...busyScans(blocksOf(3000), 200)]),
    '201 passes',
  ],
  ['has no pixels', progressiveJpeg(4472, 4472, []), 'damaged JPEG'],
  ['holds fewer pixels', progressiveJpeg(4472, 4472, [greyScan(blocksOf(4000))]), 'damaged JPEG'],
  ['says more pixels', progressiveJpeg(65_500, 65_500, [greyScan(blocksOf(4000))]), 'more than 256 million'],
])('a JPEG that %s', (_, bytes, why) => {
  expect(measure('picture', bytes)).toContain(why);
});

test('an .npz that unpacks to more than the limit', () => {
  const archive = zip({ 'W1.npy': new Uint8Array(70 * MB) });
  expect(measure('npz', archive)).toMatch(/would unpack to 70 MB/);
});

/** An array of bytes that take memory; pages of zeros would take none. */
const elements = (length: number) => new Uint8Array(length).fill(1);

test('an .npz just below the limit, deflated', () => {
  const bytes = elements(29.5 * MB);
  const npy = encodeNpy({ shape: [bytes.length / 8], type: 'f64', bytes });
  expect(measure('npz', zip({ 'W1.npy': npy }))).toBe('done');
});

test('an .npz just below the limit, stored', () => {
  const bytes = elements(88 * MB);
  expect(measure('npz', encodeNpz([{ name: 'W1', shape: [bytes.length / 8], type: 'f64', bytes }]))).toBe('done');
});

test('a device that never ends', () => {
  const { status, stderr } = run(['evaluate', '/dev/zero']);
  expect([status, stderr]).toEqual([2, 'gd-train: /dev/zero is a device: name a file\n']);
});
