import type { Dataset } from '../dataset/mnist.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import { CHUNK, range } from './classify.js';
import { createKernelNet, type Descending, type Phase, type Precision } from './kernel-net.js';
import { openTeam } from './team.js';

export interface KernelDescentOptions {
  readonly module: WebAssembly.Module;
  readonly phase: Descending;
  readonly data: { readonly train: Dataset; readonly test: Dataset };
  readonly learningRate: number;
  readonly batchSize: number;
  readonly h: number;
  readonly precision: Precision;
  readonly threads: number;
}

/** Gradient descent by the kernels: the images and the weights stay in their memory until they are asked for. */
export function openKernelDescent(net: TwoLayerNet, options: KernelDescentOptions) {
  const { phase, data, learningRate, batchSize, h, threads } = options;
  const kernel = createKernelNet({
    ...options,
    sizes: net,
    images: data.train.count + data.test.count,
    capacity: Math.max(batchSize, CHUNK),
  });
  const team = openTeam(kernel, threads);
  kernel.addImages(data.train);
  kernel.addImages(data.test);
  kernel.setParameters(net.all);
  let count = 0;

  async function run(phase: Phase, indices: Uint32Array): Promise<void> {
    if (indices.length !== count) {
      await team.settle();
      count = indices.length;
      kernel.setDescent(count, learningRate, h);
    }
    await team.run(phase, indices);
  }

  return {
    threads,
    /** Makes one step on these training images; resolves to the loss before it, nats. */
    async step(indices: Uint32Array) {
      await run(phase, indices);
      return { loss: kernel.loss(), isFinite: true };
    },
    /** Loss of these training images, nats. */
    async loss(indices: Uint32Array): Promise<number> {
      await run('loss', indices);
      return kernel.loss();
    },
    /** The digits that the net sees in a part of the data: (N). */
    async classify(part: 'train' | 'test'): Promise<Uint8Array> {
      const digits = new Uint8Array(data[part].count);
      const first = part === 'train' ? 0 : data.train.count;
      for (let start = 0; start < digits.length; start += CHUNK) {
        const length = Math.min(CHUNK, digits.length - start);
        await run('classify', range(first + start, first + start + length));
        digits.set(kernel.classes(length), start);
      }
      return digits;
    },
    /** Writes the weights into the net. */
    async sync(): Promise<void> {
      await team.settle();
      kernel.getParameters(net.all);
    },
    close: () => team.close(),
  };
}
