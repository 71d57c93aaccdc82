/**
 * The fields of train.ts's events that a history uses. Not imported from there: the page of a report uses the types of
 * this file, and its type check has no Node.js, which train.ts needs.
 */
type TrainingEvent =
  | { readonly type: 'step'; readonly step: number; readonly loss: number }
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  | { readonly type: 'start' | 'checkpoint' | 'snapshot' | 'not-finite' };

/** The losses and accuracies of a run, reduced to the resolution of a chart. */
export interface History {
  /** Loss of a mini-batch in nats, against the number of updates made before it. */
  readonly loss: readonly Bucket[];
  /** Accuracies, 0 … 1, against the number of updates. */
  readonly train: readonly Bucket[];
  readonly test: readonly Bucket[];
  /** Number of updates by the last recorded step. */
  readonly iterations: number;
  /** The last accuracy on the test images, and the number of updates by then. */
  readonly lastAccuracy: { readonly iteration: number; readonly test: number } | undefined;
}

/** Collects the history of a run of any length in bounded memory. */
export interface HistoryCollector {
  /** Adds the values of an event. Events must come in the order of the run. */
  event(event: TrainingEvent): void;
  /** The history so far. */
  history(): History;
}

/** Returns a collector of an empty history. */
export function collectHistory(): HistoryCollector {
  const [loss, train, test] = [thinnedSeries(), thinnedSeries(), thinnedSeries()];
  let iterations = 0;
  let lastAccuracy: History['lastAccuracy'];
  return {
    event(event) {
      if (event.type === 'step') {
        loss.add(event.step, event.loss);
        iterations = event.step + 1;
      } else if (event.type === 'accuracy') {
        train.add(event.iteration, event.train);
        test.add(event.iteration, event.test);
        lastAccuracy = { iteration: event.iteration, test: event.test };
      }
    },
    history() {
      return { loss: loss.buckets(), train: train.buckets(), test: test.buckets(), iterations, lastAccuracy };
    },
  };
}

/** Points of a curve, in order of iterations. */
export type Curve = readonly (readonly [iteration: number, value: number])[];

/** Consecutive points of a curve, summarised. */
export interface Bucket {
  /** x of the first point and of the last. */
  readonly from: number;
  readonly to: number;
  /** Mean, least and largest y. */
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

/** Most buckets of a curve, enough for the width of a chart. */
const CAPACITY = 512;

/**
 * Collects a curve of any length in bounded memory. At first each point is a bucket. Whenever `capacity` buckets are
 * full, they are merged in pairs, and later buckets take twice as many points.
 *
 * @param capacity most buckets, an even number
 */
export function thinnedSeries(capacity = CAPACITY): ThinnedSeries {
  let size = 1; // points of a full bucket
  let buckets: Counted[] = [];
  return {
    add(x, y) {
      const point = { from: x, to: x, mean: y, min: y, max: y, count: 1 };
      const last = buckets.length - 1;
      if (last >= 0 && buckets[last].count < size) {
        buckets[last] = join(buckets[last], point);
        return;
      }
      if (buckets.length === capacity) {
        buckets = Array.from({ length: capacity / 2 }, (_, i) => join(buckets[2 * i], buckets[2 * i + 1]));
        size *= 2;
      }
      buckets.push(point);
    },
    buckets: () => buckets.map(({ from, to, mean, min, max }) => ({ from, to, mean, min, max })),
  };
}

/** A bucket and the number of points in it. */
interface Counted extends Bucket {
  readonly count: number;
}

function join(a: Counted, b: Counted): Counted {
  const count = a.count + b.count;
  return {
    from: a.from,
    to: b.to,
    mean: a.mean + (b.mean - a.mean) * (b.count / count),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count,
  };
}
