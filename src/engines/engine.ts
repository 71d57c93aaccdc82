import type { Dataset } from '../dataset/mnist.js';
import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Precision } from '../kernels/wasm-net.js';
import type { Parameters, TwoLayerNet } from '../network/two-layer-net.js';

/** The loss of a mini-batch, in nats, and its derivative by each parameter. */
export interface LossGradient extends Parameters {
  readonly loss: number;
}

/** A way to get the gradient of the book's loss, mean of -log(y_t + 1e-7), for a net and a mini-batch. */
export interface GradientEngine {
  gradients(net: TwoLayerNet, batch: MiniBatch): LossGradient | Promise<LossGradient>;
  /** A faster way to many steps than one gradient after the other (`plainDescent`), if the engine has one. */
  trainer?(net: TwoLayerNet, data: Data, settings: TrainerSettings): Trainer;
}

export interface EngineOptions {
  /** Step of the central difference, > 0; engines that differentiate exactly ignore it. */
  readonly h: number;
  /** Of descent; gradients are float64 in any case, but for those of tfjs. */
  readonly precision: Precision;
  /**
   * Most threads to descend with; default: as many as there are processors. No result depends on it. TensorFlow has
   * its own number, from TF_NUM_INTRAOP_THREADS in the environment when it is loaded; the two should be the same.
   */
  readonly threads?: number;
  /** Called now and then by an engine whose single gradient takes minutes. */
  readonly onProgress?: (done: number, total: number) => void;
}

export type OpenEngine = (options: EngineOptions) => GradientEngine;

/** Training and test images. */
export interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What a descent needs to know of the hyper-parameters. */
export interface TrainerSettings {
  readonly learningRate: number;
  readonly batchSize: number;
}

/** Gradient descent on one net, step by step. Until `sync` it may keep the weights where it likes. */
export interface Trainer {
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
