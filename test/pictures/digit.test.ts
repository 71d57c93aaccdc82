import { scalePixels } from '#src/dataset/mini-batch.js';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { PICTURES } from '../helpers/pictures.js';
import { mnist, trainedNet } from '../helpers/trained-net.js';
import { argmax } from '#src/network/functions.js';
import { randomStream } from '#src/network/random.js';
import { predict } from '#src/network/two-layer-net.js';
import { decodePicture } from '#src/pictures/decode.js';
import { prepareDigit, seeDigit } from '#src/pictures/digit.js';
import { findInk, otsuThreshold } from '#src/pictures/ink.js';
import { removeSpecks, strokeWidth, thicken } from '#src/pictures/strokes.js';

const trained = trainedNet();
const SIZE = 3;
const SIDE = 28 * SIZE;
const COUNT = 20;

/** An image of MNIST three times as large, in colours that `color(ink, x, y)` makes of ink 0 … 1 at x, y in [0, 1]. */
function picture(n: number, color: (ink: number, x: number, y: number) => number[]) {
  const rgba = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const byte = mnist.test.images[n * 784 + Math.floor(row / SIZE) * 28 + Math.floor(column / SIZE)];
      const [red, green, blue, alpha = 255] = color(byte / 255, column / SIDE, row / SIDE);
      rgba.set([red, green, blue, alpha], 4 * (row * SIDE + column));
    }
  }
  return { rows: SIDE, columns: SIDE, rgba: new Uint8Array(rgba.buffer) };
}

const random = randomStream(1);
const noise = random.randn(SIDE * SIDE);
let next = 0;
const grain = () => noise[next++ % noise.length];
const mix = (ink: number, pen: number[], paper: number[]) => paper.map((value, k) => value + ink * (pen[k] - value));
const grey = (value: number) => [value, value, value];

test.each<[string, (ink: number, x: number, y: number) => number[]]>([
  ['light on dark', (ink) => grey(255 * ink)],
  ['dark on light', (ink) => grey(255 - 255 * ink)],
  ['faint pencil', (ink) => grey(240 - 40 * ink)],
  ['yellow on white', (ink) => mix(ink, [250, 240, 60], [255, 255, 255])],
  ['red on green', (ink) => mix(ink, [200, 30, 30], [20, 120, 60])],
  ['chalk on a grey board', (ink) => mix(ink, [220, 220, 210], [90, 95, 90])],
  ['black on nothing', (ink) => [0, 0, 0, 255 * ink]],
  ['white on nothing', (ink) => [255, 255, 255, 255 * ink]],
  ['in uneven light', (ink, x, y) => grey((235 - 100 * x - 60 * y * y) * (1 - 0.8 * ink))],
  ['on grainy paper', (ink) => grey(220 - 160 * ink + 15 * grain())],
  ['as a photo', (ink, x, y) => mix(ink * 0.85, [10, 15, 70], grey(230 - 90 * x - 60 * y)).map((v) => v + 8 * grain())],
])('%s: the net classifies as many correctly as in MNIST itself', async (_, color) => {
  const { net } = await trained;
  const right = (x: Float64Array, n: number) => argmax(predict(net, x), 10)[0] === mnist.test.labels[n];
  const indices = Array.from({ length: COUNT }, (_, n) => n);
  const before = indices.filter((n) => right(scalePixels(mnist.test.images.subarray(n * 784, (n + 1) * 784)), n));
  const after = indices.filter((n) => right(prepareDigit(picture(n, color))!, n));
  expect(before.length).toBeGreaterThan(17);
  expect(after.length).toBeGreaterThanOrEqual(before.length - 1);
});

test.each(readdirSync(PICTURES).filter((name) => /png|jpg/.test(name)))('%s', async (name) => {
  const { net } = await trained;
  const x = prepareDigit(await decodePicture(readFileSync(join(PICTURES, name)), name))!;
  expect(String(argmax(predict(net, x), 10)[0])).toBe(name[0]);
});

