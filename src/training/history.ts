/** The events of train.ts, as far as they matter here: train.ts needs Node.js, and the page of a report has none. */
type TrainingEvent =
  | { readonly type: 'step'; readonly step: number; readonly loss: number }
  | { readonly type: 'accuracy'; readonly iteration: number; readonly train: number; readonly test: number }
  | { readonly type: 'start' | 'checkpoint' | 'snapshot' | 'not-finite' };

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

/** A history that is being collected, in bounded memory however long the training. */
export interface HistoryCollector {
  /** Takes the points of steps and of measurements, which must come in order. */
  event(event: TrainingEvent): void;
  history(): History;
}

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

/** Points of a curve in order: what was measured at some iterations. */
export type Curve = readonly (readonly [iteration: number, value: number])[];

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
