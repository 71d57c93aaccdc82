import { Option } from 'commander';
import { InputError } from '../input-error.js';
import { readNumber } from './options.js';

const OPERATORS = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
};

/** A condition on what a command measures, such as test_accuracy>=0.94. */
export interface Expectation {
  readonly measure: string;
  readonly operator: keyof typeof OPERATORS;
  readonly bound: number;
}

/** An expectation held against what was measured; null where nothing was. */
export interface Verdict extends Expectation {
  readonly value: number | null;
  readonly isMet: boolean;
}

/**
 * The option --expect: conditions separated by commas, and as often as one likes.
 *
 * @param measures the names that conditions may speak of
 */
export function expectOption(measures: readonly string[]): Option {
  const example = `"${measures[0]}>=0.94"`;
  const option = new Option('--expect <conditions>', `such as ${example}; exit 4 if not met (${measures.join(', ')})`);
  const parse = (text: string): Expectation => {
    const [, measure, operator, number] = /^\s*(\w+)\s*(>=|<=|==|>|<)\s*(\S+)\s*$/.exec(text) ?? [];
    if (measure === undefined) throw new InputError(`--expect must be such as ${example}, got "${text}"`);
    if (!measures.includes(measure)) {
      throw new InputError(`--expect may speak of ${measures.join(', ')}, got "${measure}"`);
    }
    const bound = readNumber(number);
    if (bound === undefined) throw new InputError(`--expect must compare with a number, got "${text.trim()}"`);
    if (measure.endsWith('accuracy') && !(bound >= 0 && bound <= 1)) {
      throw new InputError(`--expect: an accuracy is 0 to 1, got "${text.trim()}"`);
    }
    return { measure, operator: operator as Expectation['operator'], bound };
  };
  return option.argParser((text: string, before: Expectation[] = []) => [...before, ...text.split(',').map(parse)]);
}

/** Holds expectations against what was measured. */
export function judge(
  expectations: readonly Expectation[],
  measured: Readonly<Record<string, number | null>>,
): Verdict[] {
  return expectations.map((expectation) => {
    const value = measured[expectation.measure] ?? null;
    return {
      ...expectation,
      value,
      isMet: value !== null && OPERATORS[expectation.operator](value, expectation.bound),
    };
  });
}

/** One line about the expectations that are not met; undefined if all are. */
export function unmet(verdicts: readonly Verdict[]): string | undefined {
  const failed = verdicts.filter(({ isMet }) => !isMet);
  if (failed.length === 0) return undefined;
  const said = failed.map(
    ({ measure, operator, bound, value }) => `${measure} is ${value ?? 'not known'}, expected ${operator} ${bound}`,
  );
  return `not met: ${said.join('; ')}`;
}
