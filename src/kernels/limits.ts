import type { TwoLayerNet } from '../network/two-layer-net.js';
import type { Precision } from './kernel-net.js';
import { loadKernels } from './load.js';

// The kernels leave out what plain TypeScript checks: they do not look for infinities. Within these limits none can
// come. A slope of the loss by W2 is at most 1 and by W1 at most the largest weight in W2, so that in 1e9 steps W2 grows
// to some 1e9 times the learning rate and W1 to 1e9 times the product of both.
const LARGEST = { f64: 1e100, f32: 1e8 };

/**
 * Steps of the central difference. The kernels never round x + h, so a step too small for float64 would still give them a
 * derivative where the notebook's loop gives 0: the plain engine takes those. Above, powers and quotients stay within
 * float64.
 */
const STEP = { least: 1e-15, most: 8 };

/** Of a memory with 32-bit addresses, and of one array in it. */
const LARGEST_MEMORY = 2 ** 32;
const LARGEST_ARRAY = 2 ** 30;

export interface KernelTask {
  readonly net: TwoLayerNet;
  readonly precision: Precision;
  readonly batchSize: number;
  readonly threads?: number;
  readonly images?: number;
  readonly learningRate?: number;
  readonly h?: number;
}

/** The compiled kernels if they can do this, or why they cannot. */
export function kernelsFor(task: KernelTask): { readonly module: WebAssembly.Module } | { readonly why: string } {
  const kernels = loadKernels();
  const why = 'missing' in kernels ? kernels.missing : whyNot(task);
  return why === undefined ? (kernels as { module: WebAssembly.Module }) : { why };
}

/**
 * Why descent in this precision could end in infinities, if it could: whoever does not look for them must not begin.
 */
export function beyondLimits(net: TwoLayerNet, precision: Precision, learningRate = 0): string | undefined {
  const largest = LARGEST[precision];
  if (!(learningRate <= largest)) return `learning rates up to ${largest.toExponential()} in ${precision}`;
  if (!net.all.every((weight) => Math.abs(weight) <= largest)) {
    return `weights up to ${largest.toExponential()} in ${precision}`;
  }
  return undefined;
}

function whyNot({ net, precision, batchSize, threads = 1, images = 0, learningRate = 0, h = 1 }: KernelTask) {
  if (net.outputSize !== 10) return `the kernels are for 10 classes, not ${net.outputSize}`;
  if (!(h >= STEP.least && h <= STEP.most)) return `the kernels take steps of ${STEP.least} to ${STEP.most}, not ${h}`;
  const { inputSize: D, hiddenSize: H } = net;
  const arrays = [D * (H + 30) * 8, batchSize * D * 8, batchSize * (H + 30) * 8, images * D * 2]; // roughly, from above
  const all = 4 * arrays[0] + (2 * threads + 1) * arrays[1] + 5 * arrays[2] + arrays[3];
  if (Math.max(...arrays) > LARGEST_ARRAY || all > LARGEST_MEMORY) {
    return `the kernels have no more than 4 GiB of memory: too little for ${H} hidden units, ${batchSize} images a mini-batch and ${images} in all`;
  }
  const beyond = beyondLimits(net, precision, learningRate);
  return beyond && `the kernels take ${beyond}`;
}
