import type { EngineOptions, GradientEngine } from './engine.js';
import { availableParallelism } from 'node:os';
import { InputError } from '../errors.js';
import { kernelsFor } from '../kernels/limits.js';
import type { Descending } from '../kernels/wasm-net.js';
import { openWasmTrainer, openWasmGradients } from '../kernels/wasm-trainer.js';
import { referenceTrainer } from './reference-trainer.js';

/** Hidden units that a thread takes at a time, in float64 and float32: more threads would have nothing to do. */
const BLOCK = { f64: 10, f32: 28 };

/** Backpropagation takes so little that more threads than this would only wait for each other. */
const BACKWARD_THREADS = 4;

/** The same engine by the SIMD kernels, wherever they can do what is asked; where not, the plain one does. */
export function withKernels(
  plain: GradientEngine,
  phase: Descending,
  { h, precision, threads: wanted }: EngineOptions,
): GradientEngine {
  const gradients = openWasmGradients(phase, h);
  return {
    gradients: (net, batch) => gradients(net, batch) ?? plain.gradients(net, batch),
    trainer(net, data, settings) {
      const useful = Math.min(
        Math.ceil(net.hiddenSize / BLOCK[precision]),
        phase === 'backward' ? BACKWARD_THREADS : 256,
      );
      const threads = Math.min(wanted ?? availableParallelism(), useful);
      const images = data.train.count + data.test.count;
      const task = { ...settings, h: phase === 'backward' ? 1 : h, precision, threads };
      const kernels = kernelsFor({ ...task, net, images });
      if (!('why' in kernels)) return openWasmTrainer(net, { ...task, ...kernels, phase, data });
      if (precision === 'f32') throw new InputError(`--precision f32 cannot be: ${kernels.why}; use --precision f64`);
      return { ...referenceTrainer(plain, net, data, settings), fallback: kernels.why };
    },
  };
}
