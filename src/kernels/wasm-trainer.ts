import { classify as classifyPlainly } from '../dataset/classify.js';
import { type MiniBatch } from '../dataset/mini-batch.js';
import { type Dataset, scalePixels } from '../dataset/mnist.js';
import { argmax } from '../network/functions.js';
import { type Parameters, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { kernelsFor } from './limits.js';
import { openThreadPool } from './thread-pool.js';
import {
  createWasmNet,
  type Descending,
  type WasmNet,
  type WasmNetOptions,
  type Phase,
  type Precision,
} from './wasm-net.js';

export interface WasmTrainerOptions {
  readonly module: WebAssembly.Module;
  readonly phase: Descending;
  readonly data: { readonly train: Dataset; readonly test: Dataset };
  readonly learningRate: number;
  readonly batchSize: number;
  readonly h: number;
  readonly precision: Precision;
  readonly threads: number;
}

/** Gradient descent by the kernels: the images and the weights stay in their memory until they are asked for. */
export function openWasmTrainer(net: TwoLayerNet, options: WasmTrainerOptions) {
  const { phase, data, learningRate, batchSize, h, threads } = options;
  const kernel = createWasmNet({
    ...options,
    sizes: net,
    images: data.train.count + data.test.count,
    capacity: Math.max(batchSize, CHUNK),
  });
  const team = openThreadPool(kernel, threads);
  kernel.addImages(data.train);
  kernel.addImages(data.test);
  kernel.setParameters(net.all);
  let count = 0;

  async function run(phase: Phase, indices: Uint32Array): Promise<void> {
    if (indices.length !== count) {
      await team.settle();
      count = indices.length;
      kernel.setDescent(count, learningRate, h);
    }
    await team.run(phase, indices);
  }

  return {
    threads,
    /** Makes one step on these training images; resolves to the loss before it, nats. */
    async step(indices: Uint32Array) {
      await run(phase, indices);
      return { loss: kernel.loss(), isFinite: true };
    },
    /** Loss of these training images, nats. */
    async loss(indices: Uint32Array): Promise<number> {
      await run('loss', indices);
      return kernel.loss();
    },
    /** The digits that the net sees in a part of the data: (N). */
    async classify(part: 'train' | 'test'): Promise<Uint8Array> {
      const digits = new Uint8Array(data[part].count);
      const first = part === 'train' ? 0 : data.train.count;
      for (let start = 0; start < digits.length; start += CHUNK) {
        const length = Math.min(CHUNK, digits.length - start);
        await run('classify', range(first + start, first + start + length));
        digits.set(kernel.classes(length), start);
      }
      return digits;
    },
    /** Writes the weights into the net. */
    async sync(): Promise<void> {
      await team.settle();
      kernel.getParameters(net.all);
    },
    close: () => team.close(),
  };
}

/**
 * Loss and gradient of one mini-batch at a time, by the kernels, in float64 and one thread. The function that is
 * returned gives undefined if they cannot do it; where pixels are not bytes / 255, for example.
 */
export function openWasmGradients(phase: Descending, h: number) {
  let last: { kernel: WasmNet; options: WasmNetOptions } | undefined; // for the next mini-batch of this size

  return (net: TwoLayerNet, batch: MiniBatch): (Parameters & { loss: number }) | undefined => {
    const { count } = batch;
    const kernels = kernelsFor({ net, precision: 'f64', batchSize: count, images: count, h });
    const images = bytesOf(batch.x);
    if ('why' in kernels || images === undefined) return undefined;

    const { inputSize, hiddenSize, outputSize } = net;
    const sizes = { inputSize, hiddenSize, outputSize };
    const options = { ...kernels, sizes, precision: 'f64', threads: 1, images: count, capacity: count } as const;
    if (JSON.stringify(last?.options) !== JSON.stringify(options)) last = { kernel: createWasmNet(options), options };
    const { kernel } = last!;

    const labels = argmax(batch.t, outputSize);
    kernel.forgetImages();
    kernel.addImages({ count, rows: 1, columns: inputSize, inputSize, images, labels });
    kernel.setParameters(net.all);
    kernel.setGradient(count, h);
    kernel.setIndices(Uint32Array.from(labels.keys()), 0);
    kernel.member.forward(0);
    kernel.member.finish(phase, 0);
    const gradient = zeroParameters(net);
    kernel.getGradient(gradient.all);
    return { loss: kernel.loss(), ...gradient };
  };
}

/** The bytes that these pixels are 255ths of. */
function bytesOf(x: Float64Array): Uint8Array | undefined {
  const bytes = Uint8Array.from(x, (pixel) => Math.round(pixel * 255));
  return scalePixels(bytes).every((pixel, i) => pixel === x[i]) ? bytes : undefined;
}

/** Images at a time: few enough that what lies between the layers stays in the cache. */
export const CHUNK = 256;

/**
 * The digit, 0 … K - 1, that the net sees in each image of a dataset: (N). In the precision that the net was trained
 * with, so that training and a later evaluation never differ.
 */
export function classify(net: TwoLayerNet, dataset: Dataset, precision: Precision = 'f64'): Uint8Array {
  const kernels = kernelsFor({ net, precision, batchSize: CHUNK, images: dataset.count });
  if ('why' in kernels) return classifyPlainly(net, dataset);
  const { count } = dataset;
  const options = { ...kernels, sizes: net, precision, threads: 1, images: count, capacity: CHUNK };
  const kernel = createWasmNet(options);
  kernel.addImages(dataset);
  kernel.setParameters(net.all);
  const digits = new Uint8Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const indices = range(start, Math.min(start + CHUNK, count));
    kernel.setDescent(indices.length, 0, 1);
    kernel.setIndices(indices, 0);
    kernel.member.forward(0);
    kernel.member.finish('classify', 0);
    digits.set(kernel.classes(indices.length), start);
  }
  return digits;
}

/** start … end - 1 */
export function range(start: number, end: number): Uint32Array {
  return new Uint32Array(end - start).map((_, i) => start + i);
}
