import { partialDerivative } from '../calculus/gradient.js';
import { crossEntropy } from '../network/functions.js';
import { loss, TENSORS } from '../network/two-layer-net.js';
import { type ForwardPass, lossError, UNIT } from './error-analysis.js';
import { type Cause, copyOf, unknownFactor } from './mistake.js';
import { distanceOf, type Expected, fitFactor, LEFT, levelOf, type TensorName } from './tensors.js';

// Mistakes in single tensors that the tables do not explain: a factor, and wrong difference quotients. Predicting all
// differences would cost two forward passes per parameter, so they are recognised by a pattern in the numbers or by
// computing some of them.

/** A wrong tensor of a learner. */
interface WrongTensor {
  readonly name: TensorName;
  readonly values: ArrayLike<number>;
  /** The right entries, with each epsilon in the logarithm. */
  readonly rights: readonly Expected[];
  /** Error of central differences, entry by entry. */
  readonly tolerance: ArrayLike<number>;
}

/**
 * The mistake in a tensor; undefined if it is not known.
 *
 * @param h step of the differences that the learner may have taken
 */
export function explainTensor(tensor: WrongTensor, pass: ForwardPass, h: number): Cause | undefined {
  return factorOf(tensor) ?? asFloat32Differences(pass, tensor, h) ?? asNotRestored(pass, tensor, h);
}

/** A factor of the right gradient, if nothing else is wrong. */
function factorOf({ values, rights, tolerance }: WrongTensor): Cause | undefined {
  for (const right of rights) {
    const { factor } = fitFactor(values, right.value);
    if (factor === 0 || levelOf(values, right, factor, tolerance) === undefined) continue;
    if (distanceOf(values, right.value, factor) <= LEFT * distanceOf(values, right.value)) return unknownFactor(factor);
  }
  return undefined;
}

/**
 * Recognises central differences of a loss that was computed in float32. Such a loss is a multiple of the distance
 * between neighbours in float32, 2⁻²² for losses from 2 to 4, and the difference quotients are multiples of that over
 * 2h: at h = 1e-4, steps of 0.0012, which is more than most entries of the gradient. The steps must be distinguishable,
 * and the numbers no further from the gradient than the rounding of the loss to float32 explains.
 */
function asFloat32Differences(
  pass: ForwardPass,
  { values, rights: [right] }: WrongTensor,
  h: number,
): Cause | undefined {
  const meanLoss = crossEntropy(pass.probabilities, pass.batch.t, pass.net.outputSize);
  const spacing = 2 * UNIT.f32 * 2 ** Math.floor(Math.log2(meanLoss));
  const step = spacing / (2 * h);
  const furthest = (UNIT.f32 * lossError(pass)) / h + step;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const multiple = Math.abs(values[i] / step);
    const distance = Math.abs(multiple - Math.round(multiple));
    // 2h itself may be rounded to float32.
    if (!(distance <= 1e-5 * Math.max(1, multiple)) || !(multiple < 1e4)) return undefined;
    if (!(Math.abs(values[i] - right.value[i]) <= furthest)) return undefined;
    most = Math.max(most, multiple);
  }
  if (most < 0.5) return undefined;
  return {
    cause: 'float32',
    what: `these are differences of a loss in float32, which has steps of ${spacing.toPrecision(2)}: over 2h, ${step.toPrecision(2)}`,
    advice: 'compute the loss in float64: weights and images .astype(np.float64)',
  };
}

/** Most entries of a tensor that are computed, with two forward passes each. */
const SAMPLE = 10;

/**
 * Recognises central differences by a loop that does not restore a parameter (book, 4.4: `x[idx] = tmp_val`): each
 * stays at w - h, which changes all later differences. Some of the wrong entries are computed as such a loop would, and
 * compared.
 */
function asNotRestored(
  { net, batch }: ForwardPass,
  { name, values, rights: [right], tolerance }: WrongTensor,
  h: number,
): Cause | undefined {
  const earlier = TENSORS.slice(0, TENSORS.indexOf(name)); // the loop differentiates in this order
  const wrong: number[] = [];
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i] - right.value[i]) <= tolerance[i])) wrong.push(i);
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
