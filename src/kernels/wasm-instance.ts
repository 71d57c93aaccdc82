import { readFileSync } from 'node:fs';
import { MachineError } from '../errors.js';
import { BACKWARD_PHASE, DIFFERENCES_PHASE, LOSS_PHASE } from './layout.js';

// The SIMD kernels (assembly/, compiled to WebAssembly): how they are compiled, what they export, and how a thread joins
// the work on a net. Workers load little more than this file and barrier.ts.

/** How the kernels compute a gradient: by backpropagation or by central differences. */
export type GradientPhase = 'backward' | 'differences';
/** What they compute for a mini-batch: a gradient and the update by it, or only the loss. */
export type BatchPhase = GradientPhase | 'loss';
/** The same, or the digits of images that are in no mini-batch. */
export type Phase = BatchPhase | 'classify';

const PHASE_NUMBERS = { backward: BACKWARD_PHASE, differences: DIFFERENCES_PHASE, loss: LOSS_PHASE };

/** What another thread needs to join: the compiled kernels, and where the net is. All of it can be sent to a worker. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly net: number;
}

/** One thread's part in the work on a net. */
export interface Member {
  /** Number of stages of a mini-batch; assembly/index.ts lists them. */
  stagesOf(phase: BatchPhase): number;
  /** Does this thread's share of a stage. All threads must have finished the stage before. */
  runStage(phase: BatchPhase, stage: number): void;
  /** Classifies images until none is left. */
  classify(): void;
}

/** Bytes from the beginning of a memory. */
export type Address = number;

/** The exports of assembly/index.ts; a Net is its address. */
interface KernelExports {
  create(
    inputSize: number,
    hiddenSize: number,
    images: number,
    capacity: number,
    threads: number,
    isDouble: boolean,
    takesDifferences: boolean,
  ): Address;
  flatOf(net: Address): Address;
  stagedOf(net: Address): Address;
  rowBytesOf(net: Address): number;
  labelsOf(net: Address): Address;
  indicesOf(net: Address): Address;
  digitsOf(net: Address): Address;
  lossOf(net: Address): number;
  pack(net: Address, count: number): void;
  forget(net: Address): void;
  readFlat(net: Address): void;
  writeFlat(net: Address, gradient: boolean): void;
  setDescent(net: Address, count: number, rate: number, h: number): void;
  setGradient(net: Address, count: number, h: number): void;
  setSolo(net: Address, solo: boolean): void;
  stagesOf(net: Address, phase: number): number;
  runStage(net: Address, thread: number, phase: number, stage: number): void;
  setClassification(net: Address, first: number, end: number): void;
  classify(net: Address, thread: number): void;
}

/** Most pages of 64 KiB that a memory with 32-bit addresses can grow to: 4 GiB. */
const MOST_PAGES = 65_536;

/** Compiles the kernels, which the build puts beside this file; or says why this machine cannot run them. */
export function compileKernels(): { readonly module: WebAssembly.Module } | { readonly missing: string } {
  if (typeof WebAssembly === 'undefined') return { missing: 'this Node.js runs without WebAssembly' };
  const bytes = readFileSync(new URL('./kernel.wasm', import.meta.url));
  try {
    const module = new WebAssembly.Module(bytes);
    openMemory();
    return { module };
  } catch (error) {
    const isInvalid = error instanceof WebAssembly.CompileError; // without SIMD its instructions are unknown
    return { missing: isInvalid ? 'WebAssembly has no SIMD on this machine' : (error as Error).message };
  }
}

/**
 * A memory for the kernels. It has one page, and reserves address space for all that it may grow to.
 *
 * @throws MachineError if the address space is too small
 */
export function openMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch (error) {
    throw new MachineError(
      `WebAssembly gets no address space (${(error as Error).message}): raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler`,
    );
  }
}

/** The kernels on a memory, for one thread. They throw a RangeError for an array above 1 GiB. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const abort = () => {
    throw new RangeError('an array is too large for the kernels');
  };
  return new WebAssembly.Instance<KernelExports>(module, { env: { memory, abort } }).exports;
}

/** Joins the work on a net, as thread number `thread`. */
export function joinNet({ module, memory, net }: Shared, thread: number): Member {
  return memberOf(instantiate(module, memory), net, thread);
}

/** The part of thread number `thread` in the work on a net. */
export function memberOf(kernel: KernelExports, net: Address, thread: number): Member {
  return {
    stagesOf: (phase) => kernel.stagesOf(net, PHASE_NUMBERS[phase]),
    runStage: (phase, stage) => kernel.runStage(net, thread, PHASE_NUMBERS[phase], stage),
    classify: () => kernel.classify(net, thread),
  };
}

/** Runs all stages of a mini-batch, in a thread that works alone. */
export function runAllStages(member: Member, phase: BatchPhase): void {
  const stages = member.stagesOf(phase);
  for (let stage = 0; stage < stages; stage++) member.runStage(phase, stage);
}
