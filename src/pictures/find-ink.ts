import { borderPixels, opaqueColors, type OpaquePicture } from './opaque-colors.js';
import { otsuThreshold } from './otsu-threshold.js';
import { fitSurface, flat, surfaceValues, type Surface } from './paper-surface.js';
import type { Picture } from './picture.js';
import { withoutSpecks } from './without-specks.js';

const { abs, floor, max, min, round } = Math;

/** What is drawn in a picture. */
export interface Ink {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns), in [0, 1]: 0 paper, 1 ink */
  readonly ink: Float64Array;
}

/** Rows and columns of pixels that the paper is known by. */
const SAMPLES = 96;
/** Times that the paper is looked for, each time in what was paper the time before. */
const ROUNDS = 4;
/** Ink that differs less than this from its paper, of 1, is none … */
const FAINTEST = 0.06;
/** … nor is what stands out of the grain of the paper by less than this many standard deviations. */
const GRAINS = 6;
/** What is taken for grain beyond this is the soft edge of ink that leaves little paper. */
const COARSEST = 0.08;
/** A quarter of the values of a normal distribution are within this many standard deviations of its mean. */
const QUARTER = 0.3186;
/** Of a channel of paper, 0 … 255: what is drawn on black is not divided by nothing. */
const LEAST_RANGE = 48;

/**
 * Parts ink from paper. Paper is what the edge of the picture is made of, its light and colour changing smoothly from
 * place to place; ink differs from it, dark on light or light on dark, in any colour. Noise and specks are left out.
 *
 * @returns ink of a picture reduced to at most 1024 x 1024; undefined if it is blank
 */
export function findInk(picture: Picture): Ink | undefined {
  const colors = opaqueColors(picture);
  if (colors === undefined) return undefined;
  const { rows, columns } = colors;
  const { paper, noise } = findPaper(colors);
  const contrast = contrastWith(colors, paper);
  const threshold = otsuThreshold(contrast);
  const strength = quantile(
    contrast.filter((value) => value >= threshold),
    0.9,
  );
  if (!(strength >= max(FAINTEST, GRAINS * noise))) return undefined;
  const faintest = max(3 * noise, FAINTEST * strength);
  const ink = contrast.map((value) => (value > faintest ? min(value / strength, 1) : 0));
  return { rows, columns, ink: withoutSpecks(ink, rows, columns) };
}

/** The colour of the paper at every pixel, (rows, columns) for each channel, and the standard deviation of its contrast. */
function findPaper(colors: OpaquePicture): { paper: Float64Array[]; noise: number } {
  const few = sample(colors);
  const edge = borderPixels(few.rows, few.columns);
  let surfaces: Surface[] = few.channels.map((channel) => flat(median(Float64Array.from(edge, (i) => channel[i]))));
  const paperHere = () => surfaces.map((surface) => surfaceValues(surface, few.rows, few.columns));
  let isPaper: (value: unknown, i: number) => boolean = () => true;
  for (let round = 0; round < ROUNDS; round++) {
    const contrast = contrastWith(few, paperHere());
    const threshold = otsuThreshold(contrast);
    isPaper = (_, i) => contrast[i] < threshold;
    // Little paper between much ink does not tell how it goes on: it is taken to be of one colour.
    const isFlat = contrast.filter(isPaper).length < contrast.length / 2;
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
    paper: surfaces.map((surface) => surfaceValues(surface, colors.rows, colors.columns)),
    noise: min(max(...deviations.map((shares) => quantile(shares, 0.25))) / QUARTER, COARSEST),
  };
}

const median = (values: Float64Array) => quantile(values, 0.5);

/** Pixels at equal distances, the outermost included. */
function sample({ rows, columns, channels }: OpaquePicture): OpaquePicture {
  const to = { rows: min(rows, SAMPLES), columns: min(columns, SAMPLES) };
  const place = (i: number, from: number, count: number) => (count === 1 ? 0 : round((i * (from - 1)) / (count - 1)));
  const take = (channel: Float64Array) =>
    Float64Array.from({ length: to.rows * to.columns }, (_, i) => {
      const row = place(floor(i / to.columns), rows, to.rows);
      return channel[row * columns + place(i % to.columns, columns, to.columns)];
    });
  return { ...to, channels: channels.map(take) };
}

/**
 * How far every pixel is from paper, of what it could be: 1 is black on white, or white on black. The colour channel
 * that shows it best decides; pixels that differ to the other side than most of the ink are paper.
 */
function contrastWith(colors: OpaquePicture, paper: readonly Float64Array[]): Float64Array {
  const isDarker = inkIsDarker(colors, paper);
  const contrast = new Float64Array(paper[0].length);
  colors.channels.forEach((channel, k) => {
    for (let i = 0; i < contrast.length; i++) {
      contrast[i] = max(contrast[i], shareOf(paper[k][i], channel[i], isDarker));
    }
  });
  return contrast;
}

/** What a channel differs from its paper, of what it could differ to the side of the ink, where it is positive. */
function shareOf(paper: number, value: number, isDarker: boolean): number {
  return isDarker ? (paper - value) / max(paper, LEAST_RANGE) : (value - paper) / max(255 - paper, LEAST_RANGE);
}

function inkIsDarker({ channels }: OpaquePicture, paper: readonly Float64Array[]): boolean {
  let balance = 0;
  channels.forEach((channel, k) => {
    for (let i = 0; i < channel.length; i++) {
      const difference = paper[k][i] - channel[i];
      balance += difference * abs(difference);
    }
  });
  return balance >= 0;
}

/** The value that this share of all are below; NaN of none. */
function quantile(values: Float64Array, share: number): number {
  if (values.length === 0) return NaN;
  return values.sort()[floor(share * (values.length - 1))];
}
