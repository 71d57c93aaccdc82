import { join } from 'node:path';
import { InputError, preview, printable } from '../errors.js';
import { withParts } from '../files/read.js';
import { asHyperParameters } from '../training/hyper-parameters.js';
import { type Run, type RunData, runOf } from './plan.js';

/** Points of a curve: iterations and what was measured then. */
export type Curve = readonly (readonly [iteration: number, value: number])[];

/** What is kept of a run: a few kilobytes. All but machine and seconds is the same wherever the run is made. */
export interface RunRecord extends Run {
  readonly outcome: Outcome;
  /** SHA-256 of the last weights, as train prints it. */
  readonly weights: string;
  /** Why plain TypeScript computed instead of the SIMD kernels, if it did: the last bits differ. */
  readonly fallback: string | null;
  readonly curves: Curves;
  /** Name of the computer that made the run. */
  readonly machine: string;
  /** How long it took there. */
  readonly seconds: number;
}

export interface Outcome {
  /** Steps made. */
  readonly iterations: number;
  /** The step, from 0, that was not made because loss, gradient or weights would not have been finite; or null. */
  readonly notFiniteAt: number | null;
  /** Loss of the last mini-batch before its update, in nats; null if it is not finite. */
  readonly loss: number | null;
  /** Accuracies, 0 … 1, after the last iteration; null if the run did not come so far. */
  readonly trainAccuracy: number | null;
  readonly testAccuracy: number | null;
  /** The highest of those that were measured on the way, and the iterations by then; null if there are none. */
  readonly bestTestAccuracy: number | null;
  readonly bestIteration: number | null;
}

/** Thinned to what a small picture can show. */
export interface Curves {
  /** Mean loss of mini-batches, in nats, against the number of updates before. */
  readonly loss: Curve;
  /** Accuracies, 0 … 1, against the number of updates. */
  readonly train: Curve;
  readonly test: Curve;
}

/** Points of a curve at most, an even number. */
export const MOST_POINTS = 64;

/** Bumped when an old reader would misread a new file. */
const FORMAT = 'gd-train run 1';
/** Bytes of a record: three or four times the longest. */
const LARGEST = 20_000;
const ENDING = '.json';

/** The file of a run's record. */
export const recordPath = (folder: string, { id }: Pick<Run, 'id'>) => join(folder, `${id}${ENDING}`);

/** The id of the run whose record a file would be, by its name; undefined for other files. */
export function idOfFile(name: string): string | undefined {
  return /^[\da-f]{32}\.json$/.test(name) ? name.slice(0, -ENDING.length) : undefined;
}

/** A record as the text of its file. */
export function encodeRecord({ id, settings, version, data, outcome, ...rest }: RunRecord): string {
  return `${JSON.stringify({ format: FORMAT, id, version, settings, outcome, ...rest, data })}\n`;
}

/**
 * Reads a record from its file.
 *
 * @throws InputError if the file is not a record, or was damaged or changed
 */
export function readRecord(path: string): RunRecord {
  const text = withParts(path, ({ size, read }) => {
    if (size > LARGEST) throw new InputError(`${path} is not the record of a run: it has ${size} bytes`);
    return Buffer.from(read(0, size)).toString();
  });
  return parseRecord(text, path);
}

/**
 * A record from text that others may have written, each field checked.
 *
 * @param source names it in messages
 * @throws InputError if it is not a record, or was damaged or changed
 */
export function parseRecord(text: string, source: string): RunRecord {
  if (text.length > LARGEST) throw notARecord(source, `it has ${text.length} characters`);
  let stored: Partial<RunRecord & { format: string }> | null;
  try {
    stored = JSON.parse(text) as typeof stored;
  } catch (error) {
    throw notARecord(source, printable((error as Error).message));
  }
  if (stored?.format !== FORMAT) throw notARecord(source, `its format is ${preview(stored?.format)}, not "${FORMAT}"`);
  try {
    const run = asRun(stored);
    const { weights, fallback, machine, seconds } = stored;
    if (!isDigest(weights)) throw new RangeError(`weights is out of range: ${preview(weights)}`);
    if (!isText(machine)) throw new RangeError(`machine is out of range: ${preview(machine)}`);
    if (fallback !== null && !isText(fallback)) throw new RangeError(`fallback is out of range: ${preview(fallback)}`);
    if (!isAbove(seconds, Infinity)) throw new RangeError(`seconds is out of range: ${preview(seconds)}`);
    const outcome = asOutcome(stored.outcome, run.settings.iterations);
    return { ...run, outcome, weights, fallback, curves: asCurves(stored.curves), machine, seconds };
  } catch (error) {
    throw notARecord(source, printable((error as Error).message));
  }
}

