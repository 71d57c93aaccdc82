import { hostname } from 'node:os';
import type { Data } from '../engines/engine.js';
import { openEngine } from '../engines/registry.js';
import { type Bucket, type Curve, thinnedSeries } from '../training/history.js';
import { weightsDigest } from '../training/model-file.js';
import { type LatestEvents, newTraining, train, type Training, type TrainingEvent } from '../training/train.js';
import { MOST_POINTS, type Run, type RunRecord } from './record.js';

/** Events of an executor about its runs; runs that an abort ends have none. */
export type SweepEvent =
  | { readonly type: 'started'; readonly run: Run }
  /** @property share of completed iterations, 0 … 1; an executor may leave these events out */
  | { readonly type: 'progress'; readonly run: Run; readonly share: number }
  | { readonly type: 'done'; readonly run: Run; readonly record: RunRecord }
  /** The run could not be made, for example for lack of memory. */
  | { readonly type: 'failed'; readonly run: Run; readonly reason: string };

/** Makes runs, in any order and several at a time; ends early when the signal aborts. */
export type Executor = (runs: readonly Run[], signal: AbortSignal) => AsyncGenerator<SweepEvent, void, void>;

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 200;

/**
 * Makes one run on one thread. A run that ends because its numbers are no longer finite has a record too.
 *
 * @param data the images of the run; the caller has compared their digests
 * @param onProgress receives the share of completed iterations at intervals
 * @throws the errors of the engines
 */
export async function runOne(
  run: Run,
  data: Data,
  onProgress: (share: number) => void = () => undefined,
): Promise<RunRecord> {
  const { evalEvery, ...hyperParameters } = run.settings;
  const training = newTraining(hyperParameters, data.train.inputSize);
  const engine = await openEngine(hyperParameters.gradient, { ...hyperParameters, threads: 1 });
  const recorder = openRecorder();
  let reported = performance.now();
  for await (const event of train(training, data, engine, { evalEvery })) {
    recorder.event(event);
    if (event.type !== 'step' || performance.now() - reported < REPORT_EVERY) continue;
    reported = performance.now();
    onProgress((event.step + 1) / hyperParameters.iterations);
  }
  return recorder.record(run, training);
}

/** Collects the data of a run from its events, and makes its record after the last one. */
export function openRecorder() {
  const start = performance.now();
  const [loss, train, test] = [thinnedSeries(MOST_POINTS), thinnedSeries(MOST_POINTS), thinnedSeries(MOST_POINTS)];
  let best: { readonly test: number; readonly iteration: number } | undefined;
  const latest: LatestEvents = {};
  return {
    event(event: TrainingEvent): void {
      Object.assign(latest, { [event.type]: event });
      if (event.type === 'step') loss.add(event.step, event.loss);
      if (event.type !== 'accuracy') return;
      train.add(event.iteration, event.train);
      test.add(event.iteration, event.test);
      if (best === undefined || event.test > best.test) best = event;
    },
    record(run: Run, training: Training): RunRecord {
      const lastLoss = (latest['not-finite'] ?? latest.step)?.loss;
      const accuracy = latest['not-finite'] ? undefined : latest.accuracy;
      return {
        ...run,
        outcome: {
          iterations: training.iteration,
          notFiniteAt: latest['not-finite']?.step ?? null,
          loss: Number.isFinite(lastLoss) ? lastLoss! : null,
          trainAccuracy: accuracy?.train ?? null,
          testAccuracy: accuracy?.test ?? null,
          bestTestAccuracy: best?.test ?? null,
          bestIteration: best?.iteration ?? null,
        },
        weights: weightsDigest(training),
        fallback: training.fallback ?? null,
        curves: { loss: curveOf(loss.buckets()), train: curveOf(train.buckets()), test: curveOf(test.buckets()) },
        machine: hostname(),
        seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
      };
    },
  };
}

/** Rounded to six digits, more than a chart shows. */
function curveOf(buckets: readonly Bucket[]): Curve {
  return buckets.map(({ from, to, mean }) => [Math.round((from + to) / 2), Number(mean.toPrecision(6))]);
}
