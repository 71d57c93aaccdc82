import { forwardBlock } from './forward';
import { gatherRows } from './images';
import { CLASSES, classRow, ROW } from './lanes';
import { CHUNK, ENTRY, Net, Workspace, workspaceOf } from './net';
import { sumLogits } from './output';
import { readParameters, writeParameters } from './transfer';

// The most probable digit of each image: the class with the largest logit, since softmax is monotonic. Threads take
// chunks of images from a common counter, so that no thread waits for another.
//
// A float64 net is evaluated in float32 first, and again in float64 only where float32 does not decide. Let l be the
// logits in float64, l' those in float32, and |l'_k - l_k| <= B for every class k. If l'_a > l'_k + 2B for all k ≠ a, then
//   l_a >= l'_a - B > l'_k + B >= l_k
// and the digit is a. Otherwise the float64 logits are computed, so the digits are always those of float64.
//
// The bound B. u = 2⁻²⁴ is the largest relative error of a rounding. After q roundings a term has a relative error of
// at most qu/(1 - qu), which is at most 1.01 qu where qu < 0.0099. Pixels x_i are in [0, 1], and n of them are not 0. Let
// m_j = max_k |W2[j, k]|.
//
//   z_j = b1_j + Σ_i x_i W1[i, j]: x, W1 and the product are rounded, and n additions follow, so that
//     |z'_j - z_j| <= (n + 3) u (|b1_j| + Σ_i |W1[i, j]|)
//   a_j = sigmoid(z_j): |sigmoid'| <= 1/4. The float32 sigmoid p / (1 + p) is within 2⁻²¹ = 8u of the true one. The
//     exponential p has a relative error of less than 5u (two roundings of the reduced argument, 0.13u of truncation, and
//     Estrin's sums), of which the sigmoid has at most a quarter; the sum and the quotient are rounded. So
//     |a'_j - a_j| <= |z'_j - z_j| / 4 + 2⁻²¹
//   l_k = b2_k + Σ_j a_j W2[j, k]: W2 and the product are rounded. At most 28 additions follow in a group of hidden units,
//     and one for each of G groups. With a_j <= 1,
//     |l'_k - l_k| <= Σ_j m_j |a'_j - a_j| + (28 + G + 2) u (max_k |b2_k| + Σ_j m_j)
//
// Together, with M = Σ_j m_j,
//   B = 1.02 (n + 3) u/4 Σ_j m_j (|b1_j| + Σ_i |W1[i, j]|) + 1.02 (2⁻²¹ M + (28 + G + 2) u (max_k |b2_k| + M))
// The factor 1.02 covers the 1.01 above and all float64 roundings, which are 2²⁹ times smaller. Underflow adds at most
// 2⁻¹⁵⁰ per operation, and the cut-off of the sigmoid 2e-38: TINY is larger than both. Weights up to 1e8 do not overflow.

const U32: f64 = 1.0 / 16777216.0;
const TINY: f64 = 1e-36;

/** Largest |weight|, and largest D and H, for which the bound holds. */
const LARGEST_WEIGHT: f64 = 1e8;
const LARGEST_SIZE: usize = 100_000;

/** Prepares the classification of images first … end - 1. Call it in one thread, while no other works on the net. */
export function prepareClassification(net: Net, first: usize, end: usize): void {
  net.nextImage = <u32>first;
  net.endImage = <u32>end;
  if (!net.isDouble) return;
  writeParameters<f64>(net, 0);
  if (boundErrors(net)) readParameters<f32>(net.single);
}

/**
 * Computes the two numbers of B = net.boundPerPixel n + net.boundOfNet, and net.usesSingle.
 *
 * @returns net.usesSingle: whether the bound holds, so that float32 may be used
 */
