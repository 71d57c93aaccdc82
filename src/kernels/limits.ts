import { readFileSync } from 'node:fs';
import { formatCount } from '../errors.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { ALLOCATION_OVERHEAD, netBytes, workspaceBytes } from './layout.js';
import { compileKernels, type GradientPhase } from './wasm-instance.js';
import type { Precision } from './wasm-net.js';

// The limits of the kernels, and those that this machine sets. Tasks beyond them are left to plain TypeScript, which is
// slower and is limited by float64 and by memory only.

/** Why the kernels are not used, and whether the reason is the machine or the task. */
export interface Refusal {
  readonly why: string;
  readonly isMachine: boolean;
}

/**
 * Largest |weight| and learning rate. The kernels do not check for infinities, and within these limits none arises:
 * |∂L/∂W2| ≤ 1 and |∂L/∂W1| ≤ max |W2|, so in 1e9 steps W2 grows by at most 1e9 times the learning rate, and W1 by at
 * most 1e9 times the product of the learning rate and max |W2|.
 */
const LARGEST = { f64: 1e100, f32: 1e8 };

/**
 * Range of the step h. With a smaller h, the notebook's loop gives 0 because x + h rounds to x, but the kernels, which
 * never round x + h, would give a derivative. With a larger h, e^h and its powers might exceed the range of float64.
 */
const STEP = { least: 1e-15, most: 8 };

/** Bytes of a memory with 32-bit addresses, and of one array in it, which is the allocator's limit less its overhead. */
const LARGEST_MEMORY = 2 ** 32;
const LARGEST_ARRAY = 2 ** 30 - 2 ** 10;

/** Bytes of the kernels' constants, rounded up. */
const CONSTANTS = 2 ** 16;

/** A task for the kernels: gradient descent, single gradients, or a classification, which has no phase. */
interface KernelTask {
  readonly net: TwoLayerNet;
  readonly precision: Precision;
  /** Upper bound of N, the images of a call. */
  readonly batchSize: number;
  /** Number of all images. */
  readonly images: number;
  /** Number of threads that are wanted; default: 1. */
  readonly threads?: number;
  readonly learningRate?: number;
  readonly phase?: GradientPhase;
  readonly h?: number;
}

/**
 * The compiled kernels, and as many of the wanted threads as fit into memory; or why the kernels cannot do the task.
 * Whether they can does not depend on the number of threads, because plain TypeScript computes other last bits.
 */
export function kernelsFor(
  task: KernelTask,
): { readonly module: WebAssembly.Module; readonly threads: number; readonly fewerThreads?: string } | Refusal {
  const kernels = loadKernels();
  if ('missing' in kernels) return { why: kernels.missing, isMachine: true };
  const why = whyNot(task);
  if (why !== undefined) return { why, isMachine: false };
  const { threads: wanted = 1, batchSize } = task;
  let threads = wanted;
  while (memoryOf(task, threads) > LARGEST_MEMORY) threads--;
  if (threads === wanted) return { module: kernels.module, threads };
  const fewerThreads = `${formatCount(batchSize)} images per mini-batch leave room for no more in the kernels' 4 GiB`;
  return { module: kernels.module, threads, fewerThreads };
}

/** Why the kernels cannot do this task on any machine, as a clause; undefined if they can. */
function whyNot(task: KernelTask) {
  const { net, precision, batchSize, images, learningRate, phase, h = 1 } = task;
  if (net.outputSize !== 10) return `the kernels are for 10 classes, not ${net.outputSize}`;
  if (phase === 'differences' && !(h >= STEP.least && h <= STEP.most)) {
    return `the kernels take steps h from ${STEP.least} to ${STEP.most}, not ${h}`;
  }
  if (memoryOf(task, 1) > LARGEST_MEMORY) {
    return (
      `the kernels have 4 GiB of memory, too little for ${formatCount(net.hiddenSize)} hidden units, ` +
      `${formatCount(batchSize)} images per mini-batch and ${formatCount(images)} images in all`
    );
  }
  const range = outOfRange(net, precision, learningRate);
  return range && `the kernels take ${range}`;
}

/** The range of weights or of learning rates that the kernels support, if this net or this learning rate is outside it. */
export function outOfRange(net: TwoLayerNet, precision: Precision, learningRate = 0): string | undefined {
  const largest = LARGEST[precision];
  if (!(learningRate <= largest)) return `learning rates up to ${largest.toExponential()} in ${precision}`;
  if (!net.all.every((weight) => Math.abs(weight) <= largest)) {
    return `weights up to ${largest.toExponential()} in ${precision}`;
  }
  return undefined;
}

/** Upper bound of the bytes that assembly/allocate.ts allocates for a task; Infinity if a single array is too large. */
export function memoryOf({ net, precision, batchSize, images, phase }: KernelTask, threads: number): number {
  const { inputSize, hiddenSize } = net;
  const isDouble = precision === 'f64';
  const takesDifferences = phase === 'differences';
  const shared = Object.values(netBytes(inputSize, hiddenSize, images, batchSize, threads, isDouble, takesDifferences));
  const perThread = Object.values(workspaceBytes(inputSize, hiddenSize, threads, isDouble));
  if (Math.max(...shared, ...perThread) > LARGEST_ARRAY) return Infinity;
  const total = (arrays: number[]) => arrays.reduce((sum, bytes) => sum + bytes + ALLOCATION_OVERHEAD, 0);
  return total(shared) + threads * total(perThread) + CONSTANTS;
}

/** The compiled kernels, or why this machine cannot run them. */
export type Kernels = { readonly module: WebAssembly.Module } | { readonly missing: string };

let loaded: Kernels | undefined;

/** The kernels, which are compiled at the first call. */
export function loadKernels(): Kernels {
  return (loaded ??= compileKernels());
}

/**
 * Bytes of address space that V8 reserves for a WebAssembly memory (10 GiB) and for a worker (0.85 GiB, measured), with a
 * margin.
 */
const SPACE = { memory: 10.5 * 2 ** 30, worker: 2 ** 30 };

/**
 * The largest number of threads that can be started here, and the reason; undefined if there is no limit. Node.js aborts
 * when a worker finds too little address space, so the limit must be known before a worker is started.
 */
export function threadLimit(): { readonly most: number; readonly why: string } | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return { most: 1, why: 'this Node.js has no SharedArrayBuffer' };
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0); // returns at once: the value is not 1
  } catch {
    return { most: 1, why: 'this Node.js has no Atomics.wait' };
  }
  const space = addressSpaceLeft();
  if (space === Infinity) return undefined;
  const most = 1 + Math.max(0, Math.floor((space - SPACE.memory) / SPACE.worker));
  return { most, why: 'the address space is limited (ulimit -v)' };
}

/** Bytes of address space that this process may still map; Infinity if there is no limit, or if it is not known. */
function addressSpaceLeft(): number {
  try {
    const limit = /^Max address space +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    const used = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return limit && used ? Number(limit[1]) - Number(used[1]) * 1024 : Infinity;
  } catch {
    return Infinity; // not Linux
  }
}
