import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BIN } from './run.js';

const SCRIPT = fileURLToPath(new URL('./run-in-terminal.py', import.meta.url));

/** A text to wait for, and an action that follows. */
export type Step =
  | readonly [wanted: string, action: 'resize', rows: number, columns: number]
  | readonly [wanted: string, action: 'type', text: string]
  | readonly [wanted: string, action: 'hang up'];

export interface TerminalOptions {
  readonly cwd: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

/** Runs the built command line in a pseudo-terminal; undefined, with a message, where there is none. */
export function runInTerminal(args: readonly string[], options: TerminalOptions) {
  if (!hasPython) {
    console.log('skipped: a terminal for tests needs python3');
    return undefined;
  }
  const { cwd, rows = 24, columns = 80, env = {}, steps = [] } = options;
  const job = { argv: [process.execPath, BIN, ...args], cwd, rows, columns, steps, env: { NODE_OPTIONS: '', ...env } };
  const clean = { ...process.env };
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LINES', 'CI']) delete clean[name];
  const { stdout, stderr } = spawnSync('python3', [SCRIPT, JSON.stringify(job)], {
    encoding: 'utf8',
    env: { ...clean, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  if (stdout === '') throw new Error(`run-in-terminal.py: ${stderr}`);
  return JSON.parse(stdout) as { status: number; output: string };
}
