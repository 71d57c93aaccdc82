import { setImmediate } from 'node:timers/promises';
import { partialDerivative } from '../calculus/gradient.js';
import { loss, zeroParameters } from '../network/two-layer-net.js';
import type { EngineOptions, GradientEngine } from './engine.js';
import { referenceTrainer } from './trainer.js';

/** Often enough for a progress bar and for Ctrl-C, seldom enough to cost nothing. */
const YIELD_EVERY_MS = 50;

/**
 * The notebook's numerical gradient (book, 4.4): every parameter in turn is perturbed by ±h, and the loss is evaluated for
 * both. This uses nothing that is special to the net, so it is the reference of `numerical`. One gradient of the net
 * 784-100-10 with its 79,510 parameters takes 159,020 forward passes.
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
