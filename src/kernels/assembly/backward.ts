import { CLASSES, blockRow, VECTOR, addProduct, classRow, units } from './lanes';
import { columnOf } from './images';
import { B2, ENTRY, Net, Workspace } from './net';
import { EPSILON } from './output';

// Backpropagation and gradient descent in one pass: every gradient is multiplied by the learning rate and subtracted from
// its parameter as soon as it is known. Reference: `backward` in network/two-layer-net.ts.

/** Probabilities become ∂L/∂logits = (y - t) y_t / (y_t + EPSILON) / N, where y_t is the probability of the label. */
export function gradientOfLogits<T>(net: Net, workspace: Workspace): void {
  for (let n: usize = 0; n < net.count; n++) {
    const y = workspace.outputs + n * classRow<T>();
    const ofLabel = y + <usize>load<u8>(workspace.labels + n) * sizeof<T>();
    const probability = load<T>(ofLabel);
    const scale = v128.splat<T>(probability / (probability + <T>EPSILON) / <T>net.count);
    store<T>(ofLabel, probability - <T>1);
    for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
      v128.store(y + at, v128.mul<T>(v128.load(y + at), scale));
    }
  }
}

/** This thread's copy of b2. All threads compute the same. */
export function descendB2<T>(net: Net, workspace: Workspace, thread: usize): void {
  const b2 = net.b2 + thread * B2 + net.targetOffset;
  const rate = v128.splat<T>(<T>net.learningRate);
  for (let at: usize = 0; at < classRow<T>(); at += VECTOR) {
    let sum = v128.splat<T>(<T>0);
    for (let n: usize = 0; n < net.count; n++)
      sum = v128.add<T>(sum, v128.load(workspace.outputs + n * classRow<T>() + at));
    v128.store(b2 + at, v128.sub<T>(v128.load(b2 + at), v128.mul<T>(rate, sum)));
  }
}

/** W2, b1 and W1 of the thread's blocks. */
export function descendBlocks<T>(net: Net, workspace: Workspace): void {
  for (let block = workspace.firstBlock; block < workspace.endBlock; block++) {
    const hidden = net.hidden + block * net.count * blockRow<T>();
    gradientOfW2<T>(net, workspace, hidden);
    gradientOfPreActivations<T>(net, workspace, hidden, net.W2T + block * CLASSES * blockRow<T>());
    descendW2<T>(net, workspace, block);
    descendB1<T>(net, hidden, net.b1 + block * blockRow<T>() + net.targetOffset);
    descendW1<T>(net, workspace, hidden, net.W1 + block * net.inputSize * blockRow<T>() + net.targetOffset);
  }
}

/** ∂L/∂W2 of a block: for each unit the sum over the images of its output times ∂L/∂logits. */
function gradientOfW2<T>(net: Net, workspace: Workspace, hidden: usize): void {
  for (let unit: usize = 0; unit < units<T>(); unit++) {
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    for (let n: usize = 0; n < net.count; n++) {
      const a = v128.load_splat<T>(hidden + n * blockRow<T>() + unit * sizeof<T>());
      const d = workspace.outputs + n * classRow<T>();
      s0 = addProduct<T>(s0, a, v128.load(d));
      s1 = addProduct<T>(s1, a, v128.load(d, 16));
      s2 = addProduct<T>(s2, a, v128.load(d, 32));
      if (sizeof<T>() == 8) s3 = addProduct<T>(s3, a, v128.load(d, 48));
      if (sizeof<T>() == 8) s4 = addProduct<T>(s4, a, v128.load(d, 64));
    }
    const to = workspace.gradientW2 + unit * classRow<T>();
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    if (sizeof<T>() == 8) v128.store(to, s3, 48);
    if (sizeof<T>() == 8) v128.store(to, s4, 64);
  }
}

/** Hidden outputs a become ∂L/∂preActivations = (∂L/∂logits W2ᵀ) a (1 - a). */
function gradientOfPreActivations<T>(net: Net, workspace: Workspace, hidden: usize, W2T: usize): void {
  for (let n: usize = 0; n < net.count; n++) {
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    for (let k: usize = 0; k < CLASSES; k++) {
      const d = v128.load_splat<T>(workspace.outputs + n * classRow<T>() + k * sizeof<T>());
      const weights = W2T + k * blockRow<T>();
      s0 = addProduct<T>(s0, d, v128.load(weights));
      s1 = addProduct<T>(s1, d, v128.load(weights, 16));
      s2 = addProduct<T>(s2, d, v128.load(weights, 32));
      s3 = addProduct<T>(s3, d, v128.load(weights, 48));
      s4 = addProduct<T>(s4, d, v128.load(weights, 64));
      if (sizeof<T>() == 4) s5 = addProduct<T>(s5, d, v128.load(weights, 80));
      if (sizeof<T>() == 4) s6 = addProduct<T>(s6, d, v128.load(weights, 96));
    }
    const a = hidden + n * blockRow<T>();
    v128.store(a, timesSigmoidDerivative<T>(s0, v128.load(a)));
    v128.store(a, timesSigmoidDerivative<T>(s1, v128.load(a, 16)), 16);
    v128.store(a, timesSigmoidDerivative<T>(s2, v128.load(a, 32)), 32);
    v128.store(a, timesSigmoidDerivative<T>(s3, v128.load(a, 48)), 48);
    v128.store(a, timesSigmoidDerivative<T>(s4, v128.load(a, 64)), 64);
    if (sizeof<T>() == 4) v128.store(a, timesSigmoidDerivative<T>(s5, v128.load(a, 80)), 80);
    if (sizeof<T>() == 4) v128.store(a, timesSigmoidDerivative<T>(s6, v128.load(a, 96)), 96);
  }
}

