import { shapes, TENSORS } from '../../network/two-layer-net.js';
import type { BackwardPass } from './backward-pass.js';
import type { ForwardPass } from './forward-pass.js';

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
