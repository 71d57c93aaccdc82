import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { BIN, run, temporaryFolder } from '../helpers/run.js';

// Tests --lang ko and the environment. All other tests check English. These check that Korean output has no English
// left, and that it has the same numbers, the same exit codes, and the same bytes for programs.

const cwd = temporaryFolder();
const TRAIN = ['train', '--data', 'data', '--hidden', '5', '--batch', '7'];
writeDataset(join(cwd, 'data'));
writeFileSync(join(cwd, 'foreign'), 'not a model');
writeFileSync(join(cwd, 'text.json'), '{"W1": [[1, 2], [3]]}');
writeFileSync(join(cwd, 'other.json'), '{"weights": [1]}');
writeFileSync(join(cwd, 'picture.txt'), '<svg/>');
writeFileSync(join(cwd, 'short.pgm'), 'P5 28 28 255\nabc');
mkdirSync(join(cwd, 'empty'));
run([...TRAIN, '--iters', '9', '--save', 'm', '--log', 'run.log', '--quiet'], { cwd });

/**
 * Sequences of two or more English words, except commands and their options, quotes, names with a dot or an underscore,
 * and lists of names.
 */
function englishIn(text: string): string[] {
  const prose = text
    .replace(/\b(?:gd|gd-train|npx|npm|node|redis-server) [^가-힣\n]*/g, '')
    .replace(/"[^"\n]*"|'[^'\n]*'|<[^>\n]*>/g, '')
    .replace(/ \((?:[\w-]+,\s+)*[\w-]+\)/g, '');
  return (
    prose.match(/(?<![\w./-])[a-z]{2,}(?:[:;]? [a-z]{2,})+(?![\w./(=])/gi)?.filter((words) => !NAMES.test(words)) ?? []
  );
}

/** Names of programs and formats that occur side by side. */
const NAMES = /^(?:Node|Intel|AMD|Apple|numpy|linux|darwin)/i;

const numbersIn = (text: string) => (text.match(/\d+(?:\.\d+)?(?:e[-+]?\d+)?/g) ?? []).sort();

const COMMANDS =
  'diff gradient descend train sweep worker evaluate predict report export data check bench doctor completion'.split(
    ' ',
  );

test.each([[], ['help'], ['--help'], ...COMMANDS.map((name) => [name, '--help'])])('help: gd %s %s', (...args) => {
  const { status, stdout, stderr } = run([...args, '--lang', 'ko'], { cwd });
  expect([status, stderr]).toEqual([0, '']);
  expect(englishIn(stdout)).toEqual([]);
  expect(stdout).toMatch(/[가-힣]/);
  const options = (text: string) => text.match(/^ {2}(?:-\w, )?--[\w-]+/gm);
  expect(options(stdout)).toEqual(options(run(args, { cwd }).stdout));
});

test.each([
  ['diff'],
  ['diff', '--fn', 'abs(x)', '--at', '0'],
  ['diff', '--fn', 'sqrt(x)', '--at', '0'],
  ['diff', '--fn', 'sign(x)', '--at', '0'],
  ['diff', '--fn', 'sin(x)', '--at', '1', '--sweep', '--plot'],
  ['diff', '--method', 'forward', '--h', '1', '--plot'],
  ['gradient', '--plot'],
  ['gradient', '--fn', 'abs(x0) + x1', '--at', '0,1'],
  ['gradient', '--net', 'simple'],
  ['descend'],
  ['descend', '--lr', '0.1', '--plot'],
  ['descend', '--lr', '1'],
  ['descend', '--fn', 'x0^4', '--lr', '1'],
  ['descend', '--fn', '-x0', '--init', '1'],
  ['descend', '--fn', 'log(x0)', '--init', '1', '--lr', '2'],
  ['descend', '--fn', 'x0^2 - x1^2', '--init', '0,0'],
  ['descend', '--fn', '3', '--init', '1,1'],
  ['descend', '--fn', 'log(x0)', '--init=-1'],
  ['descend', '--fn', 'x0^2/20 + x1^2', '--init=-7,2', '--steps', '30', '--optimizer', 'sgd,momentum', '--plot'],
  ['data', '--data', 'data'],
  ['data', 'show', '3', '--data', 'data'],
  [...TRAIN, '--iters', '9'],
  [...TRAIN, '--iters', '9', '--seeds', '0..1'],
  [...TRAIN, '--iters', '9', '--lr', '1e308'],
  [...TRAIN, '--iters', '9', '--expect', 'testAccuracy>=1,loss<0'],
  ['evaluate', 'm', '--data', 'data'],
  ['predict', 'm', '--data', 'data', '--index', '0..3'],
  ['check', '--data', 'data', '--hidden', '3', '--batch', '4'],
  ['sweep', '--data', 'data', '--lr', '0.1,0.2', '--iters', '5', '--hidden', '3', '--out', 'runs', '--plot'],
  ['sweep', '--data', 'data', '--lr', '0.1,0.3', '--iters', '5', '--hidden', '3', '--out', 'runs', '--summary'],
])('%j: the same results in Korean', (...args) => {
  const [english, korean] = [args, [...args, '--lang', 'ko']].map((words) => run(words, { cwd }));
  expect(korean.status).toBe(english.status);
  expect(englishIn(korean.stdout + korean.stderr)).toEqual([]);
  if (english.stdout !== '') expect(korean.stdout).not.toBe(english.stdout);
  expect(numbersIn(korean.stdout)).toEqual(numbersIn(english.stdout));
});

test.each([
  ['trian'],
  ['eval'],
  ['help', 'nope'],
  ['train', '--lrr', '3'],
  ['train', '--lr'],
  ['train', 'now'],
  ['evaluate'],
  ['completion', 'tcsh'],
  ['export', 'm'],
  ['diff', '--at', 'here'],
  ['diff', '--h', '0,5'],
  ['diff', '--method', 'backward'],
  ['diff', '--fn', ''],
  ['diff', '--fn', 'x +'],
  ['diff', '--fn', '(x'],
  ['diff', '--fn', 'x = 2'],
  ['diff', '--fn', 'x $ 2'],
  ['diff', '--fn', 'sin x'],
  ['diff', '--fn', 'foo(x)'],
  ['diff', '--fn', 'y'],
  ['diff', '--fn', 'xx0'],
  ['diff', '--fn', '0,5x'],
  ['diff', '--fn', 'atan2(x)'],
  ['diff', '--fn', 'x0 + x1'],
  ['diff', '--plot', 'x.pdf'],
  ['diff', '--plot', '-', '--json'],
  ['diff', '--fn', 'abs(x)', '--at', '0', '--sweep', '--plot'],
  ['gradient', '--at', '1,,2'],
  ['gradient', '--fn', 'x0 + x3', '--at', '1,2'],
  ['gradient', '--fn', 'x', '--at', '0,5'],
  ['gradient', '--fn', 'x0 + x1 + x2', '--plot'],
  ['gradient', '--net', 'simple', '--t', '1,1,0'],
  ['gradient', '--weights', '1,2,3,4,5,6'],
  ['descend', '--steps', '1.5'],
  ['descend', '--optimizer', 'sgd,best'],
  ['descend', '--lr', '1,-1'],
  ['train', '--gradient', 'magic'],
  ['train', '--h', '1'],
  ['train', '--iters', '3', '--epochs', '1'],
  ['train', '--seeds', '0,0'],
  ['train', '--seeds', '0..1', '--save', 'x'],
  ['train', '--expect', 'accuracy>1'],
  ['train', '--expect', 'loss'],
  ['train', '--expect', 'testAccuracy>5'],
  ['train', '--weight-init', 'big'],
  ['train', '--checkpoint-every', '3'],
  ['train', '--data', '/no/such/folder'],
  ['train', '--data', BIN],
  ['train', '--data', 'empty'],
  ['train', '--resume', 'foreign'],
  ['train', '--save', '/no/such/folder/m'],
  ['train', '--save', 'empty'],
  ['train', '--save', ''],
  ['train', '--save', 'same', '--log', 'same'],
  ['train', '--save', 'm.h5'],
  [...TRAIN, '--save', 'm'],
  [...TRAIN, '--iters', '5', '--resume', 'm'],
  ['train', '--data', 'data', '--iters', '5', '--resume', 'm'],
  ['train', '--precision', 'f32', '--gradient', 'numerical'],
  ['evaluate', '/'],
  ['evaluate', 'm'],
  ['predict', 'm'],
  ['predict', 'm', 'picture.txt'],
  ['predict', 'm', 'short.pgm'],
  ['predict', 'm', 'nothing.png', '--data', 'data'],
  ['predict', 'm', '--index', '40', '--data', 'data'],
  ['report', 'm', '--data', 'data', '--log', 'm'],
  ['report', 'm', '--data', 'data', '--log', 'run.log', '-o', 'run.log'],
  ['export', 'm', '-o', 'x.bin'],
  ['export', 'm', '-o', 'x', '--format', 'tfjs', '--precision', 'f64'],
  ['data', '--part', 'test'],
  ['data', 'show'],
  ['check', 'text.json'],
  ['check', 'other.json'],
  ['check', 'foreign'],
  ['check', '--model', 'm', '--seed', '1'],
  ['sweep', '--lr', ''],
  ['sweep', '--lr', '0.1..1'],
  ['sweep', '--seeds', '4..0'],
  ['sweep', '--lr', '0.001..1x9999', '--seeds', '0..99999'],
  ['sweep', '--summary', '--out', 'empty'],
  ['sweep', '--print', '--report', 'x.html', '--lr', '0.1'],
  ['worker'],
  ['worker', '--queue', 'http://host'],
  ['worker', '--queue', 'redis://host/x'],
])('%j: refused with a Korean message', (...args) => {
  const { status, stdout, stderr } = run(['--lang=ko', ...args], { cwd });
  expect(stderr).toMatch(/^gd-train: .*[가-힣].*\n$/);
  expect(englishIn(stderr)).toEqual([]);
  expect([status, stdout]).toEqual([2, '']);
});

test('output for programs is the same', () => {
  for (const args of [
    ['diff', '--fn', 'abs(x)', '--at', '0', '--json'],
    ['descend', '--lr', '10', '--json'],
    ['evaluate', 'm', '--data', 'data', '--json'],
    ['check', '--data', 'data', '--hidden', '3', '--batch', '4', '--json'],
    ['data', '--data', 'data', '--json'],
    [
      'sweep',
      '--data',
      'data',
      '--lr',
      '0.1,0.2',
      '--iters',
      '5',
      '--hidden',
      '3',
      '--out',
      'runs',
      '--json',
      '--quiet',
    ],
    ['sweep', '--data', 'data', '--lr', '0.5', '--iters', '5', '--out', 'runs', '--print'],
    ...['bash', 'zsh', 'fish'].map((shell) => ['completion', shell]),
    ['export', 'm', '--format', 'npz', '-o', '-'],
    ['--version'],
  ]) {
    const [english, korean] = [args, [...args, '--lang', 'ko']].map((words) => run(words, { cwd }));
    expect(korean).toEqual(english);
  }
});

/** Runs with a locale. Returns the files of src/language that were loaded, sorted: Node.js loads them in any order. */
function speak(args: string[], env: Record<string, string>) {
  const hooks =
    'export async function load(url,c,next){if(url.includes(`/language/`))process._rawDebug(url);return next(url,c)}';
  const register = `data:text/javascript,import{register}from"node:module";register("data:text/javascript,${hooks}")`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', register, BIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', LANG: undefined, LC_MESSAGES: undefined, LC_ALL: undefined, ...env },
  });
  return { isKorean: /[가-힣]/.test(stdout), stdout, loaded: stderr.match(/language\/.*/g)?.sort() };
}

