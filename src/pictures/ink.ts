import { blurred, fitSurface, flat, type Surface, surfaceValues } from './background.js';
import { type Ink, LONGEST, type OpaquePicture, type Picture } from './picture.js';
import { removeSpecks } from './strokes.js';

const { abs, ceil, floor, max, min, round, sqrt } = Math;

/** Rows and columns of the sample of pixels from which the paper is estimated. */
const SAMPLES = 96;
/** Width of the edge that is assumed to be paper at first, as a share of the picture's shorter side. */
const BAND = 0.03;
/** Iterations of the estimate; each uses the pixels that the previous one classified as paper. */
const ROUNDS = 4;
/** Least contrast of ink with its paper, 0 … 1. */
const FAINTEST = 0.06;
/** Least contrast of ink in standard deviations of the paper's grain. */
const GRAINS = 6;
/** Upper limit of the estimated grain; larger estimates come from soft edges of ink. */
const COARSEST = 0.08;
/** A quarter of the values of a normal distribution are within this many standard deviations of its mean. */
const QUARTER = 0.3186;
/** Least divisor of contrast, 0 … 255, so that black paper does not divide by 0. */
const LEAST_RANGE = 48;

/** A part of a picture: `inside` (rows, columns) is 1 in it and 0 elsewhere. */
interface Part extends OpaquePicture {
  readonly inside: Uint8Array;
}

const wholeOf = (colors: OpaquePicture): Part => ({
  ...colors,
  inside: new Uint8Array(colors.rows * colors.columns).fill(1),
});

/**
 * Separates ink from paper. The edge of the picture is assumed to be paper, whose colour and light vary smoothly; ink
 * differs from it, dark on light or light on dark, in any colour. Noise and specks are left out.
 *
 * @returns ink of a picture reduced to at most 512 x 512; undefined if it is blank
 */
export function findInk(picture: Picture): Ink | undefined {
  const colors = opaqueColors(picture);
  const drawn = colors && inkOn(colors);
  return drawn && removeSpecks(drawn);
}

/**
 * Separates ink from paper in a part of a picture, whose edge is assumed to be paper. Specks are kept.
 *
 * @param inside (rows, columns): 1 in the part, 0 elsewhere; by default the whole picture
 * @returns undefined if it is blank
 */
export function inkOn(colors: OpaquePicture, inside?: Uint8Array): Ink | undefined {
  const { rows, columns } = colors;
  const part = inside ? { ...colors, inside } : wholeOf(colors);
  const { paper, noise } = findPaper(part);
  const contrast = contrastWith(part, paper);
  const strength = strengthOf(contrast, part);
  if (!(strength >= max(FAINTEST, GRAINS * noise))) return undefined;
  const faintest = max(3 * noise, FAINTEST * strength);
  return { rows, columns, ink: contrast.map((value) => (value > faintest ? min(value / strength, 1) : 0)) };
}

/** The contrast that separates ink from paper. */
const thresholdOf = (contrast: Float64Array, { inside }: Part) =>
  otsuThreshold(contrast.filter((_, i) => inside[i] === 1));

/** The 0.9 quantile of the contrast of ink; NaN if there is none. */
function strengthOf(contrast: Float64Array, part: Part): number {
  const threshold = thresholdOf(contrast, part);
  return quantile(
    contrast.filter((value) => value >= threshold),
    0.9,
  );
}

/** Grain above this share of the ink's contrast is smoothed. */
const COARSE = 0.1;
/** Largest radius of smoothing, as a share of the picture's shorter side: a quarter of a stroke. */
const WIDEST = 0.014;
/** Distance of the pixels that are compared; larger than a grain. */
const APART = 6;

/** Smooths coarse grain, with the smallest sufficient radius; a picture with fine grain stays as it is. */
export function withoutGrain(colors: OpaquePicture): OpaquePicture {
  let smooth = colors;
  for (let radius = 1; radius <= WIDEST * min(colors.rows, colors.columns) && grainOf(smooth) > COARSE; radius++) {
    smooth = blurred(colors, radius);
  }
  return smooth;
}

/**
 * Standard deviation of the grain, as a share of the ink's contrast. The middle of three pixels in a row differs from
 * the mean of the others by grain, except at edges; the lower quartile of these differences excludes edges.
 */
