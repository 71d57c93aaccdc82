/* eslint-disable no-control-regex -- terminals are driven by control characters */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { BIN, run, temporaryFolder } from '../helpers/run.js';

const folder = temporaryFolder();
const file = (name: string) => join(folder, name);

test.each([
  [['descend'], 'notebook.svg', ['learning rate 0.1', 'learning rate 10,', 'learning rate 10⁻¹⁰']],
  [['descend', '--lr', '10'], 'diverging.svg', ['frozen', '>10²¹<']],
  [['descend', '--fn', 'x^2', '--init', '3'], 'curve.svg', ['>f<', '>x<']],
  [['descend', '--fn', 'x0*x1*x2', '--init', '3,2,1', '--steps', '5'], 'steps.svg', ['>step<']],
  [
    ['descend', '--optimizer', 'sgd,momentum,adagrad,adam', '--lr', '0.95,0.1,1.5,0.3', '--init=-7,2', '--steps', '30'],
    'optimizers.svg',
    ['sgd, learning rate 0.95', 'momentum, learning rate 0.1', '>sgd<', '30 steps from (−7, 2)'],
  ],
  [['descend', '--lr', '0.1,0.9'], 'rates.svg', ['learning rate 0.1: converged', 'learning rate 0.9: ']],
  [['gradient'], 'arrows.svg', ['arrows along −∇f', '(3, 4): f = 25, ∇f = (6, 8)', '(0, 2): f = 4, ∇f = (0, 4)']],
  [['gradient', '--fn', 'x^2', '--at', '3'], 'arrows-on-a-curve.svg', ['3: f = 9, ∇f = 6']],
  [['diff'], 'differences.svg', ['rounds to x', 'x₀² + 4² at 3', '7² + x₁² at 3', 'exact tangent']],
  [['diff', '--at', '3', '--h', '1'], 'difference.svg', ['numerical tangent', 'secant from x − h to x + h', '>x + h<']],
  [
    ['diff', '--sweep', '--fn', 'sin(x)', '--at', '1'],
    'sweep.svg',
    ['truncation', 'cancellation', 'absorption', 'best h'],
  ],
])('%j --plot %s', (args, name, words) => {
  const { status, stdout, stderr } = run([...args, '--plot', file(name)]);
  expect(status).toBe(0);
  expect(stderr).toBe(`plot written to ${file(name)}\n`);
  expect(stdout).toBe(run(args).stdout); // the result is the same as without a plot
  const svg = readFileSync(file(name), 'utf8');
  for (const word of words) expect(svg).toContain(word);
});

test.each([
  ['--lr', '1e300'],
  ['--lr', '1e280'],
  ['--fn', '1e290*x0+x1'],
])('descend %s %s is drawn, although it diverges', (...args) => {
  for (const plot of [file('far.svg'), file('far.png'), '-']) {
    expect(run(['descend', ...args, '--plot', plot]).status).toBe(3); // it ends where f is not finite
  }
  expect(readFileSync(file('far.svg'), 'utf8')).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
});

test('--plot FILE.png works with --json and --quiet', () => {
  const { status, stdout, stderr } = run(['descend', '--lr', '0.1', '--json', '--quiet', '--plot', file('a.PNG')]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ learningRate: 0.1 });
  expect(readFileSync(file('a.PNG')).subarray(1, 4).toString()).toBe('PNG');
});

test.each([['-'], []])('--plot %s draws in 80 columns, or as many as COLUMNS says', (...value) => {
  const wide = (stdout: string) => Math.max(...stdout.split('\n').map((line) => line.length));
  const plot = (columns?: string) => {
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', LC_ALL: 'C.UTF-8', TERM: 'xterm', COLUMNS: columns };
    const args = ['descend', '--lr', '0.1', '--quiet', '--plot', ...value];
    return spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', env }).stdout;
  };
  expect(wide(plot())).toBe(80);
  expect(wide(plot('50'))).toBe(50);
  expect(plot()).toMatch(/[\u2801-\u28ff]/);
  expect(plot()).not.toContain('\u001b');
});

test('a terminal without Unicode gets ASCII', () => {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', TERM: 'dumb' };
  const { stdout } = spawnSync(process.execPath, [BIN, 'descend', '--lr', '10', '--plot', '--quiet'], {
    encoding: 'utf8',
    env,
  });
  expect(stdout.replaceAll('±', '+-')).toMatch(/^[\n -~]*$/);
});

mkdirSync(file('empty'));
writeFileSync(file('old.svg'), 'old');

