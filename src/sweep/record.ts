import { createHash } from 'node:crypto';
import { InputError, MachineError, preview, printable } from '../errors.js';
import type { Curve } from '../training/history.js';
import { asHyperParameters, type HyperParameters } from '../training/hyper-parameters.js';
import type { DatasetIdentity } from '../training/train.js';

/** The settings that determine the result of a run, together with the images. */
export interface RunSettings extends HyperParameters {
  /** Iterations between two measurements of the accuracy. */
  readonly evalEvery: number;
}

/** A run, whose result is the same bit for bit on every machine. It is plain data, which can be sent as JSON. */
export interface Run {
  /** Digest of the other fields; also the name of the record's file. */
  readonly id: string;
  readonly settings: RunSettings;
  /** Version of gd-train. */
  readonly version: string;
  /** SHA-256, in hexadecimal, of the training images and of the test images, with their labels. */
  readonly data: RunData;
}

export type RunData = Pick<DatasetIdentity, 'train' | 'test'>;

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

/** The record of a run, a few kilobytes. Only machine and seconds depend on where the run is made. */
export interface RunRecord extends Run {
  readonly outcome: RunOutcome;
  /** SHA-256 of the last weights, as train prints it. */
  readonly weights: string;
  /** Why plain TypeScript computed instead of the SIMD kernels, if it did: the last bits differ. */
  readonly fallback: string | null;
  readonly curves: Curves;
  /** Name of the computer that made the run. */
  readonly machine: string;
  /** Duration of the run there. */
  readonly seconds: number;
}

export interface RunOutcome {
  /** Steps made. */
  readonly iterations: number;
  /** The step, from 0, that was not made because loss, gradient or weights would not have been finite; or null. */
  readonly notFiniteAt: number | null;
  /** Loss of the last mini-batch before its update, in nats; null if it is not finite. */
  readonly loss: number | null;
  /** Accuracies, 0 … 1, after the last iteration; null if the run ended earlier. */
  readonly trainAccuracy: number | null;
  readonly testAccuracy: number | null;
  /** The highest measured test accuracy, and the iterations by then; null if none was measured. */
  readonly bestTestAccuracy: number | null;
  readonly bestIteration: number | null;
}

/** The curves of a run, thinned to at most `MOST_POINTS` points each. */
export interface Curves {
  /** Mean loss of mini-batches, in nats, against the number of updates before. */
  readonly loss: Curve;
  /** Accuracies, 0 … 1, against the number of updates. */
  readonly train: Curve;
  readonly test: Curve;
}

/** Most points of a curve, an even number. */
export const MOST_POINTS = 64;

/** Version of the format; changed when an old reader would misread a new file. */
const FORMAT = 'gd-train run 1';
/** Most characters of a record: three or four times the longest that is written. */
export const LONGEST_RECORD = 20_000;

/** A record as the text of its file. */
export function encodeRecord({ id, settings, version, data, outcome, ...rest }: RunRecord): string {
  return `${JSON.stringify({ format: FORMAT, id, version, settings, outcome, ...rest, data })}\n`;
}

/**
 * Parses a record; each field is checked, because the text is not trusted.
 *
 * @param source names it in messages
 * @throws InputError if it is not a record, or was damaged or changed
 */
export function parseRecord(text: string, source: string): RunRecord {
  const fail = (why: string) =>
    new InputError(`${source} is not the record of a run: ${why}; delete it, and the run will be made again`);
  if (text.length > LONGEST_RECORD) throw fail(`it has ${text.length} characters`);
  let stored: Partial<RunRecord & { format: string }> | null;
  try {
    stored = JSON.parse(text) as typeof stored;
  } catch (error) {
    throw fail(printable((error as Error).message));
  }
  if (stored?.format !== FORMAT) throw fail(`its format is ${preview(stored?.format)}, not "${FORMAT}"`);
  try {
    const run = asRun(stored);
    const { weights, fallback, machine, seconds } = checkFields<RunRecord>(stored, FIELDS);
    const outcome = checkFields<RunOutcome>(
      asObject('outcome', stored.outcome),
      outcomeFields(run.settings.iterations),
    );
    const curves = checkFields<Curves>(asObject('curves', stored.curves), CURVES, 'curve ');
    return { ...run, outcome, weights, fallback, curves, machine, seconds };
  } catch (error) {
    throw fail(printable((error as Error).message));
  }
}

