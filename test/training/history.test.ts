import { thinnedSeries } from '#src/training/history.js';

test('a few points are kept unchanged', () => {
  const series = thinnedSeries(4);
  series.add(3, 0.5);
  series.add(4, 0.25);
  expect(series.buckets()).toEqual([
    { from: 3, to: 3, mean: 0.5, min: 0.5, max: 0.5 },
    { from: 4, to: 4, mean: 0.25, min: 0.25, max: 0.25 },
  ]);
});

test('ten points with room for four make buckets of four, the last one not yet full', () => {
  const series = thinnedSeries(4);
  for (let x = 0; x < 10; x++) series.add(x, x * x);
  expect(series.buckets()).toEqual([
    { from: 0, to: 3, mean: (0 + 1 + 4 + 9) / 4, min: 0, max: 9 },
    { from: 4, to: 7, mean: (16 + 25 + 36 + 49) / 4, min: 16, max: 49 },
    { from: 8, to: 9, mean: (64 + 81) / 2, min: 64, max: 81 },
  ]);
});

test.each([511, 512, 513, 1_000_000])(
  '%i points: the size is bounded, without a gap, and extremes and mean are kept',
  (count) => {
    const series = thinnedSeries();
    const value = (x: number) => Math.sin(x) + (x === 300 ? 9 : 0);
    for (let x = 0; x < count; x++) series.add(x, value(x));
    const buckets = series.buckets();
    expect(buckets.length).toBeLessThanOrEqual(512);
    expect(buckets.length).toBeGreaterThan(count < 512 ? count - 1 : 255);
    expect([buckets[0].from, buckets.at(-1)!.to]).toEqual([0, count - 1]);
    buckets.slice(1).forEach(({ from }, i) => expect(from).toBe(buckets[i].to + 1));
    expect(Math.max(...buckets.map(({ max }) => max))).toBe(value(300));
    const size = (i: number) => buckets[i].to - buckets[i].from + 1;
    const mean = buckets.reduce((sum, bucket, i) => sum + bucket.mean * size(i), 0) / count;
    let sum = 0;
    for (let x = 0; x < count; x++) sum += value(x);
    expect(mean).toBeCloseTo(sum / count, 9);
  },
);
