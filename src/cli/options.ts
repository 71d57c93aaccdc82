import { type Command, Option } from 'commander';
import { InputError, preview } from '../errors.js';
import { type CommonOptions, type Expectation, jsonName } from './command.js';
import { isWeightInit, WEIGHT_INITS, type WeightInit } from '../network/two-layer-net.js';

// The options of a command are a table, from which the type of their values is derived. Each function here makes an
// option that parses and checks its value, so that commands get numbers instead of strings. A parser throws InputError.

/** An option whose parsed value has the type T. */
export type Typed<T> = Option & {
  /** Never set: it holds T for the type checker. */
  readonly valueType?: T;
};

/** The parsed values of the options of a table. An option that the user did not give is missing. */
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

/** @param what the valid values, for the error message */
function numberOption(
  flags: string,
  description: string,
  what: string,
  isValid: (value: number) => boolean,
): Typed<number> {
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

/** A hint for text such as 0,5, which may mean 0.5; otherwise an empty string. */
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

/** Some of a few words, separated by commas; repeated ones count once. */
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

/** Most characters of a number. A float64 in full has at most 767 significant digits, after at most 323 zeros. */
const LONGEST_NUMBER = 1200;

/** The valid values of --weight-init, for error messages. */
export const WEIGHT_INIT = `a standard deviation above 0, ${WEIGHT_INITS.join(' or ')}`;

/** The value of --weight-init; undefined if the text is not valid. */
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
 * A finite decimal number. The minus sign may be that of Unicode, which plots have. Undefined for any other text, and
 * for one that is too long.
 */
export function readNumber(text: string): number | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const ascii = text.replaceAll('−', '-');
  const isNumber = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(ascii) && Number.isFinite(Number(ascii));
  return isNumber ? Number(ascii) : undefined;
}

/** Most numbers in a list. */
const LONGEST_LIST = 1_000_000;

/**
 * Whole numbers: `7`, a range such as `0..5` or `0-5`, which includes both ends, or several of these separated by
 * commas. Undefined for any other text, and for more than a million numbers.
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
 * Parses indices of images.
 *
 * @param texts each as `readRanges` reads it
 * @param count number of images; an index is 0 … count - 1
 * @param name name of the option or argument in messages
 * @throws InputError if a text is not valid, or an index is out of range
 */
export function parseIndices(texts: readonly string[], count: number, name: string): number[] {
  return texts.flatMap((text) => {
    const indices = readRanges(text);
    if (indices?.every((index) => index < count)) return indices;
    throw new InputError(`${name} must be 0 to ${count - 1}, as in 7 or 3,14 or 10..19; got ${preview(text)}`);
  });
}

/**
 * The option --expect: conditions separated by commas. It may be given several times.
 *
 * @param measures the results that a condition may be on, by their keys in the --json object
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
const MOST_SEEDS = 10_000;

/** The option --seeds: a list as `readRanges` reads it, in which each seed occurs once. */
export function seedsOption(): Typed<number[]> {
  return new Option(
    '--seeds <list>',
    'train once per seed, such as 0..5 or 0,3,7; mean and standard deviation',
  ).argParser((text) => {
    const seeds = readRanges(text);
    const isRight = seeds?.every((seed) => seed <= LARGEST_SEED) && new Set(seeds).size === seeds.length;
    if (!seeds || !isRight || seeds.length > MOST_SEEDS) {
      const what = `seeds from 0 to ${LARGEST_SEED}, each once and at most ${MOST_SEEDS}, such as 0..5 or 0,3,7`;
      throw new InputError(`--seeds must be ${what}, got ${preview(text)}`);
    }
    return seeds;
  });
}
