import { availableParallelism } from 'node:os';
import { gather, scalePixels } from '../dataset/mini-batch.js';
import { type Dataset, readImages } from '../dataset/mnist.js';
import { InputError, MachineError } from '../errors.js';
import { LEAST_VECTORS, vectorCount } from '../kernels/layout.js';
import type { GradientPhase } from '../kernels/wasm-instance.js';
import type { Precision } from '../kernels/wasm-net.js';
import { classifyWithKernels, openWasmGradients, openWasmTrainer } from '../kernels/wasm-trainer.js';
import { argmax } from '../network/functions.js';
import { loss, type LossGradient, predict, type TwoLayerNet } from '../network/two-layer-net.js';
import type { Data, EngineOptions, GradientEngine, Trainer, TrainerSettings } from './engine.js';

// A step of gradient descent: `referenceTrainer` makes it in plain TypeScript, `withKernels` with the SIMD kernels.

/** Gradient descent in plain TypeScript: gradient, check, update. The reference of all trainers. */
export function referenceTrainer(
  gradients: GradientEngine['gradients'],
  net: TwoLayerNet,
  data: Data,
  { learningRate }: TrainerSettings,
): Trainer {
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

/** Gradient descent, in place: w ← w - η ∂L/∂w (book, 4.4.1). */
function descend(net: TwoLayerNet, gradient: LossGradient, learningRate: number): void {
  for (let i = 0; i < net.all.length; i++) net.all[i] -= learningRate * gradient.all[i];
}

/** True if the loss, and every weight after the update, is finite. */
function staysFinite(net: TwoLayerNet, gradient: LossGradient, learningRate: number): boolean {
  let zero = gradient.loss * 0; // finite * 0 is 0; infinities and NaN give NaN, which stays in the sum
  for (let i = 0; i < net.all.length; i++) zero += (net.all[i] - learningRate * gradient.all[i]) * 0;
  return zero === 0;
}

/** Images per forward pass: 60,000 images in float64 would take 376 MB, this many take 3 MB. */
const CHUNK = 500;

/** The most probable digit of each image, (N), in plain TypeScript: the reference of `classify`. */
export function referenceClassify(net: TwoLayerNet, dataset: Dataset): Uint8Array {
  const digits = new Uint8Array(dataset.count);
  for (let start = 0; start < dataset.count; start += CHUNK) {
    const bytes = readImages(dataset, start, Math.min(dataset.count, start + CHUNK));
    digits.set(argmax(predict(net, scalePixels(bytes)), net.outputSize), start);
  }
  return digits;
}

/**
 * The most probable digit, 0 … K - 1, of each image of a dataset: (N).
 *
 * @param precision the one that the net was trained with, so that training and a later evaluation agree
 * @param onFallback called with the reason if plain TypeScript has to compute instead of the SIMD kernels
 */
export function classify(
  net: TwoLayerNet,
  dataset: Dataset,
  precision: Precision = 'f64',
  onFallback?: (why: string) => void,
): Uint8Array {
  const classified = classifyWithKernels(net, dataset, precision);
  if ('digits' in classified) return classified.digits;
  onFallback?.(classified.why);
  return referenceClassify(net, dataset);
}

/**
 * An engine that computes with the SIMD kernels, or in plain TypeScript what they cannot compute.
 *
 * @param reference the gradient in plain TypeScript
 * @param phase how the kernels compute the same gradient
 */
export function withKernels(
  reference: GradientEngine['gradients'],
  phase: GradientPhase,
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

/**
 * Most threads that shorten a step. Hidden units are shared out in whole vectors, and backpropagation takes the time of
 * LEAST_VECTORS of them for a smaller share too.
 */
function usefulThreads(hiddenSize: number, phase: GradientPhase, precision: Precision): number {
  const vectors = vectorCount(hiddenSize, precision === 'f64');
  return phase === 'backward' ? Math.ceil(vectors / LEAST_VECTORS) : vectors;
}
