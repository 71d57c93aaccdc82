import { shapes, TENSORS } from '../network/two-layer-net.js';
import { isDecisive, isWithin, largestOf } from './compare.js';
import { type BackwardPass, type ForwardPass, pickRows, UNIT } from './error-analysis.js';

export type TensorName = (typeof TENSORS)[number];

/** A tensor as a learner handed it in: row-major, of any shape. */
export interface LearnerTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** How to lay a learner's tensor beside an expected one. */
export interface Layouts {
  /** Its numbers as a tensor of this shape, if there are as many; axes of length 1 and a flat list do not matter. */
  asIs(shape: readonly number[]): ArrayLike<number> | undefined;
  /** The same, with rows and columns exchanged; also if it has the right shape and wrong contents (`reshape`). */
  transposed(shape: readonly number[]): ArrayLike<number> | undefined;
}

export function layoutsOf({ shape, data }: LearnerTensor): Layouts {
  const own = squeeze(shape);
  const fits = (wanted: readonly number[]) =>
    own.join() === squeeze(wanted).join() || (own.length === 1 && own[0] === sizeOf(wanted));
  let turned: Float64Array | undefined;
  return {
    asIs: (wanted) => (fits(wanted) ? data : undefined),
    transposed(wanted) {
      const [rows, columns] = wanted;
      if (wanted.length !== 2 || rows === 1 || columns === 1) return undefined;
      if (!fits(wanted) && !fits([columns, rows])) return undefined;
      turned ??= Float64Array.from(data, (_, i) => data[(i % columns) * rows + Math.floor(i / columns)]);
      return turned;
    },
  };
}

/** Some rows of W1 (D, H), in the place of all of them: of the shape (rows, H). */
export function layoutsOfRows(layouts: Layouts, rows: Uint32Array, inputSize: number): Layouts {
  const pick = (layout: 'asIs' | 'transposed') => {
    const picked = new Map<number, Float64Array | undefined>();
    return (shape: readonly number[]) => {
      if (shape.length !== 2 || shape[0] !== rows.length) return layouts[layout](shape);
      const [, columns] = shape;
      if (!picked.has(columns)) {
        const values = layouts[layout]([inputSize, columns]);
        picked.set(columns, values && pickRows(values, rows, inputSize));
      }
      return picked.get(columns);
    };
  };
  return { asIs: pick('asIs'), transposed: pick('transposed') };
}

const squeeze = (shape: readonly number[]) => shape.filter((size) => size !== 1);

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** What a tensor should hold, and how far rounding may carry it, in unit roundoffs. */
export interface Expected {
  readonly shape: readonly number[];
  readonly value: ArrayLike<number>;
  /** May be computed when first read. */
  readonly error: ArrayLike<number>;
}

/** What some program, right or wrong, would compute; tensors that it gets right may be left out. */
export type Prediction = Partial<Record<TensorName, Expected>>;

/** The tensors of a backward pass, under their own names or under others. */
export function predict(
  { net }: ForwardPass,
  back: Pick<BackwardPass, 'gradient' | 'error'>,
  nameOf: (name: TensorName) => TensorName = (name) => name,
): Required<Prediction> {
  const shape = shapes(net);
  const entries = TENSORS.map((name): [TensorName, Expected] => {
    const from = nameOf(name);
    return [
      name,
      {
        shape: shape[from],
        value: back.gradient[from],
        get error() {
          return back.error[from];
        },
      },
    ];
  });
  return Object.fromEntries(entries) as Required<Prediction>;
}

/** How exact a right result can be, by the way it was computed, from the most exact to the least. */
export const LEVELS = ['float64', 'differences', 'float32'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The first level, if any, at which these numbers are `factor` times the expected ones.
 *
 * @param differences what central differences may be off by, entry by entry, if the shape is that of the tensor
 */
export function levelOf(
  values: ArrayLike<number>,
  expected: Expected,
  factor: number,
  differences: ArrayLike<number>,
): Level | undefined {
  const { value } = expected;
  if (isWithin(values, value, expected.error, UNIT.f64, factor)) return 'float64';
  const matches = (tolerance: ArrayLike<number>, unit: number) =>
    isWithin(values, value, tolerance, unit, factor) && isDecisive(value, tolerance, unit);
  const isSingle = () => matches(expected.error, UNIT.f32);
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
