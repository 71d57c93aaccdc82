import { InputError } from '../errors.js';
import type { EngineOptions, GradientEngine, OpenEngine } from './engine.js';
import type { Precision } from '../kernels/wasm-net.js';

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
