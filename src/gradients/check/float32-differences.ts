import type { Cause } from './explain.js';
import { UNIT } from './difference-error.js';

/**
 * Recognises central differences of a loss that was computed in float32. Such a loss is a multiple of the distance
 * between neighbours in float32, 2⁻²² for losses from 2 to 4, and the difference quotients are multiples of that over
 * 2h: at h = 1e-4, steps of 0.0012, which is more than most entries of the gradient.
 *
 * @param loss of the mini-batch, in nats
 * @returns undefined if they are none
 */
export function asFloat32Differences(values: ArrayLike<number>, loss: number, h: number): Cause | undefined {
  const spacing = 2 * UNIT.f32 * 2 ** Math.floor(Math.log2(loss));
  const step = spacing / (2 * h);
  let steps = 0;
  for (let i = 0; i < values.length; i++) {
    const multiple = values[i] / step;
    const distance = Math.abs(multiple - Math.round(multiple));
    if (!(distance <= 1e-5 * Math.max(1, Math.abs(multiple)))) return undefined; // 2h itself may be rounded to float32
    steps = Math.max(steps, Math.abs(multiple));
  }
  if (steps === 0) return undefined;
  return {
    cause: 'float32',
    what: `these are differences of a loss in float32, which knows steps of ${spacing.toPrecision(2)} only: over 2h, ${step.toPrecision(2)}`,
    advice: 'compute the loss in float64: weights and images .astype(np.float64)',
  };
}
