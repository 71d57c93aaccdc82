import { linePieces } from '#src/plots/chart.js';

test('lines outside the chart are cut at its margin, and a gap starts a new piece', () => {
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

test('a million steps back and forth become a few lines', () => {
  const points = Array.from({ length: 1_000_000 }, (_, k) => [0.5 + 0.4 * (-1) ** k, 0.5] as const);
  expect(linePieces(points).flat().length).toBeLessThan(10);
  const wild = Array.from({ length: 200_000 }, (_, k) => [Math.abs(Math.sin(k * k)), Math.abs(Math.cos(k))] as const);
  expect(linePieces(wild).flat().length).toBeLessThan(50_000);
});
