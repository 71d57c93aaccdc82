import { setImmediate } from 'node:timers/promises';
import { drawMiniBatch, type MiniBatch } from '../dataset/mini-batch.js';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import type { GradientEngine, LossGradient } from '../gradients/engine.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, type TwoLayerNet } from '../network/two-layer-net.js';
import type { HyperParameters } from './hyper-parameters.js';
import { accuracy } from './metrics.js';

/** A run, before its first step or between any two: enough to go on as if nothing had happened. */
export interface Training {
  readonly hyperParameters: HyperParameters;
  readonly net: TwoLayerNet;
  readonly random: RandomStream;
  /** Steps done. */
  iteration: number;
}

/** A run that has not begun: the net is drawn from the seed. */
export function newTraining(hyperParameters: HyperParameters, inputSize: number): Training {
  const random = randomStream(hyperParameters.seed);
  const net = create(inputSize, hyperParameters.hiddenSize, CLASSES, random);
  return { hyperParameters, net, random, iteration: 0 };
}

export type TrainingEvent =
  /** A step was made. `step` counts from 0; `loss`, in nats, is the batch's before the update. */
  | { readonly type: 'step'; readonly step: number; readonly loss: number; readonly batch: MiniBatch }
  /** The net was measured after `iteration` steps; accuracies are 0 … 1. */
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  /** Loss, gradient or updated weights would not be finite; the net is as it was before this step. */
  | { readonly type: 'not-finite'; readonly step: number; readonly loss: number };

export interface TrainOptions {
  /** Iterations between two measurements of the accuracy; default: an epoch. Measured at the end in any case. */
  readonly evalEvery?: number;
  /** Stops after the step that is being made. */
  readonly signal?: AbortSignal;
}

/** Long enough to cost nothing, short enough for Ctrl-C to feel immediate. */
const YIELD_EVERY_MS = 20;

/**
 * Mini-batch gradient descent (book, 4.5.2): draw, gradient, update, report. Changes `training` as it goes, so that it
 * can be saved after any event.
 */
export async function* train(
  training: Training,
  data: { readonly train: Dataset; readonly test: Dataset },
  engine: GradientEngine,
  { evalEvery = iterationsPerEpoch(data.train, training.hyperParameters), signal }: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, void> {
  const { net, random, hyperParameters } = training;
  const { iterations, batchSize, learningRate } = hyperParameters;
  let lastYield = performance.now();

  while (training.iteration < iterations && !signal?.aborted) {
    const step = training.iteration;
    const batch = drawMiniBatch(data.train, random, batchSize);
    const gradient = await engine.gradients(net, batch);
    if (!staysFinite(net, gradient, learningRate)) {
      yield { type: 'not-finite', step, loss: gradient.loss };
      return;
    }
    descend(net, gradient, learningRate);
    training.iteration++;
    yield { type: 'step', step, loss: gradient.loss, batch };

    if (training.iteration % evalEvery === 0 || training.iteration === iterations) {
      yield {
        type: 'accuracy',
        iteration: training.iteration,
        train: accuracy(net, data.train),
        test: accuracy(net, data.test),
      };
    }
    if (performance.now() - lastYield >= YIELD_EVERY_MS) {
      await setImmediate();
      lastYield = performance.now();
    }
  }
}

/** Steps in which as many images are drawn as there are: 600 for MNIST in batches of 100. */
export function iterationsPerEpoch(dataset: Dataset, { batchSize }: HyperParameters): number {
  return Math.max(1, Math.round(dataset.count / batchSize));
}

/** Gradient descent, in place: w ← w - η ∂L/∂w. */
function descend(net: TwoLayerNet, gradient: LossGradient, learningRate: number): void {
  for (let i = 0; i < net.all.length; i++) net.all[i] -= learningRate * gradient.all[i];
}

function staysFinite(net: TwoLayerNet, gradient: LossGradient, learningRate: number): boolean {
  let zero = gradient.loss * 0; // finite * 0 is 0; NaN and the infinities make NaN, which no sum forgets
  for (let i = 0; i < net.all.length; i++) zero += (net.all[i] - learningRate * gradient.all[i]) * 0;
  return zero === 0;
}
