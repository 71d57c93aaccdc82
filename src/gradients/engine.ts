import { InputError } from '../input-error.js';
import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Precision } from '../kernels/kernel-net.js';
import type { Parameters, TwoLayerNet } from '../network/two-layer-net.js';
import type { Data, Descent, DescentSettings } from './descent.js';

/** The loss of a mini-batch, in nats, and its derivative by each parameter. */
export interface LossGradient extends Parameters {
  readonly loss: number;
}

/** A way to get the gradient of the book's loss, mean of -log(y_t + 1e-7), for a net and a mini-batch. */
export interface GradientEngine {
  gradients(net: TwoLayerNet, batch: MiniBatch): LossGradient | Promise<LossGradient>;
  /** A faster way to many steps than one gradient after the other (`plainDescent`), if the engine has one. */
  descent?(net: TwoLayerNet, data: Data, settings: DescentSettings): Descent;
}

export interface EngineOptions {
  /** Step of the central difference, > 0; engines that differentiate exactly ignore it. */
  readonly h: number;
  /** Of descent; gradients are float64 in any case. Only backprop goes by f32. */
  readonly precision: Precision;
  /** Most threads to descend with; default: as many as there are processors. No result depends on it. */
  readonly threads?: number;
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

/**
 * Loads an engine at the moment it is wanted.
 *
 * @throws InputError if the engine has no such precision
 */
export async function openEngine(name: EngineName, options: Partial<EngineOptions> = {}): Promise<GradientEngine> {
  if (options.precision === 'f32' && name !== 'backprop') {
    throw new InputError(`--precision f32 is for backprop: differences, as ${name} takes, need f64`);
  }
  const open: OpenEngine = await engines[name]();
  return open({ h: 1e-4, precision: 'f64', ...options });
}
