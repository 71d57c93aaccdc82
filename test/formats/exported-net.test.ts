import { scalePixels } from '#src/dataset/mini-batch.js';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import AdmZip from 'adm-zip';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { run, temporaryFolder } from '../helpers/run.js';
import { mnist, trainedNet } from '../helpers/trained-net.js';
import { argmax } from '#src/network/functions.js';
import { predict, type TwoLayerNet } from '#src/network/two-layer-net.js';
import { saveTraining } from '#src/training/model-file.js';
import type { Training } from '#src/training/train.js';

// The program for which a format is meant loads it, and must give the same for 1,000 test images as our own predict.

const N = 1000;
const x = scalePixels(mnist.test.images.subarray(0, N * 784));
const folder = temporaryFolder();
const models = { f64: trainedNet(), f32: trainedNet({ precision: 'f32' }) };
tf.enableProdMode(); // suppresses the hint at faster backends
type Precision = keyof typeof models;

/** Exports a model by the command line. Returns the path. */
async function exported(precision: Precision, name: string, ...options: string[]): Promise<string> {
  const model = join(folder, `${precision}.safetensors`);
  saveTraining(model, await models[precision]);
  const path = join(folder, name);
  expect(run(['export', model, '-o', path, ...options])).toMatchObject({ status: 0, stdout: '' });
  return path;
}

function expectSame({ net }: Training, probabilities: ArrayLike<number>, tolerance: number): void {
  const ours = predict(net, x);
  const theirs = Float64Array.from(probabilities);
  expect(theirs).toHaveLength(ours.length);
  const difference = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
  expect(difference).toBeLessThan(tolerance);
  const digits = argmax(ours, 10);
  expect(argmax(theirs, 10).findIndex((digit, n) => digit !== digits[n])).toBe(-1);
}

test.each<[Precision, string, string]>([
  ['f64', 'h.npz', 'import numpy as np; m = np.load("PATH"); h = 1 / (1 + np.exp(-(x / 255 @ m["W1"] + m["b1"])))'],
  [
    'f32',
    'h.npz',
    'import numpy as np; m = np.load("PATH"); h = 1 / (1 + np.exp(-((x / 255).astype(np.float32) @ m["W1"] + m["b1"])))',
  ],
  [
    'f64',
    'h.onnx',
    'import numpy as np, onnxruntime; [probabilities] = onnxruntime.InferenceSession("PATH").run(["probabilities"], {"images": (x / 255).astype(np.float32)})',
  ],
  [
    'f32',
    'h.onnx',
    'import numpy as np, onnxruntime; [probabilities] = onnxruntime.InferenceSession("PATH").run(["probabilities"], {"images": (x / 255).astype(np.float32)})',
  ],
])('%s, %s: the printed code has its arrays, the scale and the type of the images', async (precision, name, code) => {
  const path = await exported(precision, `${precision}-${name}`);
  const { stderr } = run(['export', join(folder, `${precision}.safetensors`), '-o', path]);
  expect(stderr.split('\n')[1]).toMatch(/^to use it: /);
  expect(stderr).toContain(`to use it: ${code.replace('PATH', path)}`);
});

describe('npz', () => {
  const arrays = (path: string) =>
    Object.fromEntries(
      new AdmZip(path, { noSort: true }).getEntries().map((entry) => {
        const bytes = entry.getData();
        const headerLength = bytes[8] | (bytes[9] << 8);
        const header = Buffer.from(bytes.subarray(10, 10 + headerLength)).toString('latin1');
        return [
          entry.entryName,
          { header, magic: [...bytes.subarray(0, 8)], data: Uint8Array.from(bytes.subarray(10 + headerLength)) },
        ];
      }),
    );

  test.each<[Precision, string]>([
    ['f64', '<f8'],
    ['f32', '<f4'],
  ])('%s: four arrays of type %s, which give the same results as predict', async (precision, type) => {
    const path = await exported(precision, `${precision}.npz`);
    const files = arrays(path);
    expect(Object.keys(files)).toEqual(['W1.npy', 'b1.npy', 'W2.npy', 'b2.npy']);
    for (const [name, shape] of Object.entries({ W1: '784, 100', b1: '100,', W2: '100, 10', b2: '10,' })) {
      const { header, magic } = files[`${name}.npy`];
      expect(magic).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
      expect((10 + header.length) % 64).toBe(0);
      expect(header).toMatch(/ *\n$/);
      expect(header.trim()).toBe(`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`);
    }
    const read = (name: string) => {
      const { buffer } = files[`${name}.npy`].data;
      return Float64Array.from(type === '<f8' ? new Float64Array(buffer) : new Float32Array(buffer));
    };
    const training = await models[precision];
    const net = { ...training.net, W1: read('W1'), b1: read('b1'), W2: read('W2'), b2: read('b2') } as TwoLayerNet;
    expectSame(training, predict(net, x), 1e-15);
  });

  test('a second export has the same bytes', async () => {
    const [first, second] = [await exported('f64', 'once.npz'), await exported('f64', 'twice.npz')];
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });
});

describe('ONNX, by ONNX Runtime', () => {
  test.each<[Precision, string[], string, number]>([
    ['f64', [], 'float64', 1e-6], // images are float32, so pixels are rounded once
    ['f32', [], 'float32', 1e-6],
    ['f64', ['--precision', 'f32'], 'float32', 1e-6],
  ])('%s %j gives %s probabilities', async (precision, options, type, tolerance) => {
    const path = await exported(precision, `${precision}${options.length}.onnx`, ...options);
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(path)));
    expect([session.inputNames, session.outputNames]).toEqual([['images'], ['probabilities']]);
    for (const count of [1, N]) {
      const images = new ort.Tensor('float32', Float32Array.from(x.subarray(0, count * 784)), [count, 784]);
      const { probabilities } = await session.run({ images });
      expect([probabilities.dims, probabilities.type]).toEqual([[count, 10], type]);
      if (count === N) expectSame(await models[precision], probabilities.data as Float64Array, tolerance);
    }
  });
});

describe('TensorFlow.js', () => {
  async function load(path: string): Promise<LayersModel> {
    const model = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')) as {
      modelTopology: object;
      weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
    };
    const [{ paths, weights }] = model.weightsManifest;
    const weightData = new Uint8Array(readFileSync(join(path, paths[0]))).buffer;
    const { modelTopology } = model;
    return loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
  }

  test.each<Precision>(['f64', 'f32'])(
    '%s: loadLayersModel reads it, and predict gives the same',
    async (precision) => {
      const model = await load(await exported(precision, `tfjs-${precision}`, '--format', 'tfjs'));
      expect(model.inputs[0].shape).toEqual([null, 784]);
      expect(model.countParams()).toBe(79510);
      const probabilities = model.predict(tf.tensor2d(Float32Array.from(x), [N, 784])) as tf.Tensor;
      expectSame(await models[precision], await probabilities.data(), 1e-6);
    },
  );
});
