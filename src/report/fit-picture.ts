/**
 * A picture in another size: every new pixel is the mean of the area that it covers.
 *
 * @param ink (rows, columns), row-major
 * @returns (newRows, newColumns); the same numbers if the size is the same
 */
export function fitPicture(
  ink: Float64Array,
  rows: number,
  columns: number,
  newRows: number,
  newColumns: number,
): Float64Array {
  const down = covers(rows, newRows);
  const across = covers(columns, newColumns);
  return Float64Array.from({ length: newRows * newColumns }, (_, i) => {
    let sum = 0;
    for (const [row, tall] of down[Math.floor(i / newColumns)]) {
      for (const [column, wide] of across[i % newColumns]) sum += tall * wide * ink[row * columns + column];
    }
    return sum;
  });
}

/** For every new place the old ones that it covers, and their shares in it. */
function covers(length: number, newLength: number): [place: number, share: number][][] {
  const step = length / newLength;
  return Array.from({ length: newLength }, (_, i) => {
    const [start, end] = [i * step, (i + 1) * step];
    const first = Math.floor(start + 1e-9);
    return Array.from({ length: Math.ceil(end - 1e-9) - first }, (_, k): [number, number] => [
      first + k,
      (Math.min(end, first + k + 1) - Math.max(start, first + k)) / step,
    ]);
  });
}
