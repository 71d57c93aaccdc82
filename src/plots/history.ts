import { thinnedSeries, type Bucket } from './thinned-series.js';

/** How a training went, thinned to what a chart can show. */
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

/** A history that is being collected, in bounded memory however long the training. Everything must come in order. */
export interface HistoryCollector {
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
