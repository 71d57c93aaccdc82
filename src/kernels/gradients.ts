import { argmax } from '../network/functions.js';
import { scalePixels, type MiniBatch } from '../dataset/mini-batch.js';
import { zeroParameters, type Parameters, type TwoLayerNet } from '../network/two-layer-net.js';
import { createKernelNet, type KernelNet, type KernelNetOptions, type Descending } from './kernel-net.js';
import { kernelsFor } from './limits.js';

/**
 * Loss and gradient of one mini-batch at a time, by the kernels, in float64 and one thread. The function that is
 * returned gives undefined if they cannot do it; where pixels are not bytes / 255, for example.
 */
export function openKernelGradients(phase: Descending, h: number) {
  let last: { kernel: KernelNet; options: KernelNetOptions } | undefined; // for the next mini-batch of this size

  return (net: TwoLayerNet, batch: MiniBatch): (Parameters & { loss: number }) | undefined => {
    const { count } = batch;
    const kernels = kernelsFor({ net, precision: 'f64', batchSize: count, images: count, h });
    const images = bytesOf(batch.x);
    if ('why' in kernels || images === undefined) return undefined;

    const { inputSize, hiddenSize, outputSize } = net;
    const sizes = { inputSize, hiddenSize, outputSize };
    const options = { ...kernels, sizes, precision: 'f64', threads: 1, images: count, capacity: count } as const;
    if (JSON.stringify(last?.options) !== JSON.stringify(options)) last = { kernel: createKernelNet(options), options };
    const { kernel } = last!;

    const labels = argmax(batch.t, outputSize);
    kernel.forgetImages();
    kernel.addImages({ count, rows: 1, columns: inputSize, inputSize, images, labels });
    kernel.setParameters(net.all);
    kernel.setGradient(count, h);
    kernel.setIndices(Uint32Array.from(labels.keys()), 0);
    kernel.member.forward(0);
    kernel.member.finish(phase, 0);
    const gradient = zeroParameters(net);
    kernel.getGradient(gradient.all);
    return { loss: kernel.loss(), ...gradient };
  };
}

/** The bytes that these pixels are 255ths of. */
function bytesOf(x: Float64Array): Uint8Array | undefined {
  const bytes = Uint8Array.from(x, (pixel) => Math.round(pixel * 255));
  return scalePixels(bytes).every((pixel, i) => pixel === x[i]) ? bytes : undefined;
}
