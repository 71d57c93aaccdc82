import fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { crc32, gzipSync } from 'node:zlib';
import { idx, writeDataset } from '../helpers/idx.js';
import { PICTURES } from '../helpers/pictures.js';
import { png } from '../helpers/png.js';
import { temporaryFolder } from '../helpers/run.js';
import { zip } from '../helpers/zip.js';
import { parseIdx } from '#src/dataset/idx.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { InputError } from '#src/errors.js';
import { readJsonArrays } from '#src/formats/json-arrays.js';
import { readNpy } from '#src/formats/npy.js';
import { encodeNpy } from '#src/formats/npy.js';
import { encodeNpz, readNpz } from '#src/formats/npz.js';
import { decodeSafetensors, encodeSafetensors } from '#src/formats/safetensors.js';
import { decodePicture } from '#src/pictures/decode.js';
import { runOf } from '#src/sweep/record.js';
import { encodeRecord, parseRecord } from '#src/sweep/record.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { encodeTraining, loadTraining, saveTraining } from '#src/training/model-file.js';
import { newTraining } from '#src/training/train.js';
import { mutations } from './mutations.js';

// Passes damaged files to every reader. The only outcomes are a value or an InputError of one line.

const folder = temporaryFolder();
const data = join(folder, 'data');
writeDataset(data);
const onDisk = join(folder, 'fuzzed');
const images = idx(
  [3, 4, 5],
  new Uint8Array(60).map((_, i) => i),
);
const labels = idx(
  [9],
  new Uint8Array(9).map((_, i) => i),
);
const training = (precision: 'f64' | 'f32') => newTraining({ ...DEFAULTS, hiddenSize: 3, precision }, 6);
const models = [encodeTraining(training('f64')), encodeTraining(training('f32'))];
const tensors = encodeSafetensors({
  tensors: new Map([
    ['a', { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) }],
    ['b', { shape: [1], data: Float32Array.of(7) }],
  ]),
  metadata: new Map([['key', 'value']]),
});

const digest = 'ab'.repeat(32);
const record = Buffer.from(
  encodeRecord({
    ...runOf({ ...DEFAULTS, evalEvery: 600 }, { train: digest, test: digest }, '1.0.0'),
    outcome: {
      iterations: 10_000,
      notFiniteAt: null,
      loss: 0.1,
      trainAccuracy: 0.9,
      testAccuracy: 0.8,
      bestTestAccuracy: 0.85,
      bestIteration: 600,
    },
    weights: digest,
    fallback: null,
    curves: { loss: [[0, 2.3]], train: [[600, 0.9]], test: [[600, 0.8]] },
    machine: 'alpha',
    seconds: 1.5,
  }),
);

const npy = encodeNpy({ shape: [2, 3], type: 'f64', bytes: new Uint8Array(48).map((_, i) => i) });
const npyOfBytes = encodeNpy({ shape: [7], type: 'f32', bytes: new Uint8Array(28) });
const npz = encodeNpz([{ name: 'W1', shape: [2], type: 'f64', bytes: new Uint8Array(16) }]);
const packedNpz = zip({ 'W1.npy': npy, 'b1.npy': npyOfBytes });
const json = Buffer.from(
  '{"W1": [[0.1, -2e-3], [NaN, Infinity]], "net": {"b1": [1, 2]}, "note": "\\"text\\"", "seed": 0}',
);
const samples = Uint8Array.from({ length: 12 * 9 }, (_, i) => (i * 37) % 256);
const grey = { columns: 12, rows: 9, samples };
const pngs = [
  png({ ...grey, colorType: 0, depth: 8 }),
  png({ ...grey, colorType: 0, depth: 8, interlaced: true }),
  png({
    ...grey,
    colorType: 3,
    depth: 4,
    samples: samples.map((value) => value % 16),
    chunks: [['PLTE', new Array<number>(48).fill(9)]],
  }),
];
const jpegs = ['444-baseline', '420-progressive', 'rgb'].map((name) =>
  readFileSync(join(PICTURES, 'jpeg', `${name}.jpg`)),
);
const drawing = sharp({ create: { width: 16, height: 12, channels: 3, background: 'teal' } });
const otherPictures = await Promise.all([
  drawing.clone().webp().toBuffer(),
  drawing.clone().webp({ lossless: true }).toBuffer(),
  drawing.clone().gif().toBuffer(),
  drawing.clone().tiff({ compression: 'deflate' }).toBuffer(),
  drawing.clone().tiff({ compression: 'jpeg', tile: true }).toBuffer(),
  drawing.clone().avif().toBuffer(),
]);
const netpbms = ['P5 4 3 255\n0123456789ab', 'P2 # grey\n2 2 9\n1 2 3 9', 'P4 9 2\nabcd', 'P3 1 1 65535 1 2 3'].map(
  (text) => Buffer.from(text),
);

