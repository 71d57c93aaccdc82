import { readFileSync } from 'node:fs';
import { type Dataset, readImages } from '../dataset/mnist.js';
import { MachineError } from '../errors.js';
import type { Sizes } from '../network/two-layer-net.js';
import { STAGED_IMAGES } from './layout.js';

// The SIMD kernels (assembly/, compiled to WebAssembly) behind plain functions. Only this file knows their memory and
// their exports. limits.ts says what they can do, wasm-trainer.ts descends with them, thread-pool.ts shares the work.

export type Precision = 'f64' | 'f32';

/**
 * What follows the forward pass of a mini-batch: all threads descend, or the first one computes the loss. Or, without a
 * mini-batch, all threads classify images.
 */
export type Phase = Descending | 'loss' | 'classify';
export type Descending = 'backward' | 'differences';

export interface WasmNetOptions {
  readonly module: WebAssembly.Module;
  readonly sizes: Sizes;
  readonly precision: Precision;
  readonly threads: number;
  /** Images that will be added in all. */
  readonly images: number;
  /** Images of the largest mini-batch. */
  readonly capacity: number;
}

/** What another thread needs to join: a module and a memory can be sent to it. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly net: number;
}

/**
 * One thread's share of the work. A mini-batch has two halves: all threads must have done `forward` before any does
 * `finish`. `bufferIndex` alternates between 0 and 1 from one mini-batch to the next.
 */
export interface Member {
  forward(bufferIndex: number): void;
  finish(phase: Descending | 'loss', bufferIndex: number): void;
  /** Classifies images until none is left. */
  classify(): void;
}

export type WasmNet = ReturnType<typeof createWasmNet>;

type Address = number;

/** The exports of assembly/index.ts; a Net is its address. */
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
  indicesOf(net: Address, bufferIndex: number): Address;
  digitsOf(net: Address): Address;
  lossOf(net: Address): number;
  pack(net: Address, count: number): void;
  forget(net: Address): void;
  readFlat(net: Address): void;
  writeFlat(net: Address, gradient: boolean): void;
  setDescent(net: Address, count: number, rate: number, h: number): void;
  setGradient(net: Address, count: number, h: number): void;
  setSolo(net: Address, solo: boolean): void;
  forward(net: Address, thread: number, bufferIndex: number): void;
  backward(net: Address, thread: number, bufferIndex: number): void;
  differences(net: Address, thread: number, bufferIndex: number): void;
  loss(net: Address, thread: number, bufferIndex: number): void;
  setClassification(net: Address, first: number, end: number): void;
  classify(net: Address, thread: number): void;
}

/** Pages of 64 KiB: 4 GiB, the most that a memory with 32-bit addresses can grow to. */
const LARGEST_MEMORY = 65_536;

/** Compiles the kernels, which the build has put beside this file; or says why this machine cannot run them. */
export function compileKernels(): { readonly module: WebAssembly.Module } | { readonly missing: string } {
  if (typeof WebAssembly === 'undefined') return { missing: 'this Node.js runs without WebAssembly' };
  const bytes = readFileSync(new URL('./kernel.wasm', import.meta.url));
  if (!WebAssembly.validate(bytes)) return { missing: 'WebAssembly has no SIMD on this machine' };
  try {
    const module = new WebAssembly.Module(bytes);
    openMemory();
    return { module };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** @throws MachineError if the address space is too small */
function openMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: LARGEST_MEMORY, shared: true });
  } catch (error) {
    throw new MachineError(
      `WebAssembly gets no address space (${(error as Error).message}): raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler`,
    );
  }
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const abort = () => {
    throw new RangeError('an array is too large for the kernels');
  };
  return new WebAssembly.Instance<KernelExports>(module, { env: { memory, abort } }).exports;
}

/** Runs a call of the kernels that may need more memory. */
function allocate<T>(call: () => T): T {
  try {
    return call();
  } catch {
    throw new MachineError('there is too little memory for the SIMD kernels');
  }
}

/** Joins the work on a net, as thread number `thread`. */
export function joinNet({ module, memory, net }: Shared, thread: number): Member {
  return memberOf(instantiate(module, memory), net, thread);
}

function memberOf(kernel: KernelExports, net: Address, thread: number): Member {
  return {
    forward: (bufferIndex) => kernel.forward(net, thread, bufferIndex),
    finish(phase, bufferIndex) {
      if (thread === 0 || phase !== 'loss') kernel[phase](net, thread, bufferIndex);
    },
    classify: () => kernel.classify(net, thread),
  };
}

/**
 * Lays out a net of ten classes.
 *
 * @throws MachineError if there is too little memory
 */
export function createWasmNet({ module, sizes, precision, threads, images, capacity }: WasmNetOptions) {
  const { inputSize: D, hiddenSize: H, outputSize: K } = sizes;
  const memory = openMemory();
  const kernel = instantiate(module, memory);
  const net = allocate(() => kernel.create(D, H, images, capacity, threads, precision === 'f64'));
  // Views are made at each use, because growing the memory replaces the buffer. Addresses arrive as signed numbers.
  const bytes = (at: Address, length: number) => new Uint8Array(memory.buffer, at >>> 0, length);
  const flat = () => new Float64Array(memory.buffer, kernel.flatOf(net) >>> 0, (D + 1) * H + (H + 1) * K);
  const rowBytes = kernel.rowBytesOf(net);
  let added = 0;

  return {
    shared: { module, memory, net } satisfies Shared,
    member: memberOf(kernel, net, 0),
    /**
     * Appends the images of a dataset; the first image of all has index 0.
     *
     * @throws MachineError if there is too little memory
     */
    addImages(dataset: Dataset): void {
      const { count, inputSize, labels } = dataset;
      for (let start = 0; start < count; start += STAGED_IMAGES) {
        const end = Math.min(count, start + STAGED_IMAGES);
        const chunk = readImages(dataset, start, end);
        for (let i = 0; i < end - start; i++) {
          const image = chunk.subarray(i * inputSize, (i + 1) * inputSize);
          bytes(kernel.stagedOf(net) + i * rowBytes, inputSize).set(image);
        }
        allocate(() => kernel.pack(net, end - start));
      }
      bytes(kernel.labelsOf(net) + added, count).set(labels);
      added += count;
    },
    forgetImages(): void {
      kernel.forget(net);
      added = 0;
    },
    /** Reads W1, b1, W2, b2, one after the other; in float32 they are rounded. */
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
    /** Mini-batches now have `count` images, and the parameters descend. */
    setDescent: (count: number, learningRate: number, h: number) => kernel.setDescent(net, count, learningRate, h),
    /** Mini-batches now have `count` images; the gradient of the next one is kept, and the parameters do not change. */
    setGradient: (count: number, h: number) => kernel.setGradient(net, count, h),
    /** Gives the first thread the share of all threads in every mini-batch, or its own again. No thread may be busy. */
    setSolo: (solo: boolean) => kernel.setSolo(net, solo),
    setIndices(indices: Uint32Array, bufferIndex: number): void {
      new Uint32Array(memory.buffer, kernel.indicesOf(net, bufferIndex) >>> 0, indices.length).set(indices);
    },
    /** Loss of the mini-batch that the first thread has finished, before its update, in nats. */
    loss: () => kernel.lossOf(net),
    /** The images first … end - 1 are now to be classified, by the current parameters. No thread may be busy. */
    setClassification: (first: number, end: number) => kernel.setClassification(net, first, end),
    /** The most probable digits of the images first … end - 1, when they have been classified. */
    digits: (first: number, end: number) => bytes(kernel.digitsOf(net) + first, end - first).slice(),
  };
}
