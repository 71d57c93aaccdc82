import { createHash } from 'node:crypto';
import { PRECISIONS } from '../engines/registry.js';
import { formatCount, InputError, plural } from '../errors.js';
import type { Precision } from '../kernels/wasm-net.js';
import { randomStream } from '../network/random.js';
import { DEFAULTS, type HyperParameters } from '../training/hyper-parameters.js';
import { type DatasetIdentity, iterationsOf, iterationsPerEpoch } from '../training/train.js';
import { type ValueList, valuesOf } from './axis.js';

// A sweep: many training runs with different settings, on all cores of one machine or on many machines. Read in this order:
// axis.ts and plan.ts list the runs, run.ts makes one, record.ts is its result and folder.ts keeps the results as files.
// local.ts makes runs in worker threads, queue.ts and its two sides on other machines; summary.ts compares the results.

/** What decides the result of a run, apart from the images. */
export interface RunSettings extends HyperParameters {
  /** Iterations between two measurements of the accuracy. */
  readonly evalEvery: number;
}

/** A run that can be made anywhere, with the same bits. Plain data: it can be sent as JSON. */
export interface Run {
  /** Digest of the other fields; it names the file of the record. */
  readonly id: string;
  readonly settings: RunSettings;
  /** Version of gd-train that makes it. */
  readonly version: string;
  /** SHA-256, in hexadecimal, of the training images and of the test images, with their labels. */
  readonly data: RunData;
}

export type RunData = Pick<DatasetIdentity, 'train' | 'test'>;

/** The values of every setting that a sweep varies. */
export interface SweepAxes {
  readonly learningRate: ValueList<number>;
  readonly hiddenSize: ValueList<number>;
  readonly batchSize: ValueList<number>;
  readonly weightInit: ValueList<HyperParameters['weightInit']>;
  readonly gradient: ValueList<HyperParameters['gradient']>;
  /** Default: the engine's own. */
  readonly precision: ValueList<Precision> | undefined;
  readonly seed: ValueList<number>;
}

/** Which runs a sweep has. */
export interface SweepSettings {
  readonly axes: SweepAxes;
  /** How long each run is: iterations, or epochs. */
  readonly length: { readonly iterations: number } | { readonly epochs: number };
  /** Default: an epoch. */
  readonly evalEvery?: number | undefined;
  /** Only so many of the runs, drawn at random. */
  readonly sample?: { readonly count: number; readonly seed: number } | undefined;
}

/** What a plan needs to know about the images. */
interface PlannedData {
  /** Training images. */
  readonly count: number;
  readonly identity: RunData;
}

/** Most runs of one sweep; more are taken for a typing error. */
const MOST_RUNS = 1e6;
/** Most combinations that a sample is drawn from: the range of one draw of the random stream. */
const MOST_CHOICES = 2 ** 32 - 1;

/**
 * The runs of a sweep, each once: every combination of the values, or a random sample of them. The seed varies last, so
 * that the first runs already show the whole grid.
 *
 * @throws InputError if there are more than a million of them, or if an engine does not have a precision
 */
export function planRuns(sweep: SweepSettings, { count, identity }: PlannedData, version: string): Run[] {
  const { axes, length, evalEvery, sample } = sweep;
  checkSize(sweep);
  checkPrecisions(axes);
  const lists = {
    learningRate: valuesOf(axes.learningRate),
    hiddenSize: valuesOf(axes.hiddenSize),
    batchSize: valuesOf(axes.batchSize),
    weightInit: valuesOf(axes.weightInit),
    gradient: valuesOf(axes.gradient),
    precision: axes.precision ? valuesOf(axes.precision) : [undefined],
    seed: valuesOf(axes.seed),
  };
  const total = Object.values(lists).reduce((product, values) => product * values.length, 1);
  const data = { train: identity.train, test: identity.test }; // one object for all: there may be a million runs
  const runs = new Map<string, Run>();
  for (const index of sample ? sampleOf(total, sample) : range(total)) {
    const { learningRate, hiddenSize, batchSize, weightInit, gradient, precision, seed } = pick(lists, index);
    const settings = {
      learningRate,
      iterations: 'iterations' in length ? length.iterations : iterationsOf(length.epochs, { count }, batchSize),
      batchSize,
      hiddenSize,
      seed,
      gradient,
      h: DEFAULTS.h,
      precision: precision ?? PRECISIONS[gradient][0],
      weightInit,
      evalEvery: evalEvery ?? iterationsPerEpoch({ count }, batchSize),
    };
    const id = idOf(settings, data, version);
    runs.set(id, { id, settings, version, data });
  }
  return [...runs.values()];
}

