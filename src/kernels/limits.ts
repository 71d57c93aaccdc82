import { parameterCount, type TwoLayerNet } from '../network/two-layer-net.js';
import type { Precision } from './kernel-net.js';
import { loadKernels } from './load.js';

// The kernels leave out what plain TypeScript checks: they do not look for infinities. Within these limits none can
// come. A slope of the loss by W2 is at most 1 and by W1 at most the largest weight in W2, so that in 1e9 steps W2 grows
// to some 1e9 times the learning rate and W1 to 1e9 times the product of both.
const LARGEST = { f64: 1e100, f32: 1e8 };

/** Steps of the central difference whose powers and quotients stay within float64. */
const H = { least: 1e-100, most: 8 };

/** A place, of a pixel or of up to 112 bytes for an image, shares 32 bits with a byte; see assembly/images.ts. */
const LARGEST_PLACE = 2 ** 21;
const LARGEST_BATCH = Math.floor(LARGEST_PLACE / 112);
const LARGEST_MEMORY = 2 ** 32;

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

function whyNot({ net, precision, batchSize, threads = 1, images = 0, learningRate = 0, h = 1 }: KernelTask) {
  const largest = LARGEST[precision];
  if (net.outputSize !== 10) return `the kernels are for 10 classes, not ${net.outputSize}`;
  if (net.inputSize > LARGEST_PLACE) return `the kernels take images of up to ${LARGEST_PLACE} pixels`;
  if (batchSize > LARGEST_BATCH) return `the kernels take mini-batches of up to ${LARGEST_BATCH} images`;
  if (!(learningRate <= largest))
    return `the kernels take learning rates up to ${largest.toExponential()} in ${precision}`;
  if (!(h >= H.least && h <= H.most)) return `the kernels take steps of ${H.least} to ${H.most}, not ${h}`;
  const parameters = 30 * parameterCount(net);
  const miniBatch = batchSize * (net.inputSize * (1 + 16 * threads) + net.hiddenSize * 32 + threads * 2000);
  const data = images * (net.inputSize * 2 + 5);
  if (parameters + miniBatch + data > LARGEST_MEMORY) return 'the kernels have at most 4 GiB of memory';
  if (!net.all.every((weight) => Math.abs(weight) <= largest)) {
    return `the kernels take weights up to ${largest.toExponential()} in ${precision}`;
  }
  return undefined;
}
