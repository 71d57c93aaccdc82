import { randomStream, type RandomStream } from '#src/network/random.js';
import type { Picture } from '#src/pictures/picture.js';
import { DIGITS } from './strokes.js';

/*
 * Synthetic photos of MNIST's digits: on grainy, ruled and shaded paper, seen at an angle, cropped tightly, inverted,
 * transparent, small and large; and pictures without a digit. The same seed gives the same pixels.
 */

type Rgba = readonly [red: number, green: number, blue: number, alpha?: number];
/** Ink 0 … 1 at a point of the sheet. */
type Drawing = (x: number, y: number) => number;
/** A colour, 0 … 255, at a point of the picture, in pixels. */
type Painting = (x: number, y: number) => Rgba;

const { abs, floor, hypot, max, min, PI, sin, cos } = Math;
const grey = (value: number): Rgba => [value, value, value];

/** Samples a painting at the centres of the four quarters of each pixel. */
function paint(columns: number, rows: number, painting: Painting): Picture {
  const rgba = new Uint8ClampedArray(4 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    const [x, y] = [i % columns, floor(i / columns)];
    const sum = [0, 0, 0, 0];
    for (const [dx, dy] of [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ]) {
      const [red, green, blue, alpha = 255] = painting(x + dx, y + dy);
      [red, green, blue, alpha].forEach((value, k) => (sum[k] += value / 4));
    }
    rgba.set(sum, 4 * i);
  }
  return { rows, columns, rgba: new Uint8Array(rgba.buffer) };
}

/** Adds normal noise with this standard deviation to every pixel, in grains of `size` pixels. */
function addGrain({ rows, columns, rgba }: Picture, sigma: number, random: RandomStream, size = 1): Picture {
  const across = Math.ceil(columns / size);
  const noise = random.randn(across * Math.ceil(rows / size));
  const grainy = Uint8ClampedArray.from(rgba, (value, i) => {
    if (i % 4 === 3) return value;
    const [x, y] = [(i >> 2) % columns, floor((i >> 2) / columns)];
    return value + sigma * noise[floor(y / size) * across + floor(x / size)];
  });
  return { rows, columns, rgba: new Uint8Array(grainy.buffer) };
}

/** An image of MNIST as a smooth drawing. Its 28 x 28 pixels cover a square of this side at (left, top). */
function drawDigit(image: Uint8Array, left: number, top: number, side: number): Drawing {
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column > 27 || row > 27 ? 0 : image[28 * row + column] / 255;
  return (x, y) => {
    const [u, v] = [(28 * (x - left)) / side - 0.5, (28 * (y - top)) / side - 0.5];
    const [column, row] = [floor(u), floor(v)];
    const [a, b] = [u - column, v - row];
    const upper = (1 - a) * at(column, row) + a * at(column + 1, row);
    const lower = (1 - a) * at(column, row + 1) + a * at(column + 1, row + 1);
    const ink = (1 - b) * upper + b * lower;
    return min(max(2 * ink - 0.5, 0), 1); // the edge of a pen is sharper than a pixel of MNIST
  };
}

/** Maps a point of the picture to the sheet, which is seen at an angle: a homography. */
function seenFrom(random: RandomStream, size: number): (x: number, y: number) => [number, number] {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const turn = (between(-12, 12) * PI) / 180;
  const [tiltX, tiltY] = [between(-0.35, 0.35), between(-0.5, 0.5)];
  return (x, y) => {
    const [u, v] = [x / size - 0.5, y / size - 0.5];
    const depth = 1 + tiltX * u + tiltY * v;
    const [a, b] = [(u * cos(turn) - v * sin(turn)) / depth, (u * sin(turn) + v * cos(turn)) / depth];
    return [size * (a + 0.5), size * (b + 0.5)];
  };
}

/** Rows and columns of the smallest box around an image's ink. */
function boxOf(image: Uint8Array) {
  const inked = [...image.keys()].filter((i) => image[i] > 64);
  const [columns, rows] = [inked.map((i) => i % 28), inked.map((i) => floor(i / 28))];
  return { left: min(...columns), right: max(...columns) + 1, top: min(...rows), bottom: max(...rows) + 1 };
}

/** A picture that ends at the ink of the digit, or `margin` pixels beyond it. */
function tight(image: Uint8Array, scale: number, margin: number, color: (ink: number) => Rgba): Picture {
  const { left, right, top, bottom } = boxOf(image);
  const digit = drawDigit(image, margin - left * scale, margin - top * scale, 28 * scale);
  const [columns, rows] = [(right - left) * scale, (bottom - top) * scale].map((side) => Math.round(side) + 2 * margin);
  return paint(columns, rows, (x, y) => color(digit(x, y)));
}

/** Dark ink on a light sheet of this grey. */
const onPaper = (paper: number, ink: number, contrast = 0.85) => grey(paper * (1 - contrast * ink));

