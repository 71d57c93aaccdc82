import { type Command, Option } from 'commander';
import { InputError, preview } from '../errors.js';
import { type CommonOptions, type Expectation, jsonName } from './command.js';
import { isWeightInit, WEIGHT_INITS, type WeightInit } from '../network/two-layer-net.js';

// The options of a command are a table, from which the type of their values is derived. Each function here makes an option
// whose value is checked where it is read, so that commands see numbers and not strings.

/** An option of a command, whose parsed value has this type. */
export type Typed<T> = Option & {
  /** For the type checker alone. */
  readonly valueType?: T;
};

/** The parsed values of the options of a table; those that the user did not give are missing. */
export type ValuesOf<Table> = CommonOptions & {
  readonly [Name in keyof Table]?: (Table[Name] extends Typed<infer Value> ? Value : never) | undefined;
};

/** Adds the options of a table to a command, in its order. */
export function addOptions(command: Command, table: Readonly<Record<string, Option>>): Command {
  for (const option of Object.values(table)) command.addOption(option);
  return command;
}

/** The first of some options that the user gave; undefined if there is none. */
export function firstGiven<Name extends string>(
  options: { readonly [N in Name]?: unknown },
  ...names: Name[]
): Name | undefined {
  return names.find((name) => options[name] !== undefined);
}

type Check = (value: number) => boolean;

function numberOption(flags: string, description: string, what: string, isValid: Check): Typed<number> {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const value = readNumber(text);
    if (value !== undefined && isValid(value)) return value;
    throw new InputError(`${option.long} must be ${what}, got ${preview(text)}${decimalComma(text)}`);
  });
}

/** A finite number > 0. */
export const positive = (flags: string, description: string) =>
  numberOption(flags, description, 'a positive number', (value) => value > 0);

/** Finite numbers > 0, separated by commas. */
export function positives(flags: string, description: string): Typed<number[]> {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const values = text.split(',').map(readNumber);
    if (values.every((value) => value !== undefined && value > 0)) return values as number[];
    const what = values.length === 1 ? 'a positive number' : 'positive numbers separated by commas';
    throw new InputError(`${option.long} must be ${what}, got ${preview(text)}${decimalComma(text)}`);
  });
}

/** A hint for 0,5 where 0.5 may have been meant. */
function decimalComma(text: string): string {
  return /^\s*[-+]?\d{1,20},\d{1,20}\s*$/.test(text) ? ': write a decimal point, not a comma' : '';
}

/** Any finite number. */
export const finite = (flags: string, description: string) => numberOption(flags, description, 'a number', () => true);

/** A whole number from `least` to `most`. */
export const integer = (flags: string, description: string, least: number, most: number) =>
  numberOption(
    flags,
    description,
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

/** Whole numbers from `least` to `most`, as `readRanges` reads them. */
export function integers(flags: string, description: string, least: number, most: number): Typed<number[]> {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const values = readRanges(text);
    if (values?.every((value) => value >= least && value <= most)) return values;
    const what = `whole numbers from ${least} to ${most}, such as ${least}, ${least},${least + 2} or ${least}..${least + 3}`;
    throw new InputError(`${option.long} must be ${what}; got ${preview(text)}`);
  });
}

/** Numbers separated by commas, `length` of them if that is given. */
export function vector(flags: string, description: string, length?: number): Typed<Float64Array> {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const values = text.split(',').map(readNumber);
    if (values.includes(undefined) || (length !== undefined && values.length !== length)) {
      const count = length === undefined ? 'numbers' : `${length} numbers`;
      throw new InputError(`${option.long} must be ${count} separated by commas, got ${preview(text)}`);
    }
    return Float64Array.from(values as number[]);
  });
}

/** One of a few words. */
export function oneOf<T extends string>(flags: string, description: string, words: readonly T[]): Typed<T> {
  const option = new Option(flags, `${description} (${words.join(', ')})`);
  return option.argParser((text) => {
    if (words.includes(text as T)) return text as T;
    throw new InputError(`${option.long} must be one of ${words.join(', ')}, got ${preview(text)}`);
  });
}

/** Any text. */
export const text = (flags: string, description: string): Typed<string> => new Option(flags, description);

/** The path of a file or a folder. */
export function path(flags: string, description: string): Typed<string> {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    if (text === '') throw new InputError(`${option.long} "" names nothing: leave it out, or give a name`);
    return text;
  });
}

/** An option without a value. */
export const flag = (flags: string, description: string): Typed<boolean> => new Option(flags, description);

/** --data, as every command that reads images has it. */
export const dataOption = (description = 'the four IDX files, raw or .gz') =>
  path('--data <folder>', `${description} (default: MNIST, installed with gd-train)`);

/** --other-data, for every command that uses a model with a data set. */
export const otherDataOption = () => flag('--other-data', 'use these images though the model was trained on others');

