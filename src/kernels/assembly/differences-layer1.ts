import { halfWeightOf, quotientOf, scaleOf } from './differences';
import { exp, inverseFactorial } from './exp';
import { CLASSES, ROW, VECTOR, addProduct, classRow } from './lanes';
import { logOfQuotient, logOfQuotientNear, logOfQuotientNear1 } from './log';
import { ENTRY, Net, PERTURBATION, TERMS, VALUES, Workspace } from './net';
import { EPSILON } from './output';
import { vectorsOf } from './shares';

// Central differences of the loss by W1 and b1. b1[j] is treated as the weight of one more input, which is always 1.
// Two hidden units j are evaluated at once, in the two lanes of a vector. The difference by W1[i, j] depends on the value
// of pixel i, not on i, so each distinct value of an image is evaluated once.
//
// Names, with an example in the right column:
//
//   h                    step of the central difference                              1e-4
//   x = h pixel_i        size of the change of the pre-activation z of unit j        5e-5, for pixel 0.5
//   a = sigmoid(z)       output of unit j before the change                          0.5
//   d⁺, d⁻               change of this output when z becomes z + x, or z - x        1.25e-5, -1.25e-5 (to nine digits)
//   w_k = W2[j, k]       weight from unit j to class k                               w_t = 0.1
//   Δ_k = d w_k          change of logit k, with d = d⁺ or d = d⁻                    Δ_t⁺ = 1.25e-6
//   X                    upper bound of |Δ_k| for all k, all pixels and both signs   2.5e-6, if no |w_k| exceeds 0.1
//   t, y, e, u, s, r, f  see differences.ts
//
// In the example the loss changes in its seventh digit, so subtracting two losses would leave nine of its sixteen digits.
// The three steps below lose none, because they compute the change itself instead of subtracting two rounded losses.
//
// Step 1: from x to d. With E = e⁻ˣ - 1 and F = eˣ - 1, the definition of the sigmoid gives
//
//   sigmoid(z + x) = a / (1 + (1 - a) E)      d⁺ = -a (1 - a) E / (1 + (1 - a) E)      d⁻: the same with F for E
//
// Let S = E + F, which equals -E F. Multiplying numerator and denominator by 1 + (1 - a) F, or by 1 + (1 - a) E for d⁻,
// makes the denominators equal, so that both signs share a division:
//
//   d⁺ = -a (1 - a) (E - (1 - a) S) / (1 + a (1 - a) S)      d⁻ = -a (1 - a) (F - (1 - a) S) / (1 + a (1 - a) S)
//
// E, F and S depend on h and on the pixel alone: setStep tabulates them for the 256 values of a pixel.
//
// Step 2: from d to u and r. e_k = e^Δ_k - 1 is evaluated by its series Δ_k + Δ_k²/2! + Δ_k³/3! + … Because
// Δ_k = d w_k, the sums over the classes become polynomials in d:
//
//   u = Σ_m u_m dᵐ      u_m = Σ_k y_k w_kᵐ / m!
//   s = Σ_m s_m dᵐ      s_m = Σ_k y_k (w_tᵐ - w_kᵐ) / m!      r_m = s_m y_t / (2 (y_t + g))
//
// Their coefficients are the same for all pixels of an image: writeCoefficients computes them once for an image and two
// units.
//
// Step 3: from u⁺, u⁻, r⁺ and r⁻ to L(+h) - L(-h), by quotientOf and a logarithm.
//
// No step uses a derivative, or a series in h: d is the exact change of the sigmoid, the polynomials equal the sums of
// softmax to rounding, and they are evaluated separately for +h and for -h.
//
// How many terms are enough. With |Δ_k| <= X, the terms of u from the m-th on add up to at most (1 + X) Xᵐ/m!, an
// absolute error, and u is only used in 1 + u. The terms of s after the m-th add up to at most (1 + X) Xᵐ/m! times
// Σ_k y_k |Δ_t - Δ_k|, a relative error, because |Δ_tⁱ - Δ_kⁱ| <= i Xⁱ⁻¹ |Δ_t - Δ_k|. So m - 1 terms of u and m terms
// of s are exact to rounding if (1 + X) Xᵐ/m! < 2⁻⁵⁴, which is half the largest rounding error of numbers near 1. The
// loss changes by at most 2X each way, so |f| <= 2X. This bounds the relative error of the logarithm: f⁴/5 < 1e-19
// where m = 3, f⁶/7 < 1e-21 where m = 4. For X beyond LARGEST8 the losses are evaluated by softmax and log.

