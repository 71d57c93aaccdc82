import { classify as classifyPlainly } from '../dataset/classify.js';
import type { Dataset } from '../dataset/mnist.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { createKernelNet, type Precision } from './kernel-net.js';
import { kernelsFor } from './limits.js';

/** Images at a time: few enough that what lies between the layers stays in the cache. */
export const CHUNK = 256;

/**
 * The digit, 0 … K - 1, that the net sees in each image of a dataset: (N). In the precision that the net was trained
 * with, so that training and a later evaluation never differ.
 */
export function classify(net: TwoLayerNet, dataset: Dataset, precision: Precision = 'f64'): Uint8Array {
  const kernels = kernelsFor({ net, precision, batchSize: CHUNK, images: dataset.count });
  if ('why' in kernels) return classifyPlainly(net, dataset);
  const { count } = dataset;
  const options = { ...kernels, sizes: net, precision, threads: 1, images: count, capacity: CHUNK };
  const kernel = createKernelNet(options);
  kernel.addImages(dataset);
  kernel.setParameters(net.all);
  const digits = new Uint8Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const indices = range(start, Math.min(start + CHUNK, count));
    kernel.setDescent(indices.length, 0, 1);
    kernel.setIndices(indices, 0);
    kernel.member.forward(0);
    kernel.member.finish('classify', 0);
    digits.set(kernel.classes(indices.length), start);
  }
  return digits;
}

/** start … end - 1 */
export function range(start: number, end: number): Uint32Array {
  return new Uint32Array(end - start).map((_, i) => start + i);
}
