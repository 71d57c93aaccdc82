import {
  addProduct,
  ROW,
  CLASSES,
  classRow,
  lanes,
  VECTOR,
  Vectors3,
  Vectors4,
  Vectors5,
  Vectors6,
  Vectors7,
} from './lanes';
import { columnEndOf, columnOf } from './images';
import { ENTRY, Net, Workspace } from './net';
import { EPSILON } from './output';
import { firstVectorOf, vectorsOf } from './shares';

// Backpropagation and gradient descent in one pass: every gradient is multiplied by the learning rate and subtracted
// from its parameter as soon as it is known. Reference: `backward` in network/two-layer-net.ts.

/** A row of a block, all zeros: what a sum over the images begins with. */
const ZEROS = memory.data(112, 16);

/**
 * Probabilities of images first … end - 1 become ∂L/∂logits = (y - t) y_t / (y_t + EPSILON) / N, where y_t is the
 * probability of the label.
 */
export function gradientOfLogits<T>(net: Net, first: usize, end: usize): void {
  for (let n = first; n < end; n++) {
    const y = net.outputs + n * classRow<T>();
    const yOfLabel = y + <usize>load<u8>(net.batchLabels + n) * sizeof<T>();
    const probability = load<T>(yOfLabel);
    const scale = v128.splat<T>(probability / (probability + <T>EPSILON) / <T>net.count);
    store<T>(yOfLabel, probability - <T>1);
    for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
      v128.store(y + at, v128.mul<T>(v128.load(y + at), scale));
    }
  }
}

/** Updates b2: its gradient is the sum of ∂L/∂logits over the images. */
export function descendB2<T>(net: Net): void {
  const b2 = net.b2 + net.targetOffset;
  const rate = v128.splat<T>(<T>net.learningRate);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    let sum = v128.splat<T>(<T>0);
    for (let n: usize = 0; n < net.count; n++) sum = v128.add<T>(sum, v128.load(net.outputs + n * classRow<T>() + at));
    v128.store(b2 + at, v128.sub<T>(v128.load(b2 + at), v128.mul<T>(rate, sum)));
  }
}

/**
 * Updates W2, b1 and W1 of a block by a chunk, images first … end - 1, whose columns are gathered. With several chunks, the
 * gradient is summed up in memory: the first chunk begins the sums, and the last one subtracts them. Images are added in
 * the same order whatever the chunks, so these change no bit.
 */
export function descendBlock<T>(net: Net, workspace: Workspace, block: usize, first: usize, end: usize): void {
  const isFirst = first == 0;
  const isLast = end == net.count;
  const count = end - first;
  const hidden = net.hidden + (block * net.count + first) * ROW;
  const outputs = net.outputs + first * classRow<T>();
  const units = vectorsOf(net, block) * lanes<T>();
  const W2 = net.W2 + firstVectorOf(net, block) * lanes<T>() * classRow<T>();
  const gradientW2 = isFirst && isLast ? workspace.gradientW2 : W2 + net.sumsOffset;
  gradientOfW2<T>(hidden, outputs, count, units, gradientW2, isFirst);

  const vectors = vectorsOf(net, block);
  if (vectors <= 3) descendLayer1<T, Vectors3>(net, hidden, outputs, block, count, isFirst, isLast);
  else if (vectors == 4) descendLayer1<T, Vectors4>(net, hidden, outputs, block, count, isFirst, isLast);
  else if (vectors == 5) descendLayer1<T, Vectors5>(net, hidden, outputs, block, count, isFirst, isLast);
  else if (vectors == 6) descendLayer1<T, Vectors6>(net, hidden, outputs, block, count, isFirst, isLast);
  else descendLayer1<T, Vectors7>(net, hidden, outputs, block, count, isFirst, isLast);
  if (isLast) descendW2<T>(net, gradientW2, block); // last, because its transpose was needed
}

/** Updates b1 and W1 of a block; `hidden` then holds ∂L/∂preActivations. */
function descendLayer1<T, V>(
  net: Net,
  hidden: usize,
  outputs: usize,
  block: usize,
  count: usize,
  isFirst: bool,
  isLast: bool,
): void {
  gradientOfPreActivations<T, V>(hidden, outputs, count, net.W2T + block * CLASSES * ROW);
  descendB1<T>(net, hidden, count, net.b1 + block * ROW, isFirst, isLast);
  descendW1<T, V>(net, hidden, net.W1 + block * net.inputSize * ROW, isFirst, isLast);
}

/**
 * ∂L/∂W2 of a block: for each unit the sum over the images of its output times ∂L/∂logits.
 *
 * @param hidden (count, row)
 * @param outputs ∂L/∂logits (count, K')
 * @param to (units, K'): written, or added to if this is not the first chunk
 */
