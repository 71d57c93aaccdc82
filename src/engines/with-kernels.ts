import { availableParallelism } from 'node:os';
import { InputError, MachineError } from '../errors.js';
import { LEAST_VECTORS, vectorCount } from '../kernels/layout.js';
import { openWasmGradients, openWasmTrainer } from '../kernels/wasm-trainer.js';
import type { Descending } from '../kernels/wasm-instance.js';
import type { Precision } from '../kernels/wasm-net.js';
import type { EngineOptions, GradientEngine } from './engine.js';
import { referenceTrainer } from './reference-trainer.js';

/** An engine that computes by the SIMD kernels where they can, and otherwise by its reference in plain TypeScript. */
export function withKernels(
  reference: GradientEngine['gradients'],
  phase: Descending,
  { h, precision, threads = availableParallelism(), onFallback }: EngineOptions,
): GradientEngine {
  const kernelGradients = openWasmGradients(phase, h);
  return {
    gradients(net, batch) {
      const gradient = kernelGradients(net, batch);
      if (!('why' in gradient)) return gradient;
      onFallback?.(gradient.why);
      return reference(net, batch);
    },
    async trainer(net, data, { learningRate, batchSize }) {
      const opened = await openWasmTrainer(net, {
        phase,
        data,
        learningRate,
        batchSize,
        h,
        precision,
        threads: Math.min(threads, usefulThreads(net.hiddenSize, phase, precision)),
      });
      if (!('why' in opened)) return opened;
      const { why, isMachine } = opened;
      if (precision === 'f32') {
        const message = `--precision f32 needs the SIMD kernels: ${why}. Use --precision f64`;
        throw isMachine ? new MachineError(message) : new InputError(message);
      }
      return { ...referenceTrainer(reference, net, data, { learningRate, batchSize }), fallback: why };
    },
  };
}

/** A thread takes whole vectors of hidden units, and with backpropagation it pads a smaller share to the least block. */
function usefulThreads(hiddenSize: number, phase: Descending, precision: Precision): number {
  const vectors = vectorCount(hiddenSize, precision === 'f64');
  return phase === 'backward' ? Math.ceil(vectors / LEAST_VECTORS) : vectors;
}
