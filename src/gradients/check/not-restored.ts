import { partialDerivative } from '../../calculus/numerical-gradient.js';
import { loss, TENSORS, zeroParameters } from '../../network/two-layer-net.js';
import type { Cause } from './explain.js';
import type { ForwardPass } from './forward-pass.js';
import type { TensorName } from './prediction.js';

/** Entries of a tensor that are computed again, two forward passes each. */
const SAMPLE = 10;

/**
 * Recognises central differences by a loop that never puts a parameter back (book, 4.4: `x[idx] = tmp_val`): each is
 * left at w - h, so that every later difference is taken elsewhere. All of them would cost what the naive engine does;
 * some of each tensor are computed as such a loop would, and compared.
 *
 * @param values of this tensor, in its shape
 * @param tolerance of central differences
 */
export function asNotRestored(
  { net, batch }: ForwardPass,
  name: TensorName,
  values: ArrayLike<number>,
  tolerance: ArrayLike<number>,
  h: number,
): Cause | undefined {
  const moved = { ...net, ...zeroParameters(net) };
  const earlier = TENSORS.slice(0, TENSORS.indexOf(name)); // in this order they were differentiated
  const { length } = net[name];
  for (let k = 1; k <= SAMPLE; k++) {
    const i = Math.floor((k * (length - 1)) / SAMPLE);
    moved.all.set(net.all);
    for (const tensor of earlier) moved[tensor].forEach((weight, at) => (moved[tensor][at] = weight - h));
    for (let at = 0; at < i; at++) moved[name][at] -= h;
    const difference = partialDerivative(() => loss(moved, batch.x, batch.t), moved[name], i, h);
    if (!(Math.abs(values[i] - difference) <= tolerance[i])) return undefined;
  }
  return {
    cause: 'not-restored',
    what: 'these are differences, but the parameters are not put back: each stays at w - h while the next one moves',
    advice: 'restore it after both losses: x[idx] = tmp_val',
  };
}
