import { elementCount } from '../formats/arrays.js';
import { shapes, TENSORS } from '../network/two-layer-net.js';
import { type BackwardPass, type ForwardPass, once, UNIT } from './error-analysis.js';

// The tensors of a gradient: those of a learner, the expected ones, and their comparison.

type Numbers = ArrayLike<number>;

export type TensorName = (typeof TENSORS)[number];

/** One value per tensor. */
export function perTensor<T>(
  make: (name: TensorName) => T,
  names: readonly TensorName[] = TENSORS,
): Record<TensorName, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<TensorName, T>;
}

/** A tensor of a learner: row-major, of any shape. */
export interface LearnerTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A tensor of a learner of which only some rows are compared: `indices`, out of `count`. */
export interface GivenTensor extends LearnerTensor {
  readonly rows?: { readonly indices: Uint32Array; readonly count: number };
}

/**
 * The numbers of a learner's tensor in another shape; undefined if they do not fit it. Axes of length 1 are ignored,
 * and a flat list fits any shape of its size.
 *
 * @param shape wanted; (rows, H) for some rows of W1
 * @param isTransposed whether rows and columns are exchanged first; also if the shape is right already, as after
 *   NumPy's `reshape` in place of `.T`
 */
export function reshape(
  { shape: own, data, rows }: GivenTensor,
  shape: readonly number[],
  isTransposed = false,
): Numbers | undefined {
  const picked = shape.length === 2 && shape[0] === rows?.indices.length ? rows : undefined;
  const whole = picked ? [picked.count, shape[1]] : shape;
  const [count, columns] = whole;
  const isTurned = isTransposed && shape.length === 2;
  if (isTurned && (count === 1 || columns === 1)) return undefined;
  if (!hasShape(own, whole) && !(isTurned && hasShape(own, [columns, count]))) return undefined;
  if (!isTurned && !picked) return data;
  const reshaped = new Float64Array(shape[0] * columns);
  for (let k = 0; k < shape[0]; k++) {
    const row = picked?.indices[k] ?? k;
    for (let j = 0; j < columns; j++) reshaped[k * columns + j] = data[isTurned ? j * count + row : row * columns + j];
  }
  return reshaped;
}

function hasShape(own: readonly number[], wanted: readonly number[]): boolean {
  const squeeze = (shape: readonly number[]) => shape.filter((size) => size !== 1);
  const flat = squeeze(own);
  return flat.join() === squeeze(wanted).join() || (flat.length === 1 && flat[0] === elementCount(wanted));
}

/** The expected entries of a tensor, and their rounding errors in unit roundoffs, computed when first needed. */
export interface Expected {
  readonly shape: readonly number[];
  readonly value: Numbers;
  readonly error: () => Numbers;
}

export const expected = (shape: readonly number[], value: Numbers, error: () => Numbers): Expected => ({
  shape,
  value,
  error: once(error),
});

/** The gradient that a right or wrong program computes; right tensors may be left out. */
export type Prediction = Partial<Record<TensorName, Expected>>;

/** A gradient or another vector in parameter space, with its error in unit roundoffs. */
export type Direction = Pick<BackwardPass, 'gradient'> & { readonly error: () => BackwardPass['gradient'] };

/** The tensors of a gradient as a prediction; `nameOf` may exchange tensors. */
export function predictionOf(
  { net }: ForwardPass,
  { gradient, error }: Direction,
  nameOf: (name: TensorName) => TensorName = (name) => name,
): Required<Prediction> {
  return perTensor((name) => {
    const from = nameOf(name);
    return expected(shapes(net)[from], gradient[from], () => error()[from]);
  });
}

/** A prediction with a function applied to each entry. */
export function changeEntries(
  right: Required<Prediction>,
  change: (value: number) => number,
  errorOf: (value: number, error: number) => number,
  names?: readonly TensorName[],
): Prediction {
  return perTensor((name) => {
    const { shape, value, error } = right[name];
    return expected(shape, Float64Array.from(value, change), () => {
      const own = error();
      return Float64Array.from(value, (entry, i) => errorOf(entry, own[i]));
    });
  }, names);
}

