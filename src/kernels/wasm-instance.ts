import { readFileSync } from 'node:fs';
import { MachineError } from '../errors.js';
import { BACKWARD_PHASE, DIFFERENCES_PHASE, LOSS_PHASE } from './layout.js';

// The SIMD kernels (assembly/, compiled to WebAssembly): how they are compiled, what they export, and how a thread
// joins the work on a net. A worker loads no more than this.

/** What the kernels do with a mini-batch: descend, or compute the loss. Without one, they classify images. */
export type Phase = BatchPhase | 'classify';
export type BatchPhase = GradientPhase | 'loss';
export type GradientPhase = 'backward' | 'differences';

const PHASE_NUMBERS = { backward: BACKWARD_PHASE, differences: DIFFERENCES_PHASE, loss: LOSS_PHASE };

/** Data that another thread needs to join: a module and a memory can be sent to it. */
export interface Shared {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly net: number;
}

/** One thread's share of the work. */
export interface Member {
  /** Number of steps of a mini-batch. No thread may begin a step before all have finished the one before. */
  stepsOf(phase: BatchPhase): number;
  takeStep(phase: BatchPhase, step: number): void;
  /** Classifies images until none is left. */
  classify(): void;
}

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
  stepsOf(net: Address, phase: number): number;
  takeStep(net: Address, thread: number, phase: number, step: number): void;
  setClassification(net: Address, first: number, end: number): void;
  classify(net: Address, thread: number): void;
}

/** Pages of 64 KiB: 4 GiB, the most that a memory with 32-bit addresses can grow to. */
const LARGEST_MEMORY = 65_536;

/** Compiles the kernels, which the build has put beside this file; or says why this machine cannot run them. */
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

/** @throws MachineError if the address space is too small */
export function openMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: LARGEST_MEMORY, shared: true });
  } catch (error) {
    throw new MachineError(
      `WebAssembly gets no address space (${(error as Error).message}): raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler`,
    );
  }
}

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

/** The share of thread number `thread`. */
export function memberOf(kernel: KernelExports, net: Address, thread: number): Member {
  return {
    stepsOf: (phase) => kernel.stepsOf(net, PHASE_NUMBERS[phase]),
    takeStep: (phase, step) => kernel.takeStep(net, thread, PHASE_NUMBERS[phase], step),
    classify: () => kernel.classify(net, thread),
  };
}

/** All steps of a mini-batch, for a thread that works alone. */
export function takeAllSteps(member: Member, phase: BatchPhase): void {
  const steps = member.stepsOf(phase);
  for (let step = 0; step < steps; step++) member.takeStep(phase, step);
}
