import { argmax } from '../network/functions.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';
import { type Dataset, scalePixels } from './mnist.js';

/** Images a forward pass takes at a time: the whole set in float64 would be 376 MB, this many are 3 MB. */
const CHUNK = 500;

/** The digit, 0 … K - 1, that the net sees in each image of a dataset: (N). */
export function classify(net: TwoLayerNet, { count, inputSize, images }: Dataset): Uint8Array {
  const digits = new Uint8Array(count);
  for (let start = 0; start < count; start += CHUNK) {
    const bytes = images.subarray(start * inputSize, (start + CHUNK) * inputSize);
    digits.set(argmax(predict(net, scalePixels(bytes)), net.outputSize), start);
  }
  return digits;
}
