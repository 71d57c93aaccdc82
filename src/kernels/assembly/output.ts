import { exp } from './exp';
import { addProduct, classRow, lanes, ROW, VECTOR } from './lanes';
import { log } from './log';
import { Net } from './net';
import { offsetOfVector } from './shares';

/** The constant that the book adds to a probability before the logarithm, to avoid log 0 (4.2.2). */
export const EPSILON: f64 = 1e-7;

/**
 * Logits of images first … end - 1 from the outputs of the hidden units. Sums are taken over groups of five (float64) or
 * seven (float32) vectors, and then over the groups: this order depends neither on the threads nor on the blocks, so
 * that neither changes a bit.
 *
 * @param hidden (blocks, count, row)
 * @param logits (count, K')
 */
export function sumLogits<T>(net: Net, hidden: usize, count: usize, first: usize, end: usize, logits: usize): void {
  const group: usize = sizeof<T>() == 8 ? 5 : 7;
  for (let vector: usize = 0; vector < net.vectors; vector += group) {
    const endVector = min(vector + group, net.vectors);
    for (let n = first; n < end; n++) {
      const to = logits + n * classRow<T>();
      addGroup<T>(net, hidden + n * ROW, count, vector, endVector, vector == 0 ? net.b2 : to, to);
    }
  }
}

/**
 * Adds the contribution of the hidden units of vectors `vector` … `endVector` - 1 to the logits of an image.
 *
 * @param from (K'): the logits so far, or b2
 * @param to (K'): receives the sums
 */
function addGroup<T>(
  net: Net,
  hidden: usize,
  count: usize,
  vector: usize,
  endVector: usize,
  from: usize,
  to: usize,
): void {
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  for (; vector < endVector; vector++) {
    const outputs = hidden + offsetOfVector(net, vector, count);
    let weights = net.W2 + vector * lanes<T>() * classRow<T>();
    for (let at: usize = 0; at < VECTOR; at += sizeof<T>(), weights += classRow<T>()) {
      const a = v128.load_splat<T>(outputs + at);
      s0 = addProduct<T>(s0, a, v128.load(weights));
      s1 = addProduct<T>(s1, a, v128.load(weights, 16));
      s2 = addProduct<T>(s2, a, v128.load(weights, 32));
      if (sizeof<T>() == 8) s3 = addProduct<T>(s3, a, v128.load(weights, 48));
      if (sizeof<T>() == 8) s4 = addProduct<T>(s4, a, v128.load(weights, 64));
    }
  }
  v128.store(to, v128.add<T>(v128.load(from), s0));
  v128.store(to, v128.add<T>(v128.load(from, 16), s1), 16);
  v128.store(to, v128.add<T>(v128.load(from, 32), s2), 32);
  if (sizeof<T>() == 8) v128.store(to, v128.add<T>(v128.load(from, 48), s3), 48);
  if (sizeof<T>() == 8) v128.store(to, v128.add<T>(v128.load(from, 64), s4), 64);
}

/**
 * Softmax of the logits of images first … end - 1, and their cross-entropies. References: `softmax` and `crossEntropy` in
 * network/functions.ts.
 */
export function softmaxAndLosses<T>(net: Net, first: usize, end: usize): void {
  for (let n = first; n < end; n++) softmax<T>(net.logits + n * classRow<T>(), net.outputs + n * classRow<T>());
  for (let n = first; n < end; n += 2) {
    const hasNext = n + 1 < end;
    const probabilities = f64x2(probabilityOfLabel<T>(net, n), hasNext ? probabilityOfLabel<T>(net, n + 1) : 1);
    const logs = log(f64x2.add(probabilities, f64x2.splat(EPSILON)));
    store<f64>(net.losses + n * 8, -f64x2.extract_lane(logs, 0));
    if (hasNext) store<f64>(net.losses + n * 8, -f64x2.extract_lane(logs, 1), 8);
  }
}

/** Mean of the cross-entropies. Those of even and of odd images are added up separately. */
export function meanLoss(net: Net): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  for (let n: usize = 0; n < net.count; n += 2) {
    even += load<f64>(net.losses + n * 8);
    if (n + 1 < net.count) odd += load<f64>(net.losses + n * 8, 8);
  }
  return (even + odd) / <f64>net.count;
}

/** Softmax of one image. The classes that pad the row have logit -inf. */
function softmax<T>(logits: usize, y: usize): void {
  let most = v128.load(logits);
  for (let at = VECTOR; at < classRow<T>(); at += VECTOR) most = v128.pmax<T>(most, v128.load(logits + at));
  let largest = max(v128.extract_lane<T>(most, 0), v128.extract_lane<T>(most, 1));
  if (sizeof<T>() == 4) {
    largest = max(largest, max(v128.extract_lane<T>(most, 2), v128.extract_lane<T>(most, 3)));
  }
  let sums = v128.splat<T>(<T>0);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    const power = exp<T>(v128.sub<T>(v128.load(logits + at), v128.splat<T>(largest)));
    v128.store(y + at, power);
    sums = v128.add<T>(sums, power);
  }
  let sum = v128.extract_lane<T>(sums, 0) + v128.extract_lane<T>(sums, 1);
  if (sizeof<T>() == 4) sum += v128.extract_lane<T>(sums, 2) + v128.extract_lane<T>(sums, 3);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    v128.store(y + at, v128.div<T>(v128.load(y + at), v128.splat<T>(sum)));
  }
}

/** Probability of the label of image n. */
function probabilityOfLabel<T>(net: Net, n: usize): f64 {
  return <f64>load<T>(net.outputs + n * classRow<T>() + <usize>load<u8>(net.batchLabels + n) * sizeof<T>());
}