function gradientOfW2<T>(hidden: usize, outputs: usize, count: usize, units: usize, to: usize, isFirst: bool): void {
  for (let unit: usize = 0; unit < units; unit++, to += classRow<T>()) {
    const from = isFirst ? ZEROS : to;
    let s0 = v128.load(from);
    let s1 = v128.load(from, 16);
    let s2 = v128.load(from, 32);
    let s3 = sizeof<T>() == 8 ? v128.load(from, 48) : s0;
    let s4 = sizeof<T>() == 8 ? v128.load(from, 64) : s0;
    let output = hidden + unit * sizeof<T>();
    let d = outputs;
    for (const end = d + count * classRow<T>(); d < end; d += classRow<T>(), output += ROW) {
      const a = v128.load_splat<T>(output);
      s0 = addProduct<T>(s0, a, v128.load(d));
      s1 = addProduct<T>(s1, a, v128.load(d, 16));
      s2 = addProduct<T>(s2, a, v128.load(d, 32));
      if (sizeof<T>() == 8) s3 = addProduct<T>(s3, a, v128.load(d, 48));
      if (sizeof<T>() == 8) s4 = addProduct<T>(s4, a, v128.load(d, 64));
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    if (sizeof<T>() == 8) v128.store(to, s3, 48);
    if (sizeof<T>() == 8) v128.store(to, s4, 64);
  }
}

/** Hidden outputs a become ∂L/∂preActivations = (∂L/∂logits W2ᵀ) a (1 - a). */
function gradientOfPreActivations<T, V>(hidden: usize, outputs: usize, count: usize, W2T: usize): void {
  const hasV3 = offsetof<V>() > offsetof<Vectors3>();
  const hasV4 = offsetof<V>() > offsetof<Vectors4>();
  const hasV5 = offsetof<V>() > offsetof<Vectors5>();
  const hasV6 = offsetof<V>() > offsetof<Vectors6>();
  for (let n: usize = 0; n < count; n++) {
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    let output = outputs + n * classRow<T>();
    let weights = W2T;
    for (const end = W2T + CLASSES * ROW; weights < end; weights += ROW, output += sizeof<T>()) {
      const d = v128.load_splat<T>(output);
      s0 = addProduct<T>(s0, d, v128.load(weights));
      s1 = addProduct<T>(s1, d, v128.load(weights, 16));
      s2 = addProduct<T>(s2, d, v128.load(weights, 32));
      if (hasV3) s3 = addProduct<T>(s3, d, v128.load(weights, 48));
      if (hasV4) s4 = addProduct<T>(s4, d, v128.load(weights, 64));
      if (hasV5) s5 = addProduct<T>(s5, d, v128.load(weights, 80));
      if (hasV6) s6 = addProduct<T>(s6, d, v128.load(weights, 96));
    }
    const a = hidden + n * ROW;
    v128.store(a, timesSigmoidDerivative<T>(s0, v128.load(a)));
    v128.store(a, timesSigmoidDerivative<T>(s1, v128.load(a, 16)), 16);
    v128.store(a, timesSigmoidDerivative<T>(s2, v128.load(a, 32)), 32);
    if (hasV3) v128.store(a, timesSigmoidDerivative<T>(s3, v128.load(a, 48)), 48);
    if (hasV4) v128.store(a, timesSigmoidDerivative<T>(s4, v128.load(a, 64)), 64);
    if (hasV5) v128.store(a, timesSigmoidDerivative<T>(s5, v128.load(a, 80)), 80);
    if (hasV6) v128.store(a, timesSigmoidDerivative<T>(s6, v128.load(a, 96)), 96);
  }
}

/** gradient * a (1 - a), where a (1 - a) is the derivative of the sigmoid whose value is a. */
function timesSigmoidDerivative<T>(gradient: v128, a: v128): v128 {
  return v128.mul<T>(gradient, v128.mul<T>(a, v128.sub<T>(v128.splat<T>(<T>1), a)));
}

/** Updates W2 of a block and its transpose by the gradient (units of the block, K'). */
export function descendW2<T>(net: Net, gradient: usize, block: usize): void {
  const rate = <T>net.learningRate;
  const W2 = net.W2 + firstVectorOf(net, block) * lanes<T>() * classRow<T>() + net.targetOffset;
  const W2T = net.W2T + block * CLASSES * ROW + net.targetOffset;
  const units = vectorsOf(net, block) * lanes<T>();
  for (let unit: usize = 0; unit < units; unit++) {
    for (let k: usize = 0; k < CLASSES; k++) {
      const at = unit * classRow<T>() + k * sizeof<T>();
      const weight = load<T>(W2 + at) - rate * load<T>(gradient + at);
      store<T>(W2 + at, weight);
      store<T>(W2T + k * ROW + unit * sizeof<T>(), weight);
    }
  }
}

/** Updates b1 of a block: its gradient is the sum of ∂L/∂preActivations over the images. */
function descendB1<T>(net: Net, dPreActivations: usize, count: usize, b1: usize, isFirst: bool, isLast: bool): void {
  const rate = v128.splat<T>(<T>net.learningRate);
  const sums = b1 + net.sumsOffset;
  const target = b1 + net.targetOffset;
  for (let at: usize = 0; at < ROW; at += VECTOR) {
    let sum = isFirst ? v128.splat<T>(<T>0) : v128.load(sums + at);
    for (let n: usize = 0; n < count; n++) sum = v128.add<T>(sum, v128.load(dPreActivations + n * ROW + at));
    if (isLast) v128.store(target + at, v128.sub<T>(v128.load(target + at), v128.mul<T>(rate, sum)));
    else v128.store(sums + at, sum);
  }
}

/** Updates W1 of a block, pixel by pixel: each gradient is a sum over the images in which the pixel is not 0. */
function descendW1<T, V>(net: Net, dPreActivations: usize, W1: usize, isFirst: bool, isLast: bool): void {
  const hasV3 = offsetof<V>() > offsetof<Vectors3>();
  const hasV4 = offsetof<V>() > offsetof<Vectors4>();
  const hasV5 = offsetof<V>() > offsetof<Vectors5>();
  const hasV6 = offsetof<V>() > offsetof<Vectors6>();
  const rate = v128.splat<T>(<T>net.learningRate);
  for (let i: usize = 0; i < net.inputSize; i++) {
    let at = columnOf(net, i);
    const end = <usize>load<u32>(columnEndOf(net, i));
    if (at == end && isFirst && isLast) continue;
    const sums = W1 + i * ROW + net.sumsOffset;
    const from = isFirst ? ZEROS : sums;
    let s0 = v128.load(from);
    let s1 = v128.load(from, 16);
    let s2 = v128.load(from, 32);
    let s3 = hasV3 ? v128.load(from, 48) : s0;
    let s4 = hasV4 ? v128.load(from, 64) : s0;
    let s5 = hasV5 ? v128.load(from, 80) : s0;
    let s6 = hasV6 ? v128.load(from, 96) : s0;
    for (; at < end; at += ENTRY) {
      const x = v128.load_splat<T>(<usize>load<u32>(at));
      const d = dPreActivations + <usize>load<u32>(at, 4);
      s0 = addProduct<T>(s0, x, v128.load(d));
      s1 = addProduct<T>(s1, x, v128.load(d, 16));
      s2 = addProduct<T>(s2, x, v128.load(d, 32));
      if (hasV3) s3 = addProduct<T>(s3, x, v128.load(d, 48));
      if (hasV4) s4 = addProduct<T>(s4, x, v128.load(d, 64));
      if (hasV5) s5 = addProduct<T>(s5, x, v128.load(d, 80));
      if (hasV6) s6 = addProduct<T>(s6, x, v128.load(d, 96));
    }
    if (!isLast) {
      v128.store(sums, s0);
      v128.store(sums, s1, 16);
      v128.store(sums, s2, 32);
      if (hasV3) v128.store(sums, s3, 48);
      if (hasV4) v128.store(sums, s4, 64);
      if (hasV5) v128.store(sums, s5, 80);
      if (hasV6) v128.store(sums, s6, 96);
      continue;
    }
    const row = W1 + i * ROW + net.targetOffset;
    v128.store(row, v128.sub<T>(v128.load(row), v128.mul<T>(rate, s0)));
    v128.store(row, v128.sub<T>(v128.load(row, 16), v128.mul<T>(rate, s1)), 16);
    v128.store(row, v128.sub<T>(v128.load(row, 32), v128.mul<T>(rate, s2)), 32);
    if (hasV3) v128.store(row, v128.sub<T>(v128.load(row, 48), v128.mul<T>(rate, s3)), 48);
    if (hasV4) v128.store(row, v128.sub<T>(v128.load(row, 64), v128.mul<T>(rate, s4)), 64);
    if (hasV5) v128.store(row, v128.sub<T>(v128.load(row, 80), v128.mul<T>(rate, s5)), 80);
    if (hasV6) v128.store(row, v128.sub<T>(v128.load(row, 96), v128.mul<T>(rate, s6)), 96);
  }
}