/** The run with these settings. */
export function runOf(settings: RunSettings, { train, test }: RunData, version: string): Run {
  const data = { train, test };
  return { id: idOf(settings, data, version), settings, version, data };
}

function idOf(settings: RunSettings, { train, test }: RunData, version: string): string {
  const entries = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256')
    .update(JSON.stringify([version, train, test, entries]))
    .digest('hex');
  return digest.slice(0, ID_LENGTH);
}

/** Hexadecimal digits of an id: 128 bits. */
const ID_LENGTH = 32;

/** Compares sizes before anything is enumerated. */
function checkSize({ axes, sample }: SweepSettings): void {
  const sizes = Object.values(axes).flatMap((axis: ValueList<unknown> | undefined) => axis ?? []);
  const total = sizes.reduce((product, { count }) => product * count, 1);
  const times = sizes.flatMap(({ count }) => (count > 1 ? formatCount(count) : []));
  const said = `${plural(total, 'run')}${times.length > 1 ? ` (${times.join(' x ')})` : ''}`;
  const longest = Math.max(...sizes.map(({ count }) => count));
  if (sample === undefined && total > MOST_RUNS) {
    throw new InputError(
      `these lists make ${said}; a sweep may have ${formatCount(MOST_RUNS)}: shorten them, or add --sample 100`,
    );
  }
  if (sample === undefined) return;
  if (total > MOST_CHOICES || longest > MOST_RUNS) {
    throw new InputError(
      `these lists make ${said}; --sample draws from ${formatCount(MOST_CHOICES)} at most, and from ${formatCount(MOST_RUNS)} values of one list: shorten them`,
    );
  }
  if (sample.count > total) {
    throw new InputError(`--sample ${sample.count} is more than there are: these lists make ${said}`);
  }
}

/** @throws InputError if an engine does not have a precision */
function checkPrecisions(axes: SweepAxes): void {
  for (const gradient of valuesOf(axes.gradient)) {
    for (const precision of axes.precision ? valuesOf(axes.precision) : []) {
      if (PRECISIONS[gradient].includes(precision)) continue;
      throw new InputError(
        `--gradient ${gradient} does not have --precision ${precision}: leave one of them out, or make two sweeps`,
      );
    }
  }
}

/** The combination with this index; the first list varies fastest. */
function pick<T>(lists: { readonly [Name in keyof T]: readonly T[Name][] }, index: number): T {
  let rest = index;
  const picked = Object.entries<readonly unknown[]>(lists).map(([name, values]) => {
    const value = values[rest % values.length];
    rest = Math.floor(rest / values.length);
    return [name, value];
  });
  return Object.fromEntries(picked) as T;
}

/** 0 … count - 1 */
function* range(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

/**
 * Draws without replacement: the beginning of a random permutation (Fisher-Yates), of which only what was moved is
 * stored. A larger sample begins with the smaller one of the same seed.
 */
function* sampleOf(total: number, { count, seed }: { count: number; seed: number }): Generator<number> {
  const random = randomStream(seed);
  const moved = new Map<number, number>();
  for (let i = 0; i < Math.min(count, total); i++) {
    const j = i + random.choice(total - i, 1)[0];
    yield moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
}