function grainOf(colors: OpaquePicture): number {
  const few = sample(wholeOf(colors));
  const { paper } = findPaper(few);
  const strength = strengthOf(contrastWith(few, paper), few);
  const isDarker = inkIsDarker(few, paper);
  const middles = few.indices.map((i) => {
    const column = i % colors.columns;
    return i - column + max(APART, min(column, colors.columns - 1 - APART));
  });
  const deviations = colors.channels.map((channel, k) => {
    const differences = Float64Array.from(middles, (at, i) => {
      const difference = channel[at] - (channel[at - APART] + channel[at + APART]) / 2;
      return abs(difference) / rangeOf(paper[k][i], isDarker);
    });
    return quantile(differences, 0.25) / QUARTER / sqrt(1.5);
  });
  return max(...deviations) / strength;
}

/** The colour of the paper at every pixel, (rows, columns) per channel, and the standard deviation of its contrast. */
function findPaper(part: Part): { paper: Float64Array[]; noise: number } {
  const few = sample(part);
  const edge = edgePixels(few);
  let surfaces: Surface[] = few.channels.map((channel) => flat(median(Float64Array.from(edge, (i) => channel[i]))));
  const paperHere = () => surfaces.map((surface) => surfaceValues(surface, few.rows, few.columns));
  const area = few.inside.reduce((sum, value) => sum + value, 0);
  let isPaper: (value: unknown, i: number) => boolean = () => true;
  for (let round = 0; round < ROUNDS; round++) {
    const contrast = contrastWith(few, paperHere());
    const threshold = thresholdOf(contrast, few);
    isPaper = (_, i) => few.inside[i] === 1 && contrast[i] < threshold;
    // With too little paper for a surface, the paper is assumed to have one colour.
    const isFlat = contrast.filter(isPaper).length < area / 2;
    surfaces = few.channels.map((channel) =>
      isFlat ? flat(median(channel.filter(isPaper))) : fitSurface(channel, few.rows, few.columns, isPaper),
    );
  }
  const paper = paperHere();
  const isDarker = inkIsDarker(few, paper);
  const deviations = few.channels.map((channel, k) =>
    channel.map((value, i) => abs(shareOf(paper[k][i], value, isDarker))).filter(isPaper),
  );
  return {
    paper: surfaces.map((surface) => surfaceValues(surface, part.rows, part.columns)),
    noise: min(max(...deviations.map((shares) => quantile(shares, 0.25))) / QUARTER, COARSEST),
  };
}

/** Pixels in a band along the edge of a part, wide enough that a line along the edge is not taken for paper. */
function edgePixels({ inside, rows, columns }: Part): number[] {
  const band = max(1, round(BAND * min(rows, columns)));
  const isIn = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < rows && column < columns && inside[row * columns + column] === 1;
  const edge: number[] = [];
  for (let i = 0; i < inside.length; i++) {
    const [row, column] = [floor(i / columns), i % columns];
    const isNear =
      !isIn(row - band, column) || !isIn(row + band, column) || !isIn(row, column - band) || !isIn(row, column + band);
    if (inside[i] === 1 && isNear) edge.push(i);
  }
  return edge;
}

const median = (values: Float64Array) => quantile(values, 0.5);

/** Samples pixels at equal distances, including the outermost. */
function sample({ rows, columns, channels, inside }: Part) {
  const to = { rows: min(rows, SAMPLES), columns: min(columns, SAMPLES) };
  const index = (i: number, from: number, count: number) => (count === 1 ? 0 : round((i * (from - 1)) / (count - 1)));
  const indices = Int32Array.from(
    { length: to.rows * to.columns },
    (_, i) => index(floor(i / to.columns), rows, to.rows) * columns + index(i % to.columns, columns, to.columns),
  );
  return {
    ...to,
    indices,
    channels: channels.map((channel) => Float64Array.from(indices, (i) => channel[i])),
    inside: Uint8Array.from(indices, (i) => inside[i]),
  };
}

/**
 * Contrast of every pixel with the paper, 0 … 1: 1 is black on white, or white on black. The channel with the largest
 * contrast counts; pixels that differ from the paper in the direction opposite to the ink have none.
 */
function contrastWith(part: Part, paper: readonly Float64Array[]): Float64Array {
  const isDarker = inkIsDarker(part, paper);
  const contrast = new Float64Array(paper[0].length);
  part.channels.forEach((channel, k) => {
    for (let i = 0; i < contrast.length; i++) {
      if (part.inside[i] === 1) contrast[i] = max(contrast[i], shareOf(paper[k][i], channel[i], isDarker));
    }
  });
  return contrast;
}

/** Contrast of a value with its paper; positive on the side of the ink. */
function shareOf(paper: number, value: number, isDarker: boolean): number {
  return (isDarker ? paper - value : value - paper) / rangeOf(paper, isDarker);
}