/** A comparison of two tensors, entry by entry, with a tolerance for each entry. */
export interface Comparison {
  readonly agrees: boolean;
  /** Entries that were compared, and how many of them differ by more than the tolerance. */
  readonly count: number;
  readonly wrong: number;
  /** The smallest part of the tensor that contains the wrong entries: first and last index on each axis. */
  readonly extent: readonly (readonly [first: number, last: number])[];
  /** Largest |a - b|; NaN and infinities differ by Infinity. */
  readonly difference: number;
  /** `difference` relative to the largest |b|, because an entry near 0 has no significant digits. */
  readonly relative: number;
  /** Index of the largest difference among the wrong entries, or among all entries if none is wrong. */
  readonly index: readonly number[];
  readonly a: number;
  readonly b: number;
  /** The tolerance at `index`, as are a and b. */
  readonly tolerance: number;
  /** Largest |a - b| / tolerance of any entry: at most 1 if they agree. */
  readonly share: number;
}

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

/** The ways to compute a right result, from most to least exact. */
export const MATCH_LEVELS = ['float64', 'differences', 'float32'] as const;
export type MatchLevel = (typeof MATCH_LEVELS)[number];

/**
 * The first level, if any, at which these numbers are `factor` times the expected ones.
 *
 * @param differences error of central differences for each entry, if the shape is that of the tensor
 */
export function levelOf(
  values: Numbers,
  { value, error }: Expected,
  factor: number,
  differences: Numbers,
): MatchLevel | undefined {
  if (isWithin(values, value, error(), UNIT.f64, factor)) return 'float64';
  const matches = (tolerance: Numbers, unit: number) =>
    isWithin(values, value, tolerance, unit, factor) && isDecisive(value, tolerance, unit);
  const isSingle = () => matches(error(), UNIT.f32);
  if (hasFloat32Digits(values) && isSingle()) return 'float32'; // there are no further digits to compare
  if (differences.length === value.length && matches(differences, 1)) return 'differences';
  return isSingle() ? 'float32' : undefined;
}

/** Whether float32 represents all values exactly. */
function hasFloat32Digits(values: Numbers): boolean {
  if (values instanceof Float32Array) return true;
  for (let i = 0; i < values.length; i++) if (Math.fround(values[i]) !== values[i]) return false;
  return true;
}

/** Whether all entries of a differ from those of factor * b by at most |factor| * unit * error. */
function isWithin(a: Numbers, b: Numbers, error: Numbers, unit: number, factor: number): boolean {
  const scale = Math.abs(factor) * unit;
  for (let i = 0; i < b.length; i++) if (!(Math.abs(a[i] - factor * b[i]) <= scale * error[i])) return false;
  return true;
}

/** Largest tolerance, relative to the largest entry, at which agreement is meaningful. */
const LARGEST_PART = 0.1;

/** Whether the tolerance unit * error is small enough relative to b for agreement to be meaningful. */
export function isDecisive(b: Numbers, error: Numbers, unit = 1): boolean {
  return unit * largestOf(error) <= LARGEST_PART * largestOf(b);
}

export function largestOf(values: Numbers): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

/** Largest share of a difference that a mistake that explains it may leave. */
export const LEFT = 0.1;

/** The factor that minimises |a - factor b| (least squares), and the relative residual |a - factor b| / |a| then. */
export function fitFactor(a: Numbers, b: Numbers): { factor: number; rest: number } {
  const [scaleA, scaleB] = [largestOf(a), largestOf(b)]; // squares of huge numbers overflow
  if (scaleA === 0 || scaleB === 0) return { factor: 0, rest: scaleA === 0 ? 0 : 1 };
  let products = 0;
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    products += (a[i] / scaleA) * (b[i] / scaleB);
    squares += (b[i] / scaleB) ** 2;
  }
  const factor = ((products / squares) * scaleA) / scaleB;
  return { factor, rest: distanceOf(a, b, factor) / distanceOf(a) };
}

/** Euclidean norm of a - factor b, or of a alone. */
export function distanceOf(a: Numbers, b?: Numbers, factor = 1): number {
  const scale = largestOf(a) + (b ? Math.abs(factor) * largestOf(b) : 0);
  if (scale === 0) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] - (b ? factor * b[i] : 0)) / scale) ** 2;
  return scale * Math.sqrt(sum);
}
