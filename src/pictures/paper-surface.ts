/** 1, x, y, x², xy, y² */
const TERMS = 6;
/** Pixels that are enough to know six numbers well. */
const SAMPLES = 20_000;
/** Keeps the equations solvable where the pixels cannot tell the terms apart, as in a picture of one row. */
const RIDGE = 1e-9;

/**
 * The colour that the paper would have everywhere if nothing was drawn on it: the quadratic surface nearest, in least
 * squares, to the pixels that are known to be paper. Light that falls from one side, and a lens that darkens the
 * corners, are such surfaces.
 *
 * @param values (rows, columns), 0 … 255
 * @param isPaper whether pixel i is to be looked at
 * @returns (rows, columns), 0 … 255
 */
export function paperSurface(
  values: Float64Array,
  rows: number,
  columns: number,
  isPaper: (i: number) => boolean,
): Float64Array {
  const stride = Math.max(1, Math.floor(Math.sqrt((rows * columns) / SAMPLES)));
  const normal = Array.from({ length: TERMS }, () => new Float64Array(TERMS + 1));
  const scale = (index: number, length: number) => (length === 1 ? 0 : (2 * index) / (length - 1) - 1);
  const terms = new Float64Array(TERMS);
  const setTerms = (row: number, column: number) => {
    const x = scale(column, columns);
    const y = scale(row, rows);
    terms.set([1, x, y, x * x, x * y, y * y]);
  };
  for (let row = 0; row < rows; row += stride) {
    for (let column = 0; column < columns; column += stride) {
      const i = row * columns + column;
      if (!isPaper(i)) continue;
      setTerms(row, column);
      for (let a = 0; a < TERMS; a++) {
        for (let b = 0; b < TERMS; b++) normal[a][b] += terms[a] * terms[b];
        normal[a][TERMS] += terms[a] * values[i];
      }
    }
  }
  for (let a = 1; a < TERMS; a++) normal[a][a] += RIDGE * normal[0][0];
  const coefficients = solve(normal);
  const surface = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      setTerms(row, column);
      let value = 0;
      for (let a = 0; a < TERMS; a++) value += coefficients[a] * terms[a];
      surface[row * columns + column] = Math.min(Math.max(value, 0), 255);
    }
  }
  return surface;
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
