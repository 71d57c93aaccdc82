import { exp } from './exp';
import { CLASSES, VECTOR, classRow } from './lanes';
import { log } from './log';
import { Net, Work } from './net';

/** The book's guard against log 0. */
export const LOG_GUARD: f64 = 1e-7;

/**
 * Scores of all images into work.scores: b2 and the blocks' parts, added in the order of the blocks whoever computed
 * them, so that the number of threads changes no bit.
 */
export function sumScores<T>(net: Net, work: Work, thread: usize, partScores: usize): void {
  const row = classRow<T>();
  const stride = net.count * row;
  for (let n: usize = 0; n < net.count; n++) {
    for (let at: usize = 0; at < row; at += VECTOR) {
      let sum = v128.load(net.b2 + thread * 128 + at);
      for (let block: usize = 0; block < net.blocks; block++) {
        sum = v128.add<T>(sum, v128.load(partScores + block * stride + n * row + at));
      }
      v128.store(work.scores + n * row + at, sum);
    }
  }
}

/** Softmax of the scores, and the mean cross entropy. Plain twins: `softmax`, `crossEntropy` in network. */
export function softmaxAndLoss<T>(net: Net, work: Work): void {
  for (let n: usize = 0; n < net.count; n++) {
    softmax<T>(work.scores + n * classRow<T>(), work.outputs + n * classRow<T>());
  }
  let sums = f64x2.splat(0);
  for (let n: usize = 0; n < net.count; n += 2) {
    const isAlone = n + 1 == net.count;
    const likelihoods = f64x2(likelihood<T>(work, n), isAlone ? 1 - LOG_GUARD : likelihood<T>(work, n + 1));
    sums = f64x2.sub(sums, log(f64x2.add(likelihoods, f64x2.splat(LOG_GUARD))));
  }
  work.loss = (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)) / <f64>net.count;
}

/** Softmax of one image. The classes that fill up the row have score -inf. */
function softmax<T>(scores: usize, y: usize): void {
  let most = v128.load(scores);
  for (let at = VECTOR; at < classRow<T>(); at += VECTOR) most = v128.pmax<T>(most, v128.load(scores + at));
  let largest = max(v128.extract_lane<T>(most, 0), v128.extract_lane<T>(most, 1));
  if (sizeof<T>() == 4) {
    largest = max(largest, max(v128.extract_lane<T>(most, 2), v128.extract_lane<T>(most, 3)));
  }
  let sums = v128.splat<T>(<T>0);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    const power = exp<T>(v128.sub<T>(v128.load(scores + at), v128.splat<T>(largest)));
    v128.store(y + at, power);
    sums = v128.add<T>(sums, power);
  }
  let sum = v128.extract_lane<T>(sums, 0) + v128.extract_lane<T>(sums, 1);
  if (sizeof<T>() == 4) sum += v128.extract_lane<T>(sums, 2) + v128.extract_lane<T>(sums, 3);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    v128.store(y + at, v128.div<T>(v128.load(y + at), v128.splat<T>(sum)));
  }
}

/** The probability of image n's label. */
function likelihood<T>(work: Work, n: usize): f64 {
  return <f64>load<T>(work.outputs + n * classRow<T>() + <usize>load<u8>(work.labels + n) * sizeof<T>());
}

/** The most probable class of each image; the first wins a tie, as `argmax` in network. */
export function classifyImages<T>(net: Net, work: Work): void {
  for (let n: usize = 0; n < net.count; n++) {
    const scores = work.scores + n * classRow<T>();
    let best: usize = 0;
    for (let k: usize = 1; k < CLASSES; k++) {
      if (load<T>(scores + k * sizeof<T>()) > load<T>(scores + best * sizeof<T>())) best = k;
    }
    store<u8>(net.classes + n, <u8>best);
  }
}
