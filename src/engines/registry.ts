import { InputError, preview } from '../errors.js';
import type { Precision } from '../kernels/wasm-net.js';
import type { EngineOptions, GradientEngine, OpenEngine } from './engine.js';

/** Every engine: its name on the command line, and how to load it. A new engine is one file and one line here. */
export const engines = {
  backprop: async () => (await import('./backprop.js')).openBackprop,
  numerical: async () => (await import('./numerical.js')).openNumerical,
  naive: async () => (await import('./naive.js')).openNaive,
  tfjs: async () => (await import('./tfjs.js')).openTfjs,
} satisfies Record<string, () => Promise<OpenEngine>>;

export type EngineName = keyof typeof engines;

export const ENGINE_NAMES = Object.keys(engines) as EngineName[];

/** The precisions that each engine can descend in; the first is its default. */
export const PRECISIONS: Record<EngineName, readonly Precision[]> = {
  backprop: ['f64', 'f32'],
  numerical: ['f64'],
  naive: ['f64'],
  tfjs: ['f32'],
};

/**
 * Loads an engine when it is needed.
 *
 * @throws InputError if there is no such engine, or if it does not have the precision; MachineError if tfjs-node is not
 *   installed
 */
export async function openEngine(name: EngineName, options: Partial<EngineOptions> = {}): Promise<GradientEngine> {
  if (!Object.hasOwn(engines, name)) {
    throw new InputError(`engine must be one of ${ENGINE_NAMES.join(', ')}, got ${preview(name)}`);
  }
  const { precision = PRECISIONS[name][0] } = options;
  if (!PRECISIONS[name].includes(precision)) {
    throw new InputError(
      name === 'tfjs'
        ? `--gradient tfjs needs float32; got --precision ${precision}. Use --precision f32, or --gradient backprop`
        : `--gradient ${name} needs float64; got --precision ${precision}. Use --precision f64, or --gradient backprop`,
    );
  }
  const open: OpenEngine = await engines[name]();
  return open({ h: 1e-4, ...options, precision });
}
