import { CLASSES, blockRow, VECTOR, classRow, units } from './lanes';
import { ENTRY } from './images';

// How a net lies in memory. Hidden units go in blocks, and all that belongs to a block lies together, so that a block's
// work stays in the cache; a thread owns whole blocks. Letters: N images, D inputs, U units of a block, K classes, and K'
// for K rounded up to whole vectors.
//
// Units that fill up the last block have bias -inf, and so the output 0 for ever; classes that fill up K' have bias
// -inf, and so the probability 0.

/** One net in training, the images it learns from, and the working memory of its threads. */
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
  /** How h moves the pre-activation of a hidden unit through a pixel, (256, 4), float64; see setStep. */
  moves: usize;

  /** The images, without their dark pixels; see images.ts. The last thing in memory, where it can grow. */
  packed: usize;
  /** (images + 1): where each image begins in `packed`. */
  packedStarts: usize;
  /** How many images are packed. */
  packedCount: usize;
  /** (images) bytes: their digits. */
  labels: usize;
  /** (capacity, rowBytes) bytes: images on their way in, as in the file. */
  staged: usize;
  /** Bytes from image to image there: D rounded up to whole vectors. */
  rowBytes: usize;

  /** Largest N. */
  capacity: usize;
  /** (2, N): which images a call is about; a thread may still read those of one call while the next are written. */
  indices: usize;
  /** N */
  count: usize;
  /** (blocks, N, U): outputs of the hidden units, and then ∂L/∂(their scores). */
  hidden: usize;
  /** (2, blocks, N, K'): each block's part of the scores; two sets, as of the indices. */
  partScores: usize;
  /** Bytes of one of those sets. */
  partScoresSize: usize;
  /** (N) bytes: the digits that the net sees. */
  classes: usize;
  /** Each thread's own memory, one struct after another. */
  works: usize;

  /** Learning rate; what is computed is subtracted, times this, from … */
  rate: f64;
  /** … the parameters (0), or the gradient (toGradient). */
  target: usize;
  /** Step of the central difference. */
  h: f64;
}

/**
 * What a thread needs for itself. Each gathers and sorts all images of a call: to fetch from another core's cache what
 * that one has gathered takes longer than to do it twice.
 */
@unmanaged
export class Work {
  firstBlock: usize;
  endBlock: usize;
  /** Lit pixels of all images, those of image n from rowStarts[n] to rowStarts[n + 1]; see images.ts. */
  rows: usize;
  rowStarts: usize;
  /** The same by pixel, each column with room for N entries. */
  columns: usize;
  /** (D): where the entries of each pixel end. */
  columnEnds: usize;
  /** (N) bytes */
  labels: usize;
  /** Scores of the hidden units plus b2 become scores, (N, K'). */
  scores: usize;
  /** (N, K'): probabilities, and then ∂L/∂scores. */
  outputs: usize;
  /** (U, K'): ∂L/∂W2 of a block. */
  slopesW2: usize;
  loss: f64;
  asked: u32;

  /** (D, 2): float64 differences of the loss by W1 of two units, summed over the images. */
  tile: usize;
  /** (256, 2): those of one image, by the value of a pixel. */
  memo: usize;
  /** (N, 257): how many different values the pixels of an image have, and each, times 8. */
  values: usize;
  /** Powers of the weights of two units, and the coefficients of an image and these units; see by-hidden.ts. */
  powers: usize;
  coefficients: usize;
  /** (K'): what an image's differences by W2 have in common; see by-output.ts. */
  rests: usize;
  /** (2, U): e^(-ha) - 1 and e^(ha) - 1 for the outputs a of a block. */
  moves: usize;
}

/** Terms of the longest polynomial in by-hidden.ts. */
export const MOST_TERMS: usize = 8;

/** Bytes of an entry of net.moves. */
export const MOVE: usize = 32;

/** Bytes of `values` an image. */
export const VALUES: usize = 257 * 4;

/** Zeroed, for memory is never used twice: it is given back when the whole instance is. */
export function allocate(bytes: usize): usize {
  return (heap.alloc(bytes + 64) + 63) & ~63;
}

/**
 * Lays out a net and the memory of its threads.
 *
 * @param images how many can be packed
 * @param capacity largest N of a call
 */
export function layOut<T>(inputSize: usize, hiddenSize: usize, images: usize, capacity: usize, threads: usize): Net {
  const net = changetype<Net>(allocate(offsetof<Net>()));
  const U = units<T>();
  const blocks = (hiddenSize + U - 1) / U;
  net.inputSize = inputSize;
  net.hiddenSize = hiddenSize;
  net.blocks = blocks;
  net.threads = threads;
  net.isDouble = sizeof<T>() == 8;
  net.capacity = capacity;

  net.flat = allocate(((inputSize + 1) * hiddenSize + (hiddenSize + 1) * CLASSES) * 8);
  net.W1 = allocate(blocks * inputSize * blockRow<T>());
  net.b1 = allocate(blocks * blockRow<T>());
  net.W2 = allocate(blocks * U * classRow<T>());
  net.W2T = allocate(blocks * CLASSES * blockRow<T>());
  net.b2 = allocate(threads * 128);
  net.toGradient = allocate(0) - net.W1;
  allocate(net.toGradient);

  net.scaled = allocate(256 * 8);
  for (let byte: usize = 0; byte < 256; byte++) store<T>(net.scaled + byte * 8, <T>(<f64>byte / 255));
  net.moves = allocate(256 * MOVE);

  net.indices = allocate(2 * capacity * 4);
  net.hidden = allocate(blocks * capacity * blockRow<T>());
  net.partScoresSize = blocks * capacity * classRow<T>();
  net.partScores = allocate(2 * net.partScoresSize);
  net.classes = allocate(capacity);

  const stride = (offsetof<Work>() + 63) & ~63;
  net.works = allocate(threads * stride);
  for (let thread: usize = 0; thread < threads; thread++) {
    const work = workOf(net, thread);
    work.firstBlock = (thread * blocks) / threads;
    work.endBlock = ((thread + 1) * blocks) / threads;
    work.rows = allocate(capacity * inputSize * ENTRY);
    work.rowStarts = allocate((capacity + 1) * 4);
    work.columns = allocate(capacity * inputSize * ENTRY);
    work.columnEnds = allocate(inputSize * 4);
    work.labels = allocate(capacity);
    work.scores = allocate(capacity * classRow<T>());
    work.outputs = allocate(capacity * classRow<T>());
    work.slopesW2 = allocate(U * classRow<T>());
    work.tile = allocate(inputSize * VECTOR);
    work.memo = allocate(256 * VECTOR);
    work.values = allocate(capacity * VALUES);
    work.powers = allocate(MOST_TERMS * CLASSES * VECTOR);
    work.coefficients = allocate(MOST_TERMS * 2 * VECTOR);
    work.rests = allocate(classRow<T>());
    work.moves = allocate(blockRow<T>() * 2);
  }

  net.rowBytes = (inputSize + VECTOR - 1) & ~(VECTOR - 1);
  net.staged = allocate(capacity * net.rowBytes);
  net.labels = allocate(images);
  net.packedStarts = allocate((images + 1) * 4);
  net.packed = heap.alloc(0);
  store<u32>(net.packedStarts, net.packed);
  return net;
}

export function workOf(net: Net, thread: usize): Work {
  return changetype<Work>(net.works + thread * ((offsetof<Work>() + 63) & ~63));
}
