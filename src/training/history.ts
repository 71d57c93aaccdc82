import type { TrainingEvent } from './train.js';

/** The course of a training, thinned to what a chart can show. */
export interface History {
  /** Loss of a mini-batch in nats, against the number of updates made before it. */
  readonly loss: readonly Bucket[];
  /** Accuracies, 0 … 1, against the number of updates. */
  readonly train: readonly Bucket[];
  readonly test: readonly Bucket[];
  /** Updates made by the end of it. */
  readonly iterations: number;
  /** The last accuracy on the test images, and the number of updates by then. */
  readonly lastAccuracy: { readonly iteration: number; readonly test: number } | undefined;
}

/** A history that is being collected, in bounded memory however long the training. Points must come in order. */
export interface HistoryCollector {
  /** Takes the point of a step or of a measurement; other events have none. */
  event(event: TrainingEvent): void;
  loss(iteration: number, loss: number): void;
  accuracy(iteration: number, train: number, test: number): void;
  history(): History;
}

/** Begins a history. */
export function collectHistory(): HistoryCollector {
  const [loss, train, test] = [thinnedSeries(), thinnedSeries(), thinnedSeries()];
  let iterations = 0;
  let lastAccuracy: History['lastAccuracy'];
  return {
    event(event) {
      if (event.type === 'step') this.loss(event.step, event.loss);
      else if (event.type === 'accuracy') this.accuracy(event.iteration, event.train, event.test);
    },
    loss(iteration, value) {
      loss.add(iteration, value);
      iterations = iteration + 1;
    },
    accuracy(iteration, onTrain, onTest) {
      train.add(iteration, onTrain);
      test.add(iteration, onTest);
      lastAccuracy = { iteration, test: onTest };
    },
    history: () => ({
      loss: loss.buckets(),
      train: train.buckets(),
      test: test.buckets(),
      iterations,
      lastAccuracy,
    }),
  };
}

/** Neighbouring points of a curve, joined. */
export interface Bucket {
  /** x of the first point and of the last. */
  readonly from: number;
  readonly to: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** A curve that is being collected. */
interface ThinnedSeries {
  /** Points must come in order of x. */
  add(x: number, y: number): void;
  buckets(): Bucket[];
}

/** Buckets of a curve: more than a screen has columns. */
const CAPACITY = 512;

/**
 * A curve of any length in bounded memory. While there are few points, each is a bucket of its own; whenever
 * `capacity` buckets are full, they are joined in pairs, and from then on a bucket takes twice as many points.
 *
 * @param capacity most buckets, an even number
 */
export function thinnedSeries(capacity = CAPACITY): ThinnedSeries {
  let size = 1; // points of a full bucket
  let counts: number[] = [];
  let buckets: Bucket[] = [];

  function halve(): void {
    buckets = pairs(buckets).map(([a, b]) => join(a, b, 0.5)); // all are full, so both weigh the same
    counts = pairs(counts).map(([a, b]) => a + b);
    size *= 2;
  }

  return {
    add(x, y) {
      const point = { from: x, to: x, mean: y, min: y, max: y };
      const last = buckets.length - 1;
      if (last >= 0 && counts[last] < size) {
        counts[last]++;
        buckets[last] = join(buckets[last], point, 1 / counts[last]);
        return;
      }
      if (buckets.length === capacity) halve();
      buckets.push(point);
      counts.push(1);
    },
    buckets: () => [...buckets],
  };
}

/** @param weight of b in the mean, 0 … 1 */
function join(a: Bucket, b: Bucket, weight: number): Bucket {
  return {
    from: a.from,
    to: b.to,
    mean: a.mean + (b.mean - a.mean) * weight,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i], items[2 * i + 1]]);
}
