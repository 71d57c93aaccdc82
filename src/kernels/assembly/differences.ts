import { classRow, ROW, VECTOR } from './lanes';
import { expm1 } from './exp';
import { logOfQuotient } from './log';
import { ENTRY, Net, PERTURBATION, VALUES, Workspace } from './net';
import { EPSILON } from './output';

// Central differences of the mean loss, in float64, two at a time in the lanes of a vector. This file holds what is
// common to all parameters; differences-layer1.ts perturbs W1 and b1, differences-layer2.ts perturbs W2 and b2.
// Reference: `incrementalDifferences` in engines/numerical.ts.
//
// Let y_k be the probabilities of an image before the perturbation, Σ y_k = 1, t its label, and g = EPSILON. A
// perturbation adds Δ_k to logit k, and so multiplies exponential k of softmax by e^Δ_k:
//
//   e_k = e^Δ_k - 1                relative change of exponential k
//   u = Σ_k y_k e_k                relative change of the sum of the exponentials, the denominator of softmax
//   s = Σ_k y_k (e_t - e_k)        e_t - u, computed without subtracting e_t and u, which may be nearly equal
//   r = s y_t / (2 (y_t + g))      s as it enters the loss; r / s is halfWeightOf
//
// The probability of the label becomes y_t (1 + e_t) / (1 + u) = y_t + y_t s / (1 + u), and therefore
//
//   (probability after + g) / (y_t + g) = 1 + 2r / (1 + u)
//
// Names with ⁺ belong to L(+h), names with ⁻ to L(-h): u⁺, r⁺ and u⁻, r⁻ are computed separately, from Δ⁺ and Δ⁻. No
// derivative is used, and h may be large. In code ⁺ is Up and ⁻ is Down.

/** 1 / (2hN), the factor that turns the sum of L(+h) - L(-h) over N images into the central difference of the mean. */
export function scaleOf(net: Net): f64 {
  return 1 / (2 * net.h * <f64>net.count);
}

/** r / s = y_t / (2 (y_t + g)) of image n, in both lanes. */
export function halfWeightOf(net: Net, n: usize): v128 {
  const y = probabilityOfLabel(net, n);
  return f64x2.div(f64x2.mul(y, f64x2.splat(0.5)), f64x2.add(y, f64x2.splat(EPSILON)));
}

/**
 * The f for which L(+h) - L(-h) = log((1 + f) / (1 - f)). This difference of losses is log(A / B), with
 *
 *   A = (1 + u⁺) (1 + u⁻) + 2 r⁻ (1 + u⁺)      B = (1 + u⁺) (1 + u⁻) + 2 r⁺ (1 + u⁻)
 *
 * which are the probability of the label plus g after -h and after +h, both divided by y_t + g and multiplied by
 * (1 + u⁺) (1 + u⁻). In f = (A - B) / (A + B) the product that A and B share cancels before any rounding.
 */
export function quotientOf(uUp: v128, uDown: v128, rUp: v128, rDown: v128): v128 {
  const sumUp = f64x2.add(f64x2.splat(1), uUp);
  const sumDown = f64x2.add(f64x2.splat(1), uDown);
  const up = f64x2.mul(rUp, sumDown);
  const down = f64x2.mul(rDown, sumUp);
  return f64x2.div(f64x2.sub(down, up), f64x2.add(f64x2.mul(sumUp, sumDown), f64x2.add(down, up)));
}

/** L(+h) - L(-h) for perturbations of any size; the arguments are those of quotientOf. */
export function lossDifference(uUp: v128, uDown: v128, rUp: v128, rDown: v128): v128 {
  const sumUp = f64x2.add(f64x2.splat(1), uUp);
  const sumDown = f64x2.add(f64x2.splat(1), uDown);
  const up = f64x2.mul(f64x2.add(rUp, rUp), sumDown);
  const down = f64x2.mul(f64x2.add(rDown, rDown), sumUp);
  const product = f64x2.mul(sumUp, sumDown);
  return logOfQuotient(f64x2.add(product, down), f64x2.add(product, up), f64x2.sub(down, up));
}

/**
 * Sets the step h, and tabulates in net.perturbations, for each value of a pixel and x = h pixel, the numbers
 * E = e⁻ˣ - 1, F = eˣ - 1 and S = E + F = -E F of differences-layer1.ts.
 *
 * @param h > 0
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
 * Writes to net.values the distinct pixel values of each of the images first … end - 1, and 255 for the bias, whose input
 * is 1. Replaces the two numbers of each entry in the rows of these images by byte times 8 and index of the pixel: the
 * differences are looked up by the one and summed by the other.
 */
export function collectValues(net: Net, workspace: Workspace, first: usize, end: usize): void {
  const lastSeen = workspace.differenceOfValue; // not in use before the first image is evaluated
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
