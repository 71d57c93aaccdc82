import fc from 'fast-check';
import { parseExpression } from '#src/calculus/expression.js';
import { InputError } from '#src/errors.js';

// Formulas of --fn can do nothing but arithmetic.

const WORDS = [
  ...[
    'x',
    'x0',
    'x1',
    'x99',
    'x100',
    'pi',
    'e',
    '2',
    '0',
    '.5',
    '1e308',
    '1e-400',
    '9',
    '999999999',
    '0x1f',
    '1i',
    '""',
    "'a'",
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '^',
    '!',
    '%',
    '.',
    '..',
    ',',
    ';',
    ':',
    '=',
    '==',
    '>',
    '|',
    '&',
    '~',
    '?',
    '->',
    "'",
    '"',
    '#',
    '\\',
  ],
  ...['(', ')', '(', ')', '[', ']', '{', '}', ' ', '\n', '\0', '\u202e', '²', 'π', '=>'],
  ...[
    'sin(',
    'cos(',
    'log(',
    'pow(',
    'sqrt(',
    'abs(',
    'exp(',
    'sign(',
    'tan(',
    'factorial(',
    'range(',
    'zeros(',
    'map(',
  ],
  ...['process', 'globalThis', 'constructor', '__proto__', 'prototype', 'toString', 'this', 'require', 'Function'],
  ...[
    'import(',
    'createUnit(',
    'evaluate(',
    'parse(',
    'eval(',
    'simplify(',
    'derivative(',
    'f(x)=',
    'to',
    'mod',
    'cm',
    'end',
  ],
];
const POINT = Float64Array.from({ length: 100 }, (_, i) => i / 7 - 3);

/**
 * Asserts that a text gives an InputError of one line, or a function, and that the function and its derivatives give
 * numbers.
 */
async function check(text: string): Promise<void> {
  try {
    const { f, formula, variables, derivatives } = await parseExpression(text);
    expect(typeof f(POINT)).toBe('number');
    for (const name of variables) expect(name).toMatch(/^x\d{0,2}$/);
    for (const { left, right } of derivatives(POINT)) expect([typeof left, typeof right]).toEqual(['number', 'number']);
    if (formula.length > 500) return;
    const again = await parseExpression(formula);
    expect([again.formula, again.f(POINT)]).toEqual([formula, f(POINT)]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toContain('\n');
  }
}

const globals = Object.getOwnPropertyNames(globalThis).sort();
afterAll(() => {
  expect(Object.getOwnPropertyNames(globalThis).sort()).toEqual(globals);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('words in any order are a formula or an error', async () => {
  const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 25 }).map((words) => words.join(''));
  await fc.assert(fc.asyncProperty(text, check), { seed: 4, numRuns: 2500 });
});

test('any characters are a formula or an error', async () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
  await fc.assert(fc.asyncProperty(text, check), { seed: 5, numRuns: 500 });
});

test('valid formulas, and those with one wrong character, are a formula or an error', async () => {
  const { formula } = fc.letrec<{ formula: string }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constantFrom('x', 'x', '3', '0.5', 'pi', 'e'),
      fc
        .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/', '^', ' '), tie('formula'))
        .map(([a, o, b]) => `(${a}${o}${b})`),
      fc
        .tuple(fc.constantFrom('sin', 'log', 'sqrt', 'tanh', 'abs', 'atan', 'cbrt'), tie('formula'))
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `log(${a}, ${b})`),
    ),
  }));
  const property = fc.asyncProperty(
    formula,
    fc.nat(),
    fc.constantFrom('', '', '.', '(', '!', '^', 'e'),
    (text, at, wrong) => check(text.slice(0, at % 500) + wrong + text.slice(at % 500)),
  );
  await fc.assert(property, { seed: 7, numRuns: 1500 });
});

describe('formulas that could take very long', () => {
  test.each<[string, string]>([
    ['powers of powers', '9^9^9^9^9^9^9^9'],
    ['a tower as high as the text is long', `x${'^x'.repeat(249)}`],
    ['a product as long', `x${'*x'.repeat(249)}`],
    ['a quotient as long', `x${'/x'.repeat(249)}`],
    ['signs', `${'-'.repeat(499)}x`],
    ['logarithms to logarithms', `${'log(x,'.repeat(70)}x${')'.repeat(70)}`],
    ['logarithms of logarithms', `${'log('.repeat(80)}x${',x)'.repeat(60)}${')'.repeat(20)}`],
    ['functions of functions', `${'sin('.repeat(99)}x${')'.repeat(99)}`],
    ['parentheses', `${'('.repeat(240)}x${')'.repeat(240)}`],
    ['parentheses that are not closed', '('.repeat(500)],
    ['10,000 parentheses', `${'('.repeat(10_000)}x${')'.repeat(10_000)}`],
    ['a megabyte', 'x+'.repeat(500_000)],
    ['a factorial', '999999999!'],
    ['a number of 500 digits', '9'.repeat(500)],
    ['superscripts', `x${'²³'.repeat(249)}`],
    ['brackets', `x${'['.repeat(490)}`],
  ])('%s', (_, text) => check(text));
});

test.each([
  'x.sin(2)',
  'x["sin"](2)',
  'x.constructor.constructor("return process")()',
  'sin.constructor("return 1")()',
  '(f(x) = f(x))(x)',
  'import({a: 1})',
  'createUnit("x1")',
  'this',
  'globalThis',
])('%s is refused', async (text) => {
  const refusal = parseExpression(text).then(({ f }) => f(POINT));
  await expect(refusal).rejects.toBeInstanceOf(InputError);
});
