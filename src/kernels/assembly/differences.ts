import { classRow, ROW, VECTOR } from './lanes';
import { expm1 } from './exp';
import { logOfQuotient } from './log';
import { ENTRY, Net, PERTURBATION, VALUES, Workspace } from './net';
import { EPSILON } from './output';

// Central differences, in float64, two at a time in the lanes of a vector. This file holds what all parameters share;
// differences-layer1.ts perturbs W1 and b1, differences-layer2.ts W2 and b2. Reference: `incrementalDifferences` in
// engines/numerical.ts.
//
// A perturbation changes logit k by Δ_k, and so multiplies exponential k of softmax by e^Δ_k. With y the probabilities
// before, whose sum is 1, and t the label:
//
//   e_k = e^Δ_k - 1            relative change of exponential k
//   u = Σ y_k e_k              relative change of the sum of the exponentials
//   s = Σ y_k (e_t - e_k)      by how much that of the label's exponential is larger: s = e_t - u
//
// y_t becomes y_t (1 + e_t) / (1 + u) = y_t + y_t s / (1 + u). Both losses are evaluated through this, L(+h) with Δ⁺ and
// L(-h) with Δ⁻. No derivative is used, and h may be large.

/** 1 / (2hN): from the sum over the images of L(+h) - L(-h) to the central difference of the mean. */
export function scaleOf(net: Net): f64 {
  return 1 / (2 * net.h * <f64>net.count);
}

/** y_t / (2 (y_t + g)) of image n in both lanes, where g = EPSILON: half the weight of s in a loss. */
export function halfWeightOf(net: Net, n: usize): v128 {
  const y = probabilityOfLabel(net, n);
  return f64x2.div(f64x2.mul(y, f64x2.splat(0.5)), f64x2.add(y, f64x2.splat(EPSILON)));
}

/**
 * f with L(+h) - L(-h) = log((y⁻ + g) / (y⁺ + g)) = log((1 + f) / (1 - f)), y± being the probability of the label.
 * Divided by y + g and multiplied by (1 + u⁺) (1 + u⁻), the two are
 *
 *   A = (1 + u⁺) (1 + u⁻) + 2 s⁻ (1 + u⁺)      B = (1 + u⁺) (1 + u⁻) + 2 s⁺ (1 + u⁻)
 *
 * and f = (A - B) / (A + B) never subtracts numbers that were rounded near 1.
 *
 * @param sUp s⁺ times halfWeightOf
 * @param sDown s⁻ times halfWeightOf
 */
export function quotientOf(uUp: v128, uDown: v128, sUp: v128, sDown: v128): v128 {
  const sumUp = f64x2.add(f64x2.splat(1), uUp);
  const sumDown = f64x2.add(f64x2.splat(1), uDown);
  const up = f64x2.mul(sUp, sumDown);
  const down = f64x2.mul(sDown, sumUp);
  return f64x2.div(f64x2.sub(down, up), f64x2.add(f64x2.mul(sumUp, sumDown), f64x2.add(down, up)));
}

/** L(+h) - L(-h) for perturbations of any size; the arguments are those of quotientOf. */
export function lossDifference(uUp: v128, uDown: v128, sUp: v128, sDown: v128): v128 {
  const sumUp = f64x2.add(f64x2.splat(1), uUp);
  const sumDown = f64x2.add(f64x2.splat(1), uDown);
  const up = f64x2.mul(f64x2.add(sUp, sUp), sumDown);
  const down = f64x2.mul(f64x2.add(sDown, sDown), sumUp);
  const product = f64x2.mul(sumUp, sumDown);
  return logOfQuotient(f64x2.add(product, down), f64x2.add(product, up), f64x2.sub(down, up));
}

/**
 * Sets h, and how it moves the pre-activation of a hidden unit through a pixel of each value: with x = h pixel,
 * e⁻ˣ - 1, eˣ - 1, and eˣ + e⁻ˣ - 2, which is minus their product.
 */
export function setStep(net: Net, h: f64): void {
  net.h = h;
  for (let byte: usize = 0; byte < 256; byte++) {
    const x = h * (<f64>byte / 255);
    const powers = expm1(f64x2(-x, x));
    v128.store(net.perturbations + byte * PERTURBATION, powers);
    store<f64>(
      net.perturbations + byte * PERTURBATION,
      -f64x2.extract_lane(powers, 0) * f64x2.extract_lane(powers, 1),
      VECTOR,
    );
  }
}

/** Probability of the label of image n, in both lanes. */
function probabilityOfLabel(net: Net, n: usize): v128 {
  return v128.load64_splat(net.outputs + n * classRow<f64>() + <usize>load<u8>(net.batchLabels + n) * 8);
}

/**
 * Collects the distinct values among the pixels of images first … end - 1, and 255 for the bias, whose input is 1. Turns
 * the entries of their rows into byte times 8 and pixel, the indices by which differences are looked up and summed.
 */
export function collectValues(net: Net, workspace: Workspace, first: usize, end: usize): void {
  const lastSeen = workspace.differenceOfValue; // free until the first image is evaluated
  memory.fill(lastSeen, 0, 256 * 8);
  for (let n = first; n < end; n++) {
    const values = net.values + n * VALUES;
    const bias: u32 = 255 << 3;
    let to = values + 4;
    store<u32>(to, bias);
    to += 4;
    store<u64>(lastSeen + bias, n + 1);
    const rowEnd = <usize>load<u32>(net.rowBounds + n * 8, 4);
    for (let at = <usize>load<u32>(net.rowBounds + n * 8); at < rowEnd; at += ENTRY) {
      const value = load<u32>(at) - <u32>net.pixelValues;
      store<u32>(at, value);
      store<u32>(at, load<u32>(at, 4) / <u32>ROW, 4);
      if (load<u64>(lastSeen + value) == n + 1) continue;
      store<u64>(lastSeen + value, n + 1);
      store<u32>(to, value);
      to += 4;
    }
    store<u32>(values, (<u32>(to - values - 4)) >> 2);
  }
}
