import { golden } from '../helpers/golden.js';
import { parseExpression } from '#src/calculus/expression.js';

const at = (...values: number[]) => Float64Array.from(values);

// Computed by mpmath from differences with 1,200 digits: golden/derivatives.py.
const table = golden<[formula: string, at: number, derivative: number][]>('derivatives');

test(`${table.length} derivatives equal those by mpmath to the last bit`, async () => {
  expect(table.length).toBeGreaterThan(300);
  const wrong = [];
  for (const [formula, x, derivative] of table) {
    const [{ left, right }] = (await parseExpression(formula)).derivatives(at(x));
    if (left !== derivative || right !== derivative) wrong.push({ formula, x, derivative, left, right });
  }
  expect(wrong).toEqual([]);
});

test.each<[string, number[], [left: number, right: number][]]>([
  ['abs(x)', [0], [[-1, 1]]],
  ['relu(x)', [0], [[0, 1]]],
  [
    'max(x0, x1)',
    [1, 1],
    [
      [0, 1],
      [0, 1],
    ],
  ],
  ['min(x, x^2)', [1], [[2, 1]]],
  ['max(x, 2*x, 3*x)', [0], [[1, 3]]],
  ['x*abs(x)', [0], [[0, 0]]],
  ['abs(x)^3', [0], [[0, 0]]],
  ['abs(abs(x) - 1)', [-1], [[-1, 1]]],
  ['cbrt(x)', [0], [[Infinity, Infinity]]],
  ['sqrt(x)', [0], [[NaN, Infinity]]],
  ['sqrt(x^2)', [0], [[NaN, NaN]]],
  ['sign(x)', [0], [[NaN, NaN]]],
  ['sign(x)', [2], [[0, 0]]],
  ['x^x', [-2], [[NaN, NaN]]],
  [
    'x0^2 + x1^2',
    [3, 4, 5],
    [
      [6, 6],
      [8, 8],
      [0, 0],
    ],
  ],
  ['x0^2 + x00^2', [3], [[12, 12]]],
  ['7', [3], [[0, 0]]],
])('%s at %j from both sides', async (text, point, expected) => {
  const derivatives = (await parseExpression(text)).derivatives(at(...point));
  expect(derivatives.map(({ left, right }) => [left, right])).toEqual(expected);
});

test('a derivative that needs too many digits is NaN', async () => {
  const [{ left, right }] = (await parseExpression('sin(exp(exp(x)))')).derivatives(at(10));
  expect([left, right]).toEqual([NaN, NaN]);
});

test('in a deep formula of many variables, coordinates and directions share factors but not results', async () => {
  const n = 12;
  const product = Array.from({ length: n }, (_, i) => `x${i}`).join('*');
  const text = `${'sin('.repeat(50)}(${product})^1.5 + x0^x1${')'.repeat(50)}`;
  const x = Array.from({ length: n }, (_, i) => 0.7 + 0.06 * i);
  const all = x.reduce((a, b) => a * b);
  let [u, outer] = [all ** 1.5 + x[0] ** x[1], 1];
  for (let k = 0; k < 50; k++) [u, outer] = [Math.sin(u), outer * Math.cos(u)];
  const derivatives = (await parseExpression(text)).derivatives(at(...x));
  const power = [x[1] * x[0] ** (x[1] - 1), Math.log(x[0]) * x[0] ** x[1]];
  derivatives.forEach(({ left, right }, i) => {
    const want = outer * ((1.5 * all ** 1.5) / x[i] + (power[i] ?? 0));
    expect(left).toBe(right);
    expect(Math.abs(right / want - 1)).toBeLessThan(1e-12);
  });
});
