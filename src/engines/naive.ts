import type { EngineOptions, GradientEngine } from './engine.js';
import { setImmediate } from 'node:timers/promises';
import { partialDerivative } from '../calculus/gradient.js';
import { loss, zeroParameters } from '../network/two-layer-net.js';

/** Often enough for a progress bar and for Ctrl-C, seldom enough to cost nothing. */
const YIELD_EVERY_MS = 50;

/**
 * The notebook's numerical gradient: the loss is a black box, and each parameter in turn is moved by ±h and costs two
 * complete forward passes. It needs no calculus and knows nothing of the net; it is the oracle of the other engines,
 * and the reason why they exist: a step of 784-100-10 is 159,020 forward passes.
 */
export function openNaive({ h, onProgress }: EngineOptions): GradientEngine {
  return {
    async gradients(net, { x, t }) {
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
    },
  };
}
