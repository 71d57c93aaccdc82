import { linePieces, wrapText } from '#src/plots/chart.js';
import { formatNumber, raisePowers, toAscii } from '#src/plots/typography.js';

test('what is off the chart is cut at its margin, and a gap makes a new piece', () => {
  expect(
    linePieces([
      [0.5, 0.5],
      [0.5, 9],
    ]),
  ).toEqual([
    [
      [0.5, 0.5],
      [0.5, 1.05],
    ],
  ]);
  expect(
    linePieces([
      [-1, 5],
      [2, 5],
    ]),
  ).toEqual([]);
  expect(
    linePieces([
      [0, 0],
      [0.5, 0.5],
      [NaN, 1],
      [0.6, 0.6],
      [1, 1],
    ]),
  ).toHaveLength(2);
  expect(
    linePieces([
      [0, 0],
      [0.5, Infinity],
      [1, 1],
    ]),
  ).toEqual([]);
  const through = linePieces([
    [-1e300, 0.5],
    [1e300, 0.5],
  ]);
  expect(through[0][0][0]).toBeCloseTo(-0.05, 6);
});

test('a million steps to and fro are a few lines', () => {
  const points = Array.from({ length: 1_000_000 }, (_, k) => [0.5 + 0.4 * (-1) ** k, 0.5] as const);
  expect(linePieces(points).flat().length).toBeLessThan(10);
  const wild = Array.from({ length: 200_000 }, (_, k) => [Math.abs(Math.sin(k * k)), Math.abs(Math.cos(k))] as const);
  expect(linePieces(wild).flat().length).toBeLessThan(50_000);
});

test('numbers for pictures', () => {
  expect([0.25, -2.589837e13, 1e-10, 123456, 0, -Infinity, NaN].map((value) => formatNumber(value))).toEqual([
    ...['0.25', '-2.59×10¹³', '10⁻¹⁰', '123000', '0', '-∞', 'NaN'],
  ]);
  expect(raisePowers('from 10.0 to 2.55e-9 in 100 steps, rate 1e-10')).toBe(
    'from 10.0 to 2.55×10⁻⁹ in 100 steps, rate 10⁻¹⁰',
  );
  expect(toAscii('-2.59×10¹³, 10⁻⁵, h², ∞, x ± h …')).toBe('-2.59e13, 1e-5, h^2, inf, x +- h ...');
});

test('lines are no wider than they may be, and lose nothing', () => {
  const text = 'the gradient fell from 10.0 to 2.55×10⁻⁹ in 100 steps';
  for (let width = 1; width < 60; width++) {
    const lines = wrapText(text, width);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  }
});
