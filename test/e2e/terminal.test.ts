import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { runInTerminal, type TerminalOptions } from '../helpers/terminal.js';
import { loadTraining } from '#src/training/model-file.js';

const data = temporaryFolder();
writeDataset(data);
const train = (iterations: number, ...more: string[]) => [
  ...['train', '--data', data, '--hidden', '12', '--batch', '7', '--iters', String(iterations), '--save', 'm'],
  ...more,
];

/* eslint-disable no-control-regex */
const COLOUR = /\x1b\[[\d;]*[1-9]\d*m/;
/** Control sequences of terminals. */
const OBEYED = /\x1b\[[?\d;]*[A-Za-z]|\x1b[=>78]|\r/g;
/* eslint-enable no-control-regex */

/** Runs to the end in such a terminal, and checks that the model is saved, the results are shown and nothing crashed. */
function complete(options: Omit<TerminalOptions, 'cwd'>) {
  const cwd = temporaryFolder();
  const result = runInTerminal(train(2000, '--eval-every', '100'), { cwd, ...options });
  if (result === undefined) return undefined;
  expect(result.status).toBe(0);
  expect(loadTraining(join(cwd, 'm')).iteration).toBe(2000);
  const text = result.output.replace(OBEYED, '');
  expect(text).toMatch(/test accuracy {3}[\d.]+\nweights sha256 {2}[\da-f]{64}\n/);
  expect(text).not.toMatch(/\n\s+at |Error:/);
  return result.output;
}

test.each<[string, Omit<TerminalOptions, 'cwd'>]>([
  ['80x24', { rows: 24, columns: 80 }],
  ['20 columns', { rows: 24, columns: 20, env: { COLUMNS: '20' } }],
  ['COLUMNS=20 in a wide terminal', { columns: 120, env: { COLUMNS: '20' } }],
  ['a terminal of no size', { rows: 0, columns: 0 }],
  ['LANG=C', { env: { LANG: 'C', LC_ALL: 'C' } }],
  [
    'resized while it runs (SIGWINCH)',
    {
      steps: [
        ['2000', 'resize', 10, 30],
        ['2000', 'resize', 50, 200],
        ['2000', 'resize', 1, 1],
      ],
    },
  ],
])('%s', (_, options) => {
  complete(options);
});

test.each([
  ['TERM=dumb', { TERM: 'dumb' }],
  ['NO_COLOR', { NO_COLOR: '1' }],
])('%s: no colour', (_, env) => {
  const plain = complete({ env });
  if (plain !== undefined) expect(plain).not.toMatch(COLOUR);
});

test('a terminal with colours gets colours', () => {
  const coloured = complete({});
  if (coloured !== undefined) expect(coloured).toMatch(COLOUR);
});

test('a note after the last picture: the program ends', () => {
  const args = ['train', '--data', data, '--hidden', '12', '--batch', '7', '--iters', '20'];
  const result = runInTerminal(args, { cwd: temporaryFolder(), env: { XDG_CACHE_HOME: '/dev/null' } });
  if (result === undefined) return;
  expect(result.status).toBe(0);
  expect(result.output).toContain('the net is not kept: ');
});

test('Ctrl-C: saves, shows the cursor again, exit 130', () => {
  const cwd = temporaryFolder();
  const result = runInTerminal(train(9_000_000), { cwd, steps: [['test', 'type', '\x03']] });
  if (result === undefined) return;
  expect(result.status).toBe(130);
  expect(result.output).toContain('bin/gd-train.js train --resume m');
  expect(result.output.lastIndexOf('\x1b[?25l')).toBeLessThanOrEqual(result.output.lastIndexOf('\x1b[?25h'));
  expect(loadTraining(join(cwd, 'm')).iteration).toBeGreaterThan(0);
});

test('Ctrl-C twice ends at once, during a step', () => {
  const cwd = temporaryFolder();
  const steps = [
    ['parameter', 'type', '\x03'],
    ['SIGINT', 'type', '\x03'],
  ] as const;
  // A step of this engine and a net of this size takes minutes.
  const args = ['train', '--data', data, '--hidden', '20000', '--batch', '30', '--gradient', 'naive'];
  const result = runInTerminal(args, { cwd, columns: 200, steps });
  if (result === undefined) return;
  expect(result.status).toBe(-2);
  expect(readdirSync(cwd)).toEqual([]);
});

test('the terminal is closed during the run (SIGHUP, EIO): saves too', () => {
  const cwd = temporaryFolder();
  const result = runInTerminal(train(9_000_000), { cwd, steps: [['test', 'hang up']] });
  if (result === undefined) return;
  expect(result.status).toBe(-1); // SIGHUP, which a shell reports as 129
  expect(loadTraining(join(cwd, 'm')).iteration).toBeGreaterThan(0);
});
