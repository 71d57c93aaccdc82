import { PRECISIONS } from '../engines/registry.js';
import { formatCount, InputError, plural, preview } from '../errors.js';
import type { Precision } from '../kernels/wasm-net.js';
import { randomStream } from '../network/random.js';
import { DEFAULTS, type HyperParameters } from '../training/hyper-parameters.js';
import { iterationsOf, iterationsPerEpoch } from '../training/train.js';
import { type Run, type RunData, runOf } from './record.js';

// A sweep: many training runs with different settings, on all cores of one machine or on many machines. Reading order:
// plan.ts lists the runs, run.ts makes one, record.ts defines its record, and folder.ts stores records as files.
// local.ts makes runs in worker threads (worker.ts); queue.ts, queue-executor.ts and queue-worker.ts make them on other machines.
// summary.ts compares the records, and figure.ts draws them.

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

/** The properties of the images that a plan needs. */
interface PlannedData {
  /** Training images. */
  readonly count: number;
  readonly identity: RunData;
}

/** Most runs of one sweep; more are assumed to be a typing error. */
const MOST_RUNS = 1e6;
/** Most combinations from which a sample is drawn: the range of one draw of the random stream. */
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
    const { id } = runOf(settings, data, version);
    runs.set(id, { id, settings, version, data });
  }
  return [...runs.values()];
}

/** @throws InputError if there are too many runs; the lists are counted, not enumerated */
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
 * Draws without replacement: the beginning of a random permutation (Fisher-Yates), of which only the moved elements are
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

// Lists and ranges of option values: `0.01,0.1,1`, `0..4`, `0.001..1 x7`.

/** A list of values that is not enumerated: a few characters can name more values than fit into memory. */
export interface ValueList<T> {
  /** Number of values, some of which may be equal. */
  readonly count: number;
  at(index: number): T;
}

/** The distinct values of an axis. */
export function valuesOf<T>({ count, at }: ValueList<T>): T[] {
  return [...new Set(Array.from({ length: count }, (_, i) => at(i)))];
}

/** An axis of these values. */
export const listOf = <T>(values: readonly T[]): ValueList<T> => ({ count: values.length, at: (i) => values[i] });

/** The kind of value in a list. */
export interface ValueKind<T> {
  /** For messages: `a positive number`. */
  readonly what: string;
  /** Undefined if the text is no such value. */
  read(text: string): T | undefined;
  /** Whether ranges are allowed, and whether `a..b` without `x7` means every integer. */
  readonly ranges?: 'integers' | 'numbers';
}

/** `0.001..1 x7`, `0..4` and `0-4`; the minus sign of an exponent, as in `1e-3`, does not match. */
const RANGE = /^(.+?)\.\.(.+?)(?:\s*x\s*(\d{1,10}))?$/;
const DASHED = /^(\d+)-(\d+)$/;

/**
 * Reads values separated by commas: numbers, words, `a..b` (or `a-b`) for all whole numbers from a to b, and `a..b xN`
 * for N values with equal ratios.
 *
 * @param option names it in messages
 * @throws InputError that says what is wrong
 */
export function parseList<T extends number | string>(option: string, text: string, kind: ValueKind<T>): ValueList<T> {
  if (text.trim() === '') throw new InputError(`${option} "" has no values: name one or more, separated by commas`);
  const parts = text.split(',').map((part) => parsePart(option, part.trim(), kind));
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return {
    count,
    at(index) {
      let rest = index;
      for (const part of parts) {
        if (rest < part.count) return part.at(rest);
        rest -= part.count;
      }
      throw new RangeError(`there is no value ${index} of ${count}`);
    },
  };
}

function parsePart<T extends number | string>(option: string, text: string, kind: ValueKind<T>): ValueList<T> {
  const read = (word: string): T => {
    const value = kind.read(word.trim());
    if (value !== undefined) return value;
    const where = word === '' ? 'an empty place between its commas' : preview(word);
    throw new InputError(`${option} takes ${kind.what}, or several separated by commas, got ${where}`);
  };
  const isWhole = kind.ranges === 'integers';
  const [, first, last, times] = (kind.ranges && (RANGE.exec(text) ?? (isWhole && DASHED.exec(text)))) || [];
  if (first === undefined) return listOf([read(text)]);
  const [from, to] = [read(first), read(last)];
  if (typeof from !== 'number' || typeof to !== 'number')
    throw new InputError(`${option} ${preview(text)}: a range is of numbers`);
  if (from > to) throw new InputError(`${option} ${preview(text)} ends before it begins: write ${to}..${from}`);
  if (times !== undefined) return equalRatios(option, text, [from, to], Number(times), isWhole) as ValueList<T>;
  if (!isWhole)
    throw new InputError(`${option} ${preview(text)} does not say how many values: write ${from}..${to} x5, say`);
  return { count: to - from + 1, at: (i) => (from + i) as T };
}

/**
 * Significant digits of the values between the ends: few enough to be the same on every machine, and short in a table.
 */
const DIGITS = 6;

/** N values whose ratios are equal, the ends included; as NumPy's `geomspace`, rounded to six digits. */
function equalRatios(option: string, text: string, [from, to]: [number, number], count: number, isWhole: boolean) {
  if (count < 2) throw new InputError(`${option} ${preview(text)}: a range has at least two values, x2`);
  if (from <= 0) throw new InputError(`${option} ${preview(text)}: values with equal ratios must be above 0`);
  const at = (i: number) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const value = from * (to / from) ** (i / (count - 1));
    return isWhole ? Math.round(value) : Number(value.toPrecision(DIGITS));
  };
  return { count, at };
}