test.each<[string, (x: number, y: number) => number[]]>([
  ['white', () => grey(255)],
  ['grainy paper', () => grey(200 + 12 * grain())],
  ['paper in uneven light', (x, y) => grey(230 - 80 * x - 50 * y + 4 * grain())],
  ['nothing at all', () => [0, 0, 0, 0]],
])('%s is blank', (_, color) => {
  expect(prepareDigit(picture(0, (_, x, y) => color(x, y)))).toBeUndefined();
});

test('dust is not counted as ink', () => {
  const dirty = picture(3, (ink) => grey(255 - 255 * ink));
  const at = 4 * (3 * SIDE + 3);
  dirty.rgba.set([0, 0, 0, 255, 0, 0, 0, 255], at);
  const clean = prepareDigit(picture(3, (ink) => grey(255 - 255 * ink)))!;
  expect(prepareDigit(dirty)!.every((value, i) => Math.abs(value - clean[i]) < 0.01)).toBe(true);
});

test.each([
  [1, 1],
  [1, 7],
  [7, 1],
  [2, 2],
])('a picture of %i x %i', (rows, columns) => {
  const rgba = new Uint8Array(rows * columns * 4).fill(255);
  rgba.set([0, 0, 0], 0);
  expect(() => prepareDigit({ rows, columns, rgba })).not.toThrow();
});

test('the ink of a clean picture is the drawn digit', () => {
  const drawn = picture(0, (ink) => grey(255 - 255 * ink));
  const { ink } = findInk(drawn)!;
  const byte = (i: number) =>
    mnist.test.images[Math.floor(Math.floor(i / SIDE) / SIZE) * 28 + Math.floor((i % SIDE) / SIZE)];
  expect(ink.every((value, i) => Math.abs(value - byte(i) / 255) < 0.1)).toBe(true);
});

test("Otsu's threshold is midway between two classes", () => {
  expect(otsuThreshold(Float64Array.of(0.1, 0.1, 0.1, 0.9))).toBeCloseTo(0.5, 2);
  expect(otsuThreshold(Float64Array.of(0.2, 0.3, 0.25, 0.8, 0.7))).toBeCloseTo(0.5, 2);
});

test('the measured width of a stroke is its drawn width', () => {
  const bar = { rows: 40, columns: 40, ink: new Float64Array(1600) };
  for (let row = 5; row < 35; row++) bar.ink.fill(1, row * 40 + 10, row * 40 + 13);
  expect(strokeWidth(bar)).toBeCloseTo((2 * 90) / 66, 1); // area 90, outline 66
});

test('a thin stroke is widened to those of MNIST, a wide one is not changed', () => {
  const ring = (pen: number) => {
    const ink = Float64Array.from({ length: 200 * 200 }, (_, i) =>
      Math.abs(Math.hypot(Math.floor(i / 200) - 100, (i % 200) - 100) - 80) < pen / 2 ? 1 : 0,
    );
    return { rows: 200, columns: 200, ink };
  };
  const wide = ring(20);
  expect(thicken(wide) === wide).toBe(true);
  const thick = thicken(ring(2)); // scaled to 81 pixels, where MNIST's pen is 9 wide
  expect(strokeWidth(thick)).toBeGreaterThan(7);
  expect(strokeWidth(thick)).toBeLessThan(11);
});

test('pieces below a twentieth of the largest are specks', () => {
  //                             a piece of 1.5, joined at a corner; 0.05; 0.5
  const ink = Float64Array.of(1, 0, 0, 0.05, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0.5);
  const want = Float64Array.from(ink);
  want[3] = 0;
  expect(removeSpecks({ ink, rows: 3, columns: 5 }).ink).toEqual(want);
});

/** Pixels of a picture of grey levels 0 … 255, without inverting them. */
const greyPicture = (levels: ArrayLike<number>, rows: number, columns: number) => ({
  rows,
  columns,
  rgba: Uint8Array.from({ length: 4 * rows * columns }, (_, i) => (i % 4 === 3 ? 255 : levels[i >> 2])),
});