/** A scene: a picture of this image, with random details. */
type Scene = (image: Uint8Array, random: RandomStream) => Picture;

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random.uniform();
const SIDE = 300;

/** A digit at a random position and of a random size, on a page of 300 x 300. */
function placed(image: Uint8Array, random: RandomStream): Drawing {
  const side = between(random, 150, 260);
  const slack = SIDE - side;
  return drawDigit(image, slack * between(random, 0.2, 0.8), slack * between(random, 0.2, 0.8), side);
}

const grainy =
  (sigma: number, paper: number, contrast: number, size = 1): Scene =>
  (image, random) => {
    const digit = placed(image, random);
    const picture = paint(SIDE, SIDE, (x, y) => onPaper(paper, digit(x, y), contrast));
    return addGrain(picture, sigma, random, size);
  };

const ruled =
  (isSquared: boolean, isTilted: boolean): Scene =>
  (image, random) => {
    const digit = placed(image, random);
    const [gap, width] = [between(random, 22, 45), between(random, 1.2, 2.6)];
    const line = between(random, 120, 200);
    const view = isTilted ? seenFrom(random, SIDE) : (x: number, y: number) => [x, y];
    const picture = paint(SIDE, SIDE, (px, py) => {
      const [x, y] = view(px, py);
      const isLine = (y + 4000) % gap < width || (isSquared && (x + 4000) % gap < width);
      return onPaper(isLine ? line : 235, digit(x, y));
    });
    return addGrain(picture, 3, random);
  };

export const SCENES: Readonly<Record<string, Scene>> = {
  plain: (image, random) => {
    const digit = placed(image, random);
    return paint(SIDE, SIDE, (x, y) => onPaper(250, digit(x, y)));
  },
  'light on dark': (image, random) => {
    const digit = placed(image, random);
    return paint(SIDE, SIDE, (x, y) => grey(20 + 210 * digit(x, y)));
  },
  'transparent, dark': (image, random) => {
    const digit = placed(image, random);
    return paint(SIDE, SIDE, (x, y) => [20, 20, 60, 255 * digit(x, y)]);
  },
  'transparent, light': (image, random) => {
    const digit = placed(image, random);
    return paint(SIDE, SIDE, (x, y) => [250, 250, 200, 255 * digit(x, y)]);
  },
  'grain of 20': grainy(20, 220, 0.85),
  'grain of 40': grainy(40, 200, 0.85),
  'grain of 60': grainy(60, 190, 0.85),
  'grain of 80': grainy(80, 190, 0.85),
  'grain of 25, pencil': grainy(25, 210, 0.35),
  'grain of 40, pencil': grainy(40, 210, 0.35),
  'coarse grain of 25': grainy(25, 210, 0.8, 3),
  'coarse grain of 40': grainy(40, 210, 0.8, 3),
  shaded: (image, random) => {
    const digit = placed(image, random);
    const [a, b, c] = [between(random, -90, 90), between(random, -90, 90), between(random, -50, 20)];
    const light = (x: number, y: number) =>
      160 + a * (x / SIDE - 0.5) + b * (y / SIDE - 0.5) + (c * hypot(x - 150, y - 150)) / 150;
    return addGrain(
      paint(SIDE, SIDE, (x, y) => onPaper(light(x, y), digit(x, y))),
      6,
      random,
    );
  },
  'in half a shadow': (image, random) => {
    const digit = placed(image, random);
    const [turn, at, soft] = [between(random, 0, 2 * PI), between(random, -60, 60), between(random, 3, 25)];
    const light = (x: number, y: number) =>
      230 - 100 / (1 + Math.exp(((x - 150) * cos(turn) + (y - 150) * sin(turn) - at) / soft));
    return addGrain(
      paint(SIDE, SIDE, (x, y) => onPaper(light(x, y), digit(x, y))),
      5,
      random,
    );
  },
  ruled: ruled(false, false),
  squared: ruled(true, false),
  'ruled, from the side': ruled(false, true),
  'squared, from the side': ruled(true, true),
  'from the side': (image, random) => {
    const digit = placed(image, random);
    const view = seenFrom(random, SIDE);
    return paint(SIDE, SIDE, (x, y) => onPaper(240, digit(...view(x, y))));
  },
  'in a circle': (image, random) => {
    const digit = drawDigit(image, 70, 70, 160);
    const [radius, pen] = [between(random, 95, 125), between(random, 3, 9)];
    return paint(SIDE, SIDE, (x, y) =>
      onPaper(245, max(digit(x, y), abs(hypot(x - 150, y - 150) - radius) < pen / 2 ? 1 : 0)),
    );
  },
  'tight, dark': (image, random) => tight(image, between(random, 3, 12), 0, (ink) => onPaper(240, ink)),
  'tight, light': (image, random) => tight(image, between(random, 3, 12), 0, (ink) => grey(30 + 200 * ink)),
  'tight, pixel for pixel, dark': (image) => tight(image, 1, 0, (ink) => onPaper(255, ink, 1)),
  'tight, pixel for pixel, light': (image) => tight(image, 1, 0, (ink) => grey(255 * ink)),
  'a pixel of margin': (image, random) => tight(image, between(random, 2, 10), 1, (ink) => onPaper(240, ink)),
  'tight, grainy': (image, random) =>
    addGrain(
      tight(image, between(random, 4, 12), 0, (ink) => onPaper(210, ink)),
      20,
      random,
    ),
  small: (image, random) => {
    const side = floor(between(random, 14, 32));
    const digit = drawDigit(image, 0, 0, side);
    return paint(side, side, (x, y) => onPaper(250, digit(x, y)));
  },
  large: (image, random) => {
    const side = floor(between(random, 600, 800));
    const digit = drawDigit(image, 0.2 * side, 0.1 * side, 0.7 * side);
    return addGrain(
      paint(side, side, (x, y) => onPaper(240, digit(x, y))),
      8,
      random,
    );
  },
  'small on a large page': (image, random) => {
    const side = between(random, 55, 90);
    const digit = drawDigit(image, between(random, 20, 280), between(random, 20, 280), side);
    return addGrain(
      paint(400, 400, (x, y) => onPaper(240, digit(x, y))),
      4,
      random,
    );
  },
};

