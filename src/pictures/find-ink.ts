import { borderPixels, opaqueColors, type OpaquePicture } from './opaque-colors.js';
import { otsuThreshold } from './otsu-threshold.js';
import { paperSurface } from './paper-surface.js';
import type { Picture } from './picture.js';
import { withoutSpecks } from './without-specks.js';

/** What is drawn in a picture. */
export interface Ink {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns), in [0, 1]: 0 paper, 1 ink */
  readonly ink: Float64Array;
}

/** Times that the paper is looked for, each time in what was paper the time before. */
const ROUNDS = 4;
/** Ink that differs less than this from its paper, of 1, is none … */
const FAINTEST = 0.06;
/** … nor is what stands out of the grain of the paper by less than this many standard deviations. */
const GRAINS = 6;
/** Of the normal distribution: this share of its values is below this many standard deviations. */
const QUARTILE = { share: 0.75, deviations: 0.6745 };
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
  const isEdge = new Uint8Array(rows * columns);
  for (const i of borderPixels(rows, columns)) isEdge[i] = 1;

  let contrast = contrastWith(colors, colors.channels.map(edgeColor));
  let threshold = otsuThreshold(contrast);
  for (let round = 1; round < ROUNDS; round++) {
    const isPaper = (i: number) => contrast[i] < threshold;
    const paper = colors.channels.map((channel) => paperSurface(channel, rows, columns, isPaper));
    contrast = contrastWith(colors, paper);
    threshold = otsuThreshold(contrast);
  }
  const noise = quantile(contrast.filter(isBelow(threshold)), QUARTILE.share) / QUARTILE.deviations;
  const strength = quantile(contrast.filter(isAtLeast(threshold)), 0.9);
  if (!(strength >= Math.max(FAINTEST, GRAINS * noise))) return undefined;
  const faintest = Math.max(3 * noise, FAINTEST * strength);
  const ink = contrast.map((value) => (value > faintest ? Math.min(value / strength, 1) : 0));
  return { rows, columns, ink: withoutSpecks(ink, rows, columns) };

  function edgeColor(channel: Float64Array): Float64Array {
    return new Float64Array(channel.length).fill(
      quantile(
        channel.filter((_, i) => isEdge[i] === 1),
        0.5,
      ),
    );
  }
}

/**
 * How far every pixel is from paper, of what it could be: 1 is black on white, or white on black. The colour channel
 * that shows it best decides; pixels that differ to the other side than most of the ink are paper.
 */
function contrastWith({ channels }: OpaquePicture, paper: readonly Float64Array[]): Float64Array {
  let [darker, lighter] = [0, 0];
  channels.forEach((channel, k) =>
    channel.forEach((value, i) => {
      const difference = paper[k][i] - value;
      if (difference > 0) darker += difference ** 2;
      else lighter += difference ** 2;
    }),
  );
  const sign = darker >= lighter ? 1 : -1;
  const contrast = new Float64Array(channels[0].length);
  channels.forEach((channel, k) =>
    channel.forEach((value, i) => {
      const range = Math.max(sign === 1 ? paper[k][i] : 255 - paper[k][i], LEAST_RANGE);
      contrast[i] = Math.max(contrast[i], (sign * (paper[k][i] - value)) / range);
    }),
  );
  return contrast;
}

const isBelow = (limit: number) => (value: number) => value < limit;
const isAtLeast = (limit: number) => (value: number) => value >= limit;

/** The value that this share of all are below; NaN of none. */
function quantile(values: Float64Array, share: number): number {
  if (values.length === 0) return NaN;
  return values.sort()[Math.floor(share * (values.length - 1))];
}
