import { run } from '../helpers/run.js';

// The results of gd diff, gradient and descend, and the input that they refuse.

test.each<[string[], string]>([
  [['--fn', '1/(1+exp(-x))', '--at', '-400'], '  exact      1.9151695967140057e-174\n'],
  [['--fn', '1/(1+exp(-x))', '--at', '-800'], '  exact      0\n'],
  [['--fn', 'cbrt(x)', '--at', '-8'], '  exact      0.08333333333333333\n'],
  [['--fn', 'x*abs(x)', '--at', '0'], '  exact      0\n'],
  [['--fn', 'x0^2 + x00^2', '--at', '3'], '  exact      12\n'],
  [['--fn', 'log(x)', '--at', '-1'], '  exact      none: f is NaN there\n'],
  [
    ['--fn', 'abs(x)', '--at', '0'],
    '  exact      none: f has a corner there, with slope -1 on the left and 1 on the right\n',
  ],
  [['--fn', '1/(1/x)', '--at', '0'], '  Richardson 1 ± '],
  [['--fn', 'x[0]**2/2x0', '--at', '1'], 'central difference of (x0^2/2)*x0 at 1'],
])('gd diff %j says %j', (args, line) => {
  const { status, stdout, stderr } = run(['diff', ...args]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(line);
});

test('--json has the formula as written and as parsed, and the source of the reference', () => {
  const { stdout } = run(['diff', '--fn', '2x²', '--at', '3', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    fn: '2x²',
    formula: '2*x^2',
    exact: 12,
    reference: { source: 'exact', value: 12 },
  });
  const corner = JSON.parse(run(['gradient', '--fn', 'max(x0, x1) + x1', '--at', '1,1', '--json']).stdout) as object;
  expect(corner).toMatchObject({ exact: null, error: null, references: [{ source: 'none' }, { source: 'none' }] });
});

test('the sweep ends at absorption, and its best row has a number', () => {
  const { rows, best } = JSON.parse(run(['diff', '--fn', 'sqrt(x)', '--at', '0.05', '--sweep', '--json']).stdout) as {
    rows: { h: number; value: number | string; regime: string | null }[];
    best: { h: number };
  };
  expect(rows[0]).toMatchObject({ value: 'NaN', regime: null });
  expect(rows.filter(({ h }) => 0.05 + h === 0.05 && 0.05 - h === 0.05)).toHaveLength(1);
  expect(best.h).toBeLessThan(0.01);
  const { stdout } = run(['diff', '--fn', 'log(x)', '--at', '-1', '--sweep']);
  expect(stdout).not.toContain('best');
  expect(stdout).toContain('absorption: x + h == x; smaller steps change nothing any more');
});

test.each<[string[], number, string]>([
  [['--lr', '10'], 0, 'frozen'],
  [['--lr', '1e-10'], 0, 'slow'],
  [['--lr', '1e300'], 3, 'diverged'],
  [['--lr', '1e280', '--steps', '100000'], 3, 'diverged'],
  [['--fn', '-x^2', '--init', '3'], 0, 'unbounded'],
  [['--fn', '-exp(x)', '--init', '3', '--lr', '1'], 3, 'unbounded'],
  [['--fn', '1/x', '--init', '0'], 3, 'undefined'],
  [['--fn', 'sqrt(x)', '--init', '0'], 3, 'undefined'],
  [['--fn', 'x^2', '--lr', '1'], 0, 'oscillating'],
])('gd descend %j exits with %d: %s', (args, code, outcome) => {
  const { status, stdout } = run(['descend', ...args]);
  expect(stdout).toContain(`verdict  ${outcome}: `);
  expect(status).toBe(code);
});

test('gd descend with several optimizers or rates: a row for each, and all of them in --json', () => {
  const args = ['--fn', 'x0^2/20 + x1^2', '--init=-7,2', '--steps', '30', '--optimizer', 'sgd,momentum,adagrad,adam'];
  const { stdout } = run(['descend', ...args, '--lr', '0.95,0.1,1.5,0.3']);
  const rows = stdout.split('\n').slice(2, 6);
  expect(rows.map((row) => row.trim().split(/ +/).slice(0, 2).join(' '))).toEqual([
    ...['sgd 0.95', 'momentum 0.1', 'adagrad 1.5', 'adam 0.3'],
  ]);
  const { paths } = JSON.parse(run(['descend', ...args, '--json', '--history']).stdout) as {
    paths: { optimizer: string; learningRate: number; history: number[][] }[];
  };
  expect(paths.map(({ optimizer, learningRate }) => [optimizer, learningRate])).toEqual(
    ['sgd', 'momentum', 'adagrad', 'adam'].map((name) => [name, 0.1]),
  );
  for (const { history } of paths) expect(history).toHaveLength(30);
  expect(run(['descend', '--lr', '0.1,0.2,0.3', '--quiet']).stdout.trim().split('\n')).toHaveLength(3);
});

test('gd descend --optimizer sgd equals gd descend', () => {
  const [plain, named] = [[], ['--optimizer', 'sgd']].map(
    (more) => JSON.parse(run(['descend', '--lr', '0.3', '--json', ...more]).stdout) as object,
  );
  expect(named).toEqual({ ...plain, optimizer: 'sgd' });
  expect(plain).not.toHaveProperty('optimizer');
});

const LONG = '7'.repeat(100_000);

test.each<[string[], string]>([
  [['diff', '--at', '0,5'], '--at must be a number, got "0,5": write a decimal point, not a comma'],
  [['gradient', '--fn', 'x^2', '--at', '0,5'], '--at has 2 numbers, but x^2 takes 1: x (a decimal point is meant?'],
  [['gradient', '--at', '3,4,5'], '--at has 3 numbers, but x0^2 + x1^2 takes 2: x0, x1'],
  [['descend', '--fn', 'x^2', '--init', '1,2,3'], '--init has 3 numbers, but x^2 takes 1: x'],
  [['descend', '--fn', 'x0 + x1 + x2'], '--init must have a number for each of x0, x1, x2: 3, got 2'],
  [['diff', '--fn', 'sinc(x)'], 'the function sinc, which is not known; there are sin, cos, '],
  [
    ['diff', '--sweep', '--fn', 'abs(x)', '--at', '0', '--plot', 'no.svg'],
    'abs(x) has no derivative at 0: f has a corner',
  ],
  [['diff', '--at', LONG], '--at must be a number, got "777'],
  [['gradient', '--at', `${LONG},1`], '--at must be numbers separated by commas, got "777'],
  [['descend', '--lr', '0.1,x'], '--lr must be positive numbers separated by commas, got "0.1,x"'],
  [['descend', '--lr', '0,5'], 'got "0,5": write a decimal point, not a comma'],
  [['descend', '--optimizer', 'rmsprop'], '--optimizer must be one or more of sgd, momentum, adagrad, adam'],
  [
    ['descend', '--optimizer', 'sgd,adam', '--lr', '1,2,3'],
    '--lr must be one rate, or one for each of sgd, adam, got 3',
  ],
  [['descend', '--lr', `${LONG}x`], '--lr must be a positive number, got "777'],
])('%.60j: one short line, exit 2', (args, message) => {
  const { status, stdout, stderr } = run(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.length).toBeLessThan(400);
});

test('without a point, as many default coordinates are used as the formula needs', () => {
  expect(run(['gradient', '--fn', 'x^2', '--quiet']).stdout).toBe('[6.]\n');
  expect(run(['descend', '--fn', 'x^2', '--steps', '1', '--json']).stdout).toContain('"init":[-3]');
});
