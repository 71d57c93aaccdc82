import { shapes, TENSORS } from '../network/two-layer-net.js';
import { isDecisive, isWithin } from './compare.js';
import { type BackwardPass, type ForwardPass, UNIT } from './error-analysis.js';

export type TensorName = (typeof TENSORS)[number];

/** What a tensor should hold, and how far rounding may carry it, in unit roundoffs. */
export interface Expected {
  readonly shape: readonly number[];
  readonly value: ArrayLike<number>;
  readonly error: ArrayLike<number>;
}

/** What some program, right or wrong, would compute; tensors that it gets right may be left out. */
export type Prediction = Partial<Record<TensorName, Expected>>;

/** The tensors of a backward pass, under their own names or under others. */
export function predict(
  { net }: ForwardPass,
  { gradient, error }: Pick<BackwardPass, 'gradient' | 'error'>,
  nameOf: (name: TensorName) => TensorName = (name) => name,
): Required<Prediction> {
  const shape = shapes(net);
  const entries = TENSORS.map((name) => {
    const from = nameOf(name);
    return [name, { shape: shape[from], value: gradient[from], error: error[from] }];
  });
  return Object.fromEntries(entries) as Required<Prediction>;
}

/** A tensor as a learner handed it in: row-major, of whatever shape. */
export interface LearnerTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** How exact a right result can be, by the way it was computed, in the order in which they are tried. */
export const LEVELS = ['float64', 'differences', 'float32'] as const;
export type Level = (typeof LEVELS)[number];

/** How to lay a learner's tensor beside an expected one. */
export interface Layouts {
  /** Its numbers for a tensor of this shape, if they can be: axes of 1 and none at all (a flat list) do not matter. */
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
      if (turned?.length !== data.length) {
        turned = Float64Array.from(data, (_, i) => data[(i % columns) * rows + Math.floor(i / columns)]);
      }
      return turned;
    },
  };
}

/**
 * The first level, if any, at which these numbers are `factor` times the expected ones.
 *
 * @param differences what central differences may be off by, entry by entry, if the shape is that of the tensor
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
  if (values instanceof Float32Array && isSingle()) return 'float32'; // has no more digits to show
  if (differences.length === value.length && matches(differences, 1)) return 'differences';
  return isSingle() ? 'float32' : undefined;
}

export const squeeze = (shape: readonly number[]) => shape.filter((size) => size !== 1);

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