/** The same chunks with correct checksums, so that the damage is not detected by them. */
function mendPng(bytes: Buffer): Buffer {
  const mended = Buffer.from(bytes);
  for (let at = 8; at + 12 <= mended.length;) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
}

interface Target {
  readonly name: string;
  readonly cases: number;
  /** Valid files, which are then damaged. */
  readonly samples: readonly Uint8Array[];
  readonly read: (bytes: Buffer) => unknown;
}

/** All readers. A new reader needs a line here. */
const TARGETS: readonly Target[] = [
  { name: 'IDX images', cases: 3000, samples: [images, labels], read: (bytes) => parseIdx(bytes, 'file', 3) },
  { name: 'IDX labels', cases: 1000, samples: [labels, images], read: (bytes) => parseIdx(bytes, 'file', 1) },
  {
    name: 'IDX, gzipped',
    cases: 2000,
    samples: [gzipSync(images), gzipSync(labels), Buffer.concat([gzipSync(images), gzipSync(labels)])],
    read: (bytes) => parseIdx(bytes, 'file', 3),
  },
  {
    name: 'IDX, damaged before it was gzipped',
    cases: 1500,
    samples: [images],
    read: (bytes) => parseIdx(gzipSync(bytes, { level: 1 }), 'file', 3),
  },
  {
    name: 'a folder of IDX files',
    cases: 500,
    samples: [readFileSync(join(data, 'train-images-idx3-ubyte'))],
    read(bytes) {
      writeFileSync(join(data, 'train-images-idx3-ubyte'), bytes);
      return loadDataset(data).train.images;
    },
  },
  {
    name: 'safetensors',
    cases: 4000,
    samples: [tensors, ...models],
    read: (bytes) => decodeSafetensors(bytes, 'file'),
  },
  {
    name: 'model files',
    cases: 1500,
    samples: models,
    read(bytes) {
      writeFileSync(onDisk, bytes);
      return loadTraining(onDisk);
    },
  },
  { name: 'records of runs', cases: 1500, samples: [record], read: (bytes) => parseRecord(bytes.toString(), 'file') },
  { name: '.npy', cases: 800, samples: [npy, npyOfBytes], read: (bytes) => readNpy(bytes, 'file') },
  { name: '.npz', cases: 800, samples: [npz, packedNpz], read: (bytes) => readNpz(bytes, 'file') },
  { name: 'JSON of arrays', cases: 1500, samples: [json], read: (bytes) => readJsonArrays(bytes, 'file') },
  { name: 'PNG', cases: 800, samples: pngs, read: (bytes) => decodePicture(bytes, 'file') },
  {
    name: 'PNG whose checksums are right',
    cases: 500,
    samples: pngs,
    read: (bytes) => decodePicture(mendPng(bytes), 'file'),
  },
  { name: 'JPEG', cases: 1500, samples: jpegs, read: (bytes) => decodePicture(bytes, 'file') },
  { name: 'WebP, GIF, TIFF, AVIF', cases: 1500, samples: otherPictures, read: (bytes) => decodePicture(bytes, 'file') },
  { name: 'PGM and PBM', cases: 800, samples: netpbms, read: (bytes) => decodePicture(bytes, 'file') },
];

/** Runs a reader. It may only throw an InputError whose message is one line of a sensible length. */
async function check(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).toMatch(/^\S.*\S$/s);
  }
}

