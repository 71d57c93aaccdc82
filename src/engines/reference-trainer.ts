import { gather } from '../dataset/mini-batch.js';
import { loss, type LossGradient, type TwoLayerNet } from '../network/two-layer-net.js';
import { classify } from './classify.js';
import type { Data, GradientEngine, Trainer, TrainerSettings } from './engine.js';

/** Gradient descent with any gradient, in plain TypeScript: gradient, check, update. The reference of all trainers. */
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

function staysFinite(net: TwoLayerNet, gradient: LossGradient, learningRate: number): boolean {
  let zero = gradient.loss * 0; // finite * 0 is 0; infinities and NaN give NaN, which stays in the sum
  for (let i = 0; i < net.all.length; i++) zero += (net.all[i] - learningRate * gradient.all[i]) * 0;
  return zero === 0;
}
