import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';

// This process: the command line that started it, and the signals that stop it.

/** A command line that runs as printed: it starts this program as the user did, and its words are quoted. */
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

/** A word for a shell, in quotes only if it needs them. */
export function quoteWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return /^[\w.,:/\\@+=-]+$/.test(word) ? word : `"${word.replaceAll('"', '""')}"`;
  return /^[\w.,:/@+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The signals that ask a run to stop, and their exit codes: 128 + the number of the signal. */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that asks a run to stop. */
export type StopSignal = keyof typeof STOP_CODES;

/** A request to stop a run, which a signal or the program makes. */
export interface Stop {
  /** Aborted by the request. */
  readonly signal: AbortSignal;
  /** The signal that arrived, or SIGINT for a request of the program; undefined before. */
  received(): StopSignal | undefined;
  /** Requests a stop, as SIGINT does. Does nothing after an earlier request. */
  request(): void;
  /** Ends the listening: signals end the process again. */
  release(): void;
}

/** Turns the first signal into a request to stop. A second one ends the process, which is the default of Node.js. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const names = Object.keys(STOP_CODES) as StopSignal[];
  const release = () => names.forEach((name) => process.off(name, handle));
  function handle(name: StopSignal): void {
    received = name;
    release();
    controller.abort();
  }
  names.forEach((name) => process.on(name, handle));
  return {
    signal: controller.signal,
    received: () => received,
    request: () => {
      if (received === undefined) handle('SIGINT');
    },
    release,
  };
}
