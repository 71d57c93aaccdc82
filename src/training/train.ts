import type { Data, Trainer, GradientEngine } from '../engines/engine.js';
import { setImmediate } from 'node:timers/promises';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, type TwoLayerNet } from '../network/two-layer-net.js';
import type { HyperParameters } from './hyper-parameters.js';
import { accuracyOf } from './metrics.js';

/** A run, before its first step or between any two: enough to go on as if nothing had happened. */
export interface Training {
  readonly hyperParameters: HyperParameters;
  readonly net: TwoLayerNet;
  random: RandomStream;
  /** Steps done. */
  iteration: number;
  /** Why plain TypeScript computed some of the steps instead of the SIMD kernels, if it did: the last bits differ. */
  fallback?: string;
}

/** A run that has not begun: the net is drawn from the seed. */
export function newTraining(hyperParameters: HyperParameters, inputSize: number): Training {
  const random = randomStream(hyperParameters.seed);
  const net = create(inputSize, hyperParameters.hiddenSize, CLASSES, random);
  return { hyperParameters, net, random, iteration: 0 };
}

export type TrainingEvent =
  /** Training begins. `fallback` and `fewerThreads` are the trainer's: why it is slower than it could be, if it is. */
  | {
      readonly type: 'start';
      readonly threads: number;
      readonly fallback: string | undefined;
      readonly fewerThreads: string | undefined;
    }
  /**
   * A step was made. `step` counts from 0; `loss`, in nats, is the batch's before the update, `lossAfter` (if wanted)
   * the same batch's after it.
   */
  | { readonly type: 'step'; readonly step: number; readonly loss: number; readonly lossAfter?: number }
  /** The net is up to date after `iteration` steps, and can be saved. */
  | { readonly type: 'checkpoint'; readonly iteration: number }
  /** The net was measured after `iteration` steps, and is up to date; accuracies are 0 … 1. */
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  /** Loss, gradient or updated weights would not be finite; the net is as it was before this step. */
  | { readonly type: 'not-finite'; readonly step: number; readonly loss: number };

export interface TrainOptions {
  /** Iterations between two measurements of the accuracy; default: an epoch. Measured at the end in any case. */
  readonly evalEvery?: number;
  /** Iterations between two events of checkpoint; none if not given. They change no result. */
  readonly checkpointEvery?: number;
  /** Whether steps come with the loss after the update too, as the notebook prints it. */
  readonly lossAfter?: boolean;
  /** Stops after the step that is being made. */
  readonly signal?: AbortSignal;
}

/** Long enough to cost nothing, short enough for Ctrl-C to feel immediate. */
const YIELD_EVERY_MS = 20;

/**
 * Mini-batch gradient descent (book, 4.5.2): draw, gradient, update, report. `training` can be saved after an event of
 * accuracy or checkpoint and when the run has ended, however it ended; in between the net may be behind.
 */
export async function* train(
  training: Training,
  data: Data,
  engine: GradientEngine,
  options: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, void> {
  const { net, hyperParameters } = training;
  const descent = await engine.trainer(net, data, hyperParameters);
  const { threads, fallback, fewerThreads } = descent;
  if (fallback !== undefined) training.fallback = fallback;
  let synced = progressOf(training);
  let hasFailed = false;
  try {
    yield { type: 'start', threads, fallback, fewerThreads };
    for await (const event of steps(training, data, descent, options)) {
      if ((event.type === 'accuracy' || event.type === 'checkpoint') && synced.iteration < training.iteration) {
        await descent.sync();
        synced = progressOf(training);
      }
      hasFailed = event.type === 'not-finite';
      yield event;
    }
  } catch (error) {
    hasFailed = true;
    throw error;
  } finally {
    const rollBack = (error: unknown) => {
      // The steps since the last event of accuracy or checkpoint are lost, but no more.
      Object.assign(training, { iteration: synced.iteration, random: randomStream(synced.random) });
      throw error;
    };
    await descent.sync().catch(rollBack).finally(descent.close);
    // Images were drawn for a step that was not made: who goes on from here draws them again.
    if (hasFailed) training.random = redraw(synced, training, data);
  }
}

async function* steps(
  training: Training,
  data: Data,
  descent: Trainer,
  options: TrainOptions,
): AsyncGenerator<TrainingEvent, void, void> {
  const { iterations, batchSize } = training.hyperParameters;
  const {
    evalEvery = iterationsPerEpoch(data.train, training.hyperParameters),
    checkpointEvery,
    lossAfter,
    signal,
  } = options;
  let lastYield = performance.now();
  while (training.iteration < iterations && !signal?.aborted) {
    const step = training.iteration;
    const indices = training.random.choice(data.train.count, batchSize);
    const { loss, isFinite } = await descent.step(indices);
    if (!isFinite) {
      yield { type: 'not-finite', step, loss };
      return;
    }
    training.iteration++;
    yield { type: 'step', step, loss, ...(lossAfter && { lossAfter: await descent.loss(indices) }) };

    if (training.iteration % evalEvery === 0 || training.iteration === iterations) {
      const train = accuracyOf(await descent.classify('train'), data.train);
      const test = accuracyOf(await descent.classify('test'), data.test);
      yield { type: 'accuracy', iteration: training.iteration, train, test };
    }
    if (checkpointEvery !== undefined && training.iteration % checkpointEvery === 0) {
      yield { type: 'checkpoint', iteration: training.iteration };
    }
    if (performance.now() - lastYield >= YIELD_EVERY_MS) {
      await setImmediate();
      lastYield = performance.now();
    }
  }
}

function progressOf({ iteration, random }: Training) {
  return { iteration, random: random.state() };
}

/** The random stream as it was after `training.iteration` steps, from what it was after some of them. */
function redraw(known: ReturnType<typeof progressOf>, { iteration, hyperParameters }: Training, { train }: Data) {
  const random = randomStream(known.random);
  for (let step = known.iteration; step < iteration; step++) random.choice(train.count, hyperParameters.batchSize);
  return random;
}

/** Steps in which as many images are drawn as there are: 600 for MNIST in batches of 100. */
export function iterationsPerEpoch(dataset: Dataset, { batchSize }: HyperParameters): number {
  return Math.max(1, Math.round(dataset.count / batchSize));
}
