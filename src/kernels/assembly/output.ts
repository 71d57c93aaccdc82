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
  let loss: f64 = 0;
  for (let n: usize = 0; n < net.count; n++) {
    const y = work.outputs + n * classRow<T>();
    softmax<T>(work.scores + n * classRow<T>(), y);
    loss -= logOfLikelihood(<f64>load<T>(y + <usize>load<u8>(work.labels + n) * sizeof<T>()));
  }
  work.loss = loss / <f64>net.count;
}

function softmax<T>(scores: usize, y: usize): void {
  let largest = load<T>(scores);
  for (let k: usize = 1; k < CLASSES; k++) largest = max(largest, load<T>(scores + k * sizeof<T>()));
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

function logOfLikelihood(likelihood: f64): f64 {
  return f64x2.extract_lane(log(f64x2.splat(likelihood + LOG_GUARD)), 0);
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
