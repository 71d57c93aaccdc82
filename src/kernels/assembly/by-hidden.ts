import { likelihoodOf, quotientDifference, quotientTop, scaleOf } from './differences';
import { exp, inverseFactorial } from './exp';
import { CLASSES, blockRow, VECTOR, addProduct, classRow } from './lanes';
import { logOfQuotient, logOfQuotientNear, logOfQuotientNear1 } from './log';
import { Net, VALUES, Work } from './net';
import { LOG_GUARD } from './output';
import { ENTRY } from './images';

// Moving W1[i, j] by ±h moves the score of hidden unit j by ±h times pixel i, its output by some da, and score k by
// Δ_k = da W2[j, k]. Two units j go side by side; pixels of the same value share the evaluation.
//
// With 1 + E = e^∓(h pixel), one power for all units, the moved sigmoid is a / (1 + (1 - a) E): no power of its own.

// How e^Δ - 1 and the logarithm are computed, by the largest Δ that can come: to rounding, in the fewest operations.
const SMALL: i32 = 0;
const MIDDLE: i32 = 1;
const LARGE: i32 = 2;

/** Bytes of the terms of a class: three vectors. */
const TERM: usize = 3 * VECTOR;

/** Subtracts rate times the central differences by W1 and b1 of the thread's blocks. */
export function differencesByHidden(net: Net, work: Work): void {
  for (let block = work.firstBlock; block < work.endBlock; block++) {
    const units = net.hiddenSize - block * (blockRow<f64>() / 8);
    for (let at: usize = 0; at < min(units * 8, blockRow<f64>()); at += VECTOR) {
      const W2T = net.W2T + block * CLASSES * blockRow<f64>() + at;
      const hidden = net.hidden + block * net.count * blockRow<f64>() + at;
      const size = sizeOfMoves(net.h, W2T);
      memory.fill(work.tile, 0, net.inputSize * VECTOR);
      let bias = f64x2.splat(0);
      for (let n: usize = 0; n < net.count; n++) {
        evaluateValues(net, work, n, v128.load(hidden + n * blockRow<f64>()), W2T, size);
        scatter(work, n);
        bias = f64x2.add(bias, v128.load(work.memo + 255 * VECTOR));
      }
      const rate = f64x2.splat(net.rate * scaleOf(net));
      const W1 = net.W1 + net.target + block * net.inputSize * blockRow<f64>() + at;
      for (let i: usize = 0; i < net.inputSize; i++) {
        const slope = f64x2.mul(rate, v128.load(work.tile + i * VECTOR));
        v128.store(W1 + i * blockRow<f64>(), f64x2.sub(v128.load(W1 + i * blockRow<f64>()), slope));
      }
      const b1 = net.b1 + net.target + block * blockRow<f64>() + at;
      v128.store(b1, f64x2.sub(v128.load(b1), f64x2.mul(rate, bias)));
    }
  }
}

/** |da| is at most h / 4, the steepest of the sigmoid, and below 1. */
function sizeOfMoves(h: f64, W2T: usize): i32 {
  let largest = f64x2.splat(0);
  for (let k: usize = 0; k < CLASSES; k++)
    largest = f64x2.max(largest, f64x2.abs(v128.load(W2T + k * blockRow<f64>())));
  const weight = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
  const move = min(h / 4, 1.0) * weight;
  return move < 2.8e-4 ? SMALL : move < 0.048 ? MIDDLE : LARGE;
}

/** L(+h) - L(-h) of image n into work.memo, for every value that its pixels have. */
function evaluateValues(net: Net, work: Work, n: usize, a: v128, W2T: usize, size: i32): void {
  const one = f64x2.splat(1);
  const rest = f64x2.sub(one, a);
  const slope = f64x2.neg(f64x2.mul(a, rest));
  writeTerms(work, n, W2T);
  const values = work.values + n * VALUES;
  const end = values + 4 + load<u32>(values) * 4;
  for (let at = values + 4; at < end; at += 4) {
    const value = <usize>load<u32>(at); // byte * 8
    const moveUp = v128.load(net.moves + value * 4);
    const moveDown = v128.load(net.moves + value * 4, VECTOR);
    const up = addProduct<f64>(one, rest, moveUp);
    const down = addProduct<f64>(one, rest, moveDown);
    const common = f64x2.div(slope, f64x2.mul(up, down)); // one division for both
    const daUp = f64x2.mul(common, f64x2.mul(moveUp, down));
    const daDown = f64x2.mul(common, f64x2.mul(moveDown, up));
    let difference: v128;
    if (size == SMALL) difference = smallMoves(work.terms, daUp, daDown);
    else if (size == MIDDLE) difference = middleMoves(work.terms, daUp, daDown);
    else difference = largeMoves(work.terms, daUp, daDown);
    v128.store(work.memo + value * 2, difference);
  }
}

/** The label's weight, probability and score, and then for each class weight, probability times weight, and score. */
function writeTerms(work: Work, n: usize, W2T: usize): void {
  const label = <usize>load<u8>(work.labels + n);
  const scores = work.scores + n * classRow<f64>();
  const outputs = work.outputs + n * classRow<f64>();
  let terms = work.terms;
  v128.store(terms, v128.load(W2T + label * blockRow<f64>()));
  v128.store(terms, likelihoodOf(work, n), 16);
  v128.store(terms, v128.load64_splat(scores + label * 8), 32);
  for (let k: usize = 0; k < CLASSES; k++) {
    terms += TERM;
    const weight = v128.load(W2T + k * blockRow<f64>());
    v128.store(terms, weight);
    v128.store(terms, f64x2.mul(v128.load64_splat(outputs + k * 8), weight), 16);
    v128.store(terms, v128.load64_splat(scores + k * 8), 32);
  }
}