/** Largest X for which m = 3, 4 and 8 terms are exact to rounding. */
const LARGEST3: f64 = 6.9e-6;
const LARGEST4: f64 = 1.9e-4;
const LARGEST8: f64 = 0.034;

/** Subtracts the learning rate times the central differences by W1 and b1 from these parameters of a block. */
export function differencesByLayer1(net: Net, workspace: Workspace, block: usize): void {
  for (let at: usize = 0; at < vectorsOf(net, block) * VECTOR; at += VECTOR) {
    const W2T = net.W2T + block * CLASSES * ROW + at;
    const hidden = net.hidden + block * net.count * ROW + at;
    const X = boundOfChanges(net.h, W2T);
    writePowers(workspace, W2T);
    memory.fill(workspace.differenceSums, 0, net.inputSize * VECTOR);
    let bias = f64x2.splat(0);
    for (let n: usize = 0; n < net.count; n++) {
      evaluateValues(net, workspace, n, v128.load(hidden + n * ROW), W2T, X);
      addToPixels(net, workspace, n);
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

/** X of two units: |d| <= h / 4, because |sigmoid'| <= 1/4 and pixels are at most 1; and |d| < 1, for a large h. */
function boundOfChanges(h: f64, W2T: usize): f64 {
  let largest = f64x2.splat(0);
  for (let k: usize = 0; k < CLASSES; k++) {
    largest = f64x2.max(largest, f64x2.abs(v128.load(W2T + k * ROW)));
  }
  return min(h / 4, 1.0) * max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}

/** Writes w_kᵐ / m! of two units to workspace.powers, (TERMS, K), a vector each; m = 1 … TERMS. */
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

/**
 * Writes the coefficients r_m and u_m of image n and two units to workspace.coefficients, (terms, 2), a vector each;
 * m = 1 … terms.
 */
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
    v128.store(to, f64x2.sub(ofLabel, sum), VECTOR); // Σ y_k w_kᵐ/m! = w_tᵐ/m! - s_m, because Σ y_k = 1
  }
}

// The methods of evaluation. They are types because a generic function is compiled to a separate loop for each type.
class Terms3 {}
class Terms4 {}
class Terms8 {}
class Softmax {}

/**
 * Writes L(+h) - L(-h) of image n and two units to workspace.differenceOfValue, for every distinct value of its pixels.
 *
 * @param a outputs of the two units
 * @param W2T address of their weights to class 0; those to the next class are ROW bytes further
 */
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

function evaluateBy<Method>(net: Net, workspace: Workspace, n: usize, a: v128, W2T: usize): void {
  const one = f64x2.splat(1);
  const complement = f64x2.sub(one, a); // 1 - a
  const product = f64x2.mul(a, complement); // a (1 - a)
  const minusProduct = f64x2.neg(product);
  const perturbations = net.perturbations;
  const differenceOfValue = workspace.differenceOfValue;
  // Load the coefficients before the loop: the compiler does not know that the stores in it leave them unchanged.
  const c = workspace.coefficients;
  const r1 = rCoefficient(c, 1);
  const r2 = rCoefficient(c, 2);
  const r3 = rCoefficient(c, 3);
  const r4 = rCoefficient(c, 4);
  const u1 = uCoefficient(c, 1);
  const u2 = uCoefficient(c, 2);
  const u3 = uCoefficient(c, 3);
  const values = net.values + n * VALUES;
  const end = values + 4 + load<u32>(values) * 4;
  for (let at = values + 4; at < end; at += 4) {
    const value = <usize>load<u32>(at);
    const perturbation = perturbations + value * (PERTURBATION / 8); // value is byte * 8
    const E = v128.load64_splat(perturbation);
    const F = v128.load64_splat(perturbation, 8);
    const S = v128.load64_splat(perturbation, 16);
    const factor = f64x2.div(minusProduct, addProduct<f64>(one, product, S)); // the factor that d⁺ and d⁻ share
    const complementS = f64x2.mul(complement, S);
    const dUp = f64x2.mul(factor, f64x2.sub(E, complementS));
    const dDown = f64x2.mul(factor, f64x2.sub(F, complementS));
    let difference: v128;
    if (idof<Method>() == idof<Terms3>()) {
      const uUp = f64x2.mul(dUp, polynomial2(dUp, u1, u2));
      const uDown = f64x2.mul(dDown, polynomial2(dDown, u1, u2));
      const rUp = f64x2.mul(dUp, polynomial3(dUp, r1, r2, r3));
      const rDown = f64x2.mul(dDown, polynomial3(dDown, r1, r2, r3));
      difference = logOfQuotientNear1(quotientOf(uUp, uDown, rUp, rDown), 2);
    } else if (idof<Method>() == idof<Terms4>()) {
      const uUp = f64x2.mul(dUp, polynomial3(dUp, u1, u2, u3));
      const uDown = f64x2.mul(dDown, polynomial3(dDown, u1, u2, u3));
      const rUp = f64x2.mul(dUp, polynomial4(dUp, r1, r2, r3, r4));
      const rDown = f64x2.mul(dDown, polynomial4(dDown, r1, r2, r3, r4));
      difference = logOfQuotientNear1(quotientOf(uUp, uDown, rUp, rDown), 3);
    } else if (idof<Method>() == idof<Terms8>()) {
      difference = logOfQuotientNear(
        quotientOf(uOf7Terms(c, dUp), uOf7Terms(c, dDown), rOf8Terms(c, dUp), rOf8Terms(c, dDown)),
      );
    } else {
      difference = differenceBySoftmax(net, n, W2T, dUp, dDown);
    }
    v128.store(differenceOfValue + value * 2, difference);
  }
}

/** r_m, for m from 1. */
function rCoefficient(coefficients: usize, m: usize): v128 {
  return v128.load(coefficients + (m - 1) * 2 * VECTOR);
}

/** u_m, for m from 1. */
function uCoefficient(coefficients: usize, m: usize): v128 {
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

/** u = u_1 d + … + u_7 d⁷ */
function uOf7Terms(coefficients: usize, d: v128): v128 {
  let sum = polynomial2(d, uCoefficient(coefficients, 6), uCoefficient(coefficients, 7));
  for (let m: usize = 5; m > 0; m--) sum = addProduct<f64>(uCoefficient(coefficients, m), d, sum);
  return f64x2.mul(d, sum);
}

/** r = r_1 d + … + r_8 d⁸ */
function rOf8Terms(coefficients: usize, d: v128): v128 {
  let sum = polynomial2(d, rCoefficient(coefficients, 7), rCoefficient(coefficients, 8));
  for (let m: usize = 6; m > 0; m--) sum = addProduct<f64>(rCoefficient(coefficients, m), d, sum);
  return f64x2.mul(d, sum);
}

/** L(+h) - L(-h) of image n for changes of any size, by softmax and log of the perturbed logits. */
function differenceBySoftmax(net: Net, n: usize, W2T: usize, dUp: v128, dDown: v128): v128 {
  const up = perturbedProbability(net, n, W2T, dUp);
  const down = perturbedProbability(net, n, W2T, dDown);
  return logOfQuotient(down, up, f64x2.sub(down, up));
}

/** Probability of the label of image n, plus EPSILON, when the outputs of the two units change by d. */
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

/** Adds to the sum of each non-zero pixel of image n the difference for its value. */
function addToPixels(net: Net, workspace: Workspace, n: usize): void {
  const end = <usize>load<u32>(net.rowBounds + n * 8, 4);
  for (let at = <usize>load<u32>(net.rowBounds + n * 8); at < end; at += ENTRY) {
    const sum = workspace.differenceSums + <usize>load<u32>(at, 4) * VECTOR;
    v128.store(sum, f64x2.add(v128.load(sum), v128.load(workspace.differenceOfValue + <usize>load<u32>(at) * 2)));
  }
}
