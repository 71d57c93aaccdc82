import type { OpaquePicture } from './picture.js';

const { ceil, max, min } = Math;

/** Number of terms of a quadratic surface. */
const TERMS = 6;
/** Ridge that keeps the equations solvable if terms are collinear, as in a picture of one row. */
const RIDGE = 1e-9;

/** Coefficients of 1, x, y, x², xy, y²; x and y go from -1 to 1 across the picture. */
export type Surface = Float64Array;

/** A constant surface. */
export const flat = (height: number): Surface => Float64Array.of(height, 0, 0, 0, 0, 0);

/** Maps the first index to -1 and the last to 1. */
const scaled = (index: number, length: number) => (length === 1 ? 0 : (2 * index) / (length - 1) - 1);

/**
 * Fits a quadratic surface to the pixels of paper by least squares. It estimates the colour of blank paper at every
 * pixel: light from one side and a lens that darkens the corners have nearly this form.
 *
 * @param values (rows, columns)
 * @param isPaper whether a pixel, by value and index, is paper; at least one is
 */
export function fitSurface(
  values: Float64Array,
  rows: number,
  columns: number,
  isPaper: (value: number, i: number) => boolean,
): Surface {
  const system = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1)); // normal equations
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      if (!isPaper(values[i], i)) continue;
      const x = scaled(column, columns);
      const y = scaled(row, rows);
      const terms = [1, x, y, x * x, x * y, y * y];
      for (let a = 0; a < TERMS; a++) {
        for (let b = 0; b < TERMS; b++) system[a][b] += terms[a] * terms[b];
        system[a][TERMS] += terms[a] * values[i];
      }
    }
  }
  for (let a = 1; a < TERMS; a++) system[a][a] += RIDGE * system[0][0];
  return solve(system);
}

/** Values of a surface at every pixel, (rows, columns), clamped to 0 … 255. */
export function surfaceValues([c0, cx, cy, cxx, cxy, cyy]: Surface, rows: number, columns: number): Float64Array {
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const y = scaled(row, rows);
    const atLeft = c0 + cy * y + cyy * y * y;
    const slope = cx + cxy * y;
    for (let column = 0; column < columns; column++) {
      const x = scaled(column, columns);
      values[row * columns + column] = min(max(atLeft + (slope + cxx * x) * x, 0), 255);
    }
  }
  return values;
}

/** Solves a positive definite system by Gaussian elimination; the last column is the right side. */
function solve(system: Float64Array[]): Float64Array {
  const n = system.length;
  for (let pivot = 0; pivot < n; pivot++) {
    for (let row = pivot + 1; row < n; row++) {
      const factor = system[row][pivot] / system[pivot][pivot];
      for (let column = pivot; column <= n; column++) system[row][column] -= factor * system[pivot][column];
    }
  }
  const solution = new Float64Array(n);
  for (let row = n - 1; row >= 0; row--) {
    let rest = system[row][n];
    for (let column = row + 1; column < n; column++) rest -= system[row][column] * solution[column];
    solution[row] = rest / system[row][row];
  }
  return solution;
}

/** Half the width of the widest stroke, as a share of the picture's shorter side; wider dark areas are shadows. */
const STROKE = 0.06;

/**
 * Removes shadows from dark ink on light paper: every pixel is divided by the paper around it. The paper is estimated
 * by a morphological closing, which fills everything narrower than the widest stroke.
 */
export function withoutShadows({ rows, columns, channels }: OpaquePicture): OpaquePicture {
  const radius = ceil(STROKE * min(rows, columns));
  const lit = channels.map((channel) => {
    const widened = extreme(channel, rows, columns, radius, max);
    const closed = extreme(widened, rows, columns, radius, min);
    const smooth = mean(closed, rows, columns, ceil(radius / 4));
    // Smoothing lightens the paper on the dark side of an edge, which would leave a dark line there.
    return channel.map((value, i) => min(255, (255 * value) / max(min(smooth[i], closed[i]), 1)));
  });
  return { rows, columns, channels: lit };
}

/** The largest or smallest value in a square around every pixel. */
function extreme(
  values: Float64Array,
  rows: number,
  columns: number,
  radius: number,
  pick: (a: number, b: number) => number,
): Float64Array {
  // Windows double in size: each is computed from two of half its size.
  return filterBothWays(values, rows, columns, (line, filtered) => {
    const width = line.length;
    const window = min(2 * radius + 1, width);
    let size = 1;
    for (; 2 * size <= window; size *= 2) {
      for (let i = 0; i + size < width; i++) line[i] = pick(line[i], line[i + size]);
    }
    for (let i = 0; i < width; i++) {
      const start = max(0, i - radius);
      filtered[i] = pick(line[start], line[max(start, min(width, i + radius + 1) - size)]);
    }
  });
}

/** Blurs a picture: every pixel becomes the mean of a square around it. */
export function blurred({ rows, columns, channels }: OpaquePicture, radius: number): OpaquePicture {
  return { rows, columns, channels: channels.map((channel) => mean(channel, rows, columns, radius)) };
}

/** The mean of a square around every pixel. */
function mean(values: Float64Array, rows: number, columns: number, radius: number): Float64Array {
  return filterBothWays(values, rows, columns, (line, filtered) => {
    const sums = new Float64Array(line.length + 1);
    for (let i = 0; i < line.length; i++) sums[i + 1] = sums[i] + line[i];
    for (let i = 0; i < line.length; i++) {
      const [start, end] = [max(0, i - radius), min(line.length, i + radius + 1)];
      filtered[i] = (sums[end] - sums[start]) / (end - start);
    }
  });
}

/** Filters every row, then every column; the filter may overwrite the line that it gets. */
function filterBothWays(
  values: Float64Array,
  rows: number,
  columns: number,
  filter: (line: Float64Array, filtered: Float64Array) => void,
): Float64Array {
  const filterRows = (from: Float64Array, height: number, width: number) => {
    const transposed = new Float64Array(from.length);
    const filtered = new Float64Array(width);
    for (let row = 0; row < height; row++) {
      filter(from.slice(row * width, (row + 1) * width), filtered);
      for (let column = 0; column < width; column++) transposed[column * height + row] = filtered[column];
    }
    return transposed;
  };
  return filterRows(filterRows(values, rows, columns), columns, rows);
}