/** Some of a few words, separated by commas. */
export function severalOf<T extends string>(flags: string, description: string, words: readonly T[]): Typed<T[]> {
  const option = new Option(flags, `${description} (${words.join(', ')})`);
  return option.argParser((text) => {
    const given = text.split(',');
    const stray = given.find((word) => !words.includes(word as T));
    if (stray !== undefined) {
      throw new InputError(
        `${option.long} must be one or more of ${words.join(', ')} separated by commas, got ${preview(text)}`,
      );
    }
    return [...new Set(given)];
  });
}

/** The digits of a float64 written out are at most 767, after at most 323 zeros. */
const LONGEST_NUMBER = 1200;

/** The words for what --weight-init takes. */
export const WEIGHT_INIT = `a standard deviation above 0, ${WEIGHT_INITS.join(' or ')}`;

/** The value of --weight-init; undefined if the text is none. */
export function readWeightInit(text: string): WeightInit | undefined {
  const value = readNumber(text) ?? text;
  return isWeightInit(value) ? value : undefined;
}

/** --weight-init */
export function weightInitOption(description: string): Typed<WeightInit> {
  const option = new Option('--weight-init <std>', description);
  return option.argParser((text) => {
    const value = readWeightInit(text);
    if (value !== undefined) return value;
    throw new InputError(`${option.long} must be ${WEIGHT_INIT}, got ${preview(text)}`);
  });
}

/**
 * A finite number as people write it, or as plots do, with the minus sign of Unicode; undefined if it is none, or too
 * long to be one.
 */
export function readNumber(text: string): number | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const ascii = text.replaceAll('−', '-');
  const isNumber = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(ascii) && Number.isFinite(Number(ascii));
  return isNumber ? Number(ascii) : undefined;
}

/** Most numbers of a list. */
const LONGEST_LIST = 1_000_000;

/**
 * Whole numbers as people write them: `7`, the ranges `0..5` and `0-5`, which include both ends, and several of these
 * separated by commas. Undefined for any other text, and for more than a million numbers.
 */
function readRanges(text: string): number[] | undefined {
  const numbers: number[] = [];
  for (const piece of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,15})(?:\s*(?:\.\.|-)\s*(\d{1,15}))?\s*$/.exec(piece) ?? [];
    const [start, end] = [Number(first), Number(last)];
    if (!(start <= end && numbers.length + end - start < LONGEST_LIST)) return undefined;
    for (let number = start; number <= end; number++) numbers.push(number);
  }
  return numbers;
}

/**
 * Indices of images, as `readRanges` reads them.
 *
 * @param texts one or several of these
 * @param count indices must be below it
 * @param name what they are indices of, for messages
 */
export function parseIndices(texts: readonly string[], count: number, name: string): number[] {
  return texts.flatMap((text) => {
    const indices = readRanges(text);
    if (indices?.every((index) => index < count)) return indices;
    throw new InputError(`${name} must be 0 to ${count - 1}, as in 7 or 3,14 or 10..19; got ${preview(text)}`);
  });
}

/**
 * The option --expect: conditions separated by commas, and as often as one likes.
 *
 * @param measures what conditions may be on: the names that --json has
 */
export function expectOption(measures: readonly string[]): Typed<Expectation[]> {
  const example = `"${measures[0]}>=0.94"`;
  const option = new Option('--expect <conditions>', `such as ${example}; exit 4 if not met (${measures.join(', ')})`);
  const parse = (text: string): Expectation => {
    const [, measure, operator, number] = /^\s*(\w+)\s*(>=|<=|==|>|<)\s*(\S+)\s*$/.exec(text) ?? [];
    if (measure === undefined)
      throw new InputError(`--expect must be a condition such as ${example}, got ${preview(text)}`);
    if (!measures.includes(jsonName(measure))) {
      throw new InputError(`--expect can compare ${measures.join(', ')}; got ${preview(measure)}`);
    }
    const bound = readNumber(number);
    if (bound === undefined) throw new InputError(`--expect must compare with a number, got ${preview(text.trim())}`);
    if (/accuracy$/i.test(measure) && !(bound >= 0 && bound <= 1)) {
      throw new InputError(`--expect: an accuracy is 0 to 1, got ${preview(text.trim())}`);
    }
    return { measure, operator: operator as Expectation['operator'], bound };
  };
  return option.argParser((text: string, before: Expectation[] = []) => [...before, ...text.split(',').map(parse)]);
}

const LARGEST_SEED = 2 ** 32 - 1;
const MOST = 10_000;

/** The option --seeds, as `readRanges` reads it; each seed once. */
export function seedsOption(): Typed<number[]> {
  return new Option(
    '--seeds <list>',
    'train once per seed, such as 0..5 or 0,3,7; mean and standard deviation',
  ).argParser((text) => {
    const seeds = readRanges(text);
    const isRight = seeds?.every((seed) => seed <= LARGEST_SEED) && new Set(seeds).size === seeds.length;
    if (!seeds || !isRight || seeds.length > MOST) {
      const what = `seeds from 0 to ${LARGEST_SEED}, each once and at most ${MOST}, such as 0..5 or 0,3,7`;
      throw new InputError(`--seeds must be ${what}, got ${preview(text)}`);
    }
    return seeds;
  });
}
