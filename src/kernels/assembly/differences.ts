import { VECTOR, blockRow, classRow } from './lanes';
import { expm1 } from './exp';
import { logOfQuotient } from './log';
import { Net, VALUES, Work } from './net';
import { LOG_GUARD } from './output';
import { ENTRY } from './images';

// Central differences, in float64, two at a time in the lanes of a vector. What every kind of parameter shares is here;
// by-hidden.ts moves W1 and b1, by-output.ts W2 and b2. Plain twin: numerical.ts in gradients.
//
// Moved parameters change score k by Δ_k. Each power under softmax is then multiplied by e^Δ_k = 1 + e_k, so with
// u = Σ y_k e_k the probability of the label t becomes y_t (1 + e_t) / (1 + u), where y is what it was. Both losses are
// evaluated through this, L(+h) with Δ⁺ and L(-h) with Δ⁻; nothing is differentiated, and h may be large.

/** 1 / (2hN): from the sum over the images of L(+h) - L(-h) to the central difference of the mean. */
export function scaleOf(net: Net): f64 {
  return 1 / (2 * net.h * <f64>net.count);
}

/**
 * log((y⁻ + g) / (y⁺ + g)) = L(+h) - L(-h) as a quotient A / B of one fraction, given with A - B, which is worked out
 * before anything is rounded away: u and e are small, 1 + u is not.
 *
 *   A = (y_t + g + y_t e⁻ + g u⁻) (1 + u⁺)      B = (y_t + g + y_t e⁺ + g u⁺) (1 + u⁻)
 *   A - B = y_t (e⁻ (1 + u⁺) - e⁺ (1 + u⁻) + u⁺ - u⁻)
 */
export function quotientTop(y: v128, eDown: v128, uDown: v128, uUp: v128): v128 {
  const guard = f64x2.splat(LOG_GUARD);
  const likelihood = f64x2.add(f64x2.add(y, guard), f64x2.add(f64x2.mul(y, eDown), f64x2.mul(guard, uDown)));
  return f64x2.mul(likelihood, f64x2.add(f64x2.splat(1), uUp));
}

/** A - B. */
export function quotientDifference(y: v128, eUp: v128, eDown: v128, uUp: v128, uDown: v128): v128 {
  const one = f64x2.splat(1);
  const down = f64x2.mul(eDown, f64x2.add(one, uUp));
  const up = f64x2.mul(eUp, f64x2.add(one, uDown));
  return f64x2.mul(y, f64x2.add(f64x2.sub(down, up), f64x2.sub(uUp, uDown)));
}

/** L(+h) - L(-h), whatever the size of the moves. */
export function lossDifference(y: v128, eUp: v128, eDown: v128, uUp: v128, uDown: v128): v128 {
  return logOfQuotient(
    quotientTop(y, eDown, uDown, uUp),
    quotientTop(y, eUp, uUp, uDown),
    quotientDifference(y, eUp, eDown, uUp, uDown),
  );
}

/** Sets h, and how it moves the score of a hidden unit through a pixel of each value. */
export function setStep(net: Net, h: f64): void {
  net.h = h;
  for (let byte: usize = 0; byte < 256; byte++) {
    const move = h * (<f64>byte / 255);
    v128.store(net.moves + byte * 2 * VECTOR, expm1(f64x2.splat(-move)));
    v128.store(net.moves + byte * 2 * VECTOR, expm1(f64x2.splat(move)), VECTOR);
  }
}

/** Probability of the label of image n, in both lanes. */
export function likelihoodOf(work: Work, n: usize): v128 {
  return v128.load64_splat(work.outputs + n * classRow<f64>() + <usize>load<u8>(work.labels + n) * 8);
}

/**
 * The different values among the pixels of every image, and 255, which stands for the bias: its input is 1. Turns the
 * entries in rows into byte times 8 and pixel, which is what differences are looked up and added up by.
 */
export function collectValues(net: Net, work: Work): void {
  const lastSeen = work.memo; // free until the first image is evaluated
  memory.fill(lastSeen, 0, 256 * 8);
  for (let n: usize = 0; n < net.count; n++) {
    const values = work.values + n * VALUES;
    const bias: u32 = 255 << 3;
    let to = values + 4;
    store<u32>(to, bias);
    to += 4;
    store<u64>(lastSeen + bias, n + 1);
    const end = <usize>load<u32>(work.rowStarts + n * 4, 4);
    for (let at = <usize>load<u32>(work.rowStarts + n * 4); at < end; at += ENTRY) {
      const value = load<u32>(at) - <u32>net.scaled;
      store<u32>(at, value);
      store<u32>(at, load<u32>(at, 4) / <u32>blockRow<f64>(), 4);
      if (load<u64>(lastSeen + value) == n + 1) continue;
      store<u64>(lastSeen + value, n + 1);
      store<u32>(to, value);
      to += 4;
    }
    store<u32>(values, (<u32>(to - values - 4)) >> 2);
  }
}
