import { backward } from '../network/two-layer-net.js';
import type { EngineOptions, GradientEngine } from './engine.js';
import { withKernels } from './trainer.js';

/**
 * Backpropagation (book, chapter 5). Must equal its reference, `backward` in network/two-layer-net.ts: the kernels to
 * 1e-14 of the largest entry of each tensor, their float32 to its rounding.
 */
export function openBackprop(options: EngineOptions): GradientEngine {
  return withKernels((net, { x, t }) => backward(net, x, t), 'backward', options);
}
