import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { decodePage, type PageData } from '#src/report/data.js';

const cwd = temporaryFolder();
writeDataset(join(cwd, 'tiny'));
const TINY = ['--data', 'tiny'];
const train = (...args: string[]) =>
  run(['train', ...TINY, '--hidden', '5', '--batch', '7', '--quiet', ...args], { cwd });
const report = (...args: string[]) => run(['report', ...args], { cwd });
const read = (file: string) => readFileSync(join(cwd, file), 'utf8');

beforeAll(() => train('--iters', '40', '--eval-every', '10', '--log', 'log', '--save', 'net.safetensors'));

function dataOf(page: string): PageData {
  // Base64 contains nothing that could end the element.
  const [, base64] = /id="report-data">([A-Za-z0-9+/=]*)<\/script>/.exec(page)!;
  return decodePage(inflateSync(Buffer.from(base64, 'base64')));
}

test('writes a page with a default name, and prints its path', () => {
  const { status, stdout, stderr } = report('net.safetensors', ...TINY, '--log', 'log');
  expect([status, stdout]).toEqual([0, 'net-report.html\n']);
  expect(stderr).toMatch(/^net-report\.html: 0\.\d\d MB; open it in a browser\n$/);
  const page = read('net-report.html');
  const { history, weights, images } = dataOf(page);
  const log = read('log')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { lossBefore: number; testAccuracy?: number });
  expect(history!.loss.map(({ mean }) => mean)).toEqual(log.map(({ lossBefore }) => Number(lossBefore.toPrecision(6))));
  expect(history!.test.map(({ from, mean }) => [from, mean])).toEqual(
    [10, 20, 30, 40].map((iteration) => [iteration, log[iteration - 1].testAccuracy]),
  );
  expect([weights.type, weights.inputSize, weights.hiddenSize, images]).toEqual([
    'float32',
    20,
    5,
    { rows: 5, columns: 4 },
  ]);
  const weightsDigest = /weights sha256 {2}(\S+)/.exec(train('--iters', '40').stdout)![1];
  expect(page).toContain(`<code>${weightsDigest}</code>`);
});

