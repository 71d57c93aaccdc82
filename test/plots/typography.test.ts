import { formatNumber, raisePowers, toAscii, typeset, wrapText } from '#src/plots/typography.js';

test('numbers are formatted for pictures', () => {
  expect([0.25, -2.589837e13, 1e-10, 123456, 0, -Infinity, NaN].map((value) => formatNumber(value))).toEqual([
    ...['0.25', '-2.59×10¹³', '10⁻¹⁰', '123000', '0', '-∞', 'NaN'],
  ]);
  expect(raisePowers('from 10.0 to 2.55e-9 in 100 steps, rate 1e-10')).toBe(
    'from 10.0 to 2.55×10⁻⁹ in 100 steps, rate 10⁻¹⁰',
  );
  expect(toAscii('-2.59×10¹³, 10⁻⁵, h², ∞, x ± h …')).toBe('-2.59e13, 1e-5, h^2, inf, x +- h ...');
});

test('wrapped lines do not exceed the width and lose no text', () => {
  const text = 'the gradient fell from 10.0 to 2.55×10⁻⁹ in 100 steps';
  for (let width = 1; width < 60; width++) {
    const lines = wrapText(text, width);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  }
});

test.each([
  ['x0^2/20 - x1^12', 'x₀²/20 − x₁¹²'],
  ['exp(-x0)-pi-sin(x10)', 'exp(−x₀)−pi−sin(x₁₀)'],
  ['x^-2 + 2^x0 + x^0.5 + x^(1/2)', 'x⁻² + 2^x₀ + x^0.5 + x^(1/2)'],
  ['x^2^3', 'x^2^3'],
  ['a mini-batch from (-3, -∞) at 1e-9', 'a mini-batch from (−3, −∞) at 1e−9'],
])('%s is typeset as %s', (text, expected) => expect(typeset(text)).toBe(expected));