function timesSigmoidDerivative<T>(gradient: v128, a: v128): v128 {
  return v128.mul<T>(gradient, v128.mul<T>(a, v128.sub<T>(v128.splat<T>(<T>1), a)));
}

/** Updates W2 and its transpose by workspace.gradientW2. */
export function descendW2<T>(net: Net, workspace: Workspace, block: usize): void {
  const rate = <T>net.learningRate;
  const W2 = net.W2 + block * units<T>() * classRow<T>() + net.targetOffset;
  const W2T = net.W2T + block * CLASSES * blockRow<T>() + net.targetOffset;
  for (let unit: usize = 0; unit < units<T>(); unit++) {
    for (let k: usize = 0; k < CLASSES; k++) {
      const at = unit * classRow<T>() + k * sizeof<T>();
      const weight = load<T>(W2 + at) - rate * load<T>(workspace.gradientW2 + at);
      store<T>(W2 + at, weight);
      store<T>(W2T + k * blockRow<T>() + unit * sizeof<T>(), weight);
    }
  }
}

function descendB1<T>(net: Net, dPreActivations: usize, b1: usize): void {
  const rate = v128.splat<T>(<T>net.learningRate);
  for (let at: usize = 0; at < blockRow<T>(); at += VECTOR) {
    let sum = v128.splat<T>(<T>0);
    for (let n: usize = 0; n < net.count; n++)
      sum = v128.add<T>(sum, v128.load(dPreActivations + n * blockRow<T>() + at));
    v128.store(b1 + at, v128.sub<T>(v128.load(b1 + at), v128.mul<T>(rate, sum)));
  }
}

/** Updates W1, pixel by pixel: each gradient is a sum over the images in which the pixel is not 0. */
function descendW1<T>(net: Net, workspace: Workspace, dPreActivations: usize, W1: usize): void {
  const rate = v128.splat<T>(<T>net.learningRate);
  for (let i: usize = 0; i < net.inputSize; i++) {
    let at = columnOf(net, workspace, i);
    const end = <usize>load<u32>(workspace.columnEnds + i * 4);
    if (at == end) continue;
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let s4 = s0;
    let s5 = s0;
    let s6 = s0;
    for (; at < end; at += ENTRY) {
      const x = v128.load_splat<T>(<usize>load<u32>(at));
      const d = dPreActivations + <usize>load<u32>(at, 4);
      s0 = addProduct<T>(s0, x, v128.load(d));
      s1 = addProduct<T>(s1, x, v128.load(d, 16));
      s2 = addProduct<T>(s2, x, v128.load(d, 32));
      s3 = addProduct<T>(s3, x, v128.load(d, 48));
      s4 = addProduct<T>(s4, x, v128.load(d, 64));
      if (sizeof<T>() == 4) s5 = addProduct<T>(s5, x, v128.load(d, 80));
      if (sizeof<T>() == 4) s6 = addProduct<T>(s6, x, v128.load(d, 96));
    }
    const row = W1 + i * blockRow<T>();
    v128.store(row, v128.sub<T>(v128.load(row), v128.mul<T>(rate, s0)));
    v128.store(row, v128.sub<T>(v128.load(row, 16), v128.mul<T>(rate, s1)), 16);
    v128.store(row, v128.sub<T>(v128.load(row, 32), v128.mul<T>(rate, s2)), 32);
    v128.store(row, v128.sub<T>(v128.load(row, 48), v128.mul<T>(rate, s3)), 48);
    v128.store(row, v128.sub<T>(v128.load(row, 64), v128.mul<T>(rate, s4)), 64);
    if (sizeof<T>() == 4) v128.store(row, v128.sub<T>(v128.load(row, 80), v128.mul<T>(rate, s5)), 80);
    if (sizeof<T>() == 4) v128.store(row, v128.sub<T>(v128.load(row, 96), v128.mul<T>(rate, s6)), 96);
  }
}
