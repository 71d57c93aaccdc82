import { halfWeightOf, quotientOf, scaleOf } from './differences';
import { exp, inverseFactorial } from './exp';
import { CLASSES, ROW, VECTOR, addProduct, classRow } from './lanes';
import { logOfQuotient, logOfQuotientNear, logOfQuotientNear1 } from './log';
import { ENTRY, Net, PERTURBATION, TERMS, VALUES, Workspace } from './net';
import { EPSILON } from './output';
import { vectorsOf } from './shares';

// Perturbing W1[i, j] by ±h. Two units j are evaluated at once, in the lanes of a vector; equal pixels share the evaluation.
//
//   x = h pixel_i    change of the pre-activation of unit j         an example: h = 1e-4, pixel 0.5: 5e-5
//   a                its output before                              0.5
//   d⁺, d⁻           change of the output by +x and by -x           1.25e-5, -1.25e-5 (to nine digits)
//   w_k = W2[j, k]   Δ_k = d w_k, change of logit k                 w_t = 0.1: 1.25e-6
//   X                bound of all |Δ_k| of a unit                   h / 4 times the largest |w|: 2.5e-6
//
// In the example the loss changes in its seventh digit. The difference of two losses would keep nine digits; what follows
// keeps all, because it computes the changes themselves.
//
// The output. With E = e⁻ˣ - 1, F = eˣ - 1 and S = E + F = -E F, which all units share, the sigmoid needs no exponential
// and both signs share a division:
//
//   d⁺ = -a (1 - a) E / (1 + (1 - a) E) = -a (1 - a) (E - (1 - a) S) / (1 + a (1 - a) S)      d⁻ with F for E
//
// The losses. An exponential is evaluated by its polynomial, e^Δ - 1 = Δ + Δ²/2! + … + Δᵐ/m!. The evaluations of an
// image and a unit have y and w in common and differ in d, so the sums over the classes (see differences.ts) are
// grouped by powers of d, whose coefficients are formed once:
//
//   u = Σ_k y_k (e^(d w_k) - 1) = Σ_m dᵐ Σ_k y_k w_kᵐ / m!      s = Σ_m dᵐ Σ_k y_k (w_tᵐ - w_kᵐ) / m!
//
// This is neither a derivative nor a series of the loss in h: d is the exact change of the sigmoid, u and s are the
// sums that softmax needs, exact to rounding, and the quotient and the logarithm are evaluated for +h and for -h.
//
// The bound. Let |Δ_k| <= X for all k. u without the terms from m on is wrong by at most (1 + X) Xᵐ/m!, and it is added
// to 1. s without those after m is wrong by at most the fraction (1 + X) Xᵐ/m! of Σ y_k |Δ_t - Δ_k|, because
// |Δ_tⁱ - Δ_kⁱ| <= i Xⁱ⁻¹ |Δ_t - Δ_k|. Where (1 + X) Xᵐ/m! < 2⁻⁵⁴, half the rounding of 1, m - 1 terms of u and m of s
// are therefore exact to rounding. L changes by at most 2X each way, so |f| <= 2X, which limits the terms of the
// logarithm: f⁴/5 < 1e-19 with 3 terms, f⁶/7 < 1e-21 with 4. Larger perturbations are evaluated by softmax and log.

/** Largest X for which 3, 4 and 8 terms are exact to rounding. */
const LARGEST3: f64 = 6.9e-6;
const LARGEST4: f64 = 1.9e-4;
const LARGEST8: f64 = 0.034;

/** Subtracts rate times the central differences by W1 and b1 of a block. */
export function differencesByLayer1(net: Net, workspace: Workspace, block: usize): void {
  for (let at: usize = 0; at < vectorsOf(net, block) * VECTOR; at += VECTOR) {
    const W2T = net.W2T + block * CLASSES * ROW + at;
    const hidden = net.hidden + block * net.count * ROW + at;
    const X = largestChange(net.h, W2T);
    writePowers(workspace, W2T);
    memory.fill(workspace.differenceSums, 0, net.inputSize * VECTOR);
    let bias = f64x2.splat(0);
    for (let n: usize = 0; n < net.count; n++) {
      evaluateValues(net, workspace, n, v128.load(hidden + n * ROW), W2T, X);
      scatter(net, workspace, n);
      bias = f64x2.add(bias, v128.load(workspace.differenceOfValue + 255 * VECTOR));
    }
    const rate = f64x2.splat(net.learningRate * scaleOf(net));
    const W1 = net.W1 + net.targetOffset + block * net.inputSize * ROW + at;
    for (let i: usize = 0; i < net.inputSize; i++) {
      const gradient = f64x2.mul(rate, v128.load(workspace.differenceSums + i * VECTOR));
      v128.store(W1 + i * ROW, f64x2.sub(v128.load(W1 + i * ROW), gradient));
    }
    const b1 = net.b1 + net.targetOffset + block * ROW + at;
    v128.store(b1, f64x2.sub(v128.load(b1), f64x2.mul(rate, bias)));
  }
}

