import { shapes, TENSORS } from '../network/two-layer-net.js';
import { isDecisive, isWithin, largestOf } from './compare.js';
import { type BackwardPass, type ForwardPass, once, UNIT } from './error-analysis.js';

export type TensorName = (typeof TENSORS)[number];

/** One value per tensor. */
export function perTensor<T>(
  make: (name: TensorName) => T,
  names: readonly TensorName[] = TENSORS,
): Record<TensorName, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<TensorName, T>;
}

/** A tensor as a learner handed it in: row-major, of any shape. */
export interface LearnerTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A learner's tensor of which only some rows are looked at: `indices`, out of `count`. */
export interface GivenTensor extends LearnerTensor {
  readonly rows?: { readonly indices: Uint32Array; readonly count: number };
}

/**
 * The numbers of a learner's tensor as a tensor of another shape, or undefined if there is no such layout. Axes of length
 * 1 do not matter, and a flat list fits any shape of its size.
 *
 * @param shape wanted; of some rows of W1, (rows, H)
 * @param isTransposed whether rows and columns are exchanged first; also of a tensor that has the right shape and wrong
 *   contents, as `reshape` makes
 */
export function lay(
  { shape: own, data, rows }: GivenTensor,
  shape: readonly number[],
  isTransposed = false,
): ArrayLike<number> | undefined {
  const picked = shape.length === 2 && shape[0] === rows?.indices.length ? rows : undefined;
  const whole = picked ? [picked.count, shape[1]] : shape;
  const [count, columns] = whole;
  const isTurned = isTransposed && shape.length === 2;
  if (isTurned && (count === 1 || columns === 1)) return undefined;
  if (!hasShape(own, whole) && !(isTurned && hasShape(own, [columns, count]))) return undefined;
  if (!isTurned && !picked) return data;
  return Float64Array.from({ length: shape[0] * columns }, (_, i) => {
    const [k, column] = [Math.floor(i / columns), i % columns];
    const row = picked?.indices[k] ?? k;
    return data[isTurned ? column * count + row : row * columns + column];
  });
}

function hasShape(own: readonly number[], wanted: readonly number[]): boolean {
  const squeeze = (shape: readonly number[]) => shape.filter((size) => size !== 1);
  const flat = squeeze(own);
  const size = wanted.reduce((product, length) => product * length, 1);
  return flat.join() === squeeze(wanted).join() || (flat.length === 1 && flat[0] === size);
}

/** What a tensor should hold, and how far rounding may carry it, in unit roundoffs. */
export interface Expected {
  readonly shape: readonly number[];
  readonly value: ArrayLike<number>;
  readonly error: ArrayLike<number>;
}

/** An expected tensor whose error is computed when it is first read. */
export function expected(
  shape: readonly number[],
  value: ArrayLike<number>,
  errorOf: () => ArrayLike<number>,
): Expected {
  const error = once(errorOf);
  return {
    shape,
    value,
    get error() {
      return error();
    },
  };
}

/** What some program, right or wrong, would compute; tensors that it gets right may be left out. */
export type Prediction = Partial<Record<TensorName, Expected>>;

/** The tensors of a backward pass, under their own names or under others. */
export function predict(
  { net }: ForwardPass,
  back: Pick<BackwardPass, 'gradient' | 'error'>,
  nameOf: (name: TensorName) => TensorName = (name) => name,
): Required<Prediction> {
  return perTensor((name) => {
    const from = nameOf(name);
    return expected(shapes(net)[from], back.gradient[from], () => back.error[from]);
  });
}

/** How exact a right result can be, by the way it was computed, from the most exact to the least. */
export const LEVELS = ['float64', 'differences', 'float32'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The first level, if any, at which these numbers are `factor` times the expected ones.
 *
 * @param differences error of central differences for each entry, if the shape is that of the tensor
 */
export function levelOf(
  values: ArrayLike<number>,
  { value, error }: Expected,
  factor: number,
  differences: ArrayLike<number>,
): Level | undefined {
  if (isWithin(values, value, error, UNIT.f64, factor)) return 'float64';
  const matches = (tolerance: ArrayLike<number>, unit: number) =>
    isWithin(values, value, tolerance, unit, factor) && isDecisive(value, tolerance, unit);
  const isSingle = () => matches(error, UNIT.f32);
  if (hasFloat32Digits(values) && isSingle()) return 'float32'; // there are no more digits to compare
  if (differences.length === value.length && matches(differences, 1)) return 'differences';
  return isSingle() ? 'float32' : undefined;
}

/** Whether all are float32 numbers, in whatever array. */
function hasFloat32Digits(values: ArrayLike<number>): boolean {
  if (values instanceof Float32Array) return true;
  for (let i = 0; i < values.length; i++) if (Math.fround(values[i]) !== values[i]) return false;
  return true;
}

/** The factor by which b comes nearest to a, and how much is left then: |a - factor b| / |a|, in the Euclidean norm. */
export function fitFactor(a: ArrayLike<number>, b: ArrayLike<number>): { factor: number; rest: number } {
  const scaleA = largestOf(a); // squares of huge numbers overflow
  const scaleB = largestOf(b);
  if (scaleA === 0 || scaleB === 0) return { factor: 0, rest: scaleA === 0 ? 0 : 1 };
  let products = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] / scaleA, b[i] / scaleB];
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const factor = products / squaresB;
  let rest = 0;
  for (let i = 0; i < a.length; i++) rest += (a[i] / scaleA - (factor * b[i]) / scaleB) ** 2;
  return { factor: (factor * scaleA) / scaleB, rest: Math.sqrt(rest / squaresA) };
}

/** Euclidean norm of a - factor b, or of a alone. */
export function distanceOf(a: ArrayLike<number>, b?: ArrayLike<number>, factor = 1): number {
  const scale = largestOf(a) + (b ? Math.abs(factor) * largestOf(b) : 0);
  if (scale === 0) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] - (b ? factor * b[i] : 0)) / scale) ** 2;
  return scale * Math.sqrt(sum);
}
