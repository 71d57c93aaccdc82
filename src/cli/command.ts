import { type Command, CommanderError } from 'commander';
import { InputError, MachineError, NotFiniteError, printable } from '../errors.js';
import { version } from '../files/read.js';
import type { Language } from '../language/language.js';
import { narrow } from '../language/width.js';
import type { Translate } from '../language/translate.js';

/** The output streams of a command and the settings of its messages. */
export interface Cli {
  /** For results. */
  readonly out: NodeJS.WriteStream;
  /** For everything else. */
  readonly err: NodeJS.WriteStream;
  /** True with --quiet: only results and errors are printed. */
  readonly quiet: boolean;
  /** The language of messages. */
  readonly language: Language;
  /** Translates the English texts of the code into that language. */
  readonly translate: Translate;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly lang?: Language;
}

/** Prints a line of the result on stdout. */
export function print({ out, translate }: Cli, text: string): void {
  out.write(`${narrow(translate(terminalText(text)))}\n`);
}

/** Prints a line about the work on stderr; nothing with --quiet. */
export function note({ err, quiet, translate }: Cli, text: string): void {
  if (!quiet) err.write(`${translate(text.split('\n').map(printable).join('\n'))}\n`);
}

/** Prints an error as one line on stderr, with --quiet too. */
export function printError({ err, translate }: Cli, message: string): void {
  err.write(`gd-train: ${translate(printable(message))}\n`);
}

/** Returns a callback whose first call prints a note that plain TypeScript is used, and why. */
export function fallbackNote(cli: Cli): (why: string) => void {
  let isNoted = false;
  return (why) => {
    if (!isNoted) note(cli, `plain TypeScript is used, which is slower: ${why}`);
    isNoted = true;
  };
}

/**
 * Prints a JSON object on one line, with the version of this program and the platform. JSON has no NaN and no
 * infinities: they become the strings "NaN", "Infinity" and "-Infinity". Typed arrays become lists.
 */
export function printJson({ out }: Cli, value: object): void {
  const json = JSON.stringify({ ...value, version: version(), platform: process.platform }, (_, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
    return ArrayBuffer.isView(item) ? Array.from(item as Float64Array) : item;
  });
  out.write(`${printable(json)}\n`);
}

const ESCAPE = String.fromCharCode(0x1b);
const LINE_END_OR_COLOUR = new RegExp(`(\n|${ESCAPE}\\[[\\d;]*m)`);

/**
 * Escapes unprintable characters, except line ends and the colour codes of chalk. A name or a value from outside must
 * go through `printable` before it is coloured, because colour codes in it would be kept too.
 */
export function terminalText(text: string): string {
  return text
    .split(LINE_END_OR_COLOUR) // odd pieces are what the pattern matched
    .map((piece, i) => (i % 2 === 1 ? piece : printable(piece)))
    .join('');
}

/** Exit codes, as in the README. process.ts has those of signals. */
export const EXIT = { done: 0, failed: 1, badInput: 2, notFinite: 3, notMet: 4 } as const;

const OPERATORS = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
};

/** A condition of --expect on a result, such as testAccuracy>=0.94. */
export interface Expectation {
  /** The name of the result as the user wrote it: a key of the --json object, or the same with underscores. */
  readonly measure: string;
  readonly operator: keyof typeof OPERATORS;
  readonly bound: number;
}

/** An expectation and the value that it was compared with. */
export interface ExpectationResult extends Expectation {
  /** null if nothing was measured; the expectation is then not met. */
  readonly value: number | null;
  readonly isMet: boolean;
}

/** `test_accuracy` → `testAccuracy` */
export const jsonName = (measure: string) => measure.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Compares results with expectations.
 *
 * @param measured the results, by their keys in the --json object
 */
export function judge(
  expectations: readonly Expectation[],
  measured: Readonly<Record<string, number | null>>,
): ExpectationResult[] {
  return expectations.map((expectation) => {
    const value = measured[jsonName(expectation.measure)] ?? null;
    return {
      ...expectation,
      value,
      isMet: value !== null && OPERATORS[expectation.operator](value, expectation.bound),
    };
  });
}

/** One line about the expectations that are not met; undefined if all are met. */
export function unmet(verdicts: readonly ExpectationResult[]): string | undefined {
  const failed = verdicts.filter(({ isMet }) => !isMet);
  if (failed.length === 0) return undefined;
  const said = failed.map(
    ({ measure, operator, bound, value }) => `${measure} is ${value ?? 'not known'}, expected ${operator} ${bound}`,
  );
  return `not met: ${said.join('; ')}`;
}

/** An error as a line for the user and an exit code. */
interface Failure {
  readonly message: string;
  readonly code: number;
}

/** The operating system's error codes: a wrong path is bad input (2), all others are failures (1). */
const SYSTEM: Record<string, [code: number, sentence: string]> = {
  ENOENT: [EXIT.badInput, '{path} does not exist: check the path'],
  ENOTDIR: [EXIT.badInput, '{path} leads through a file that is not a folder: check the path'],
  EISDIR: [EXIT.badInput, '{path} is a folder: name a file'],
  ENAMETOOLONG: [EXIT.badInput, '{path} is too long a name: choose a shorter one'],
  ELOOP: [EXIT.badInput, '{path} is a loop of symbolic links: check the path'],
  EACCES: [EXIT.failed, '{path} is not accessible: permission denied'],
  EPERM: [EXIT.failed, '{path} is not accessible: the system does not permit it'],
  EROFS: [EXIT.failed, '{path} is on a read-only disk: choose another place'],
  ENOSPC: [EXIT.failed, '{path} was not written: no space is left on the disk'],
  EDQUOT: [EXIT.failed, '{path} was not written: the disk quota is used up'],
  EFBIG: [EXIT.failed, '{path} was not written: it would exceed the limit on file sizes (ulimit -f)'],
  EIO: [EXIT.failed, '{path} was not read or written: the disk reports an error'],
  EMFILE: [EXIT.failed, '{path} was not opened: too many files are open'],
};

/** Converts a thrown value into a line for the user and an exit code. */
export function toFailure(error: unknown): Failure {
  if (error instanceof InputError) return { message: error.message, code: EXIT.badInput };
  if (error instanceof MachineError) return { message: error.message, code: EXIT.failed };
  if (error instanceof NotFiniteError) return { message: error.message, code: EXIT.notFinite };
  if (error instanceof CommanderError) {
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\.$/, '')
      .replace(
        /^command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)$/s,
        '<$2> must be one of $3, got "$1"',
      )
      .replace(/\s*\n\s*/g, ' ');
    return { message, code: EXIT.badInput };
  }
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (/Array buffer allocation|Invalid typed array length/.test(message)) {
    return { message: `out of memory (${message}): use a smaller --hidden or --batch`, code: EXIT.failed };
  }
  if (code !== undefined && path !== undefined) {
    const [exit, sentence] = SYSTEM[code] ?? [EXIT.failed, `{path} caused the system error ${code}`];
    return { message: sentence.replace('{path}', () => path || '""'), code: exit };
  }
  return { message: `internal error: ${message ?? String(error)} (--debug shows where)`, code: EXIT.failed };
}

/** Adds options and an action to a command. `run` makes the function that Commander calls from the action. */
export type DefineCommand = (command: Command, run: (action: Action) => (...args: unknown[]) => Promise<void>) => void;
/** Runs a command. Gets the arguments that Commander passes, and returns the exit code. */
type Action = (cli: Cli, ...args: never[]) => Promise<number> | number;
