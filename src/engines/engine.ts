import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import type { Precision } from '../kernels/wasm-net.js';
import type { LossGradient, TwoLayerNet } from '../network/two-layer-net.js';

// An engine is a way to compute the gradient of the loss, and to descend with it. naive.ts perturbs every parameter and
// evaluates the whole net, numerical.ts gets the same differences without repeated work, backprop.ts uses the chain rule,
// and tfjs.ts calls TensorFlow. trainer.ts makes a step, in plain TypeScript or with the SIMD kernels; registry.ts opens an
// engine by its name; training/train.ts makes the steps of a run with any engine.

/** Computes the gradient of the book's loss, the mean of -log(y_label + 1e-7), and descends with it. */
export interface GradientEngine {
  /** Loss and gradient of one mini-batch, in float64 (tfjs: float32). Changes neither the net nor the batch. */
  gradients(net: TwoLayerNet, batch: MiniBatch): LossGradient | Promise<LossGradient>;
  /**
   * Prepares gradient descent on this net. Its steps may be faster than calls of `gradients`, and give the same weights to
   * the rounding of the precision.
   *
   * @throws InputError if learning rate or weights are out of the engine's range; MachineError if the machine lacks
   *   something that the precision needs
   */
  trainer(net: TwoLayerNet, data: Data, settings: TrainerSettings): Promise<Trainer>;
}

export interface EngineOptions {
  /** Step of the central difference, > 0; only `numerical` and `naive` use it. */
  readonly h: number;
  /** Precision of the trainer. */
  readonly precision: Precision;
  /**
   * Most threads of a trainer; default: the number of processors. No result depends on it. TensorFlow keeps the number with
   * which this process first loads it.
   */
  readonly threads?: number;
  /** Called every 50 ms or so while `naive` computes one gradient, which takes minutes. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the reason when `gradients` has plain TypeScript compute instead of the SIMD kernels. */
  readonly onFallback?: (why: string) => void;
}

export type OpenEngine = (options: EngineOptions) => GradientEngine;

/** Training and test images. */
export interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The hyper-parameters that a trainer needs. */
export interface TrainerSettings {
  /** Learning rate η, > 0. */
  readonly learningRate: number;
  /** N, the images per mini-batch. */
  readonly batchSize: number;
}

/**
 * Gradient descent on one net, step by step. A trainer may keep the weights in memory of its own: the net has them after
 * `sync`.
 */
export interface Trainer {
  /** Threads in use. */
  readonly threads: number;
  /** The reason, if plain TypeScript computes instead of the SIMD kernels: slower, and with other last bits. */
  readonly fallback?: string;
  /** The reason, if there are fewer threads than wanted, because the machine or the memory allows no more. */
  readonly fewerThreads?: string;
  /**
   * One step on these training images, w ← w - η ∂L/∂w. Resolves to the loss before the step, in nats. If loss, gradient
   * or new weights are not finite, the weights stay as they were.
   *
   * @throws MachineError if a thread has ended
   */
  step(indices: Uint32Array): Promise<{ readonly loss: number; readonly isFinite: boolean }>;
  /** Loss of these training images, in nats. */
  loss(indices: Uint32Array): Promise<number>;
  /** Most probable digit, 0 … K - 1, of each image: (N). */
  classify(part: keyof Data): Promise<Uint8Array>;
  /** Writes the weights into the net. */
  sync(): Promise<void>;
  /** Releases threads and memory. */
  close(): Promise<void>;
}
