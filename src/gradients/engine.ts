import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Parameters, TwoLayerNet } from '../network/two-layer-net.js';

/** The loss of a mini-batch, in nats, and its derivative by each parameter. */
export interface LossGradient extends Parameters {
  readonly loss: number;
}

/** A way to get the gradient of the book's loss, mean of -log(y_t + 1e-7), for a net and a mini-batch. */
export interface GradientEngine {
  gradients(net: TwoLayerNet, batch: MiniBatch): LossGradient | Promise<LossGradient>;
}

export interface EngineOptions {
  /** Step of the central difference, > 0; engines that differentiate exactly ignore it. */
  readonly h: number;
  /** Called now and then by an engine whose single gradient takes minutes. */
  readonly onProgress?: (done: number, total: number) => void;
}

type OpenEngine = (options: EngineOptions) => GradientEngine;

/** Every engine: its name on the command line, and how to load it. A new one is a file and a line here. */
export const engines = {
  backprop: async () => (await import('./backprop.js')).openBackprop,
  numerical: async () => (await import('./numerical.js')).openNumerical,
  naive: async () => (await import('./naive.js')).openNaive,
} satisfies Record<string, () => Promise<OpenEngine>>;

export type EngineName = keyof typeof engines;

/** Loads an engine at the moment it is wanted. */
export async function openEngine(name: EngineName, options: Partial<EngineOptions> = {}): Promise<GradientEngine> {
  const open: OpenEngine = await engines[name]();
  return open({ h: 1e-4, ...options });
}