test.each(TARGETS)('$name: $cases damaged files', async ({ cases, samples, read }) => {
  for (const sample of samples.slice(0, 1)) await read(Buffer.from(sample));
  const property = fc.asyncProperty(mutations(samples), (bytes) => check(() => read(bytes)));
  await fc.assert(property, { seed: 20_261_124, numRuns: cases });
  expect(readdirSync(folder).filter((name) => name !== 'data' && name !== 'fuzzed')).toEqual([]);
});

describe('invented safetensors headers', () => {
  const count = fc.oneof(fc.nat(9), fc.constantFrom(-1, 1.5, 2 ** 31, 2 ** 53, 1e308, 24, 48), fc.constant(null));
  const entry = fc.oneof(
    fc.record(
      {
        dtype: fc.constantFrom('F64', 'F32', 'F16', 'BF16', 'I64', 'f64', '', 8, null),
        shape: fc.oneof(fc.array(count, { maxLength: 4 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(count, count), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  );
  const key = fc.oneof(fc.constantFrom('W1', 'b1', '__metadata__', '__proto__', 'constructor', 'W1 ', ''), fc.string());
  const pairs = fc.array(fc.tuple(key, entry), { maxLength: 5 });
  const length = fc.oneof(fc.constant(undefined), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

  test('give a value or an InputError, and no tensor larger than the data', async () => {
    const property = fc.asyncProperty(pairs, fc.uint8Array({ maxLength: 64 }), length, (list, body, lie) =>
      check(() => {
        const json = `{${list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
        const header = Buffer.alloc(8);
        header.writeBigUInt64LE(lie ?? BigInt(Buffer.byteLength(json)));
        const file = decodeSafetensors(Buffer.concat([header, Buffer.from(json), body]), 'file');
        const bytes = [...file.tensors.values()].reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
        expect(bytes).toBe(body.length);
        expect(new Set(list.map(([name]) => name)).size).toBe(list.length); // no name occurs twice
      }),
    );
    await fc.assert(property, { seed: 6, numRuns: 2000 });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['a name twice', '{"a":{"dtype":"F64","shape":[0],"data_offsets":[0,0]},"a":{}}', 'names "a" twice'],
    ['a name twice, once escaped', '{"a":{}, "\\u0061" : {}}', 'names "a" twice'],
    ['a field twice', '{"a":{"dtype":"F64","dtype":"F32"}}', 'names "dtype" twice'],
    [
      'lists in lists',
      `{"a":{"dtype":${'['.repeat(4e5)}${']'.repeat(4e5)}}}`,
      'is of type', // the lists follow, if this version of Node.js can print them
    ],
    ['a long name', `{"${'a'.repeat(9e5)}":{}}`, 'is of type undefined'],
    ['a list', '[]', 'its header is not a JSON object'],
    [
      'overlapping tensors',
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      'tensor b lies at',
    ],
  ])('%s', (_, json, why) => {
    const header = Buffer.alloc(8);
    header.writeBigUInt64LE(BigInt(json.length));
    const decode = () => decodeSafetensors(Buffer.concat([header, Buffer.from(json), Buffer.alloc(4)]), 'file');
    expect(decode).toThrow(InputError);
    expect(decode).toThrow(why);
  });

  test('may name a tensor __proto__, which is read like any other', () => {
    const file = { tensors: new Map([['__proto__', { shape: [1], data: Float64Array.of(3) }]]), metadata: new Map() };
    expect(decodeSafetensors(encodeSafetensors(file), 'file')).toEqual(file);
  });
});

test('unknown hyper-parameters are dropped, and those that do not match the tensors are refused', () => {
  const more = { ...training('f64'), hyperParameters: { ...DEFAULTS, hiddenSize: 3, __proto__: { evil: 1 }, evil: 1 } };
  saveTraining(onDisk, more);
  expect(loadTraining(onDisk).hyperParameters).toEqual({ ...DEFAULTS, hiddenSize: 3 });
  saveTraining(onDisk, { ...more, hyperParameters: { ...DEFAULTS, hiddenSize: 4 } });
  expect(() => loadTraining(onDisk)).toThrow('it has 3 hidden units, and names 4');
});
