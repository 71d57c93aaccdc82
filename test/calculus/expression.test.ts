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
])('%s', async (text, point, value, gradient) => {
  const { f, derivatives } = await parseExpression(text);
  expect(f(at(...point))).toBeCloseTo(value, 12);
  const exact = derivatives(at(...point));
  gradient.forEach((partial, i) => expect(exact[i].left).toBeCloseTo(partial, 12));
});

describe('notations of users', () => {
  test.each<[string, string]>([
    ['x[0]**2 + x[1]**2', 'x0^2 + x1^2'],
    ['x [ 0 ] ** 2', 'x0^2'],
    ['x_0 + x_{12}', 'x0 + x12'],
    ['x₀² + x₁²', 'x0^2 + x1^2'],
    ['x00 + x01', 'x0 + x1'],
    ['X^2', 'x^2'],
    ['x²', 'x^2'],
    ['x⁻¹²', 'x^(-12)'],
    ['2x³ − 3', '2*x^3 - 3'],
    ['2×x·x ÷ 4', '2*x*x/4'],
    ['sin(πx)', 'sin(pi*x)'],
    ['2π', '2*pi'],
    ['ln(x)', 'log(x)'],
    ['np.exp(-x) + math.log(x) + np.pi', 'exp(-x) + log(x) + pi'],
    ['np.maximum(0, x)', 'max(0, x)'],
    ['arctan(x)', 'atan(x)'],
    ['ReLU(x) + σ(x)', 'relu(x) + sigmoid(x)'],
    ['pow(x, 2)', 'x^2'],
    ['max(x, 1, 2) - min(x, 3)', 'max(x, 1, 2) - min(x, 3)'],
    ['ｘ＋１', 'x + 1'],
  ])('%s is %s', async (text, formula) => {
    expect(await parseExpression(text)).toMatchObject({ text, formula });
  });

  test.each<[string, string]>([
    ['x(x+1)', 'x*(x + 1)'],
    ['x(x+1)^2', 'x*(x + 1)^2'],
    ['(x+1)(x-1)', '(x + 1)*(x - 1)'],
    ['2(x)', '2*x'],
    ['pi(x)', 'pi*x'],
    ['e x', 'e*x'],
    ['x sin(x)x', 'x*sin(x)*x'],
    ['2x0 x1', '2*x0*x1'],
    ['x 2', 'x*2'],
    ['1/2x', '(1/2)*x'],
    ['x/2x', '(x/2)*x'],
    ['(1)/2x', '(1/2)*x'],
    ['-1/2x', '(-1/2)*x'],
    ['x^2/2x', '(x^2/2)*x'],
    ['1/2(x+1)', '(1/2)*(x + 1)'],
    ['sin(x)/2x', '(sin(x)/2)*x'],
    ['2^3x', '2^3*x'],
    ['x^2x', 'x^2*x'],
    ['2e3x', '2000*x'],
  ])('a product without a sign: %s is %s', async (text, formula) => {
    expect((await parseExpression(text)).formula).toBe(formula);
  });

  test.each<[string, string]>([
    ['-x^2', '-x^2'],
    ['(-x)^2', '(-x)^2'],
    ['x^-2', 'x^(-2)'],
    ['x^x^2', 'x^(x^2)'],
    ['(x^x)^2', '(x^x)^2'],
    ['x - (x - 1)', 'x - (x - 1)'],
    ['x - x - 1', 'x - x - 1'],
    ['x/x/2', '(x/x)/2'],
    ['x/(x*2)', 'x/(x*2)'],
    ['--x', '-(-x)'],
    ['((x))', 'x'],
    ['0.1x', '0.1*x'],
    ['2.^x + 2.e1*.5', '2^x + 20*0.5'],
  ])('%s is printed as %s, which is read as the same formula', async (text, formula) => {
    const first = await parseExpression(text);
    const second = await parseExpression(first.formula);
    expect([first.formula, second.formula]).toEqual([formula, formula]);
    for (const x of [-2, 0.3, 1, 7]) expect(second.f(at(x))).toBe(first.f(at(x)));
  });
});

test.each([
  ['', 'empty'],
  ['x +', 'not a formula'],
  ['(x', 'not a formula'],
  ['sin', 'without parentheses: write sin(x)'],
  ['sin x', 'without parentheses: write sin(x)'],
  ['sin^2(x)', 'write sin(x)^2'],
  ['sin²(x)', 'write sin(x)^2'],
  ['y + 1', 'unknown name "y": variables are x, or x0 to x99'],
  ['xy', 'unknown name "xy"'],
  ['x0x1', 'write products with *'],
  ['x100', 'unknown name "x100"'],
  ['x + x1', 'mixes x with x1'],
  ['sinc(x)', 'function sinc, which is not known; there are sin, cos, tan, '],
  ['|x|', 'write abs(x)'],
  ['√x', 'write sqrt(x)'],
  ['y = x^2', 'write only what stands to the right'],
  ['[x + 1]^2', 'group with ( and )'],
  ['0,5*x', 'write 0.5'],
  ['sin(0,5)', 'sin takes 1 value, got 2 (a decimal comma is not read: write 0.5)'],
  ['max(x)', 'max takes 2 or more values, got 1'],
  ['sin()', 'sin takes 1 value, got 0'],
  ['2 3', 'has 2 and 3 with nothing between them'],
  ['1.2.3', 'nothing between them'],
  ['1e999', 'too large for float64'],
  ['x!', 'has "!"'],
  ['x % 2', 'has "%"'],
  ['process.exit()', 'has "."'],
  ['x.constructor', 'has "."'],
  ['constructor(x)', 'function constructor'],
  ['__proto__', 'unknown name "__proto__"'],
  ['toString(x)', 'function toString'],
  ['import(x)', 'function import'],
  ['evaluate(x)', 'function evaluate'],
  ['f(x) = x', 'write only what stands to the right'],
  ['f(x)', 'function f'],
  ['x = 3', 'has "="'],
  ['[x, 1]', 'has "["'],
  ['{a: x}', 'has "{"'],
  ['"x"', 'which is not part of a formula'],
  ['x > 1', 'has ">"'],
  ['x; x', 'has ";"'],
  ['atan(x, 1)', 'atan takes 1 value, got 2'],
  ['x'.repeat(501), '501 characters'],
])('%j is refused: %s', async (text, why) => {
  const refusal = parseExpression(text).then((expression) => expression.f(at(1)));
  await expect(refusal).rejects.toThrow(why);
  await expect(refusal).rejects.toBeInstanceOf(InputError);
});

test('deep nesting takes little time', async () => {
  const { f, derivatives } = await parseExpression('x^'.repeat(249) + 'x');
  expect(f(at(1))).toBe(1);
  expect(derivatives(at(1))).toEqual([{ left: 1, right: 1 }]);
});
