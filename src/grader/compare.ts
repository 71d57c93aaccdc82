/** Two tensors, entry by entry, against a tolerance for each entry. */
export interface Comparison {
  readonly agrees: boolean;
  /** Entries that were compared, and how many of them differ by more than the tolerance. */
  readonly count: number;
  readonly wrong: number;
  /** The part of the tensor where these are: the first and the last index on each axis. */
  readonly extent: readonly (readonly [first: number, last: number])[];
  /** Largest |a - b|; NaN and infinities differ by Infinity. */
  readonly difference: number;
  /** The same, relative to the largest |b|: an entry near 0 has no digits of its own to compare. */
  readonly relative: number;
  /** Index of the largest difference among the entries that differ too much, or among all if none does. */
  readonly index: readonly number[];
  readonly a: number;
  readonly b: number;
  /** The largest |a - b| that is allowed there. */
  readonly tolerance: number;
  /** The largest part of its tolerance that any entry takes up: at most 1 if they agree. */
  readonly share: number;
}

type Numbers = ArrayLike<number>;

/**
 * Compares tensor a with b.
 *
 * @param tolerance of each entry, ≥ 0
 * @param shape of all three, for the index
 * @param sampleIndices flat indices to compare; default: all
 */
export function compare(
  a: Numbers,
  b: Numbers,
  tolerance: Numbers,
  shape: readonly number[],
  sampleIndices?: Numbers,
): Comparison {
  const count = sampleIndices?.length ?? b.length;
  let wrong = 0;
  let extent: [number, number][] = [];
  let share = 0;
  let largest = 0;
  let worst = { at: sampleIndices?.[0] ?? 0, difference: -1, isWrong: false };
  for (let k = 0; k < count; k++) {
    const i = sampleIndices?.[k] ?? k;
    const difference = distance(a[i], b[i]);
    const isWrong = !(difference <= tolerance[i]);
    if (isWrong) {
      wrong++;
      extent = unravel(i, shape).map((at, axis) => [
        Math.min(at, extent[axis]?.[0] ?? at),
        Math.max(at, extent[axis]?.[1] ?? at),
      ]);
    }
    if (difference > 0) share = Math.max(share, difference / tolerance[i]);
    if (isWrong === worst.isWrong ? difference > worst.difference : isWrong) worst = { at: i, difference, isWrong };
    largest = Math.max(largest, Math.abs(b[i]));
  }
  const { at, difference } = worst;
  const relative = difference <= 0 ? 0 : difference / largest;
  return {
    agrees: wrong === 0,
    count,
    wrong,
    extent,
    difference: Math.max(0, difference),
    relative,
    index: unravel(at, shape),
    a: a[at],
    b: b[at],
    tolerance: tolerance[at],
    share,
  };
}

/** Whether no entry of a differs from factor * b by more than |factor| * unit * error; stops at the first that does. */
export function isWithin(a: Numbers, b: Numbers, error: Numbers, unit: number, factor = 1): boolean {
  const scale = Math.abs(factor) * unit;
  for (let i = 0; i < b.length; i++) if (!(Math.abs(a[i] - factor * b[i]) <= scale * error[i])) return false;
  return true;
}

/** Largest tolerance, relative to the largest entry, with which agreement means anything. */
const LARGEST_PART = 0.1;

/** Whether the tolerance unit * error is small enough beside b for agreement to mean anything. */
export function isDecisive(b: Numbers, error: Numbers, unit = 1): boolean {
  return unit * largestOf(error) <= LARGEST_PART * largestOf(b);
}

export function largestOf(values: Numbers): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

/** The index into an array of this shape: 79 in (784, 100) is [0, 79]. */
export function unravel(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (const size of shape.toReversed()) {
    index.unshift(at % size);
    at = Math.floor(at / size);
  }
  return index;
}
