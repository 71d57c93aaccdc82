import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../helpers/run.js';
import { InputError } from '#src/errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '#src/formats/safetensors.js';
import { zeroParameters } from '#src/network/two-layer-net.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { loadTraining, saveTraining, weightsDigest } from '#src/training/model-file.js';
import { newTraining, type Training } from '#src/training/train.js';

const folder = temporaryFolder();
const model = join(folder, 'model.safetensors');
const training = newTraining({ ...DEFAULTS, hiddenSize: 3 }, 6);
saveTraining(model, training);

test('loading returns what was saved', () => {
  const loaded = loadTraining(model);
  expect(loaded.net.all).toEqual(training.net.all);
  expect(loaded.hyperParameters).toEqual(training.hyperParameters);
  expect(loaded.random.state()).toEqual(training.random.state());
  expect(readdirSync(folder)).toEqual(['model.safetensors']);
});

test('the bytes follow the safetensors format', () => {
  const bytes = readFileSync(model);
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  expect(header.W1).toEqual({ dtype: 'F64', shape: [6, 3], data_offsets: [0, 144] });
  expect(header.b2.data_offsets[1]).toBe(bytes.length - 8 - length);
  expect(bytes.readDoubleLE(8 + length)).toBe(training.net.W1[0]);
});

const bytes = readFileSync(model);
const header = (change: (header: Record<string, never>) => void) => {
  const length = Number(bytes.readBigUInt64LE(0));
  const json = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  change(json);
  const text = Buffer.from(JSON.stringify(json));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, bytes.subarray(8 + length)]);
};
const set = (path: string[], value: unknown) => (json: Record<string, never>) => {
  const parent = path.slice(0, -1).reduce((object: Record<string, never>, key) => object[key], json);
  Object.assign(parent, { [path.at(-1)!]: value });
};

const flipped = Buffer.from(bytes);
flipped[bytes.length - 1] ^= 1;

test.each<[string, Uint8Array, string]>([
  ['empty', new Uint8Array(), 'only 0 bytes'],
  ['a picture', Buffer.from('\x89PNG\r\n\x1a\n0000000000'), 'not the length of a safetensors header'],
  ['cut in the header', bytes.subarray(0, 100), 'not the length'],
  ['cut in a tensor', bytes.subarray(0, bytes.length - 8), 'tensor b2 lies at bytes'],
  ['longer than it says', Buffer.concat([bytes, Buffer.alloc(3)]), '3 bytes follow its last tensor'],
  ['float16', header(set(['W1', 'dtype'], 'F16')), 'which does not fit F16'],
  ['float64 called float32', header(set(['W1', 'dtype'], 'F32')), 'tensor W1 lies at bytes 0 to 144'],
  ['a weight that has changed', flipped, 'do not have the SHA-256'],
  ['a huge shape', header(set(['W1', 'shape'], [2 ** 40, 2 ** 40])), 'tensor W1 lies at'],
  ['a negative shape', header(set(['W1', 'shape'], [-6, 3])), 'no valid shape or data_offsets'],
  ['overlapping tensors', header(set(['b1', 'data_offsets'], [0, 24])), 'another tensor reaches to 24'],
  ["another program's", header((json) => Object.assign(json, { __metadata__: {} })), 'no format "gd-train 1"'],
  [
    'tensors that do not fit',
    header((json) => Object.assign(json, { W1: { ...(json.W1 as object), shape: [3, 6] } })),
    'tensor b1 has shape [3]',
  ],
  ['a broken iteration', header(set(['__metadata__', 'iteration'], '-3')), 'iteration "-3" is not a count'],
  [
    'broken hyper-parameters',
    header(set(['__metadata__', 'hyper_parameters'], '{"learningRate":-1}')),
    'learningRate is out of range: -1',
  ],
  ['a broken stream', header(set(['__metadata__', 'random_state'], '{"twister":[1]}')), 'random stream is malformed'],
  ['nulls', header((json) => Object.assign(json, { W1: null })), 'tensor W1 is of type undefined'],
])('%s: refused in one line', (_, content, why) => {
  const file = join(temporaryFolder(), 'foreign');
  writeFileSync(file, content);
  const load = () => loadTraining(file);
  expect(load).toThrow(InputError);
  expect(load).toThrow(why);
});

test('a model of version 0.1.0, without precision and digest, is float64', () => {
  const file = join(temporaryFolder(), 'old');
  const old = header((json) => {
    const { precision, ...known } = training.hyperParameters;
    expect(precision).toBe('f64');
    Object.assign(json.__metadata__, {
      hyper_parameters: JSON.stringify(known),
      sha256: undefined,
      seal: undefined,
      dataset: undefined,
    });
  });
  writeFileSync(file, old);
  expect(loadTraining(file).hyperParameters).toEqual(training.hyperParameters);
  expect(loadTraining(file).net).toEqual(training.net);
});

test('a float32 run is stored in half the bytes, and its digest is that of the bytes', () => {
  const file = join(temporaryFolder(), 'single');
  const net = { ...training.net, ...zeroParameters(training.net) };
  net.all.set(Float32Array.from(training.net.all));
  const single: Training = { ...training, net, hyperParameters: { ...training.hyperParameters, precision: 'f32' } };
  saveTraining(file, single);
  expect(loadTraining(file).net.all).toEqual(net.all);
  const stored = readFileSync(file).subarray(-4 * net.all.length);
  expect(stored.readFloatLE(0)).toBe(net.W1[0]);
  expect(createHash('sha256').update(stored).digest('hex')).toBe(weightsDigest(single));
});

test('tensors and metadata survive a round trip', () => {
  const tensors = new Map<string, Tensor>([
    ['a', { shape: [2, 2], data: Float64Array.of(1, -0, NaN, Infinity) }],
    ['b', { shape: [0], data: new Float64Array() }],
    ['c', { shape: [3], data: Float32Array.of(0.1, 2, -Infinity) }],
  ]);
  const metadata = new Map([['키', '값 "quoted"\n']]);
  expect(decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'x')).toEqual({ tensors, metadata });
});

test('the initialization of the weights is stored; older files without it used 0.01', () => {
  const file = join(folder, 'weight-init.safetensors');
  const he = newTraining({ ...DEFAULTS, hiddenSize: 3, weightInit: 'he' }, 6);
  saveTraining(file, he);
  expect(loadTraining(file).hyperParameters.weightInit).toBe('he');
  const older = { ...he.hyperParameters, weightInit: undefined }; // JSON omits undefined
  saveTraining(file, { ...he, hyperParameters: older as never });
  expect(loadTraining(file).hyperParameters.weightInit).toBe(0.01);
  for (const bad of ['kaiming', 0, -1, null, Infinity]) {
    saveTraining(file, { ...he, hyperParameters: { ...he.hyperParameters, weightInit: bad as number } });
    expect(() => loadTraining(file)).toThrow(/weightInit is out of range/);
  }
});
