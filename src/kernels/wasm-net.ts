import { type Dataset, readImages } from '../dataset/mnist.js';
import { MachineError } from '../errors.js';
import type { Sizes } from '../network/two-layer-net.js';
import { STAGED_IMAGES } from './layout.js';
import { type Address, type GradientPhase, instantiate, memberOf, openMemory, type Shared } from './wasm-instance.js';

// A net in the memory of the kernels: images, parameters and indices are copied in; losses, gradients and digits out.

export type Precision = 'f64' | 'f32';

interface WasmNetOptions {
  readonly module: WebAssembly.Module;
  readonly sizes: Sizes;
  readonly precision: Precision;
  /** How its gradients are computed. */
  readonly phase: GradientPhase;
  readonly threads: number;
  /** Most images that will be added. */
  readonly images: number;
  /** Images of the largest mini-batch. */
  readonly capacity: number;
}

export type WasmNet = ReturnType<typeof createWasmNet>;

/**
 * Calls a function of the kernels that allocates memory.
 *
 * @throws MachineError if there is too little
 */
function allocate<T>(call: () => T): T {
  try {
    return call();
  } catch {
    throw new MachineError('there is too little memory for the SIMD kernels');
  }
}

/**
 * Creates a net of ten classes in a memory of its own.
 *
 * @throws MachineError if there is too little memory
 */
export function createWasmNet({ module, sizes, precision, phase, threads, images, capacity }: WasmNetOptions) {
  const { inputSize: D, hiddenSize: H, outputSize: K } = sizes;
  const memory = openMemory();
  const kernel = instantiate(module, memory);
  const net = allocate(() =>
    kernel.create(D, H, images, capacity, threads, precision === 'f64', phase === 'differences'),
  );
  // Views are made anew each time, because growing the memory replaces its buffer. Addresses are unsigned integers of 32
  // bits, but WebAssembly returns them as signed ones: >>> 0 makes them unsigned.
  const bytes = (at: Address, length: number) => new Uint8Array(memory.buffer, at >>> 0, length);
  const flat = () => new Float64Array(memory.buffer, kernel.flatOf(net) >>> 0, (D + 1) * H + (H + 1) * K);
  const rowBytes = kernel.rowBytesOf(net);
  let added = 0;

  return {
    /** What other threads need to join. */
    shared: { module, memory, net } satisfies Shared,
    /** The part of the first thread. */
    member: memberOf(kernel, net, 0),
    /**
     * Appends the images of a dataset; the first image of all has index 0.
     *
     * @throws MachineError if there is too little memory
     */
    addImages(dataset: Dataset): void {
      const { count, inputSize, labels } = dataset;
      const buffer = new Uint8Array(Math.min(count, STAGED_IMAGES) * inputSize);
      for (let start = 0; start < count; start += STAGED_IMAGES) {
        const end = Math.min(count, start + STAGED_IMAGES);
        const chunk = readImages(dataset, start, end, buffer);
        const imagesAtOnce = rowBytes === inputSize ? end - start : 1;
        for (let i = 0; i < end - start; i += imagesAtOnce) {
          const images = chunk.subarray(i * inputSize, (i + imagesAtOnce) * inputSize);
          bytes(kernel.stagedOf(net) + i * rowBytes, images.length).set(images);
        }
        allocate(() => kernel.pack(net, end - start));
      }
      bytes(kernel.labelsOf(net) + added, count).set(labels);
      added += count;
    },
    /** Removes all images. */
    forgetImages(): void {
      kernel.forget(net);
      added = 0;
    },
    /** Copies the parameters in: W1, b1, W2, b2, one after the other. In float32 they are rounded. */
    setParameters(all: Float64Array): void {
      flat().set(all);
      kernel.readFlat(net);
    },
    /** Copies the parameters out, in the same order. */
    getParameters(into: Float64Array): void {
      kernel.writeFlat(net, false);
      into.set(flat());
    },
    /** Copies the gradient out, in the same order. */
    getGradient(into: Float64Array): void {
      kernel.writeFlat(net, true);
      into.set(flat());
    },
    /** From now on mini-batches have `count` images, and update the parameters. */
    setDescent: (count: number, learningRate: number, h: number) => kernel.setDescent(net, count, learningRate, h),
    /**
     * Mini-batches now have `count` images, and leave the parameters as they are. The gradient of the next one is kept;
     * those of further ones would be added to it.
     */
    setGradient: (count: number, h: number) => kernel.setGradient(net, count, h),
    /** Gives all shares of a mini-batch to the first thread, or each thread its own again. No thread may be busy. */
    setSolo: (solo: boolean) => kernel.setSolo(net, solo),
    /** The images of the next mini-batch, by their indices. */
    setIndices(indices: Uint32Array): void {
      new Uint32Array(memory.buffer, kernel.indicesOf(net) >>> 0, indices.length).set(indices);
    },
    /** Loss of the mini-batch that the first thread has finished, before its update, in nats. */
    loss: () => kernel.lossOf(net),
    /** The next classification is that of images first … end - 1 by the current parameters. No thread may be busy. */
    setClassification: (first: number, end: number) => kernel.setClassification(net, first, end),
    /** The most probable digits of images first … end - 1, once they are classified. */
    digits: (first: number, end: number) => bytes(kernel.digitsOf(net) + first, end - first).slice(),
  };
}
