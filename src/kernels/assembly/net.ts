import { CLASSES, ROW, VECTOR, classRow, units } from './lanes';

// How a net lies in memory. Hidden units go in blocks, and all that belongs to a block lies together, so that a block's
// work stays in the cache; a thread owns whole blocks. Letters: N images, D inputs, U units of a block, K classes, and K'
// for K rounded up to whole vectors.
//
// Units that fill up the last block have bias -inf, and so the output 0 for ever; classes that fill up K' have bias
// -inf, and so the probability 0.

/** One net in training, and all the working memory of its threads. Every field but the last five is set once. */
@unmanaged
export class Net {
  inputSize: usize;
  hiddenSize: usize;
  blocks: usize;
  threads: usize;
  isDouble: bool;

  /** Parameters as the caller sees them: float64, W1 (D, H), b1 (H), W2 (H, K), b2 (K), one after the other. */
  flat: usize;
  /** (blocks, D, U) */
  W1: usize;
  /** (blocks, U) */
  b1: usize;
  /** (blocks, U, K') */
  W2: usize;
  /** W2 transposed, (blocks, K, U): kept beside it, so that both directions read whole vectors. */
  W2T: usize;
  /** (threads, K'): a copy for each, so that nobody waits for it. */
  b2: usize;
  /** From a parameter to the same place in the gradient: a second set of the five. */
  toGradient: usize;

  /** v / 255 for every byte v; the entries are 8 bytes apart, whatever T. */
  scaled: usize;
  /** e^(-hv/255) - 1 and e^(hv/255) - 1 for every byte v, each twice to fill a vector; float64. */
  moves: usize;

  /** (N, rowBytes) bytes */
  images: usize;
  /** (2, N) bytes: a thread may still read the labels of one step while those of the next are written. */
  labels: usize;
  /** Bytes from image to image: D rounded up to whole vectors. */
  rowBytes: usize;
  /** (blocks, N, U): outputs of the hidden units, and then ∂L/∂(their scores). */
  hidden: usize;
  /** (2, blocks, N, K'): each block's part of the scores; two sets, as of the labels. */
  partScores: usize;
  /** Each thread's own memory, one struct after another. */
  works: usize;

  /** N of the call */
  count: usize;
  /** 0 or 1, alternating from call to call. */
  parity: usize;
  /** Learning rate; what is computed is subtracted, times this, from … */
  rate: f64;
  /** … the parameters (0) or the gradient (1). */
  intoGradient: bool;
  /** Step of the central difference. */
  h: f64;
}

/** What a thread needs for itself. Each has all the images: sparse rows are cheaper to build twice than to wait for. */
@unmanaged
export class Work {
  firstBlock: usize;
  endBlock: usize;
  /** Entries of all images, those of image n from rowStarts[n] to rowStarts[n + 1]; see sparse.ts. */
  rows: usize;
  rowStarts: usize;
  /** The same entries by pixel. */
  columns: usize;
  columnStarts: usize;
  /** (N, K'): probabilities, or ∂L/∂scores. */
  scores: usize;
  /** (U, K'): ∂L/∂W2 of a block. */
  slopesW2: usize;
  /** (D, 2): float64 differences by W1 of two units. */
  tile: usize;
  /** (256, 2): float64 differences by the value of a pixel. */
  memo: usize;
  /** The different values among the pixels of an image, as bytes times 8; how many. */
  values: usize;
  loss: f64;
}

/** Memory comes zeroed, and is given back when the whole instance is. */
function allocate(bytes: usize): usize {
  return (heap.alloc(bytes + 64) + 63) & ~63;
}

/**
 * Lays out a net and the memory of its threads.
 *
 * @param capacity largest N
 */
export function layOut<T>(inputSize: usize, hiddenSize: usize, capacity: usize, threads: usize): Net {
  const net = changetype<Net>(allocate(offsetof<Net>()));
  const U = units<T>();
  const blocks = (hiddenSize + U - 1) / U;
  net.inputSize = inputSize;
  net.hiddenSize = hiddenSize;
  net.blocks = blocks;
  net.threads = threads;
  net.isDouble = sizeof<T>() == 8;

  net.flat = allocate(((inputSize + 1) * hiddenSize + (hiddenSize + 1) * CLASSES) * 8);
  net.W1 = allocate(blocks * inputSize * ROW);
  net.b1 = allocate(blocks * ROW);
  net.W2 = allocate(blocks * U * classRow<T>());
  net.W2T = allocate(blocks * CLASSES * ROW);
  net.b2 = allocate(threads * 128);
  const end = allocate(0);
  net.toGradient = end - net.W1;
  allocate(net.toGradient);

  net.scaled = allocate(256 * 8);
  for (let byte: usize = 0; byte < 256; byte++) store<T>(net.scaled + byte * 8, <T>((<f64>byte) / 255));
  net.moves = allocate(256 * 2 * VECTOR);

  net.rowBytes = (inputSize + VECTOR - 1) & ~(VECTOR - 1);
  net.images = allocate(capacity * net.rowBytes);
  net.labels = allocate(2 * capacity);
  net.hidden = allocate(blocks * capacity * ROW);
  net.partScores = allocate(2 * blocks * capacity * classRow<T>());

  net.works = allocate(threads * 128);
  for (let thread: usize = 0; thread < threads; thread++) {
    const work = workOf(net, thread);
    work.firstBlock = (thread * blocks) / threads;
    work.endBlock = ((thread + 1) * blocks) / threads;
    work.rows = allocate(capacity * inputSize * 4);
    work.rowStarts = allocate((capacity + 1) * 4);
    work.columns = allocate(capacity * inputSize * 4);
    work.columnStarts = allocate((inputSize + 1) * 4);
    work.scores = allocate(capacity * classRow<T>());
    work.slopesW2 = allocate(U * classRow<T>());
    work.tile = allocate(inputSize * VECTOR);
    work.memo = allocate(256 * VECTOR);
    work.values = allocate(257 * 4);
  }
  return net;
}

// @ts-ignore: decorator
@inline
export function workOf(net: Net, thread: usize): Work {
  return changetype<Work>(net.works + thread * 128);
}

/** Where the results of a call go: nowhere else than into the parameters, or into the gradient. */
// @ts-ignore: decorator
@inline
export function target(net: Net): usize {
  return net.intoGradient ? net.toGradient : 0;
}