test('the language is that of --lang, LC_ALL, LC_MESSAGES, LANG, in this order', () => {
  const inKorean = (args: string[], env: Record<string, string>) => speak(['diff', ...args], env).isKorean;
  for (const LANG of ['ko_KR.UTF-8', 'ko_KR.utf8', 'ko_KR', 'ko', 'ko-KR', 'ko_KR.UTF-8@hanja']) {
    expect([LANG, inKorean([], { LANG })]).toEqual([LANG, true]);
  }
  for (const LANG of ['', 'C', 'POSIX', 'en_US.UTF-8', 'ko_KR.eucKR', 'kok_IN', 'C.UTF-8']) {
    expect([LANG, inKorean([], { LANG })]).toEqual([LANG, false]);
  }
  const [ko, en] = ['ko_KR.UTF-8', 'en_US.UTF-8'];
  expect(inKorean([], { LANG: ko, LC_MESSAGES: en })).toBe(false);
  expect(inKorean([], { LANG: en, LC_MESSAGES: ko })).toBe(true);
  expect(inKorean([], { LANG: ko, LC_MESSAGES: ko, LC_ALL: en })).toBe(false);
  expect(inKorean([], { LANG: en, LC_ALL: ko })).toBe(true);
  expect(inKorean([], { LANG: ko, LC_ALL: '' })).toBe(true);
  expect(inKorean(['--lang', 'en'], { LANG: ko })).toBe(false);
  expect(inKorean(['--lang=ko', '--lang', 'en'], { LANG: ko })).toBe(false);
});

