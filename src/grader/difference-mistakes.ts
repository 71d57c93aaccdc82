import { partialDerivative } from '../calculus/gradient.js';
import { loss, TENSORS } from '../network/two-layer-net.js';
import { type ForwardPass, lossError, UNIT } from './error-analysis.js';
import { type Cause, copyOf } from './mistake.js';
import type { TensorName } from './tensors.js';

// Wrong difference quotients. To predict them all would cost two forward passes per parameter; they are recognised by a
// pattern in the numbers of one tensor, or by computing some of its entries.

/** One tensor of a learner, in its shape, and the right gradient there. */
interface Differences {
  readonly name: TensorName;
  readonly values: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** Error of central differences, entry by entry. */
  readonly tolerance: ArrayLike<number>;
}

/**
 * Recognises central differences of a loss that was computed in float32. Such a loss is a multiple of the distance
 * between neighbours in float32, 2⁻²² for losses from 2 to 4, and the difference quotients are multiples of that over
 * 2h: at h = 1e-4, steps of 0.0012, which is more than most entries of the gradient. The steps must be distinguishable,
 * and the numbers no further from the gradient than the rounding of the loss to float32 explains.
 *
 * @param meanLoss of the mini-batch, in nats
 */
export function asFloat32Differences(
  pass: ForwardPass,
  { values, right }: Differences,
  meanLoss: number,
  h: number,
): Cause | undefined {
  const spacing = 2 * UNIT.f32 * 2 ** Math.floor(Math.log2(meanLoss));
  const step = spacing / (2 * h);
  const furthest = (UNIT.f32 * lossError(pass)) / h + step;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const multiple = Math.abs(values[i] / step);
    const distance = Math.abs(multiple - Math.round(multiple));
    // 2h itself may be rounded to float32.
    if (!(distance <= 1e-5 * Math.max(1, multiple)) || !(multiple < 1e4)) return undefined;
    if (!(Math.abs(values[i] - right[i]) <= furthest)) return undefined;
    most = Math.max(most, multiple);
  }
  if (most < 0.5) return undefined;
  return {
    cause: 'float32',
    what: `these are differences of a loss in float32, which has steps of ${spacing.toPrecision(2)}: over 2h, ${step.toPrecision(2)}`,
    advice: 'compute the loss in float64: weights and images .astype(np.float64)',
  };
}

/** Entries of a tensor that are computed, two forward passes each. */
const SAMPLE = 10;

/**
 * Recognises central differences by a loop that never puts a parameter back (book, 4.4: `x[idx] = tmp_val`): each is
 * left at w - h, so that every later difference is taken elsewhere. Some of the wrong entries are computed as such a
 * loop would, and compared.
 */
export function asNotRestored(
  { net, batch }: ForwardPass,
  { name, values, right, tolerance }: Differences,
  h: number,
): Cause | undefined {
  const earlier = TENSORS.slice(0, TENSORS.indexOf(name)); // in this order they were differentiated
  const wrong: number[] = [];
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i] - right[i]) <= tolerance[i])) wrong.push(i);
  const count = Math.min(SAMPLE, wrong.length);
  for (let k = 1; k <= count; k++) {
    const i = wrong[Math.floor((k * (wrong.length - 1)) / count)];
    const moved = copyOf(net);
    for (const tensor of earlier) moved[tensor].forEach((weight, at) => (moved[tensor][at] = weight - h));
    for (let at = 0; at < i; at++) moved[name][at] -= h;
    const difference = partialDerivative(() => loss(moved, batch.x, batch.t), moved[name], i, h);
    if (!(Math.abs(values[i] - difference) <= tolerance[i])) return undefined;
  }
  if (count === 0) return undefined;
  return {
    cause: 'not-restored',
    what: 'these are differences, but the parameters are not put back: each stays at w - h while the next one moves',
    advice: 'restore it after both losses: x[idx] = tmp_val',
  };
}
