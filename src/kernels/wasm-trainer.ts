import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { MachineError } from '../errors.js';
import { argmax } from '../network/functions.js';
import { type LossGradient, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { kernelsFor, type Refusal, threadLimit } from './limits.js';
import { openThreadPool } from './thread-pool.js';
import { type BatchPhase, type GradientPhase, takeAllSteps } from './wasm-instance.js';
import { createWasmNet, type Precision, type WasmNet, type WasmNetOptions } from './wasm-net.js';

export interface WasmTrainerOptions {
  readonly phase: GradientPhase;
  readonly data: { readonly train: Dataset; readonly test: Dataset };
  readonly learningRate: number;
  readonly batchSize: number;
  readonly h: number;
  readonly precision: Precision;
  /** Wanted threads; there are fewer if the machine or the memory does not allow as many. */
  readonly threads: number;
}

/**
 * Gradient descent by the kernels: images and weights stay in their memory until `sync`. Resolves to a refusal if the
 * kernels cannot do it. If threads do not start, one thread does all the work, with the same bits.
 */
export async function openWasmTrainer(
  net: TwoLayerNet,
  options: WasmTrainerOptions,
): Promise<Awaited<ReturnType<typeof start>> | Refusal> {
  const { data } = options;
  const limit = threadLimit();
  const wanted = Math.min(options.threads, limit?.most ?? Infinity);
  const images = data.train.count + data.test.count;
  const kernels = kernelsFor({
    ...options,
    net,
    images,
    threads: wanted,
  });
  if ('why' in kernels) return kernels;
  const { module } = kernels;
  let { threads } = kernels;
  let fewerThreads = kernels.fewerThreads ?? (wanted < options.threads ? limit?.why : undefined);
  for (;;) {
    try {
      return await start(net, { ...options, module, threads, fewerThreads });
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      if (threads === 1) return { why: error.message, isMachine: true };
      threads = 1;
      fewerThreads = error.message;
    }
  }
}

async function start(
  net: TwoLayerNet,
  options: WasmTrainerOptions & Pick<WasmNetOptions, 'module'> & { readonly fewerThreads: string | undefined },
) {
  const { phase, data, learningRate, batchSize, h, threads, fewerThreads } = options;
  const kernel = createWasmNet({
    ...options,
    sizes: net,
    images: data.train.count + data.test.count,
    capacity: batchSize,
  });
  const pool = openThreadPool(kernel, threads);
  try {
    kernel.addImages(data.train); // while the workers start
    kernel.addImages(data.test);
    kernel.setParameters(net.all);
    await pool.ready;
  } catch (error) {
    await pool.close();
    throw error;
  }
  let count = 0;

  async function run(phase: BatchPhase, indices: Uint32Array): Promise<void> {
    if (indices.length !== count) {
      await pool.settle();
      count = indices.length;
      kernel.setDescent(count, learningRate, h);
    }
    await pool.run(phase, indices);
  }

  return {
    threads,
    ...(fewerThreads !== undefined && { fewerThreads }),
    async step(indices: Uint32Array) {
      await run(phase, indices);
      return { loss: kernel.loss(), isFinite: true };
    },
    async loss(indices: Uint32Array): Promise<number> {
      await run('loss', indices);
      return kernel.loss();
    },
    async classify(part: 'train' | 'test'): Promise<Uint8Array> {
      const first = part === 'train' ? 0 : data.train.count;
      const end = first + data[part].count;
      await pool.settle();
      kernel.setClassification(first, end);
      await pool.classify();
      return kernel.digits(first, end);
    },
    async sync(): Promise<void> {
      await pool.settle();
      kernel.getParameters(net.all);
    },
    close: () => pool.close(),
  };
}

/**
 * Loss and gradient of one mini-batch at a time, by the kernels, in float64 and one thread. The returned function gives
 * a refusal if the kernels cannot do it, for example because a pixel is no multiple of 1 / 255.
 */
export function openWasmGradients(phase: GradientPhase, h: number) {
  let last: { kernel: WasmNet; options: WasmNetOptions } | undefined; // reused for mini-batches of the same size

  return (net: TwoLayerNet, batch: MiniBatch): LossGradient | Refusal => {
    const { count } = batch;
    const kernels = kernelsFor({ net, precision: 'f64', batchSize: count, images: count, phase, h });
    if ('why' in kernels) return kernels;
    const images = bytesOf(batch.x);
    if (images === undefined) return { why: 'the kernels take pixels that are multiples of 1 / 255', isMachine: false };

    const { inputSize, hiddenSize, outputSize } = net;
    const sizes = { inputSize, hiddenSize, outputSize };
    const { module } = kernels;
    const options = { module, sizes, precision: 'f64', phase, threads: 1, images: count, capacity: count } as const;
    try {
      if (JSON.stringify(last?.options) !== JSON.stringify(options)) last = { kernel: createWasmNet(options), options };
      const { kernel } = last!;
      const labels = argmax(batch.t, outputSize);
      kernel.forgetImages();
      kernel.addImages({ count, rows: 1, columns: inputSize, inputSize, images, labels });
      kernel.setParameters(net.all);
      kernel.setGradient(count, h);
      kernel.setIndices(Uint32Array.from(labels.keys()));
      takeAllSteps(kernel.member, phase);
      const gradient = zeroParameters(net);
      kernel.getGradient(gradient.all);
      return { loss: kernel.loss(), ...gradient };
    } catch (error) {
      return asRefusal(error);
    }
  };
}

/** The bytes whose 255ths these pixels are; undefined if a pixel is none. */
function bytesOf(x: Float64Array): Uint8Array | undefined {
  const bytes = new Uint8Array(x.length);
  for (let i = 0; i < x.length; i++) {
    bytes[i] = Math.round(x[i] * 255);
    if (bytes[i] / 255 !== x[i]) return undefined;
  }
  return bytes;
}

/** The most probable digit of each image of a dataset, (N), by the kernels; or a refusal if they cannot do it. */
export function classifyWithKernels(
  net: TwoLayerNet,
  dataset: Dataset,
  precision: Precision,
): { readonly digits: Uint8Array } | Refusal {
  const { count } = dataset;
  const kernels = kernelsFor({ net, precision, batchSize: 1, images: count });
  if ('why' in kernels) return kernels;
  try {
    const { module } = kernels;
    const kernel = createWasmNet({
      module,
      sizes: net,
      precision,
      phase: 'backward',
      threads: 1,
      images: count,
      capacity: 1,
    });
    kernel.addImages(dataset);
    kernel.setParameters(net.all);
    kernel.setClassification(0, count);
    kernel.member.classify();
    return { digits: kernel.digits(0, count) };
  } catch (error) {
    return asRefusal(error);
  }
}

/** @throws every error that is not about memory */
function asRefusal(error: unknown): Refusal {
  if (error instanceof MachineError) return { why: error.message, isMachine: true };
  throw error;
}
