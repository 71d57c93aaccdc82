const { max, min } = Math;

/** 1, x, y, x², xy, y² */
const TERMS = 6;
/** Keeps the equations solvable where the pixels cannot tell the terms apart, as in a picture of one row. */
const RIDGE = 1e-9;

/** Coefficients of 1, x, y, x², xy, y²; x and y go from -1 to 1 across the picture. */
export type Surface = Float64Array;

/** The same height everywhere. */
export const flat = (height: number): Surface => Float64Array.of(height, 0, 0, 0, 0, 0);

/** -1 at the first index, 1 at the last. */
const scaled = (index: number, length: number) => (length === 1 ? 0 : (2 * index) / (length - 1) - 1);

/**
 * The colour that the paper would have everywhere if nothing was drawn on it: the quadratic surface nearest, in least
 * squares, to the pixels that are known to be paper. Light that falls from one side, and a lens that darkens the
 * corners, are such surfaces.
 *
 * @param values (rows, columns)
 * @param isPaper whether a pixel, of which it gets value and index, is to be looked at; at least one is
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

/** Heights of a surface at every pixel: (rows, columns), kept within 0 … 255. */
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

/** Gaussian elimination of a positive definite system; its right side is the last column. */
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
