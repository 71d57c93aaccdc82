import { parseExpression } from '#src/calculus/expression.js';
import { InputError } from '#src/errors.js';

const at = (...values: number[]) => Float64Array.from(values);

test.each<[string, number[], number, number[]]>([
  ['x0^2 + x1^2', [3, 4], 25, [6, 8]],
  ['-x^2', [3], -9, [-6]],
  ['2x sin(x)', [1], 2 * Math.sin(1), [2 * Math.sin(1) + 2 * Math.cos(1)]],
  ['exp(-x0) / (1 + x2)', [0, 9, 1], 0.5, [-0.5, 0, -0.25]],
  ['log(x, 2) + pi', [8], 3 + Math.PI, [1 / (8 * Math.LN2)]],
  ['x^x', [2], 4, [4 * (1 + Math.log(2))]],
  ['sqrt(abs(x))', [-4], 2, [-0.25]],
])('%s', async (text, point, value, slopes) => {
  const { f, derivative } = await parseExpression(text);
  expect(f(at(...point))).toBeCloseTo(value, 12);
  slopes.forEach((slope, i) => expect(derivative(i)!(at(...point))).toBeCloseTo(slope, 12));
});

test('sign has no rule of differentiation', async () => {
  const { derivative } = await parseExpression('sign(x)');
  expect(derivative(0)).toBeUndefined();
});

test.each([
  ['', 'empty'],
  ['x +', 'not a formula'],
  ['sin', 'without parentheses'],
  ['y + 1', 'unknown name "y"'],
  ['x + x1', 'mixes'],
  ['process.exit()', 'unknown name "process"'],
  ['x.constructor', 'accessor'],
  ['constructor(x)', 'function constructor'],
  ['__proto__', 'unknown name "__proto__"'],
  ['toString(x)', 'function toString'],
  ['import(x)', 'function import'],
  ['evaluate(x)', 'function evaluate'],
  ['f(x) = x', 'functionassignment'],
  ['x = 3', 'assignment'],
  ['[x, 1]', 'array'],
  ['{a: x}', 'object'],
  ['"x"', 'not a number'],
  ['x > 1', 'operator >'],
  ['x; x', 'block'],
  ['atan(x, 1)', 'atan of 2 values'],
  ['x'.repeat(501), '501 characters'],
])('%j is refused: %s', async (text, why) => {
  const refusal = parseExpression(text).then((expression) => expression.f(at(1)));
  await expect(refusal).rejects.toThrow(why);
  await expect(refusal).rejects.toBeInstanceOf(InputError);
});

test('deep nesting costs no time', async () => {
  const { f, derivative } = await parseExpression('x^'.repeat(249) + 'x');
  expect(f(at(1))).toBe(1);
  expect(derivative(0)!(at(1))).toBe(1);
});
