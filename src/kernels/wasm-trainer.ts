import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { MachineError } from '../errors.js';
import { argmax } from '../network/functions.js';
import { type LossGradient, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { kernelsFor, type Refusal, threadLimit } from './limits.js';
import { openThreadPool } from './thread-pool.js';
import { type BatchPhase, type GradientPhase, runAllStages } from './wasm-instance.js';
import { createWasmNet, type Precision, type WasmNet } from './wasm-net.js';

// What the engines call: gradient descent, single gradients and classification by the SIMD kernels. An iteration of
// gradient descent takes this way, in files that are best read in this order:
//
//   wasm-trainer.ts     `step` gets the indices of a mini-batch
//   wasm-net.ts         puts them into the memory of the kernels, where images and weights are already
//   thread-pool.ts      has all threads run the stages of the mini-batch, or the first alone where pace.ts finds that faster
//   barrier.ts          lets no thread begin a stage before all have finished the one before
//   wasm-instance.ts    calls the compiled kernels; the other threads do so from worker.ts
//   assembly/index.ts   runs a thread's share of a stage: gather, forward, output, or backward and update
//
// limits.ts decides whether the kernels can do a task, and layout.ts says how much memory it takes.

export interface WasmTrainerOptions {
  /** How the gradient is computed. */
  readonly phase: GradientPhase;
  readonly data: { readonly train: Dataset; readonly test: Dataset };
  /** η, > 0. */
  readonly learningRate: number;
  /** N, the images of the largest mini-batch. */
  readonly batchSize: number;
  /** Step of the central difference, > 0. */
  readonly h: number;
  readonly precision: Precision;
  /** Wanted threads, ≥ 1; there are fewer if the machine or the memory does not allow as many. */
  readonly threads: number;
}

type WasmTrainer = Awaited<ReturnType<typeof startTrainer>>;

/**
 * Gradient descent by the kernels: the weights stay in their memory until `sync`. Resolves to a refusal if the kernels
 * cannot do it. If threads do not start, one thread does all the work, with the same bits.
 */
export async function openWasmTrainer(net: TwoLayerNet, options: WasmTrainerOptions): Promise<WasmTrainer | Refusal> {
  const { phase, data, learningRate, batchSize, h, precision } = options;
  const images = data.train.count + data.test.count;
  const limit = threadLimit();
  const wanted = Math.min(options.threads, limit?.most ?? Infinity);
  const kernels = kernelsFor({ net, precision, batchSize, images, threads: wanted, learningRate, phase, h });
  if ('why' in kernels) return kernels;
  let { threads } = kernels;
  let fewerThreads = kernels.fewerThreads ?? (wanted < options.threads ? limit?.why : undefined);
  // At most twice: with one thread if several do not start.
  for (;;) {
    try {
      return await startTrainer(net, options, kernels.module, threads, fewerThreads);
    } catch (error) {
      const refusal = asRefusal(error);
      if (threads === 1) return refusal;
      threads = 1;
      fewerThreads = refusal.why;
    }
  }
}

/** Starts the threads and loads images and weights. @throws MachineError if there is too little memory, or no thread */
async function startTrainer(
  net: TwoLayerNet,
  { phase, data, learningRate, batchSize, h, precision }: WasmTrainerOptions,
  module: WebAssembly.Module,
  threads: number,
  fewerThreads: string | undefined,
) {
  const images = data.train.count + data.test.count;
  const wasmNet = createWasmNet({ module, sizes: net, precision, phase, threads, images, capacity: batchSize });
  const pool = openThreadPool(wasmNet, threads);
  try {
    wasmNet.addImages(data.train); // while the workers start
    wasmNet.addImages(data.test);
    wasmNet.setParameters(net.all);
    await pool.ready;
  } catch (error) {
    await pool.close();
    throw error;
  }
  let count = 0; // images of a mini-batch

  async function run(phase: BatchPhase, indices: Uint32Array): Promise<void> {
    if (indices.length !== count) {
      await pool.settle();
      count = indices.length;
      wasmNet.setDescent(count, learningRate, h);
    }
    await pool.run(phase, indices);
  }

  return {
    threads,
    ...(fewerThreads !== undefined && { fewerThreads }),
    async step(indices: Uint32Array) {
      await run(phase, indices);
      return { loss: wasmNet.loss(), isFinite: true }; // limits.ts admits only what stays finite
    },
    async loss(indices: Uint32Array): Promise<number> {
      await run('loss', indices);
      return wasmNet.loss();
    },
    async classify(part: 'train' | 'test'): Promise<Uint8Array> {
      const first = part === 'train' ? 0 : data.train.count;
      const end = first + data[part].count;
      await pool.settle();
      wasmNet.setClassification(first, end);
      await pool.classify();
      return wasmNet.digits(first, end);
    },
    async sync(): Promise<void> {
      await pool.settle();
      wasmNet.getParameters(net.all);
    },
    close: () => pool.close(),
  };
}

/**
 * Opens a function for the loss and the gradient of a mini-batch, by the kernels, in float64 and one thread. The function
 * returns a refusal if the kernels cannot do it, for example because a pixel is not a multiple of 1 / 255.
 */
export function openWasmGradients(phase: GradientPhase, h: number) {
  let last: { readonly wasmNet: WasmNet; readonly shape: string } | undefined; // used again for the same sizes

  return (net: TwoLayerNet, batch: MiniBatch): LossGradient | Refusal => {
    const { count } = batch;
    const kernels = kernelsFor({ net, precision: 'f64', batchSize: count, images: count, phase, h });
    if ('why' in kernels) return kernels;
    const images = bytesOf(batch.x);
    if (images === undefined) return { why: 'the kernels take pixels that are multiples of 1 / 255', isMachine: false };

    const { inputSize, hiddenSize, outputSize } = net;
    const shape = [count, inputSize, hiddenSize, outputSize].join();
    const { module } = kernels;
    try {
      if (last?.shape !== shape) {
        const room = { threads: 1, images: count, capacity: count };
        last = { wasmNet: createWasmNet({ module, sizes: net, precision: 'f64', phase, ...room }), shape };
      }
      const { wasmNet } = last;
      const labels = argmax(batch.t, outputSize);
      wasmNet.forgetImages();
      wasmNet.addImages({ count, rows: 1, columns: inputSize, inputSize, images, labels });
      wasmNet.setParameters(net.all);
      wasmNet.setGradient(count, h);
      wasmNet.setIndices(Uint32Array.from(labels.keys()));
      runAllStages(wasmNet.member, phase);
      const gradient = zeroParameters(net);
      wasmNet.getGradient(gradient.all);
      return { loss: wasmNet.loss(), ...gradient };
    } catch (error) {
      return asRefusal(error);
    }
  };
}

/** The pixels times 255 as bytes; undefined if a pixel is not a multiple of 1 / 255. */
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
    const room = { threads: 1, images: count, capacity: 1 };
    const wasmNet = createWasmNet({ module, sizes: net, precision, phase: 'backward', ...room });
    wasmNet.addImages(dataset);
    wasmNet.setParameters(net.all);
    wasmNet.setClassification(0, count);
    wasmNet.member.classify();
    return { digits: wasmNet.digits(0, count) };
  } catch (error) {
    return asRefusal(error);
  }
}

/** The refusal that an error of the kernels is. @throws the error, if it is not about memory */
function asRefusal(error: unknown): Refusal {
  if (error instanceof MachineError) return { why: error.message, isMachine: true };
  throw error;
}