test('the policy of the page allows its own script and style, and nothing else', () => {
  report('net.safetensors', ...TINY, '-o', 'page.html');
  const page = read('page.html');
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = /<script>(.*?)<\/script>/s.exec(page)![1];
  const style = /<style>(.*?)<\/style>/s.exec(page)![1];
  const policy = /Content-Security-Policy"\s+content="([^"]*)"/.exec(page)![1].replaceAll('&#39;', "'");
  expect(policy).toBe(
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`,
  );
  expect(page.match(/<(script|style)[ >]/g)).toEqual(['<style>', '<script ', '<script>']);
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/);
});

test('-o - writes the page, and nothing else, to standard output', () => {
  const { status, stdout } = report('net.safetensors', ...TINY, '-o', '-');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^<!doctype html>/);
  expect(stdout).toMatch(/<\/html>$/);
  expect(existsSync(join(cwd, '-'))).toBe(false);
});

test('--json describes the page', () => {
  const { stdout } = report('net.safetensors', ...TINY, '--json', '--quiet', '-o', 'page.html');
  const { accuracy } = JSON.parse(run(['evaluate', 'net.safetensors', ...TINY, '--json'], { cwd }).stdout) as {
    accuracy: number;
  };
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'net.safetensors',
    report: 'page.html',
    bytes: statSync(join(cwd, 'page.html')).size,
    iteration: 40,
    trainAccuracy: accuracy,
    testAccuracy: accuracy,
    weights: 'float32',
    pageAccuracy: accuracy,
    notes: [],
  });
});

test.each([
  [['net.safetensors', '--log', 'nowhere'], 'nowhere does not exist'],
  [['nowhere'], 'nowhere does not exist'],
  [['log'], 'log is'],
  [['net.safetensors', '--log', 'net.safetensors'], 'net.safetensors, line 1, is not of a training log: '],
  [['net.safetensors', '--log', 'empty'], 'empty is empty: name a file that train --log wrote'],
  [['net.safetensors', '--log', 'words'], 'words, line 2, is not of a training log: "and more"'],
  [['net.safetensors', '--log', 'other'], 'other, line 1, is not of a training log: "{\\"a\\":1}"'],
  [['net.safetensors', '--log', 'twice'], 'twice, line 41: step 0 comes after step 39; a log is of one run'],
  [
    ['net.safetensors', '-o', 'net.safetensors'],
    '--output net.safetensors is the same file as the model, net.safetensors',
  ],
  [['net.safetensors', '--log', 'log', '-o', './log'], '--output ./log is the same file as the log, log'],
  [['net.safetensors', '-o', '-', '--json'], '--json and --output - both want standard output'],
  [['net.safetensors', '-o', 'no/where.html'], 'no/where.html'],
])('%j is refused in one line', (args, why) => {
  writeFileSync(join(cwd, 'empty'), '');
  writeFileSync(join(cwd, 'words'), `${read('log').split('\n')[0]}\nand more\n`);
  writeFileSync(join(cwd, 'other'), '{"a":1}\n');
  writeFileSync(join(cwd, 'twice'), read('log') + read('log'));
  const [before, log] = [readFileSync(join(cwd, 'net.safetensors')), read('log')];
  const { status, stderr, stdout } = report(...args, ...TINY);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^gd-train: [^\n]*\n$/);
  expect(stderr).toContain(why);
  expect(readFileSync(join(cwd, 'net.safetensors')).equals(before)).toBe(true);
  expect(read('log')).toBe(log);
});

test('images of another size than the model knows are refused', () => {
  const { status, stderr } = report('net.safetensors');
  expect([status, stderr]).toEqual([
    2,
    'gd-train: net.safetensors takes images of 20 pixels, these have 784: choose the data set that it was made for\n',
  ]);
});

test('a log with a cut last line, one that goes on after the model, and one of another run', () => {
  writeFileSync(join(cwd, 'cut'), read('log').slice(0, -30));
  const cut = report('net.safetensors', ...TINY, '--log', 'cut', '-o', 'cut.html');
  expect([cut.status, cut.stderr]).toEqual([
    0,
    expect.stringMatching(/^The log ends after 39 iterations, the model has done 40\.\ncut\.html/),
  ]);
  expect(dataOf(read('cut.html')).history!.loss).toHaveLength(39);
  expect(read('cut.html')).toContain('The log ends after 39 iterations');

  train('--iters', '60', '--eval-every', '10', '--log', 'longer');
  report('net.safetensors', ...TINY, '--log', 'longer', '-o', 'longer.html');
  expect(dataOf(read('longer.html')).history!.iterations).toBe(40);

  writeFileSync(join(cwd, 'foreign'), read('log').replace(/"testAccuracy":[\d.]+}\n$/, '"testAccuracy":0.875}\n'));
  expect(report('net.safetensors', ...TINY, '--log', 'foreign', '-o', 'foreign.html').stderr).toMatch(
    /^The log ends with a test accuracy of 0\.875, the model has [\d.]+: is the log of another run/,
  );
});

describe('train --report', () => {
  test('collects the losses itself without a log', () => {
    const { status, stdout } = train('--iters', '2000', '--eval-every', '1', '--report', 'run.html');
    expect([status, stdout]).toEqual([0, expect.stringContaining('weights sha256')]);
    const { history } = dataOf(read('run.html'));
    expect(history!.iterations).toBe(2000);
    expect(history!.loss).toHaveLength(500); // four iterations each
    expect(history!.test.at(-1)!.to).toBe(2000);
  });

  test('a resumed run shows its earlier part, if it has a log', () => {
    train('--iters', '30', '--save', 'half', '--log', 'both');
    train('--iters', '50', '--resume', 'half', '--save', 'whole', '--log', 'both', '--report', 'both.html');
    expect(dataOf(read('both.html')).history!.loss).toHaveLength(50);
    train('--iters', '50', '--resume', 'half', '--report', 'rest.html');
    expect(dataOf(read('rest.html')).history!.loss[0].from).toBe(30);
  });

  test('a disk that refuses the page affects nothing else', () => {
    const { status, stdout, stderr } = train('--iters', '10', '--report', '/dev/full');
    expect([status, stdout]).toEqual([1, expect.stringContaining('weights sha256')]);
    expect(stderr).toBe('gd-train: /dev/full was not written: no space is left on the disk\n');
  });

  test.each([
    [['--save', 'x', '--report', 'x'], '--report x is the same file as --save x: name another file'],
    [['--log', 'x', '--report', 'x'], '--report x is the same file as --log x'],
    [['--seeds', '1,2', '--report', 'x'], '--report x would be overwritten by the run of each seed'],
    [['--report', '-'], '--report cannot write to standard output'],
    [['--report', 'no/where.html'], '--report no/where.html: the folder no is missing'],
  ])('%j is refused before any work', (args, why) => {
    const { status, stdout, stderr } = train('--iters', '1000000000', ...args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)]);
  });
});

test.each([
  [10, 'float32'],
  [300, 'int16'],
  [700, 'int8'],
])('MNIST and %i hidden units: less than 1 MB, %s', (hidden, type) => {
  run(['train', '--iters', '30', '--hidden', String(hidden), '--save', 'mnist', '--force'], { cwd });
  const { stdout, stderr } = report('mnist', '--json', '-o', 'mnist.html');
  const { bytes, weights, pageAccuracy, testAccuracy } = JSON.parse(stdout) as Record<string, unknown>;
  expect(weights).toBe(type);
  expect(bytes).toBeLessThan(1e6);
  expect(Math.abs(Number(pageAccuracy) - Number(testAccuracy))).toBeLessThan(type === 'int8' ? 0.02 : 1e-3);
  expect(stderr.includes(`The weights of ${hidden} hidden units are rounded to`)).toBe(type !== 'float32');
  expect(read('mnist.html').includes('are rounded to')).toBe(type !== 'float32');
});