describe('28 x 28 pixels, light on black', () => {
  const COUNT = 400;
  const bytesOf = (n: number) => mnist.test.images.subarray(n * 784, (n + 1) * 784);
  const right = async (pixelsOf: (n: number) => Promise<Float64Array> | Float64Array) => {
    const { net } = await trained;
    const digits = [];
    for (let n = 0; n < COUNT; n++) digits.push(argmax(predict(net, await pixelsOf(n)), 10)[0]);
    return digits.filter((digit, n) => digit === mnist.test.labels[n]).length;
  };
  const before = right((n) => scalePixels(bytesOf(n)));

  test('all 10,000 test images are returned bit for bit, without a note', () => {
    for (let n = 0; n < mnist.test.count; n++) {
      const { pixels, notes } = seeDigit(greyPicture(bytesOf(n), 28, 28));
      expect(Buffer.compare(Buffer.from(pixels!.buffer), Buffer.from(scalePixels(bytesOf(n)).buffer))).toBe(0);
      expect(notes).toEqual([]);
    }
  });

  test('one pixel of value 1 in a corner changes nothing', async () => {
    const dotted = (n: number) =>
      Uint8Array.from(bytesOf(n), (value, i) => (i === [0, 27, 756, 783][n % 4] ? 1 : value));
    expect(await right((n) => prepareDigit(greyPicture(dotted(n), 28, 28))!)).toBeGreaterThanOrEqual(
      (await before) - 2,
    );
  });

  const raw = { raw: { width: 28, height: 28, channels: 1 } } as const;
  test.each<[string, (image: Sharp) => Sharp | Promise<Sharp>]>([
    ['JPEG of quality 90', (image) => image.jpeg({ quality: 90 })],
    ['JPEG of quality 50', (image) => image.jpeg({ quality: 50 })],
    [
      'Lanczos, larger and small again',
      async (image) => {
        const large = await image.resize(280, 280, { kernel: 'lanczos3' }).png().toBuffer();
        return sharp(large).resize(28, 28, { kernel: 'lanczos3' }).png();
      },
    ],
  ])('%s: as accurate as the clean picture, except 2 of 100', async (_, change) => {
    const seen = await right(async (n) => {
      const changed = await change(sharp(bytesOf(n), raw));
      return prepareDigit(await decodePicture(await changed.toBuffer(), 'x'))!;
    });
    expect(seen).toBeGreaterThanOrEqual((await before) - 8);
  });
});

test.each(readdirSync(join(PICTURES, 'not-only-ink')))('%s', async (name) => {
  const { net } = await trained;
  const { pixels, notes } = seeDigit(await decodePicture(readFileSync(join(PICTURES, 'not-only-ink', name)), name));
  expect(argmax(predict(net, pixels!), 10)[0]).toBe(9);
  expect(notes.map(({ kind }) => kind)).toContain(/lined/.test(name) && !/frame/.test(name) ? 'lines' : 'panel');
});

