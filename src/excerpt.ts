const LONGEST = 60;

/** A value from a file, for a message: as JSON, cut short, whatever it is. */
export function excerpt(value: unknown): string {
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
