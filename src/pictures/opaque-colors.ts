import { LONGEST, type Picture } from './picture.js';

const { ceil, floor, max } = Math;

/** A picture without transparency, and small enough to work on. */
export interface OpaquePicture {
  readonly rows: number;
  readonly columns: number;
  /** Red, green, blue: (rows, columns) each, 0 … 255 */
  readonly channels: readonly Float64Array[];
}

/**
 * Reduces a picture to at most 1024 x 1024, every new pixel the mean of a square of old ones, and lays it on a ground:
 * paper where its edge is paper; where its edge is transparent white, or black if what is on it is light.
 *
 * @returns undefined if all of it is transparent
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
  const sumOf = (array: Float64Array, indices: readonly number[]) => indices.reduce((sum, i) => sum + array[i], 0);
  const edgeAlpha = sumOf(alpha, edge);
  if (edgeAlpha >= edge.length / 2) return channels.map((channel) => sumOf(channel, edge) / edgeAlpha);
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
