import { setImmediate } from 'node:timers/promises';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import type { Data, GradientEngine } from '../engines/engine.js';
import { InputError } from '../errors.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, type TwoLayerNet } from '../network/two-layer-net.js';
import { type HyperParameters, MOST } from './hyper-parameters.js';
import { accuracyOf } from './metrics.js';

// Training. `train`, here, is mini-batch gradient descent with any engine. hyper-parameters.ts holds what decides a run;
// model-file.ts saves and loads a run and checks that its images are the same; log.ts and history.ts record losses and
// accuracies, metrics.ts evaluates a net, bench.ts times the engines.

/** The images that a net was trained on, and those it was evaluated on; stored in model files. */
export interface DatasetIdentity {
  /** The name of the folder, or MNIST for the images that are installed with this package. */
  readonly name: string;
  /** SHA-256, in hexadecimal, of the training images and their labels. */
  readonly train: string;
  /** The same of the test images. */
  readonly test: string;
}

/** A run before, between or after its steps: all the state that is needed to resume it. */
export interface Training {
  readonly hyperParameters: HyperParameters;
  readonly net: TwoLayerNet;
  /** Draws the next mini-batches. */
  random: RandomStream;
  /** Number of steps done. */
  iteration: number;
  /** The images that the net was trained on, if that is known. */
  dataset?: DatasetIdentity | undefined;
  /** The reason, if plain TypeScript computed some of the steps instead of the SIMD kernels: the last bits differ. */
  fallback?: string;
}

/** A run that has not begun: the net is drawn from the seed. */
export function newTraining(hyperParameters: HyperParameters, inputSize: number): Training {
  const { seed, hiddenSize, weightInit } = hyperParameters;
  const random = randomStream(seed);
  const net = create(inputSize, hiddenSize, CLASSES, random, weightInit);
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
  /** The same, because `wantsNet` asked for it. */
  | { readonly type: 'snapshot'; readonly iteration: number }
  /** The net was measured after `iteration` steps, and is up to date; accuracies are 0 … 1. */
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  /** Loss, gradient or updated weights would not be finite; the net is as it was before this step. */
  | { readonly type: 'not-finite'; readonly step: number; readonly loss: number };

export interface TrainOptions {
  /** Iterations between two measurements of the accuracy; default: an epoch. Measured at the end in any case. */
  readonly evalEvery?: number;
  /** Iterations between two events of checkpoint; none if not given. They change no result. */
  readonly checkpointEvery?: number;
  /** Asked every 20 ms or so; true if an event of snapshot is wanted now. Snapshots change no result. */
  readonly wantsNet?: () => boolean;
  /** True if steps come with the loss after the update too, as the notebook prints it. */
  readonly lossAfter?: boolean;
  /** Stops after the step that is being made. */
  readonly signal?: AbortSignal;
}

/** Long enough to cost nothing, short enough for Ctrl-C to feel immediate. */
const YIELD_EVERY_MS = 20;

/**
 * Mini-batch gradient descent (book, 4.5.2): draw, gradient, update, report. `training` can be saved after an event of
 * accuracy, checkpoint or snapshot and when the run has ended, however it ended; in between the net may be behind.
 */
export async function* train(
  training: Training,
  data: Data,
  engine: GradientEngine,
  options: TrainOptions = {},
): AsyncGenerator<TrainingEvent, void, void> {
  const { net, hyperParameters } = training;
  const { iterations, batchSize } = hyperParameters;
  const { evalEvery = iterationsPerEpoch(data.train, batchSize), checkpointEvery = Infinity } = options;
  const trainer = await engine.trainer(net, data, hyperParameters);
  const { threads, fallback, fewerThreads } = trainer;
  if (fallback !== undefined) training.fallback = fallback;
  let synced = progressOf(training);
  let lastYield = performance.now();

  async function sync(): Promise<void> {
    if (synced.iteration === training.iteration) return;
    await trainer.sync();
    synced = progressOf(training);
  }

  async function end(): Promise<void> {
    try {
      await trainer.sync();
    } catch (error) {
      training.iteration = synced.iteration; // the net is still in this state: nothing more is lost
      throw error;
    } finally {
      // A step that failed has drawn its images; a resumed run must draw them again.
      training.random = redraw(synced, training, data);
      await trainer.close();
    }
  }

  try {
    yield { type: 'start', threads, fallback, fewerThreads };
    while (training.iteration < iterations && !options.signal?.aborted) {
      const step = training.iteration;
      const indices = training.random.choice(data.train.count, batchSize);
      const { loss, isFinite } = await trainer.step(indices);
      if (!isFinite) {
        yield { type: 'not-finite', step, loss };
        return;
      }
      const iteration = ++training.iteration;
      yield { type: 'step', step, loss, ...(options.lossAfter && { lossAfter: await trainer.loss(indices) }) };

      if (iteration % evalEvery === 0 || iteration === iterations) {
        const train = accuracyOf(await trainer.classify('train'), data.train);
        const test = accuracyOf(await trainer.classify('test'), data.test);
        await sync();
        yield { type: 'accuracy', iteration, train, test };
      }
      if (iteration % checkpointEvery === 0) {
        await sync();
        yield { type: 'checkpoint', iteration };
      }
      if (performance.now() - lastYield >= YIELD_EVERY_MS) {
        await setImmediate();
        if (options.wantsNet?.()) {
          await sync();
          yield { type: 'snapshot', iteration };
        }
        lastYield = performance.now();
      }
    }
  } finally {
    await end();
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
export function iterationsPerEpoch(dataset: Pick<Dataset, 'count'>, batchSize: number): number {
  return iterationsOf(1, dataset, batchSize);
}

/**
 * Steps in which as many images are drawn as that many epochs have, to the nearest whole number; at least one.
 *
 * @throws InputError if there are more than a run may have
 */
export function iterationsOf(epochs: number, { count }: Pick<Dataset, 'count'>, batchSize: number): number {
  const iterations = Math.max(1, Math.round((epochs * count) / batchSize));
  if (iterations <= MOST.iterations) return iterations;
  throw new InputError(`--epochs ${epochs} are ${iterations} iterations; ${MOST.iterations} are the most`);
}