/** |Δ| < 2.8e-4: e^Δ - 1 by its series to Δ⁴. */
function smallMoves(terms: usize, daUp: v128, daDown: v128): v128 {
  let sumUp = f64x2.splat(0);
  let sumDown = f64x2.splat(0);
  for (let at = terms + TERM; at <= terms + CLASSES * TERM; at += TERM) {
    const weight = v128.load(at);
    const product = v128.load(at, 16);
    sumUp = addProduct<f64>(sumUp, product, seriesTo4(f64x2.mul(daUp, weight)));
    sumDown = addProduct<f64>(sumDown, product, seriesTo4(f64x2.mul(daDown, weight)));
  }
  const up = f64x2.mul(daUp, v128.load(terms));
  const down = f64x2.mul(daDown, v128.load(terms));
  const eUp = f64x2.mul(up, seriesTo4(up));
  const eDown = f64x2.mul(down, seriesTo4(down));
  return logOfQuotientNear1(
    halfRatio(v128.load(terms, 16), eUp, eDown, f64x2.mul(daUp, sumUp), f64x2.mul(daDown, sumDown)),
  );
}

/** |Δ| < 0.048: e^Δ - 1 by its series to Δ⁸. */
function middleMoves(terms: usize, daUp: v128, daDown: v128): v128 {
  let sumUp = f64x2.splat(0);
  let sumDown = f64x2.splat(0);
  for (let at = terms + TERM; at <= terms + CLASSES * TERM; at += TERM) {
    const weight = v128.load(at);
    const product = v128.load(at, 16);
    sumUp = addProduct<f64>(sumUp, product, seriesTo8(f64x2.mul(daUp, weight)));
    sumDown = addProduct<f64>(sumDown, product, seriesTo8(f64x2.mul(daDown, weight)));
  }
  const up = f64x2.mul(daUp, v128.load(terms));
  const down = f64x2.mul(daDown, v128.load(terms));
  const eUp = f64x2.mul(up, seriesTo8(up));
  const eDown = f64x2.mul(down, seriesTo8(down));
  return logOfQuotientNear(
    halfRatio(v128.load(terms, 16), eUp, eDown, f64x2.mul(daUp, sumUp), f64x2.mul(daDown, sumDown)),
  );
}

/** (A - B) / (A + B) */
function halfRatio(y: v128, eUp: v128, eDown: v128, uUp: v128, uDown: v128): v128 {
  const sum = f64x2.add(quotientTop(y, eDown, uDown, uUp), quotientTop(y, eUp, uUp, uDown));
  return f64x2.div(quotientDifference(y, eUp, eDown, uUp, uDown), sum);
}

/** Any Δ: the scores are moved, and go through softmax and log as they are. */
function largeMoves(terms: usize, daUp: v128, daDown: v128): v128 {
  const up = movedLikelihood(terms, daUp);
  const down = movedLikelihood(terms, daDown);
  return logOfQuotient(down, up, f64x2.sub(down, up));
}

function movedLikelihood(terms: usize, da: v128): v128 {
  let largest = f64x2.splat(-Infinity);
  for (let at = terms + TERM; at <= terms + CLASSES * TERM; at += TERM) {
    largest = f64x2.max(largest, addProduct<f64>(v128.load(at, 32), da, v128.load(at)));
  }
  let sum = f64x2.splat(0);
  for (let at = terms + TERM; at <= terms + CLASSES * TERM; at += TERM) {
    const score = addProduct<f64>(v128.load(at, 32), da, v128.load(at));
    sum = f64x2.add(sum, exp<f64>(f64x2.sub(score, largest)));
  }
  const score = addProduct<f64>(v128.load(terms, 32), da, v128.load(terms));
  return f64x2.add(f64x2.div(exp<f64>(f64x2.sub(score, largest)), sum), f64x2.splat(LOG_GUARD));
}

/** (e^x - 1) / x to x³. */
function seriesTo4(x: v128): v128 {
  const sum = addProduct<f64>(inverseFactorial<f64>(3), x, inverseFactorial<f64>(4));
  return addProduct<f64>(inverseFactorial<f64>(1), x, addProduct<f64>(inverseFactorial<f64>(2), x, sum));
}

/** (e^x - 1) / x to x⁷. */
function seriesTo8(x: v128): v128 {
  let sum = addProduct<f64>(inverseFactorial<f64>(7), x, inverseFactorial<f64>(8));
  sum = addProduct<f64>(inverseFactorial<f64>(6), x, sum);
  sum = addProduct<f64>(inverseFactorial<f64>(5), x, sum);
  sum = addProduct<f64>(inverseFactorial<f64>(4), x, sum);
  sum = addProduct<f64>(inverseFactorial<f64>(3), x, sum);
  return addProduct<f64>(inverseFactorial<f64>(1), x, addProduct<f64>(inverseFactorial<f64>(2), x, sum));
}

/** Adds to each pixel of image n what was found for its value. */
function scatter(work: Work, n: usize): void {
  const end = <usize>load<u32>(work.rowStarts + n * 4, 4);
  for (let at = <usize>load<u32>(work.rowStarts + n * 4); at < end; at += ENTRY) {
    const sum = work.tile + <usize>load<u32>(at, 4) * VECTOR;
    v128.store(sum, f64x2.add(v128.load(sum), v128.load(work.memo + <usize>load<u32>(at) * 2)));
  }
}
