import { spawn } from 'node:child_process';
import { MachineError } from '../errors.js';

interface ToolOptions {
  readonly cwd?: string;
  /** File descriptor that its progress goes to; default: nowhere. */
  readonly showOn?: number | undefined;
  /** What to tell the user if it is not there. */
  readonly missing?: string;
  /** What to tell the user if it fails; its own word for it is added. */
  readonly failed: string;
}

/**
 * Runs a program to its end.
 *
 * @throws MachineError if it is missing or fails
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<void> {
  const { cwd, showOn, missing = `${command} is not on the PATH`, failed } = options;
  const child = spawn(command, args, { ...(cwd && { cwd }), stdio: ['ignore', showOn ?? 'ignore', 'pipe'] });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-20_000)));
  const status = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status === 0) return;
  if (status === 'ENOENT') throw new MachineError(missing);
  throw new MachineError(`${failed} (${wordOf(said) ?? `${command} ended with ${status}`})`);
}

/** The first line that names an error, or else the last one. */
function wordOf(said: string): string | undefined {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
}
