import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Nets that runs keep go to a temporary folder. The variable is set for this process and for its children.
process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), 'gd-train-cache-'));
afterAll(() => rmSync(process.env.XDG_CACHE_HOME!, { recursive: true, force: true }));

// Messages are in English in every locale.
process.env.LC_CTYPE ??= process.env.LC_ALL ?? process.env.LANG ?? 'C.UTF-8';
delete process.env.LC_ALL;
process.env.LC_MESSAGES = 'C';

export const BIN = fileURLToPath(new URL('../../bin/gd-train.js', import.meta.url));

/** Runs the built command line as a child process. */
export function run(args: string[], options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    ...options,
  });
  return { status, stdout, stderr };
}

/** Starts the built command line, for tests that send signals. */
export function start(args: string[], cwd: string, nodeArgs: string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, BIN, ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  children.push(child);
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  const ended = new Promise<{ status: number | null; signal: string | null; stdout: string; stderr: string }>(
    (resolve) => child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr })),
  );
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => (stderr.includes(text) ? resolve() : undefined);
      child.stderr.on('data', look);
      look();
    });
  return { child, ended, says };
}

const children: ChildProcess[] = [];
const folders: string[] = [];

/** A folder that is removed after the tests of the calling file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gd-train-test-'));
  folders.push(folder);
  return folder;
}

afterAll(() => children.forEach((child) => child.kill('SIGKILL'))); // children of a test that failed
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
