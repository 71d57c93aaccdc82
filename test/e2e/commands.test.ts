import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { golden } from '../helpers/golden.js';
import { BIN, run, temporaryFolder } from '../helpers/run.js';

interface Notebook {
  diff: { value: number }[];
  gradient: { at: number[]; printed: string }[];
  descend: { results: { lr: number; printed: string }[]; 'history_lr_0.1_printed_to_9_digits': number[][] };
}
const notebook = golden<Notebook>('notebook');

describe('the notebook, without options', () => {
  test('gd diff', () => {
    const { status, stdout } = run(['diff']);
    expect(status).toBe(0);
    for (const { value } of notebook.diff) expect(stdout).toContain(String(value));
  });
  test('gd gradient', () => {
    const { stdout } = run(['gradient']);
    for (const { printed } of notebook.gradient) expect(stdout).toContain(`numerical  ${printed}`);
  });
  test('gd descend', () => {
    const { stdout } = run(['descend']);
    for (const { printed } of notebook.descend.results) expect(stdout).toContain(printed);
    expect(stdout.match(/verdict {2}\w+/g)).toEqual(['verdict  converged', 'verdict  frozen', 'verdict  slow']);
  });
});

test('gd descend --lr 10 reports that it froze, with exit 0', () => {
  const { status, stdout } = run(['descend', '--lr', '10']);
  expect(status).toBe(0);
  expect(stdout).toContain('[-2.58983747e+13 -1.29524862e+12]');
  expect(stdout).toContain('frozen: no step moves x0, x1 any more, so large that x ± 0.0001 rounds to x');
});

test('gd descend --history prints the 100 rows', () => {
  const rows = [...run(['descend', '--history']).stdout.matchAll(/\[+([-+.\de]+) +([-+.\de]+)\]/g)].slice(0, 100);
  expect(rows.map(([, x0, x1]) => [Number(x0), Number(x1)])).toEqual(
    notebook.descend['history_lr_0.1_printed_to_9_digits'],
  );
});

test('gd gradient --net simple prints dW as the notebook did', () => {
  const { stdout } = run(['gradient', '--net', 'simple']);
  expect(stdout).toContain(
    'dW       [[ 0.12632625  0.17903585 -0.3053621 ]\n          [ 0.18948938  0.26855377 -0.45804315]]',
  );
  expect(run(['gradient', '--net', 'simple', '--t', '1,0,0']).stdout).toMatch(/loss {5}1\.55806109/);
});

test('a formula of the user is accepted', () => {
  const { stdout } = run(['diff', '--fn', 'sin(x)', '--at', '1', '--method', 'richardson', '--json']);
  const { value, exact } = JSON.parse(stdout) as { value: number; exact: number };
  expect(exact).toBe(Math.cos(1));
  expect(Math.abs(value - exact)).toBeLessThan(1e-11);
  expect(run(['gradient', '--fn', 'x0 * x2', '--at', '2,9,5', '--quiet']).stdout).toBe('[5. 0. 2.]\n');
});

test('--json has every digit, and no NaN that JSON cannot hold', () => {
  const { status, stdout } = run(['descend', '--fn', 'log(x)', '--init', '1', '--lr', '2', '--json']);
  expect(status).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ x: ['NaN'], value: 'NaN', verdict: { outcome: 'diverged' } });
});