/** Largest |Δ| of these two units: |d| <= h / 4, as |sigmoid'| <= 1/4 and pixels are <= 1, and |d| < 1. */
function largestChange(h: f64, W2T: usize): f64 {
  let largest = f64x2.splat(0);
  for (let k: usize = 0; k < CLASSES; k++) {
    largest = f64x2.max(largest, f64x2.abs(v128.load(W2T + k * ROW)));
  }
  return min(h / 4, 1.0) * max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}

/** wᵐ / m! of two units into workspace.powers, (m, K). */
function writePowers(workspace: Workspace, W2T: usize): void {
  for (let k: usize = 0; k < CLASSES; k++) {
    const weight = v128.load(W2T + k * ROW);
    let power = weight;
    for (let m: usize = 0; m < TERMS; m++) {
      v128.store(workspace.powers + (m * CLASSES + k) * VECTOR, f64x2.mul(power, inverseFactorial<f64>(<i32>m + 1)));
      power = f64x2.mul(power, weight);
    }
  }
}

/** Coefficients of s, times halfWeightOf, and of u for image n and two units into workspace.coefficients, (m, 2). */
function writeCoefficients(net: Net, workspace: Workspace, n: usize, terms: usize): void {
  const label = <usize>load<u8>(net.batchLabels + n);
  const outputs = net.outputs + n * classRow<f64>();
  const halfWeight = halfWeightOf(net, n);
  for (let m: usize = 0; m < terms; m++) {
    const powers = workspace.powers + m * CLASSES * VECTOR;
    const ofLabel = v128.load(powers + label * VECTOR);
    let sum = f64x2.splat(0);
    for (let k: usize = 0; k < CLASSES; k++) {
      const y = v128.load64_splat(outputs + k * 8);
      sum = addProduct<f64>(sum, y, f64x2.sub(ofLabel, v128.load(powers + k * VECTOR)));
    }
    const to = workspace.coefficients + m * 2 * VECTOR;
    v128.store(to, f64x2.mul(halfWeight, sum));
    v128.store(to, f64x2.sub(ofLabel, sum), VECTOR); // Σ y_k wᵐ/m!, for Σ y_k = 1
  }
}

// Ways to evaluate. They are types because a generic function is compiled to a separate loop for each type.
class Terms3 {}
class Terms4 {}
class Terms8 {}
class Softmax {}

/** L(+h) - L(-h) of image n into workspace.differenceOfValue, for every value that its pixels have. */
function evaluateValues(net: Net, workspace: Workspace, n: usize, a: v128, W2T: usize, X: f64): void {
  if (X < LARGEST3) {
    writeCoefficients(net, workspace, n, 3);
    evaluateBy<Terms3>(net, workspace, n, a, W2T);
  } else if (X < LARGEST4) {
    writeCoefficients(net, workspace, n, 4);
    evaluateBy<Terms4>(net, workspace, n, a, W2T);
  } else if (X < LARGEST8) {
    writeCoefficients(net, workspace, n, 8);
    evaluateBy<Terms8>(net, workspace, n, a, W2T);
  } else evaluateBy<Softmax>(net, workspace, n, a, W2T);
}

function evaluateBy<Way>(net: Net, workspace: Workspace, n: usize, a: v128, W2T: usize): void {
  const one = f64x2.splat(1);
  const rest = f64x2.sub(one, a);
  const product = f64x2.mul(a, rest);
  const minusProduct = f64x2.neg(product);
  const perturbations = net.perturbations;
  const differenceOfValue = workspace.differenceOfValue;
  // Read before the loop: the compiler cannot know that nothing in it writes to them.
  const c = workspace.coefficients;
  const s1 = sOf(c, 1);
  const s2 = sOf(c, 2);
  const s3 = sOf(c, 3);
  const s4 = sOf(c, 4);
  const u1 = uOf(c, 1);
  const u2 = uOf(c, 2);
  const u3 = uOf(c, 3);
  const values = net.values + n * VALUES;
  const end = values + 4 + load<u32>(values) * 4;
  for (let at = values + 4; at < end; at += 4) {
    const value = <usize>load<u32>(at);
    const perturbation = perturbations + value * (PERTURBATION / 8); // value is byte * 8
    const E = v128.load64_splat(perturbation);
    const F = v128.load64_splat(perturbation, 8);
    const S = v128.load64_splat(perturbation, 16);
    const common = f64x2.div(minusProduct, addProduct<f64>(one, product, S)); // one division for both
    const restS = f64x2.mul(rest, S);
    const up = f64x2.mul(common, f64x2.sub(E, restS));
    const down = f64x2.mul(common, f64x2.sub(F, restS));
    let difference: v128;
    if (idof<Way>() == idof<Terms3>()) {
      const uUp = f64x2.mul(up, polynomial2(up, u1, u2));
      const uDown = f64x2.mul(down, polynomial2(down, u1, u2));
      const sUp = f64x2.mul(up, polynomial3(up, s1, s2, s3));
      const sDown = f64x2.mul(down, polynomial3(down, s1, s2, s3));
      difference = logOfQuotientNear1(quotientOf(uUp, uDown, sUp, sDown), 2);
    } else if (idof<Way>() == idof<Terms4>()) {
      const uUp = f64x2.mul(up, polynomial3(up, u1, u2, u3));
      const uDown = f64x2.mul(down, polynomial3(down, u1, u2, u3));
      const sUp = f64x2.mul(up, polynomial4(up, s1, s2, s3, s4));
      const sDown = f64x2.mul(down, polynomial4(down, s1, s2, s3, s4));
      difference = logOfQuotientNear1(quotientOf(uUp, uDown, sUp, sDown), 3);
    } else if (idof<Way>() == idof<Terms8>()) {
      difference = logOfQuotientNear(quotientOf(u8Of(c, up), u8Of(c, down), s8Of(c, up), s8Of(c, down)));
    } else {
      difference = differenceBySoftmax(net, n, W2T, up, down);
    }
    v128.store(differenceOfValue + value * 2, difference);
  }
}

