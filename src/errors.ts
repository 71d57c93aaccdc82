/**
 * An argument, an option or a file is wrong. The message is one line: what is wrong, the offending value, and what to
 * do instead. The command line exits with 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * The machine lacks something that the work needs. The message is one line: what is missing, and the remedy. The
 * command line exits with 1.
 */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}

/** A model has weights that are NaN or infinite. The command line exits with 3. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
}

const PREVIEW_LENGTH = 60;

/** A value as JSON for a message: printable, and at most 60 characters long. */
export function preview(value: unknown): string {
  const text = printable(asJson(value));
  return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH - 1)}…` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(typeof value === 'string' ? value.slice(0, PREVIEW_LENGTH) : value) ?? String(value);
  } catch {
    return 'something nested too deeply'; // deeply nested arrays exhaust the stack
  }
}

/** C0, DEL and C1 controls, line separators, bidirectional marks, invisible format characters, lone surrogates. */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- the pattern must match control characters
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * Replaces each character that controls a terminal, or that a reader does not see, by its escape, such as `\u001b`.
 * JSON text keeps its meaning.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    Array.from({ length: character.length }, (_, i) => escape(character.charCodeAt(i))).join(''),
  );
}

const escape = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;

/** 159020 → "159,020" */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ','); // toLocaleString would load locale data
}

/** (1, "iteration") → "1 iteration", (159020, "iteration") → "159,020 iterations" */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