test.each(['diff', 'gradient', 'descend', 'train', 'evaluate'])('%s --help has an example', (command) => {
  const { status, stdout, stderr } = run([command, '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('Example: gd');
  expect(stderr).toBe('');
});

test('no command prints the help, --version the version', () => {
  expect(run([]).stdout).toContain('gd descend --lr 0.1');
  expect(run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

const foreign = join(temporaryFolder(), 'foreign.safetensors');
writeFileSync(foreign, 'not a model');

test.each<[string[], string]>([
  [['diff', '--at', 'here'], '--at must be a number, got "here"'],
  [['diff', '--h', '0'], '--h must be a positive number, got "0"'],
  [['diff', '--h', 'NaN'], '--h must be a positive number, got "NaN"'],
  [['diff', '--method', 'backward'], '--method must be one of central, forward, richardson, got "backward"'],
  [['diff', '--fn', 'x +'], '"x +" is not a formula: Unexpected end of expression'],
  [['diff', '--fn', ''], 'the formula is empty'],
  [['diff', '--fn', 'x0 + x1'], '"x0 + x1" has 2 variables: use gd gradient for it'],
  [['gradient', '--at', '1,,2'], '--at must be numbers separated by commas, got "1,,2"'],
  [['gradient', '--fn', 'x0 + x3', '--at', '1,2'], '--at must have a number for each of x0, x3: 4, got 2'],
  [['gradient', '--net', 'deep'], '--net must be one of simple, got "deep"'],
  [['gradient', '--weights', '1,2,3,4,5,6'], '--weights is an option of a net: add --net simple'],
  [['gradient', '--net', 'simple', '--weights', '1,2'], '--weights must be 6 numbers separated by commas'],
  [['gradient', '--net', 'simple', '--t', '1,1,0'], '--t must be one 1 and two 0s, got "1,1,0"'],
  [['descend', '--lr', '-1'], '--lr must be a positive number, got "-1"'],
  [['descend', '--steps', '1.5'], '--steps must be a whole number from 1 to 1000000, got "1.5"'],
  [['descend', '--init', 'a,b'], '--init must be numbers separated by commas, got "a,b"'],
  [['train', '--lr', 'fast'], '--lr must be a positive number, got "fast"'],
  [['train', '--lr', 'Infinity'], '--lr must be a positive number, got "Infinity"'],
  [['train', '--iters', '0'], '--iters must be a whole number from 1 to'],
  [['train', '--batch', '-5'], '--batch must be a whole number from 1 to'],
  [['train', '--hidden', '1e'], '--hidden must be a whole number from 1 to'],
  [['train', '--seed', '4294967296'], '--seed must be a whole number from 0 to 4294967295, got "4294967296"'],
  [['train', '--gradient', 'magic'], '--gradient must be one of backprop, numerical, naive, tfjs, got "magic"'],
  [['train', '--h', '1'], '--h is the step of the numerical gradient; backprop has none'],
  [['train', '--eval-every', 'x'], '--eval-every must be a whole number'],
  [['train', '--data', '/no/such/folder'], '/no/such/folder does not exist: check the path'],
  [['train', '--resume', '/no/such/file'], '/no/such/file does not exist: check the path'],
  [['train', '--resume', foreign], 'foreign.safetensors is not a model file of gd-train'],
  [['train', '--save', '/no/such/folder/m'], '--save /no/such/folder/m: the folder /no/such/folder is missing'],
  [['train', '--save', '/'], '/ is a folder: name a file'],
  [['train', '--save', 'same', '--log', 'same'], '--log same is the same file as --save same'],
  [['train', '--lrr', '3'], "unknown option '--lrr' (Did you mean --lr?); see gd-train train --help"],
  [['train', '--lr'], "option '--lr <rate>' argument missing"],
  [['trian'], "unknown command 'trian' (Did you mean train?); see gd-train --help"],
  [['help', 'nope'], "unknown command 'nope'; see gd-train --help"],
  [['evaluate', '/'], '/ is a folder: name a file'],
  [['train', '--data', BIN], 'leads through a file that is not a folder: check the path'],
  [['train', 'now'], 'too many arguments'],
  [['evaluate'], "missing required argument 'model'"],
  [['evaluate', foreign], 'foreign.safetensors is not a model file of gd-train'],
])('%j: one line, exit 2', (args, message) => {
  const { status, stdout, stderr } = run(args);
  expect(stderr).toMatch(/^gd-train: /);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test('--debug adds the stack trace', () => {
  expect(run(['diff', '--fn', 'y', '--debug']).stderr).toMatch(/^gd-train: "y" has .*\n.*\n\s+at /);
});

test('options may have the names of other programs, of --json and of earlier versions', () => {
  const same = (one: string[], other: string[]) => expect(run(one)).toEqual(run(other));
  same(['descend', '--learning-rate', '0.5', '--iterations=3'], ['descend', '--lr', '0.5', '--steps', '3']);
  const { hyperParameters } = JSON.parse(
    run('train --batch-size=7 --steps 3 --hidden-size 5 --learning-rate 0.2 --no-keep --json'.split(' ')).stdout,
  ) as { hyperParameters: object };
  expect(hyperParameters).toMatchObject({ batchSize: 7, iterations: 3, hiddenSize: 5, learningRate: 0.2 });
  expect(run(['train', '--learning-rate', 'fast']).stderr).toBe(
    'gd-train: --lr must be a positive number, got "fast"\n',
  );
  expect(run(['diff', '--learning-rate', '1']).stderr).toContain("unknown option '--learning-rate'");
  for (const show of [
    ['show', '7', '9..10'],
    ['show', '7', '--index', '9-10'],
  ]) {
    const { images } = JSON.parse(run(['data', ...show, '--json']).stdout) as { images: { index: number }[] };
    expect(images.map(({ index }) => index)).toEqual([7, 9, 10]);
  }
});
