import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';

// This process: how it was begun, and how it is asked to stop.

/** A command line of this program that runs as it is printed: begun as the user began this one, each word quoted. */
export function commandLine(words: readonly string[]): string {
  return [...invocation(process), ...words].map((word) => quoteWord(word)).join(' ');
}

/**
 * The words that run this program from the current folder: `npx gd`, `gd-train`, or `node bin/gd-train.js`.
 *
 * @param process its argv[1] is the path by which the system found the program
 */
export function invocation(process: Pick<NodeJS.Process, 'argv' | 'argv0' | 'execArgv' | 'env'>): string[] {
  const script = process.argv[1];
  const name = basename(script);
  if (basename(dirname(script)) === '.bin') return ['npx', name]; // node_modules/.bin is on no user's PATH
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === script) return [name];
  const fromHere = relative('', script);
  return [process.argv0, ...process.execArgv, fromHere.length < script.length ? fromHere : script];
}

/** A word as a shell wants it: in quotes only where it needs them. */
export function quoteWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return /^[\w.,:/\\@+=-]+$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`;
  return /^[\w.,:/@+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The signals that ask a run to stop, and their exit codes: 128 + the number of the signal. */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof STOP_CODES;

/** Becomes a request to stop when a signal arrives. */
export interface Stop {
  readonly signal: AbortSignal;
  /** The signal that arrived, if one did. */
  received(): StopSignal | undefined;
  /** Asks to stop as SIGINT does; nothing if that was asked before. */
  request(): void;
  /** From here on, signals end the process again. */
  ignore(): void;
}

/** Turns the first signal into a request to stop. A second one ends the process at once, as by default. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const names = Object.keys(STOP_CODES) as StopSignal[];
  const ignore = () => names.forEach((name) => process.off(name, handle));
  function handle(name: StopSignal): void {
    received = name;
    ignore();
    controller.abort();
  }
  names.forEach((name) => process.on(name, handle));
  return {
    signal: controller.signal,
    received: () => received,
    request: () => {
      if (received === undefined) handle('SIGINT');
    },
    ignore,
  };
}