test('English loads no table and no translator', () => {
  expect(speak(['diff'], { LANG: 'C' }).loaded).toEqual(['language/language.js', 'language/width.js']);
  expect(speak(['diff', '--lang', 'en'], { LANG: 'ko_KR' })).toEqual(speak(['diff'], { LANG: 'C' }));
  expect(speak(['diff'], { LANG: 'ko_KR.UTF-8' }).loaded).toContain('language/translate.js');
});

test.each([
  [['--lang', 'xx', 'diff'], '--lang must be one of en, ko, got "xx"'],
  [['diff', '--lang=fr'], '--lang must be one of en, ko, got "fr"'],
  [['diff', '--lang', 'KO'], '--lang must be one of en, ko, got "KO"'],
  [['--lang='], '--lang must be one of en, ko, got ""'],
  [['diff', '--lang'], "option '--lang <language>' argument missing; see gd-train diff --help"],
  [['--lang'], "option '--lang <language>' argument missing; see gd-train --help"],
])('%j: one line in English, exit 2', (args, message) => {
  expect(run(args)).toEqual({ status: 2, stdout: '', stderr: `gd-train: ${message}\n` });
});

test('--lang may be anywhere, but not after --, and is kept in the command that resumes a run', () => {
  const { stdout } = run(['diff', '--lang', 'ko']);
  for (const args of [
    ['--lang', 'ko', 'diff'],
    ['--lang=ko', 'diff'],
    ['diff', '--lang=ko'],
  ]) {
    expect(run(args).stdout).toBe(stdout);
  }
  expect(run(['predict', 'm', '--', '--lang', 'ko'], { cwd }).stderr).toMatch(/^gd-train: --lang does not exist/);
  const { stderr } = run([...TRAIN, '--iters', '3', '--lang', 'ko'], { cwd });
  expect(stderr).toMatch(/^다음에 저장하려면: .* --lang ko .*--save/m);
});

test('names of files and columns are not translated, and stay escaped', () => {
  expect(run(['evaluate', 'a number', '--lang', 'ko'], { cwd }).stderr).toContain('a number이(가) 없습니다');
  const { stderr } = run(['evaluate', 'two\nlines\u001b[31m', '--lang', 'ko'], { cwd });
  expect(stderr).toBe('gd-train: two\\u000alines\\u001b[31m이(가) 없습니다. 경로를 확인하세요\n');
});