test.each<[string[], string, number]>([
  [
    ['descend', '--plot', 'a.pdf'],
    '--plot must name a file that ends in .svg or .png, or be - for the terminal, got "a.pdf"',
    2,
  ],
  [['descend', '--plot', ''], 'got ""', 2],
  [['descend', '--plot', '-', '--json'], '--plot - and --json both write to stdout: name a file for the plot', 2],
  [['descend', '--lr', '1,2,3,4,5,6,7', '--plot'], '--plot draws at most 6 paths, got 7: give fewer rates', 2],
  [['gradient', '--fn', 'x0*x1*x2', '--at', '1,2,3', '--plot'], '--plot draws functions of one or two variables', 2],
  [['gradient', '--net', 'simple', '--plot'], '--plot draws the gradient of a formula: leave out --net, or --plot', 2],
  [
    ['descend', '--plot', '/no/such/folder/a.svg'],
    '--plot /no/such/folder/a.svg: the folder /no/such/folder is missing',
    2,
  ],
  [['descend', '--fn', 'y', '--plot', file('empty/a.svg')], 'unknown name', 2],
])('%j: one line and no file', (args, message, code) => {
  const { status, stdout, stderr } = run(args, { cwd: folder });
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: code, stdout: '' });
  expect(readdirSync(file('empty'))).toEqual([]);
});

test('an older plot is kept when the command fails, and replaced when it does not', () => {
  run(['descend', '--fn', 'x +', '--plot', file('old.svg')]);
  expect(readFileSync(file('old.svg'), 'utf8')).toBe('old');
  run(['descend', '--plot', file('old.svg')]);
  expect(readFileSync(file('old.svg'), 'utf8')).toMatch(/^<svg/);
});

const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
const hasScript = script.status === 0 && script.stdout.includes('util-linux');
if (!hasScript)
  console.warn('the live curve is not tested: there is no script of util-linux to make a pseudo-terminal');

/** The output of training in a terminal of this size. */
function onTerminal(columns: number, rows: number, options: string, env: Record<string, string> = {}): string {
  const command = `stty cols ${columns} rows ${rows}; '${process.execPath}' '${BIN}' train --iters 40 --eval-every 20 ${options}`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', TERM: 'xterm', LC_ALL: 'C.UTF-8', NO_COLOR: '1', ...env },
  });
  return stdout;
}

(hasScript ? describe : describe.skip)('in a terminal', () => {
  test('curves are drawn below the bar, the last picture stays, and the cursor is never hidden', () => {
    const output = onTerminal(80, 24, '');
    expect(stripVTControlCharacters(output)).toMatch(/100% {2}40\/40/);
    expect(stripVTControlCharacters(output).replaceAll('\r', '')).toMatch(
      /^loss +accuracy: train 0\.\d+, test 0\.\d+$/m,
    );
    expect(output).toMatch(/[\u2801-\u28ff]{3}/);
    expect(output).not.toContain('\u001b[?25');
    const lastPicture = output.slice(output.lastIndexOf('\u001b[J'));
    const [bar, ...below] = lastPicture.replace(/\u001b\[[\d;]*[A-Za-z]/g, '').split(/\r?\n/);
    expect(bar).toContain('100%');
    expect(below[0]).toContain('accuracy: train');
    expect(below.findIndex((line) => line.startsWith('train accuracy'))).toBe(9); // directly below the curves
  });
  test.each([
    [20, 24],
    [80, 8],
  ])('%i columns and %i rows: only the bar, with each line narrower than the terminal', (columns, rows) => {
    const output = onTerminal(columns, rows, '');
    const [picture] = output.split('train accuracy');
    expect(picture).not.toMatch(/[\u2801-\u28ff]/);
    const lines = picture.split(/\r?\n|\r/).map((line) => stripVTControlCharacters(line));
    for (const line of lines) expect(line.length).toBeLessThan(columns);
  });
  test('TERM=dumb gets lines, --quiet nothing', () => {
    expect(onTerminal(80, 24, '', { TERM: 'dumb' })).toMatch(/20\/40 {2}loss \d.*\r?\n40\/40 {2}loss/);
    expect(onTerminal(80, 24, '--quiet')).toMatch(/^train accuracy/);
  });
});

test('a pipe gets no curves', () => {
  const { stderr } = run(['train', '--iters', '20']);
  expect(stderr).toMatch(/^20\/20 {2}loss/);
  expect(stderr).not.toContain('\u001b');
});