/** c_m of s. */
function sOf(coefficients: usize, m: usize): v128 {
  return v128.load(coefficients + (m - 1) * 2 * VECTOR);
}

/** c_m of u. */
function uOf(coefficients: usize, m: usize): v128 {
  return v128.load(coefficients + (m - 1) * 2 * VECTOR, VECTOR);
}

/** c1 + c2 d */
function polynomial2(d: v128, c1: v128, c2: v128): v128 {
  return addProduct<f64>(c1, d, c2);
}

/** c1 + c2 d + c3 d² */
function polynomial3(d: v128, c1: v128, c2: v128, c3: v128): v128 {
  return addProduct<f64>(c1, d, polynomial2(d, c2, c3));
}

/** c1 + c2 d + c3 d² + c4 d³ */
function polynomial4(d: v128, c1: v128, c2: v128, c3: v128, c4: v128): v128 {
  return addProduct<f64>(c1, d, polynomial3(d, c2, c3, c4));
}

/** u of 7 terms. */
function u8Of(c: usize, d: v128): v128 {
  let sum = polynomial2(d, uOf(c, 6), uOf(c, 7));
  for (let m: usize = 5; m > 0; m--) sum = addProduct<f64>(uOf(c, m), d, sum);
  return f64x2.mul(d, sum);
}

/** s of 8 terms. */
function s8Of(c: usize, d: v128): v128 {
  let sum = polynomial2(d, sOf(c, 7), sOf(c, 8));
  for (let m: usize = 6; m > 0; m--) sum = addProduct<f64>(sOf(c, m), d, sum);
  return f64x2.mul(d, sum);
}

/** For any Δ: softmax and log of the perturbed logits. */
function differenceBySoftmax(net: Net, n: usize, W2T: usize, dUp: v128, dDown: v128): v128 {
  const up = perturbedProbability(net, n, W2T, dUp);
  const down = perturbedProbability(net, n, W2T, dDown);
  return logOfQuotient(down, up, f64x2.sub(down, up));
}

/** Probability of the label of image n, plus EPSILON. */
function perturbedProbability(net: Net, n: usize, W2T: usize, d: v128): v128 {
  const logits = net.logits + n * classRow<f64>();
  let largest = f64x2.splat(-Infinity);
  for (let k: usize = 0; k < CLASSES; k++) largest = f64x2.max(largest, perturbedLogit(logits, W2T, k, d));
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < CLASSES; k++) {
    sum = f64x2.add(sum, exp<f64>(f64x2.sub(perturbedLogit(logits, W2T, k, d), largest)));
  }
  const logit = perturbedLogit(logits, W2T, <usize>load<u8>(net.batchLabels + n), d);
  return f64x2.add(f64x2.div(exp<f64>(f64x2.sub(logit, largest)), sum), f64x2.splat(EPSILON));
}

function perturbedLogit(logits: usize, W2T: usize, k: usize, d: v128): v128 {
  return addProduct<f64>(v128.load64_splat(logits + k * 8), d, v128.load(W2T + k * ROW));
}

/** Adds to each pixel of image n the difference that belongs to its value. */
function scatter(net: Net, workspace: Workspace, n: usize): void {
  const end = <usize>load<u32>(net.rowBounds + n * 8, 4);
  for (let at = <usize>load<u32>(net.rowBounds + n * 8); at < end; at += ENTRY) {
    const sum = workspace.differenceSums + <usize>load<u32>(at, 4) * VECTOR;
    v128.store(sum, f64x2.add(v128.load(sum), v128.load(workspace.differenceOfValue + <usize>load<u32>(at) * 2)));
  }
}