/** Distance from a point to the strokes of a digit of `strokes.ts` that fills a square of this side. */
function distanceTo(digit: number, left: number, top: number, side: number): Drawing {
  const segments = DIGITS[digit].flatMap((stroke) => stroke.slice(1).map((end, k) => [stroke[k], end] as const));
  return (px, py) => {
    const [x, y] = [(px - left) / side, (py - top) / side];
    let least = Infinity;
    for (const [[ax, ay], [bx, by]] of segments) {
      const [dx, dy] = [bx - ax, by - ay];
      const along = min(max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
      least = min(least, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2);
    }
    return side * Math.sqrt(least);
  };
}

/** Digits of straight and round strokes, drawn with a pen of this width on a page of 300 x 300. */
export function penned(digit: number, random: RandomStream, pen: number, line?: number): Picture {
  const side = between(random, 180, 300);
  const slack = SIDE - side;
  const distance = distanceTo(digit, slack * random.uniform(), slack * random.uniform(), side);
  const lean = between(random, -0.15, 0.15);
  return paint(SIDE, SIDE, (x, y) =>
    onPaper(line !== undefined && y % 36 < 2 ? line : 245, distance(x + lean * (y - 150), y) < pen / 2 ? 1 : 0),
  );
}

/** Pictures without a digit. */
export const NO_DIGITS: Readonly<Record<string, (random: RandomStream) => Picture>> = {
  'white paper': () => paint(SIDE, SIDE, () => grey(255)),
  'grainy paper': (random) =>
    addGrain(
      paint(SIDE, SIDE, () => grey(200)),
      between(random, 5, 60),
      random,
      1 + floor(3 * random.uniform()),
    ),
  'shaded paper': (random) => {
    const [a, b] = [between(random, -100, 100), between(random, -100, 100)];
    return addGrain(
      paint(SIDE, SIDE, (x, y) => grey(150 + a * (x / SIDE - 0.5) + b * (y / SIDE - 0.5))),
      8,
      random,
    );
  },
  'ruled paper': (random) => {
    const view = seenFrom(random, SIDE);
    return addGrain(
      paint(SIDE, SIDE, (x, y) => grey((view(x, y)[1] + 4000) % 33 < 2 ? 150 : 235)),
      4,
      random,
    );
  },
  noise: (random) =>
    addGrain(
      paint(SIDE, SIDE, () => grey(128)),
      128,
      random,
    ),
  'coarse noise': (random) =>
    addGrain(
      paint(SIDE, SIDE, () => grey(128)),
      128,
      random,
      10,
    ),
  clouds: (random) => {
    const blobs = Array.from({ length: 14 }, () => ({
      x: between(random, 0, SIDE),
      y: between(random, 0, SIDE),
      r: between(random, 20, 80),
      level: between(random, -140, 140),
    }));
    return paint(SIDE, SIDE, (x, y) =>
      grey(
        blobs.reduce(
          (sum, { x: bx, y: by, r, level }) => sum + level * Math.exp(-(((x - bx) / r) ** 2) - ((y - by) / r) ** 2),
          128,
        ),
      ),
    );
  },
  stripes: (random) => {
    const [turn, gap] = [between(random, 0, PI), between(random, 8, 80)];
    return paint(SIDE, SIDE, (x, y) => grey((x * cos(turn) + y * sin(turn) + 4000) % gap < gap / 2 ? 40 : 220));
  },
};

/** The random stream for picture n of a scene. */
export const chance = (n: number): RandomStream => randomStream(1000 + n);
