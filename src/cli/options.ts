import { Option } from 'commander';
import { InputError } from '../input-error.js';

// Each of these makes an option whose value is checked where it is read, so that commands see numbers and not strings.

type Check = (value: number) => boolean;

function numberOption(flags: string, description: string, what: string, isValid: Check): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const value = readNumber(text);
    if (value === undefined || !isValid(value)) throw new InputError(`${option.long} must be ${what}, got "${text}"`);
    return value;
  });
}

/** A finite number > 0. */
export const positive = (flags: string, description: string) =>
  numberOption(flags, description, 'a positive number', (value) => value > 0);

/** Any finite number. */
export const finite = (flags: string, description: string) => numberOption(flags, description, 'a number', () => true);

/** A whole number from `least` to `most`. */
export const whole = (flags: string, description: string, least: number, most: number) =>
  numberOption(
    flags,
    description,
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

/** Whole numbers from `least` to `most`, separated by commas. */
export function wholes(flags: string, description: string, least: number, most: number): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const values = text.split(',').map(readNumber);
    if (values.every((value) => Number.isInteger(value) && value! >= least && value! <= most))
      return values as number[];
    const what = `whole numbers from ${least} to ${most} separated by commas`;
    throw new InputError(`${option.long} must be ${what}, got "${text}"`);
  });
}

/** Numbers separated by commas, `length` of them if that is given. */
export function vector(flags: string, description: string, length?: number): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const values = text.split(',').map(readNumber);
    if (values.includes(undefined) || (length !== undefined && values.length !== length)) {
      const count = length === undefined ? 'numbers' : `${length} numbers`;
      throw new InputError(`${option.long} must be ${count} separated by commas, got "${text}"`);
    }
    return Float64Array.from(values as number[]);
  });
}

/** One of a few words. */
export function oneOf(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, `${description} (${words.join(', ')})`);
  return option.argParser((text) => {
    if (!words.includes(text)) throw new InputError(`${option.long} must be one of ${words.join(', ')}, got "${text}"`);
    return text;
  });
}

/** Some of a few words, separated by commas. */
export function severalOf(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, `${description} (${words.join(', ')})`);
  return option.argParser((text) => {
    const given = text.split(',');
    const stray = given.find((word) => !words.includes(word));
    if (stray !== undefined) {
      throw new InputError(`${option.long} must be some of ${words.join(', ')} separated by commas, got "${text}"`);
    }
    return [...new Set(given)];
  });
}

/** A finite number as people write it; undefined if it is none. */
export function readNumber(text: string): number | undefined {
  return /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;
}
