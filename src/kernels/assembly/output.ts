import { exp } from './exp';
import { VECTOR, classRow } from './lanes';
import { log } from './log';
import { B2, Net, Workspace } from './net';

/** The book's constant against log 0. */
export const EPSILON: f64 = 1e-7;

/**
 * Logits of all images into workspace.logits: b2 and the blocks' parts, always added in the order of the blocks, so that
 * the number of threads changes no bit.
 */
export function sumLogits<T>(net: Net, workspace: Workspace, thread: usize, partialLogits: usize): void {
  const row = classRow<T>();
  const stride = net.count * row;
  for (let n: usize = 0; n < net.count; n++) {
    for (let at: usize = 0; at < row; at += VECTOR) {
      let sum = v128.load(net.b2 + thread * B2 + at);
      for (let block: usize = 0; block < net.blocks; block++) {
        sum = v128.add<T>(sum, v128.load(partialLogits + block * stride + n * row + at));
      }
      v128.store(workspace.logits + n * row + at, sum);
    }
  }
}

/** Softmax of the logits, and the mean cross entropy. References: `softmax` and `crossEntropy` in network. */
export function softmaxAndLoss<T>(net: Net, workspace: Workspace): void {
  for (let n: usize = 0; n < net.count; n++) {
    softmax<T>(workspace.logits + n * classRow<T>(), workspace.outputs + n * classRow<T>());
  }
  let sums = f64x2.splat(0);
  for (let n: usize = 0; n < net.count; n += 2) {
    const isAlone = n + 1 == net.count;
    const probabilities = f64x2(
      probabilityOfLabel<T>(workspace, n),
      isAlone ? 1 - EPSILON : probabilityOfLabel<T>(workspace, n + 1),
    );
    sums = f64x2.sub(sums, log(f64x2.add(probabilities, f64x2.splat(EPSILON))));
  }
  workspace.loss = (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)) / <f64>net.count;
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

/** The probability of image n's label. */
function probabilityOfLabel<T>(workspace: Workspace, n: usize): f64 {
  return <f64>load<T>(workspace.outputs + n * classRow<T>() + <usize>load<u8>(workspace.labels + n) * sizeof<T>());
}
