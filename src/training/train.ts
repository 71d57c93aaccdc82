import { setImmediate } from 'node:timers/promises';
import { CLASSES, type Dataset } from '../dataset/mnist.js';
import type { Data, GradientEngine } from '../engines/engine.js';
import { InputError } from '../errors.js';
import { randomStream, type RandomStream } from '../network/random.js';
import { create, type TwoLayerNet } from '../network/two-layer-net.js';
import { type HyperParameters, MOST } from './hyper-parameters.js';
import { accuracyOf } from './metrics.js';

// Training. `train`, here, is mini-batch gradient descent with any engine; what it yields after each step is a
// `TrainingEvent`. hyper-parameters.ts holds what decides a run; model-file.ts saves and loads a run and checks that its
// images are the same; log.ts and history.ts record losses and accuracies, metrics.ts evaluates a net, bench.ts times the
// engines.

/** The state of a run, before, between or after its steps: all that is needed to resume it. */
export interface Training {
  readonly hyperParameters: HyperParameters;
  readonly net: TwoLayerNet;
  /** Draws the next mini-batches. */
  random: RandomStream;
  /** Number of steps done. */
  iteration: number;
  /** The images that the net was trained on, if that is known. */
  dataset?: DatasetIdentity | undefined;
  /** The reason, if plain TypeScript made some of the steps instead of the SIMD kernels: the last bits differ. */
  fallback?: string;
}

/** Which images a net was trained on, and which it was evaluated on; stored in model files. */
export interface DatasetIdentity {
  /** The name of the folder, or MNIST for the images that are installed with this package. */
  readonly name: string;
  /** SHA-256, in hexadecimal, of the training images and their labels. */
  readonly train: string;
  /** The same of the test images. */
  readonly test: string;
}

/**
 * A run that has not begun. As in the notebook, one random stream draws the weights and then every mini-batch.
 *
 * @param inputSize D, pixels per image
 */
export function newTraining(hyperParameters: HyperParameters, inputSize: number): Training {
  const { seed, hiddenSize, weightInit } = hyperParameters;
  const random = randomStream(seed);
  const net = create(inputSize, hiddenSize, CLASSES, random, weightInit);
  return { hyperParameters, net, random, iteration: 0 };
}

export type TrainingEvent =
  /** Training begins. `threads`, `fallback` and `fewerThreads` are those of the engine's `Trainer`. */
  | {
      readonly type: 'start';
      readonly threads: number;
      readonly fallback: string | undefined;
      readonly fewerThreads: string | undefined;
    }
  /**
   * A step was made. `step` counts from 0; `loss` is that of the mini-batch before the update, in nats, and `lossAfter` (if
   * wanted) that of the same mini-batch after it.
   */
  | { readonly type: 'step'; readonly step: number; readonly loss: number; readonly lossAfter?: number }
  /** `iteration` steps are done, and the net has their weights: it can be saved. */
  | { readonly type: 'checkpoint'; readonly iteration: number }
  /** The same, because `wantsNet` asked for it. */
  | { readonly type: 'snapshot'; readonly iteration: number }
  /** The same, and the net was evaluated on all images: accuracies are 0 … 1. */
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  /** Loss, gradient or updated weights would not be finite: the run ends, with the net as it was before this step. */
  | { readonly type: 'not-finite'; readonly step: number; readonly loss: number };

/** The latest event of each type; a type that has not come yet is missing. */
export type LatestEvents = { [Event in TrainingEvent as Event['type']]?: Event };

export interface TrainOptions {
  /** Iterations between two evaluations; default: an epoch. There is one at the end in any case. */
  readonly evalEvery?: number;
  /** Iterations between two `checkpoint` events; none if not given. They change no result. */
  readonly checkpointEvery?: number;
  /** Asked every 20 ms or so; true if a `snapshot` event is wanted now. They change no result. */
  readonly wantsNet?: () => boolean;
  /** True if `step` events have `lossAfter`, which the notebook prints. */
  readonly lossAfter?: boolean;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal;
}

/** How often the event loop gets a turn: seldom enough to cost nothing, often enough for Ctrl-C to feel immediate. */
const YIELD_EVERY_MS = 20;

/**
 * Mini-batch gradient descent (book, 4.5.2): draw, gradient, update, report. `training` can be saved at an `accuracy`,
 * `checkpoint` or `snapshot` event, and when the run has ended, for whatever reason. At other times its net may lag behind
 * its iteration, because the trainer has the weights.
 *
 * @param training changed in place
 * @throws MachineError if a thread has ended, and as `GradientEngine.trainer`
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
  let synced = progressOf(training); // when the net was last up to date
  let lastYield = performance.now();

  /** Brings the net up to date. */
  async function sync(): Promise<void> {
    if (synced.iteration === training.iteration) return;
    await trainer.sync();
    synced = progressOf(training);
  }

  /** Leaves `training` in a state that can be resumed, even if a step or a thread has failed. */
  async function end(): Promise<void> {
    try {
      await trainer.sync();
    } catch (error) {
      training.iteration = synced.iteration; // the net has the weights of this iteration
      throw error;
    } finally {
      // A failed step has already drawn its mini-batch, which a resumed run must draw again.
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

/** The parts of a run's state that every step changes, apart from the net. */
function progressOf({ iteration, random }: Training) {
  return { iteration, random: random.state() };
}

/** The random stream after `training.iteration` steps, from its state after fewer or as many steps. */
function redraw(known: ReturnType<typeof progressOf>, { iteration, hyperParameters }: Training, { train }: Data) {
  const random = randomStream(known.random);
  for (let step = known.iteration; step < iteration; step++) random.choice(train.count, hyperParameters.batchSize);
  return random;
}

/** Iterations per epoch, in which as many images are drawn as there are: 600 for MNIST in mini-batches of 100. */
export function iterationsPerEpoch(dataset: Pick<Dataset, 'count'>, batchSize: number): number {
  return iterationsOf(1, dataset, batchSize);
}

/**
 * Iterations in so many epochs, to the nearest whole number; at least one.
 *
 * @throws InputError if there are more than a run may have
 */
export function iterationsOf(epochs: number, { count }: Pick<Dataset, 'count'>, batchSize: number): number {
  const iterations = Math.max(1, Math.round((epochs * count) / batchSize));
  if (iterations <= MOST.iterations) return iterations;
  throw new InputError(`--epochs ${epochs} are ${iterations} iterations; ${MOST.iterations} are the most`);
}
