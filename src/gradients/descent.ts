import { classify } from '../dataset/classify.js';
import { gather } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { loss, type TwoLayerNet } from '../network/two-layer-net.js';
import type { GradientEngine, LossGradient } from './engine.js';

/** Training and test images. */
export interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What a descent needs to know of the hyper-parameters. */
export interface DescentSettings {
  readonly learningRate: number;
  readonly batchSize: number;
}

/** Gradient descent on one net, step by step. Until `sync` it may keep the weights where it likes. */
export interface Descent {
  readonly threads: number;
  /** Why it is not as fast as it could be, if it is not. */
  readonly fallback?: string;
  /**
   * One step on these training images, w ← w - η ∂L/∂w. Resolves to the loss before it, in nats; if loss, gradient or
   * weights would not be finite, no step is made.
   */
  step(indices: Uint32Array): Promise<{ readonly loss: number; readonly isFinite: boolean }>;
  /** Loss of these training images, in nats. */
  loss(indices: Uint32Array): Promise<number>;
  /** The digits that the net sees in the images: (N). */
  classify(part: keyof Data): Promise<Uint8Array>;
  /** Brings the net up to date. */
  sync(): Promise<void>;
  /** Ends its threads, if it has any. */
  close(): Promise<void>;
}

/** Gradient descent with any engine: gradient, check, update. */
export function plainDescent(
  { gradients }: GradientEngine,
  net: TwoLayerNet,
  data: Data,
  { learningRate }: DescentSettings,
): Descent {
  return {
    threads: 1,
    async step(indices) {
      const gradient = await gradients(net, gather(data.train, indices));
      const isFinite = staysFinite(net, gradient, learningRate);
      if (isFinite) descend(net, gradient, learningRate);
      return { loss: gradient.loss, isFinite };
    },
    async loss(indices) {
      const { x, t } = gather(data.train, indices);
      return loss(net, x, t);
    },
    classify: async (part) => classify(net, data[part]),
    sync: async () => undefined,
    close: async () => undefined,
  };
}

/** Gradient descent, in place: w ← w - η ∂L/∂w. */
function descend(net: TwoLayerNet, gradient: LossGradient, learningRate: number): void {
  for (let i = 0; i < net.all.length; i++) net.all[i] -= learningRate * gradient.all[i];
}

function staysFinite(net: TwoLayerNet, gradient: LossGradient, learningRate: number): boolean {
  let zero = gradient.loss * 0; // finite * 0 is 0; NaN and the infinities make NaN, which no sum forgets
  for (let i = 0; i < net.all.length; i++) zero += (net.all[i] - learningRate * gradient.all[i]) * 0;
  return zero === 0;
}
