const { floor, max, min } = Math;

/** Pieces of a digit are larger than this share of its largest one; dust and grain are smaller. */
const SPECK = 0.05;

/**
 * Leaves out every piece of ink, pixels that touch each other even at corners, that has less than a twentieth of the
 * largest piece's mass.
 *
 * @param ink (rows, columns), in [0, 1]
 */
export function withoutSpecks(ink: Float64Array, rows: number, columns: number): Float64Array {
  const piece = new Int32Array(ink.length); // 0: none yet
  const masses = [0];
  const stack: number[] = [];
  for (let start = 0; start < ink.length; start++) {
    if (ink[start] === 0 || piece[start] !== 0) continue;
    const number = masses.push(0) - 1;
    piece[start] = number;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      masses[number] += ink[at];
      const row = floor(at / columns);
      const column = at % columns;
      for (let r = max(row - 1, 0); r <= min(row + 1, rows - 1); r++) {
        for (let c = max(column - 1, 0); c <= min(column + 1, columns - 1); c++) {
          const next = r * columns + c;
          if (ink[next] === 0 || piece[next] !== 0) continue;
          piece[next] = number;
          stack.push(next);
        }
      }
    }
  }
  const least = SPECK * masses.reduce((most, mass) => max(most, mass));
  return ink.map((value, i) => (masses[piece[i]] >= least ? value : 0));
}