function boundErrors(net: Net): bool {
  const H = net.hiddenSize;
  const W1 = net.flat;
  const b1 = W1 + net.inputSize * H * 8;
  const W2 = b1 + H * 8;
  const b2 = W2 + H * CLASSES * 8;
  let largest: f64 = 0;
  let sumM: f64 = 0;
  let largestB2: f64 = 0;
  for (let k: usize = 0; k < CLASSES; k++) largestB2 = max(largestB2, abs(load<f64>(b2 + k * 8)));
  for (let j: usize = 0; j < H; j++) {
    let m: f64 = 0;
    for (let k: usize = 0; k < CLASSES; k++) m = max(m, abs(load<f64>(W2 + (j * CLASSES + k) * 8)));
    store<f64>(net.largestW2 + j * 8, m);
    sumM += m;
    largest = max(largest, m);
  }
  let weighted: f64 = 0; // Σ_j m_j (|b1_j| + Σ_i |W1[i, j]|)
  for (let i: usize = 0; i <= net.inputSize; i++) {
    const row = W1 + i * H * 8; // b1 follows the last row
    for (let j: usize = 0; j < H; j++) {
      const weight = abs(load<f64>(row + j * 8));
      weighted += load<f64>(net.largestW2 + j * 8) * weight;
      largest = max(largest, weight);
    }
  }
  const ofGroup = ROW / sizeof<f32>();
  const additions = <f64>(ofGroup + (H + ofGroup - 1) / ofGroup + 2);
  net.boundPerPixel = 1.02 * (U32 / 4) * weighted;
  net.boundOfNet =
    3 * net.boundPerPixel +
    1.02 * (8 * U32 * sumM + additions * U32 * (largestB2 + sumM)) +
    TINY * <f64>(net.inputSize + H) * (1 + sumM);
  net.usesSingle =
    max(largest, largestB2) <= LARGEST_WEIGHT && net.inputSize <= LARGEST_SIZE && net.hiddenSize <= LARGEST_SIZE;
  return net.usesSingle;
}

/** Classifies images until none is left. All threads may call it at the same time. */
export function classifyImages(net: Net, thread: usize): void {
  const workspace = workspaceOf(net, thread);
  const counter = changetype<usize>(net) + offsetof<Net>('nextImage');
  for (;;) {
    const first = atomic.add<u32>(counter, <u32>CHUNK);
    if (first >= net.endImage) return;
    const count = min(<usize>(net.endImage - first), CHUNK);
    for (let n: usize = 0; n < count; n++) store<u32>(workspace.chunk + n * 4, first + <u32>n);
    if (!net.isDouble) classifyChunk<f32>(net, net, workspace, count);
    else if (!net.usesSingle) classifyChunk<f64>(net, net, workspace, count);
    else {
      const undecided = classifyChunk<f32>(net, net.single, workspace, count);
      classifyChunk<f64>(net, net, workspace, undecided);
    }
  }
}

/**
 * Writes to net.digits the digits of the `count` images of workspace.chunk.
 *
 * @param by the net whose weights are used: net or net.single
 * @returns number of images that float32 leaves undecided; workspace.chunk then begins with their indices
 */
function classifyChunk<T>(net: Net, by: Net, workspace: Workspace, count: usize): usize {
  computeLogits<T>(by, workspace, count);
  let undecided: usize = 0;
  for (let n: usize = 0; n < count; n++) {
    const logits = workspace.chunkLogits + n * classRow<T>();
    let best: usize = 0;
    let largest = load<T>(logits);
    let second = -(<T>Infinity);
    for (let k: usize = 1; k < CLASSES; k++) {
      const logit = load<T>(logits + k * sizeof<T>());
      second = max(second, min(logit, largest));
      if (logit > largest) {
        largest = logit;
        best = k;
      }
    }
    const image = load<u32>(workspace.chunk + n * 4);
    const bounds = workspace.chunkBounds + n * 8;
    const pixels = <f64>(<usize>(load<u32>(bounds, 4) - load<u32>(bounds)) / ENTRY);
    const bound = net.boundPerPixel * pixels + net.boundOfNet;
    if (net == by || <f64>largest - <f64>second > 2 * bound) store<u8>(net.digits + image, <u8>best);
    else store<u32>(workspace.chunk + undecided++ * 4, image);
  }
  return undecided;
}

/** Logits of the images of workspace.chunk, bit for bit those that a mini-batch would have. */
function computeLogits<T>(net: Net, workspace: Workspace, count: usize): void {
  const bounds = workspace.chunkBounds;
  const hidden = workspace.chunkHidden;
  gatherRows(net, workspace, workspace.chunk, count, workspace.chunkRows, bounds);
  for (let block: usize = 0; block < net.blocks; block++) {
    forwardBlock<T>(net, block, bounds, count, hidden + block * count * ROW);
  }
  sumLogits<T>(net, hidden, count, 0, count, workspace.chunkLogits);
}
