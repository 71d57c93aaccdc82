import { scalePixels } from '#src/dataset/mini-batch.js';
import { mnist, trainedNet } from '../helpers/trained-net.js';
import { argmax } from '#src/network/functions.js';
import { predict } from '#src/network/two-layer-net.js';
import { centerDigit, fitPicture } from '#src/pictures/centering.js';

const D = 784;
const { test: digits } = mnist;
const image = (n: number) => scalePixels(digits.images.subarray(n * D, (n + 1) * D));

/** Fraction of the first `count` test images that the net classifies correctly after `change`. */
async function accuracy(count: number, change: (image: Float64Array) => Float64Array): Promise<number> {
  const { net } = await trained;
  const x = new Float64Array(count * D);
  for (let n = 0; n < count; n++) x.set(change(image(n)), n * D);
  return argmax(predict(net, x), 10).filter((digit, n) => digit === digits.labels[n]).length / count;
}
const trained = trainedNet();

/** The largest difference between two pixels. */
const differ = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

/** A picture of `rows` x `columns` that contains an image of MNIST, each pixel enlarged to `size` x `size`. */
function canvas(pixels: Float64Array, rows: number, columns: number, top: number, left: number, size = 1) {
  const ink = new Float64Array(rows * columns);
  pixels.forEach((value, i) => {
    for (let k = 0; k < size * size; k++) {
      const row = top + Math.floor(i / 28) * size + Math.floor(k / size);
      ink[row * columns + left + (i % 28) * size + (k % size)] = value;
    }
  });
  return ink;
}

test('no ink gives zeros', () => {
  expect(centerDigit(new Float64Array(12), 3, 4)).toEqual(new Float64Array(D));
  expect(centerDigit(new Float64Array(0), 0, 0)).toEqual(new Float64Array(D));
});

test('a bar of 40 x 4 becomes one of 20 x 2 in the middle', () => {
  const ink = new Float64Array(50 * 60);
  for (let row = 5; row < 45; row++) ink.fill(1, row * 60 + 50, row * 60 + 54);
  const want = new Float64Array(D);
  for (let row = 4; row < 24; row++) want.fill(1, row * 28 + 13, row * 28 + 15);
  expect(centerDigit(ink, 50, 60)).toEqual(want);
});

test('one pixel is enlarged to the whole box', () => {
  const want = new Float64Array(D);
  for (let row = 4; row < 24; row++) want.fill(0.5, row * 28 + 4, row * 28 + 24);
  expect(differ(centerDigit(Float64Array.of(0, 0.5, 0), 3, 1), want)).toBeLessThan(1e-12);
});

test('a new pixel is the mean over the area that it covers, with shares of partly covered pixels', () => {
  // The width is 30: a new pixel covers 1.5 old ones, the first and half of the second.
  const ink = new Float64Array(30).fill(1);
  ink[0] = 0.25;
  const out = centerDigit(ink, 1, 30);
  const row = out.findIndex((value) => value > 0) - (out.findIndex((value) => value > 0) % 28);
  const line = [...out.subarray(row, row + 28)].filter((value) => value > 0);
  expect(line).toHaveLength(20);
  const height = 1 / 1.5; // height of the only row
  expect(line[0]).toBeCloseTo(height * ((0.25 + 0.5) / 1.5), 14);
  expect(line[1]).toBeCloseTo(height, 14);
  expect(line.reduce((sum, value) => sum + value, 0)).toBeCloseTo(29.25 / 1.5 / 1.5, 12); // mass / area of a pixel
});

test('the centre of mass is in the pixel after the middle, and no ink is cut off', () => {
  const ink = new Float64Array(100 * 100);
  for (let i = 0; i < 100; i++) {
    ink[i * 100] = 1; // an L: its foot is far from its centre of mass
    if (i < 60) ink[99 * 100 + i] = 1;
  }
  const out = centerDigit(ink, 100, 100);
  let [mass, down, across] = [0, 0, 0];
  out.forEach((value, i) => {
    mass += value;
    down += value * (Math.floor(i / 28) + 0.5);
    across += value * ((i % 28) + 0.5);
  });
  expect(mass).toBeCloseTo(159 / 25, 10);
  for (const centre of [down / mass, across / mass]) {
    expect(centre).toBeGreaterThanOrEqual(14);
    expect(centre).toBeLessThan(15);
  }
});

test('no ink is cut off if all weight is in a corner', () => {
  const ink = new Float64Array(100 * 100);
  for (let i = 0; i < 30 * 100; i++) if (i % 100 < 30) ink[i] = 1;
  ink[99 * 100 + 99] = 1;
  const mass = centerDigit(ink, 100, 100).reduce((sum, value) => sum + value, 0);
  expect(mass).toBeCloseTo(901 / 25, 10);
});

describe("MNIST's own test images", () => {
  test('are not changed, except three of 10,000 whose box has 19 pixels', () => {
    const changed = [];
    for (let n = 0; n < digits.count; n++) {
      if (differ(centerDigit(image(n), 28, 28), image(n)) > 0) changed.push(n);
    }
    expect(changed).toEqual([4530, 9300, 9302]);
  });

  test('give the same result when moved and enlarged', () => {
    for (let n = 0; n < 100; n++) {
      expect(differ(centerDigit(canvas(image(n), 70, 50, 31, 4), 70, 50), image(n))).toBe(0);
      expect(differ(centerDigit(canvas(image(n), 300, 320, 7, 11, 10), 300, 320), image(n))).toBeLessThan(1e-12);
    }
  });

  test('keep the accuracy of the net', async () => {
    const before = await accuracy(digits.count, (pixels) => pixels);
    expect(before).toBeGreaterThan(0.92);
    expect(await accuracy(digits.count, (pixels) => centerDigit(pixels, 28, 28))).toBeCloseTo(before, 3);
  });

  test('moved down by 4 pixels they defeat the net, and centring restores its accuracy', async () => {
    const lower = (pixels: Float64Array) => canvas(pixels, 32, 28, 4, 0).slice(0, D);
    expect(await accuracy(1000, lower)).toBeLessThan(0.6);
    expect(await accuracy(1000, (pixels) => centerDigit(canvas(pixels, 32, 28, 4, 0), 32, 28))).toBeGreaterThan(0.9);
  });
});

describe('fitPicture', () => {
  test('keeps the numbers of a picture of the same size', () => {
    const ink = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    expect(fitPicture(ink, 2, 3, 2, 3)).toEqual(ink);
  });

  test('reduces by means of areas', () => {
    const ink = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(fitPicture(ink, 3, 3, 1, 1)[0]).toBeCloseTo(5, 12);
    // Half of three columns: the first and half of the second, divided by 1.5.
    expect(fitPicture(Float64Array.of(1, 2, 3), 1, 3, 1, 2)).toEqual(
      Float64Array.of((1 + 2 / 2) / 1.5, (2 / 2 + 3) / 1.5),
    );
  });

  test('enlarges by repeating pixels', () => {
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
});
