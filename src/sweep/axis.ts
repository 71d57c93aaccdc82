import { InputError, preview } from '../errors.js';

// The lists and ranges that a sweep takes for what train takes once: `0.01,0.1,1`, `0..4`, `0.001..1 x7`.

/** A list of values that is counted but not enumerated: a few characters can name more values than fit into memory. */
export interface ValueList<T> {
  /** How many there are; some may be equal. */
  readonly count: number;
  at(index: number): T;
}

/** The values of an axis, each once. */
export function valuesOf<T>({ count, at }: ValueList<T>): T[] {
  return [...new Set(Array.from({ length: count }, (_, i) => at(i)))];
}

/** An axis of these values. */
export const listOf = <T>(values: readonly T[]): ValueList<T> => ({ count: values.length, at: (i) => values[i] });

/** What one value may be. */
export interface ValueKind<T> {
  /** For messages: `a positive number`. */
  readonly what: string;
  /** Undefined if the text is no such value. */
  read(text: string): T | undefined;
  /** Whether ranges are allowed, and whether `a..b` without `x7` means every integer. */
  readonly ranges?: 'integers' | 'numbers';
}

/** `0.001..1 x7`, `0..4` and `0-4`; the sign of an exponent is no dash. */
const RANGE = /^(.+?)\.\.(.+?)(?:\s*x\s*(\d{1,10}))?$/;
const DASHED = /^(\d+)-(\d+)$/;

/**
 * Reads values separated by commas: numbers, words, `a..b` (or `a-b`) for all whole numbers from a to b, and `a..b xN` for
 * N values with equal ratios.
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

/** Significant digits of the values between the ends: few enough to be the same on every machine, and short in a table. */
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
