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

type OpenEngine = (options: EngineOptions) => GradientEngine;

/** Every engine: its name on the command line, and how to load it. A new one is a file and a line here. */
export const engines = {
  backprop: async () => (await import('./backprop.js')).openBackprop,
  numerical: async () => (await import('./numerical.js')).openNumerical,
  naive: async () => (await import('./naive.js')).openNaive,
  tfjs: async () => (await import('./tfjs.js')).openTfjs,
} satisfies Record<string, () => Promise<OpenEngine>>;

export type EngineName = keyof typeof engines;

/** The precisions that each engine can descend in; the first is its own choice. */
export const PRECISIONS: Record<EngineName, readonly Precision[]> = {
  backprop: ['f64', 'f32'],
  numerical: ['f64'],
  naive: ['f64'],
  tfjs: ['f32'],
};

/**
 * Loads an engine at the moment it is wanted.
 *
 * @throws InputError if the engine has no such precision; MachineError if it cannot be loaded
 */
export async function openEngine(name: EngineName, options: Partial<EngineOptions> = {}): Promise<GradientEngine> {
  const { precision = PRECISIONS[name][0] } = options;
  if (!PRECISIONS[name].includes(precision)) {
    throw new InputError(
      name === 'tfjs'
        ? `--gradient tfjs cannot be: TensorFlow.js has no ${precision}, only f32; use --gradient backprop`
        : `--precision f32 is for backprop: differences, as ${name} takes, need f64`,
    );
  }
  const open: OpenEngine = await engines[name]();
  return open({ h: 1e-4, ...options, precision });
}
