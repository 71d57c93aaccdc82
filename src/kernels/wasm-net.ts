import { type Dataset, readImages } from '../dataset/mnist.js';
import type { Sizes } from '../network/two-layer-net.js';

// The only file that knows of the memory of the kernels: everybody else has arrays of their own.

export type Precision = 'f64' | 'f32';

/** What the threads do with a mini-batch after the forward pass: all of them descend, or the first looks at the output. */
export type Phase = Descending | 'loss' | 'classify';
export type Descending = 'backward' | 'differences';

export interface WasmNetOptions {
  readonly module: WebAssembly.Module;
  readonly sizes: Sizes;
  readonly precision: Precision;
  readonly threads: number;
  /** How many images will be added in all. */
  readonly images: number;
  /** Largest mini-batch. */
  readonly capacity: number;
}

/** Enough for another thread to join in: a module and a memory can be sent to it. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly net: number;
}

/** The two halves of a thread's work on a mini-batch. `parity` alternates between 0 and 1 from one to the next. */
export interface Member {
  forward(parity: number): void;
  finish(phase: Phase, parity: number): void;
}

export type WasmNet = ReturnType<typeof createWasmNet>;

type Address = number;

/** What assembly/index.ts exports; a Net is its address. */
interface KernelExports {
  create(
    inputSize: number,
    hiddenSize: number,
    images: number,
    capacity: number,
    threads: number,
    isDouble: boolean,
  ): Address;
  flatOf(net: Address): Address;
  stagedOf(net: Address): Address;
  rowBytesOf(net: Address): number;
  labelsOf(net: Address): Address;
  indicesOf(net: Address, parity: number): Address;
  classesOf(net: Address): Address;
  lossOf(net: Address): number;
  pack(net: Address, count: number): void;
  forget(net: Address): void;
  readFlat(net: Address): void;
  writeFlat(net: Address, gradient: boolean): void;
  setDescent(net: Address, count: number, rate: number, h: number): void;
  setGradient(net: Address, count: number, h: number): void;
  forward(net: Address, thread: number, parity: number): void;
  backward(net: Address, thread: number, parity: number): void;
  differences(net: Address, thread: number, parity: number): void;
  loss(net: Address, thread: number, parity: number): void;
  classify(net: Address, thread: number, parity: number): void;
}

/** 4 GiB, the most that a memory of 32-bit addresses can grow to. */
const LARGEST_MEMORY = 65_536;

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const abort = () => {
    throw new RangeError(
      'the net, its images and a mini-batch need more than 4 GiB: take fewer hidden units or a smaller --batch',
    );
  };
  return new WebAssembly.Instance<KernelExports>(module, { env: { memory, abort } }).exports;
}

/** Joins the work on a net, as thread number `thread`. */
export function joinNet({ module, memory, net }: Shared, thread: number): Member {
  return memberOf(instantiate(module, memory), net, thread);
}

function memberOf(kernel: KernelExports, net: Address, thread: number): Member {
  return {
    forward: (parity) => kernel.forward(net, thread, parity),
    finish(phase, parity) {
      if (thread === 0 || phase === 'backward' || phase === 'differences') kernel[phase](net, thread, parity);
    },
  };
}

/** Lays out a net of ten classes. */
export function createWasmNet({ module, sizes, precision, threads, images, capacity }: WasmNetOptions) {
  const { inputSize: D, hiddenSize: H, outputSize: K } = sizes;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: LARGEST_MEMORY, shared: true });
  const kernel = instantiate(module, memory);
  const net = kernel.create(D, H, images, capacity, threads, precision === 'f64');
  // A view is made anew each time: the buffer is another one once the memory has grown. Addresses come as signed numbers.
  const bytes = (at: Address, length: number) => new Uint8Array(memory.buffer, at >>> 0, length);
  const flat = () => new Float64Array(memory.buffer, kernel.flatOf(net) >>> 0, (D + 1) * H + (H + 1) * K);
  const rowBytes = kernel.rowBytesOf(net);
  let added = 0;

  return {
    shared: { module, memory, net } satisfies Shared,
    member: memberOf(kernel, net, 0),
    /** Adds the images of a dataset behind those that are there; the first one gets index 0. */
    addImages(dataset: Dataset): void {
      const { count, inputSize, labels } = dataset;
      for (let start = 0; start < count; start += capacity) {
        const end = Math.min(count, start + capacity);
        const chunk = readImages(dataset, start, end);
        for (let i = 0; i < end - start; i++) {
          const image = chunk.subarray(i * inputSize, (i + 1) * inputSize);
          bytes(kernel.stagedOf(net) + i * rowBytes, inputSize).set(image);
        }
        kernel.pack(net, end - start);
      }
      bytes(kernel.labelsOf(net) + added, count).set(labels);
      added += count;
    },
    forgetImages(): void {
      kernel.forget(net);
      added = 0;
    },
    /** W1, b1, W2, b2, one after the other; rounded in float32. */
    setParameters(all: Float64Array): void {
      flat().set(all);
      kernel.readFlat(net);
    },
    getParameters(into: Float64Array): void {
      kernel.writeFlat(net, false);
      into.set(flat());
    },
    getGradient(into: Float64Array): void {
      kernel.writeFlat(net, true);
      into.set(flat());
    },
    /** From here on mini-batches have `count` images, and the parameters descend. */
    setDescent: (count: number, learningRate: number, h: number) => kernel.setDescent(net, count, learningRate, h),
    /** From here on mini-batches have `count` images; the gradient of the next one is kept, and no parameter changes. */
    setGradient: (count: number, h: number) => kernel.setGradient(net, count, h),
    setIndices(indices: Uint32Array, parity: number): void {
      new Uint32Array(memory.buffer, kernel.indicesOf(net, parity) >>> 0, indices.length).set(indices);
    },
    /** Of the mini-batch that the first thread has finished, before its step; nats. */
    loss: () => kernel.lossOf(net),
    /** The digits that the net saw in the mini-batch, after phase classify. */
    classes: (count: number) => bytes(kernel.classesOf(net), count).slice(),
  };
}
