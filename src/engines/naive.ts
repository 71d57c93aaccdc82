import { setImmediate } from 'node:timers/promises';
import { partialDerivative } from '../calculus/gradient.js';
import { loss, zeroParameters } from '../network/two-layer-net.js';
import type { EngineOptions, GradientEngine } from './engine.js';
import { referenceTrainer } from './trainer.js';

/** Often enough for a progress bar and for Ctrl-C, seldom enough to cost nothing. */
const YIELD_EVERY_MS = 50;

/**
 * The notebook's numerical gradient (book, 4.4): the loss is a black box, and every parameter is perturbed by ±h at the
 * cost of two forward passes. It needs no calculus and no knowledge of the net, so it is the reference of `numerical`.
 * One gradient of 784-100-10 takes 159,020 forward passes.
 */
export function openNaive({ h, onProgress }: EngineOptions): GradientEngine {
  const gradients: GradientEngine['gradients'] = async (net, { x, t }) => {
    const gradient = zeroParameters(net);
    const total = net.all.length;
    let lastYield = performance.now();
    for (let i = 0; i < total; i++) {
      gradient.all[i] = partialDerivative(() => loss(net, x, t), net.all, i, h);
      if (performance.now() - lastYield < YIELD_EVERY_MS) continue;
      onProgress?.(i + 1, total);
      await setImmediate();
      lastYield = performance.now();
    }
    return { loss: loss(net, x, t), ...gradient };
  };
  return { gradients, trainer: async (net, data, settings) => referenceTrainer(gradients, net, data, settings) };
}
