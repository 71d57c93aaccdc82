import { spawn } from 'node:child_process';
import { MachineError } from '../machine-error.js';

export interface ToolOptions {
  readonly cwd?: string;
  /** File descriptor that what it prints goes to, as a progress bar; default: nowhere. */
  readonly showOn?: number | undefined;
  /** What to tell the user if it is not there. */
  readonly missing: string;
  /** What to tell the user if it fails; its own last word is added. */
  readonly failed: string;
}

/**
 * Runs a program to its end.
 *
 * @throws MachineError if it is missing or fails
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<void> {
  const { cwd, showOn, missing, failed } = options;
  const child = spawn(command, args, { ...(cwd && { cwd }), stdio: ['ignore', showOn ?? 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-20_000)));
  const status = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status === 0) return;
  if (status === 'ENOENT') throw new MachineError(missing);
  throw new MachineError(`${failed} (${lastWord(said) ?? `${command} ended with ${status}`})`);
}

/** The line that names the error, or else the last one. */
function lastWord(said: string): string | undefined {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^\[notice\]/.test(line));
  return lines.findLast((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
}
