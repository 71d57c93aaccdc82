import { fitPicture } from '#src/pictures/digit.js';

test('the same size: the same numbers', () => {
  const ink = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
  expect(fitPicture(ink, 2, 3, 2, 3)).toEqual(ink);
});

test('smaller: means of areas', () => {
  const ink = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect(fitPicture(ink, 3, 3, 1, 1)[0]).toBeCloseTo(5, 12);
  // Halves of three columns: 1 and a half of 2, over 1.5.
  expect(fitPicture(Float64Array.of(1, 2, 3), 1, 3, 1, 2)).toEqual(
    Float64Array.of((1 + 2 / 2) / 1.5, (2 / 2 + 3) / 1.5),
  );
});

test('larger: every pixel repeated', () => {
  expect(fitPicture(Float64Array.of(1, 2), 1, 2, 2, 4)).toEqual(Float64Array.of(1, 1, 2, 2, 1, 1, 2, 2));
});

test.each([
  [28, 28, 5, 4],
  [28, 28, 14, 14],
  [28, 28, 64, 33],
])('%i x %i to %i x %i keeps the mean', (rows, columns, newRows, newColumns) => {
  const ink = Float64Array.from({ length: rows * columns }, (_, i) => ((i * 7919) % 101) / 101);
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;
  const fitted = fitPicture(ink, rows, columns, newRows, newColumns);
  expect(fitted).toHaveLength(newRows * newColumns);
  expect(mean(fitted)).toBeCloseTo(mean(ink), 12);
});
