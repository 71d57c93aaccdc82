/**
 * What the caller gave is wrong. The message is one line that says what was wrong, the offending value and what would
 * be right; the command line prints it as it stands and exits with 2. Anything else that is thrown is a defect or the
 * operating system's refusal.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * This machine lacks something, or refuses it. The message is one line that says what, and what would mend it; the
 * command line prints it as it stands and exits with 1.
 */
export class MachineError extends Error {
  override readonly name = 'MachineError';
}

/** A model has weights that are NaN or infinite. The command line prints the message and exits with 3. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
}

const LONGEST = 60;

/** A value from a file, for a message: as JSON, cut short, whatever it is. */
export function preview(value: unknown): string {
  const text = asJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(typeof value === 'string' ? value.slice(0, LONGEST) : value) ?? String(value);
  } catch {
    return 'something nested too deeply'; // lists in lists, some thousand times
  }
}

/** 159020 → "159,020" */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** (1, "iteration") → "1 iteration", (159020, "iteration") → "159,020 iterations" */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