/**
 * The run in a stored record or a message; each field is checked.
 *
 * @throws RangeError if a field is missing or out of range, or if its id is not that of its settings
 */
export function asRun({ id, settings, version, data }: { [Name in keyof Run]?: unknown }): Run {
  const { evalEvery, ...rest } = asObject('settings', settings);
  check('evalEvery', evalEvery, (value) => value !== 0 && isCount(1e9)(value));
  check('data', data, (value) => isObject(value) && isDigest(value.train) && isDigest(value.test));
  check('version', version, isText);
  const run = runOf({ ...asHyperParameters(rest), evalEvery: evalEvery as number }, data as RunData, version as string);
  if (run.id !== id) throw new RangeError(`its id ${preview(id)} is not that of its settings, ${run.id}`);
  return run;
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isDigest: Check = (value) => typeof value === 'string' && /^[\da-f]{64}$/.test(value);
const isText: Check = (value) => typeof value === 'string' && value.length <= 300;
/** A finite number from 0 to `most`. */
const isUpTo =
  (most: number): Check =>
  (value) =>
    Number.isFinite(value) && (value as number) >= 0 && (value as number) <= most;
/** A whole number from 0 to `most`. */
const isCount =
  (most: number): Check =>
  (value) =>
    Number.isInteger(value) && isUpTo(most)(value);
const orNull =
  (isValid: Check): Check =>
  (value) =>
    value === null || isValid(value);
const isCurve: Check = (value) =>
  Array.isArray(value) &&
  value.length <= MOST_POINTS &&
  value.every((point) => Array.isArray(point) && point.length === 2 && point.every(isUpTo(Infinity)));

const FIELDS = { weights: isDigest, fallback: orNull(isText), machine: isText, seconds: isUpTo(Infinity) };
const CURVES: Record<keyof Curves, Check> = { loss: isCurve, train: isCurve, test: isCurve };
const outcomeFields = (iterations: number): Record<keyof RunOutcome, Check> => ({
  iterations: isCount(iterations),
  notFiniteAt: orNull(isCount(iterations)),
  loss: orNull(isUpTo(Infinity)),
  trainAccuracy: orNull(isUpTo(1)),
  testAccuracy: orNull(isUpTo(1)),
  bestTestAccuracy: orNull(isUpTo(1)),
  bestIteration: orNull(isCount(iterations)),
});

/** @throws RangeError that names the value if it is not valid */
function check(name: string, value: unknown, isValid: Check): void {
  if (!isValid(value)) throw new RangeError(`${name} is out of range: ${preview(value)}`);
}

function asObject(name: string, value: unknown): Record<string, unknown> {
  check(name, value, isObject);
  return value as Record<string, unknown>;
}

/** The fields of T that have a check; others are dropped. */
function checkFields<T>(
  stored: Readonly<Record<string, unknown>>,
  checks: Partial<Record<keyof T, Check>>,
  label = '',
): T {
  const fields = Object.entries<Check>(checks as Record<string, Check>).map(([name, isValid]) => {
    check(label + name, stored[name], isValid);
    return [name, stored[name]];
  });
  return Object.fromEntries(fields) as T;
}

/** @throws MachineError that names both machines if two records of one run differ in a bit of the result */
export function checkSameResult(before: RunRecord, record: RunRecord): void {
  const result = ({ id, outcome, weights, curves }: RunRecord) => JSON.stringify([id, outcome, weights, curves]);
  if (result(before) === result(record)) return;
  const describe = ({ machine, weights, fallback }: RunRecord) =>
    `${preview(machine)} got weights ${weights.slice(0, 12)}${fallback === null ? '' : ' without the SIMD kernels'}`;
  throw new MachineError(
    `run ${record.id} has two results: ${describe(before)}, ${describe(record)}; one of these machines is at fault`,
  );
}
