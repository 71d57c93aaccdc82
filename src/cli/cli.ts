/** What a command may touch of the process: results to `out`, all else to `err`, and what the user asked of both. */
export interface Cli {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** A line of result. */
export function print({ out }: Cli, text: string): void {
  out.write(`${text}\n`);
}

/** A line about the work, for people; nothing with --quiet. */
export function note({ err }: Cli, { quiet }: CommonOptions, text: string): void {
  if (!quiet) err.write(`${text}\n`);
}

/** One JSON object on one line. JSON has no NaN and no infinities: they become strings. Typed arrays become lists. */
export function printJson(cli: Cli, value: unknown): void {
  print(
    cli,
    JSON.stringify(value, (_, item: unknown) => {
      if (typeof item === 'number' && !Number.isFinite(item)) return String(item);
      return ArrayBuffer.isView(item) ? Array.from(item as Float64Array) : item;
    }),
  );
}
