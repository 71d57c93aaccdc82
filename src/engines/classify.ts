import { type Dataset, readImages, scalePixels } from '../dataset/mnist.js';
import { classifyWithKernels } from '../kernels/wasm-trainer.js';
import type { Precision } from '../kernels/wasm-net.js';
import { argmax } from '../network/functions.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';

/**
 * The most probable digit, 0 … K - 1, of each image of a dataset: (N).
 *
 * @param precision the one that the net was trained with, so that training and a later evaluation agree
 * @param onFallback called with the reason if plain TypeScript has to compute instead of the SIMD kernels
 */
export function classify(
  net: TwoLayerNet,
  dataset: Dataset,
  precision: Precision = 'f64',
  onFallback?: (why: string) => void,
): Uint8Array {
  const classified = classifyWithKernels(net, dataset, precision);
  if ('digits' in classified) return classified.digits;
  onFallback?.(classified.why);
  return referenceClassify(net, dataset);
}

/** Images per forward pass: in float64 the whole dataset would take 376 MB, this many take 3 MB. */
const CHUNK = 500;

/** The reference of `classify`: argmax of `predict`. */
export function referenceClassify(net: TwoLayerNet, dataset: Dataset): Uint8Array {
  const digits = new Uint8Array(dataset.count);
  for (let start = 0; start < dataset.count; start += CHUNK) {
    const bytes = readImages(dataset, start, Math.min(dataset.count, start + CHUNK));
    digits.set(argmax(predict(net, scalePixels(bytes)), net.outputSize), start);
  }
  return digits;
}