const rangeOf = (paper: number, isDarker: boolean) => max(isDarker ? paper : 255 - paper, LEAST_RANGE);

function inkIsDarker({ channels, inside }: Part, paper: readonly Float64Array[]): boolean {
  let balance = 0;
  channels.forEach((channel, k) => {
    for (let i = 0; i < channel.length; i++) {
      if (inside[i] === 0) continue;
      const difference = paper[k][i] - channel[i];
      balance += difference * abs(difference);
    }
  });
  return balance >= 0;
}

/** The quantile at `share`; NaN if there are no values. Sorts the values. */
function quantile(values: Float64Array, share: number): number {
  if (values.length === 0) return NaN;
  return values.sort()[floor(share * (values.length - 1))];
}

/**
 * Reduces a picture to at most 512 x 512, every new pixel being the mean of a square of old ones, and fills transparent
 * pixels with the colour of the edge; if the edge is transparent, with white, or with black if the drawing is light.
 *
 * @returns undefined if the whole picture is transparent
 */
export function opaqueColors(picture: Picture): OpaquePicture | undefined {
  const { rows, columns, channels, alpha } = reduce(picture);
  const ground = groundOf(rows, columns, channels, alpha);
  if (ground === undefined) return undefined;
  channels.forEach((channel, k) => channel.forEach((value, i) => (channel[i] = value + (1 - alpha[i]) * ground[k])));
  return { rows, columns, channels };
}

/** Means over squares: alpha in [0, 1], and the three colours times alpha. */
function reduce({ rows, columns, rgba }: Picture) {
  const side = ceil(max(rows, columns) / LONGEST);
  const to = { rows: ceil(rows / side), columns: ceil(columns / side) };
  const channels = [0, 1, 2].map(() => new Float64Array(to.rows * to.columns));
  const alpha = new Float64Array(to.rows * to.columns);
  const pixels = new Float64Array(to.rows * to.columns);
  const [red, green, blue] = channels;
  for (let row = 0, from = 0; row < rows; row++) {
    const line = floor(row / side) * to.columns;
    for (let column = 0; column < columns; column++, from += 4) {
      const i = line + floor(column / side);
      const opacity = rgba[from + 3] / 255;
      red[i] += opacity * rgba[from];
      green[i] += opacity * rgba[from + 1];
      blue[i] += opacity * rgba[from + 2];
      alpha[i] += opacity;
      pixels[i]++;
    }
  }
  for (const array of [...channels, alpha]) array.forEach((sum, i) => (array[i] = sum / pixels[i]));
  return { ...to, channels, alpha };
}

function groundOf(
  rows: number,
  columns: number,
  channels: readonly Float64Array[],
  alpha: Float64Array,
): number[] | undefined {
  const edge = borderPixels(rows, columns);
  const edgeSum = (array: Float64Array) => edge.reduce((sum, i) => sum + array[i], 0);
  const edgeAlpha = edgeSum(alpha);
  if (edgeAlpha >= edge.length / 2) return channels.map((channel) => edgeSum(channel) / edgeAlpha);
  const total = (array: Float64Array) => array.reduce((sum, value) => sum + value, 0);
  if (total(alpha) === 0) return undefined;
  const lightness = channels.reduce((sum, channel) => sum + total(channel), 0) / 3 / total(alpha);
  return lightness < 128 ? [255, 255, 255] : [0, 0, 0];
}

/** Indices of the outermost pixels. */
export function borderPixels(rows: number, columns: number): number[] {
  const indices = [];
  for (let row = 0; row < rows; row++) {
    const step = row === 0 || row === rows - 1 ? 1 : max(columns - 1, 1);
    for (let column = 0; column < columns; column += step) indices.push(row * columns + column);
  }
  return indices;
}

const BINS = 256;

/**
 * Otsu's threshold between two classes, which maximises the variance between them. If several thresholds do, as in an
 * empty part of the histogram, it is the middle one.
 *
 * @param values in [0, 1]
 * @see Otsu: A threshold selection method from gray-level histograms (1979)
 */
export function otsuThreshold(values: Float64Array): number {
  const histogram = new Float64Array(BINS);
  for (const value of values) histogram[min(BINS - 1, floor(value * BINS))]++;
  const total = histogram.reduce((sum, count, bin) => sum + count * bin, 0);
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let [first, last] = [0, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += histogram[bin];
    sumBelow += histogram[bin] * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best) {
      best = between;
      first = last = bin;
    } else if (between === best) last = bin;
  }
  return ((first + last) / 2 + 1) / BINS;
}