describe('on a page of 300 x 300 with other things on it', () => {
  const PAGE = 300;
  /** Darkness 0 … 1 of a test image, enlarged five times, in the middle or moved from it. */
  const inkAt = (n: number, x: number, y: number, left = 80, top = 80) => {
    const [column, row] = [Math.floor((x - left) / 5), Math.floor((y - top) / 5)];
    const isOn = column >= 0 && row >= 0 && column < 28 && row < 28;
    return isOn ? mnist.test.images[n * 784 + row * 28 + column] / 255 : 0;
  };
  const page = (level: (x: number, y: number) => number) =>
    greyPicture(
      Uint8ClampedArray.from({ length: PAGE * PAGE }, (_, i) => level(i % PAGE, Math.floor(i / PAGE))),
      PAGE,
      PAGE,
    );
  const tilted = (x: number, y: number, degrees: number) =>
    y * Math.cos((degrees * Math.PI) / 180) - x * Math.sin((degrees * Math.PI) / 180) + 1000;
  const onPaper = (n: number, x: number, y: number, paper: number) => paper * (1 - 0.9 * inkAt(n, x, y));

  test.each<[string, (x: number, y: number) => number, string | undefined]>([
    ['nothing else', () => 250, undefined],
    ['ruled lines', (_, y) => (y % 31 < 2 ? 170 : 250), 'lines'],
    ['dark lines at 12 degrees', (x, y) => (tilted(x, y, 12) % 37 < 2 ? 60 : 250), 'lines'],
    ['squares', (x, y) => (x % 29 < 2 || y % 29 < 2 ? 150 : 250), 'lines'],
    ['a thin frame', (x, y) => (Math.max(Math.abs(x - 150), Math.abs(y - 150)) >> 1 === 60 ? 0 : 250), 'panel'],
    ['a thick frame', (x, y) => (Math.max(Math.abs(x - 150), Math.abs(y - 150)) > 125 ? 30 : 250), 'panel'],
    ['a desk around', (x, y) => (x < 40 || y < 30 || x > 270 ? 70 : 245), 'panel'],
    ['a thing that reaches in', (x, y) => (Math.hypot(x - 290, y) < 60 ? 40 : 250), 'edge'],
    ['a shadow over half of it', (x, y) => 250 - 90 / (1 + Math.exp((150 - x - y / 4) / 9)), undefined],
  ])('%s: as many correct as without, except one', async (_, paper, kind) => {
    const { net } = await trained;
    const seen = Array.from({ length: 20 }, (_, n) => seeDigit(page((x, y) => onPaper(n, x, y, paper(x, y)))));
    const right = (x: Float64Array, n: number) => argmax(predict(net, x), 10)[0] === mnist.test.labels[n];
    const before = seen.filter((_, n) => right(scalePixels(mnist.test.images.subarray(n * 784, (n + 1) * 784)), n));
    expect(seen.filter(({ pixels }, n) => right(pixels!, n)).length).toBeGreaterThanOrEqual(before.length - 1);
    if (kind === undefined) expect(seen.filter(({ notes }) => notes.length > 0).length).toBeLessThanOrEqual(1);
    else expect(seen.filter(({ notes }) => notes.some((note) => note.kind === kind)).length).toBeGreaterThan(18);
  });

  test('two digits, five shapes, a digit in a circle, much ink and a soft blot get notes; noise gets none', () => {
    const textsOf = (level: (x: number, y: number) => number) => seeDigit(page(level)).notes.map(({ text }) => text);
    const two = (x: number, y: number) => 250 * (1 - Math.max(inkAt(0, x, y, 5), inkAt(1, x, y, 155)));
    expect(textsOf(two)).toEqual(['2 separate shapes: crop to one digit']);
    const five = (x: number, y: number) => (x % 60 > 10 && x % 60 < 40 && Math.abs(y - 150) < 20 ? 0 : 250);
    expect(textsOf(five)).toEqual(['5 separate shapes: crop to one digit']);
    const circled = (x: number, y: number) =>
      Math.abs(Math.hypot(x - 150, y - 150) - 110) < 3 ? 0 : 250 * (1 - inkAt(0, x, y));
    expect(textsOf(circled)).toEqual(['read inside a frame, circle or sheet; what is around it was left out']);
    const cloud = (x: number, y: number) => 250 * (1 - Math.exp(-((Math.hypot(x - 150, y - 150) / 50) ** 2)));
    expect(textsOf(cloud)).toEqual(['no clear strokes: write with a thinner pen, take the photo in focus']);
    const blot = (x: number, y: number) => (Math.hypot(x - 150, y - 150) < 97 ? 0 : 250);
    expect(textsOf(blot)).toEqual(['a third of the picture is ink: leave a margin around one digit']);
    const random = randomStream(7).randn(PAGE * PAGE);
    expect(prepareDigit(page((x, y) => 128 + 90 * random[y * PAGE + x]))).toBeUndefined();
  });
});