/**
 * A run from a stored record or a message, each field checked.
 *
 * @throws RangeError if a field is missing or out of range, or if its id is not that of its settings
 */
export function asRun({ id, settings, version, data }: { [Name in keyof Run]?: unknown }): Run {
  const { evalEvery, ...rest } = asObject(settings, 'settings');
  if (!isCount(evalEvery, 1e9) || evalEvery === 0)
    throw new RangeError(`evalEvery is out of range: ${preview(evalEvery)}`);
  const { train, test } = asObject(data, 'data') as Partial<RunData>;
  if (!isDigest(train) || !isDigest(test)) throw new RangeError(`data is out of range: ${preview(data)}`);
  if (!isText(version)) throw new RangeError(`version is out of range: ${preview(version)}`);
  const run = runOf({ ...asHyperParameters(rest), evalEvery }, { train, test }, version);
  if (run.id !== id) throw new RangeError(`its id ${preview(id)} is not that of its settings, ${run.id}`);
  return run;
}

/** True if two records are of the same bits, wherever they were made. */
export function isSameResult(a: RunRecord, b: RunRecord): boolean {
  const result = ({ id, outcome, weights, curves }: RunRecord) => JSON.stringify([id, outcome, weights, curves]);
  return result(a) === result(b);
}

function notARecord(source: string, why: string): InputError {
  return new InputError(`${source} is not the record of a run: ${why}; delete it, and the run will be made again`);
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RangeError(`${name} is out of range: ${preview(value)}`);
}

const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[\da-f]{64}$/.test(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 300;
const isAbove = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most && Number.isFinite(value);
const isCount = (value: unknown, most: number): value is number => isAbove(value, most) && Number.isInteger(value);

function asOutcome(stored: unknown, iterations: number): Outcome {
  const outcome = asObject(stored, 'outcome');
  const checked = <T>(name: keyof Outcome, isRight: (value: unknown) => value is T): T => {
    const value = outcome[name];
    if (!isRight(value)) throw new RangeError(`${name} is out of range: ${preview(value)}`);
    return value;
  };
  const orNull =
    (isRight: (value: unknown) => value is number) =>
    (value: unknown): value is number | null =>
      value === null || isRight(value);
  const step = (value: unknown) => isCount(value, iterations);
  const share = orNull((value) => isAbove(value, 1));
  return {
    iterations: checked('iterations', (value): value is number => step(value)),
    notFiniteAt: checked(
      'notFiniteAt',
      orNull((value): value is number => step(value)),
    ),
    loss: checked(
      'loss',
      orNull((value) => isAbove(value, Infinity)),
    ),
    trainAccuracy: checked('trainAccuracy', share),
    testAccuracy: checked('testAccuracy', share),
    bestTestAccuracy: checked('bestTestAccuracy', share),
    bestIteration: checked(
      'bestIteration',
      orNull((value): value is number => step(value)),
    ),
  };
}

function asCurves(stored: unknown): Curves {
  const curves = asObject(stored, 'curves');
  const checked = (name: keyof Curves): Curve => {
    const curve = curves[name];
    const isRight =
      Array.isArray(curve) &&
      curve.length <= MOST_POINTS &&
      curve.every((point) => Array.isArray(point) && point.length === 2 && point.every((x) => isAbove(x, Infinity)));
    if (!isRight) throw new RangeError(`curve ${name} is out of range: ${preview(curve)}`);
    return curve as unknown as Curve;
  };
  return { loss: checked('loss'), train: checked('train'), test: checked('test') };
}
