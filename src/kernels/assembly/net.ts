import {
  BLOCK_BYTES,
  blockCount,
  blocksOf,
  CHUNK_IMAGES,
  chunkOf,
  ENTRY_BYTES,
  NetBytes,
  netBytes,
  PACKED_SLACK_BYTES,
  parameterBytes,
  PERTURBATION_BYTES,
  PIXEL_VALUES_BYTES,
  POLYNOMIAL_TERMS,
  shareStart,
  sparseRowBytes,
  stagedRowBytes,
  sumOf,
  VALUES_BYTES,
  VECTOR_PLACE_BYTES,
  vectorCount,
  WORKSPACE_BYTES,
  WorkspaceBytes,
  workspaceBytes,
} from '../layout';
import { ROW, VECTOR } from './lanes';

// Where the arrays of a net lie; layout.ts says how large they are. Hidden units come in vectors, vectors in blocks of at
// most seven, and all that belongs to a block lies together, so that a block's work stays in the
// cache. Each thread owns as many vectors as any other or one more, divided into blocks as evenly. Letters: N images of a
// call, C images that are gathered at a time, D inputs, H hidden units, V vectors of them, K classes, and K' for K rounded
// up to whole vectors. A row of a block is as long as that of the largest. T is float64 or float32.
//
// Units that pad a vector or a block have bias -inf, so that their output is always 0; classes that pad K' have bias
// -inf, so that their probability is 0.

// The sizes of layout.ts, as integers for address arithmetic.

/** Bytes of a pixel in a sparse row or column; see images.ts. */
export const ENTRY: usize = <usize>ENTRY_BYTES;

/** Bytes that gatherRows reads beyond the last packed image. */
export const SLACK: usize = <usize>PACKED_SLACK_BYTES;

/** Images that a thread classifies at a time. */
export const CHUNK: usize = <usize>CHUNK_IMAGES;

/** Bytes of an entry of net.perturbations. */
export const PERTURBATION: usize = <usize>PERTURBATION_BYTES;

/** Terms of the longest polynomial in differences-layer1.ts. */
export const TERMS: usize = <usize>POLYNOMIAL_TERMS;

/** Bytes of `values` per image. */
export const VALUES: usize = <usize>VALUES_BYTES;

/** Bytes from one workspace to the next: more than the struct takes. */
const WORKSPACE: usize = <usize>WORKSPACE_BYTES;

/** Bytes of an entry of blockTable and of vectorTable. */
const BLOCK: usize = <usize>BLOCK_BYTES;
const PLACE: usize = <usize>VECTOR_PLACE_BYTES;

/** One net in training, the images it learns from, and the workspaces of its threads. */
@unmanaged
export class Net {
  inputSize: usize;
  hiddenSize: usize;
  /** V */
  vectors: usize;
  blocks: usize;
  threads: usize;
  /** Threads that share a mini-batch: all, or 1 while the first works alone. */
  sharers: usize;
  isDouble: bool;
  /** (blocks): the first vector of each block and how many it has, u32; see firstVectorOf. */
  blockTable: usize;
  /** (V): the block of each vector, and its bytes from the start of a row of the block, u32. */
  vectorTable: usize;

  /** Parameters as the caller sees them: float64, W1 (D, H), b1 (H), W2 (H, K), b2 (K), one after the other. */
  flat: usize;
  /** (blocks, D, row) */
  W1: usize;
  /** (blocks, row) */
  b1: usize;
  /** (units of V vectors, K') */
  W2: usize;
  /** W2 transposed, (blocks, K, row): kept beside it, so that both directions read whole vectors. */
  W2T: usize;
  /** (K') */
  b2: usize;
  /** Bytes from a parameter to its entry of the gradient: the gradient has the layout of these five arrays. */
  gradientOffset: usize;
  /** The same for the gradient's sums over the chunks of a large mini-batch. */
  sumsOffset: usize;

  /** v / 255 for every byte v, in T; the entries are 8 bytes apart, whatever T. */
  pixelValues: usize;
  /** How h changes the output of a hidden unit through a pixel, (256, 4), float64; see setStep. */
  perturbations: usize;

  /** The images without their zero pixels; see images.ts. The last array in memory, so that it can grow. */
  packed: usize;
  /** (images + 1): where each image begins in `packed`. */
  packedStarts: usize;
  /** How many images are packed. */
  packedCount: usize;
  /** (images) bytes: their digits. */
  labels: usize;
  /** (at most 512, rowBytes) bytes: images on their way in, as in the file. */
  staged: usize;
  /** Bytes per image in `staged`. */
  rowBytes: usize;

  /** Largest N. */
  capacity: usize;
  /** Whether calls take differences or descend by backpropagation. */
  takesDifferences: bool;
  /** Largest C. */
  chunk: usize;
  /** N */
  count: usize;
  /** (N): image indices of a call. */
  indices: usize;
  /** The non-zero pixels of the images that are gathered, image by image; see images.ts. */
  rows: usize;
  /** Most bytes of one of these rows. */
  rowRoom: usize;
  /** (C, 2): where the row of each image begins and ends, u32. */
  rowBounds: usize;
  /** The same pixels by column, each with room for C entries. */
  columns: usize;
  /** Where the entries of each column end, u32; see columnEndOf. */
  columnEnds: usize;
  /** (N) bytes: the digits of the mini-batch. */
  batchLabels: usize;
  /** (blocks, N, row): outputs of the hidden units, and then ∂L/∂preActivations. */
  hidden: usize;
  /** (N, K') */
  logits: usize;
  /** (N, K'): probabilities, and then ∂L/∂logits. */
  outputs: usize;
  /** (N): cross entropy of each image, float64. */
  losses: usize;
  /** (N, 257): how many distinct values the pixels of an image have, and each of them, times 8. */
  values: usize;
  /** The workspaces of the threads, one struct after another. */
  workspaces: usize;

  /** The gradient times this is subtracted from … */
  learningRate: f64;
  /** … what lies this many bytes after the parameters: 0 for themselves, gradientOffset for the gradient. */
  targetOffset: usize;
  /** Step of the central difference. */
  h: f64;

  /** (images) bytes: the most probable digits. */
  digits: usize;
  /** Images still to be classified: from nextImage, which all threads advance, to endImage. */
  nextImage: u32;
  endImage: u32;
  /** The same net in float32, its weights only, if this one is float64; see classify.ts. */
  single: Net;
  /** Whether float32 may be used, and the bound of its error. */
  usesSingle: bool;
  boundPerPixel: f64;
  boundOfNet: f64;
  /** (H): largest |W2| of each hidden unit. */
  largestW2: usize;
}

/** Memory of one thread. */
@unmanaged
export class Workspace {
  /** (units of a block, K'): ∂L/∂W2 of a block. */
  gradientW2: usize;
  /** Keeps the compiler from dropping the loads of prefetch. */
  prefetched: u32;

  /** (D, 2): float64 differences of the loss by W1 of two units, summed over the images. */
  differenceSums: usize;
  /** (256, 2): those of one image, by the value of a pixel. */
  differenceOfValue: usize;
  /**
   * Powers of the weights of two units, and the coefficients of an image and these units; see differences-layer1.ts.
   */
  powers: usize;
  coefficients: usize;
  /** (K'): s of each class of an image; see differences-layer2.ts. */
  sOfClasses: usize;
  /** (2, row): e^(-ha) - 1 and e^(ha) - 1 for the outputs a of a block. */
  perturbations: usize;

  /** (CHUNK): indices of the images that are being classified, and the same arrays for them as for a mini-batch. */
  chunk: usize;
  chunkRows: usize;
  chunkBounds: usize;
  chunkHidden: usize;
  chunkLogits: usize;
}

/** Allocates an array that begins at a cache line. It is zero, because memory is never freed and used again. */
function allocate(bytes: f64): usize {
  return (heap.alloc(<usize>bytes + 64) + 63) & ~63;
}

/**
 * Lays out a net and the workspaces of its threads.
 *
 * @param images how many can be packed
 * @param capacity largest N of a call
 */
export function layOut<T>(
  inputSize: usize,
  hiddenSize: usize,
  images: usize,
  capacity: usize,
  threads: usize,
  takesDifferences: bool,
): Net {
  const net = changetype<Net>(allocate(offsetof<Net>()));
  const isDouble = sizeof<T>() == 8;
  net.inputSize = inputSize;
  net.hiddenSize = hiddenSize;
  net.threads = threads;
  net.sharers = threads;
  net.isDouble = isDouble;
  net.capacity = capacity;
  net.takesDifferences = takesDifferences;
  net.chunk = <usize>chunkOf(capacity, takesDifferences);
  net.rowRoom = <usize>sparseRowBytes(inputSize);
  net.rowBytes = <usize>stagedRowBytes(inputSize);

  const bytes = netBytes(inputSize, hiddenSize, images, capacity, threads, isDouble, takesDifferences);
  net.flat = allocate(bytes.flat);
  net.blockTable = allocate(bytes.blocks);
  net.vectorTable = allocate(bytes.vectors);
  layOutBlocks<T>(net, threads);
  layOutParameters<T>(net, threads, bytes.parameters);
  layOutBatch(net, bytes);
  net.perturbations = allocate(bytes.perturbations);
  net.digits = allocate(bytes.digits);
  net.largestW2 = allocate(bytes.largestW2);

  const perThread = workspaceBytes(inputSize, hiddenSize, threads, isDouble);
  net.workspaces = allocate(perThread.workspace * threads);
  for (let thread: usize = 0; thread < threads; thread++) layOutWorkspace(workspaceOf(net, thread), perThread);

  net.staged = allocate(bytes.staged);
  net.labels = allocate(bytes.labels);
  net.packedStarts = allocate(bytes.packedStarts);
  if (isDouble) layOutSingle(net, bytes);
  net.packed = heap.alloc(0);
  store<u32>(net.packedStarts, net.packed);
  return net;
}

/** Divides each thread's vectors into blocks, as evenly as possible. */
function layOutBlocks<T>(net: Net, threads: usize): void {
  const isDouble = sizeof<T>() == 8;
  net.vectors = <usize>vectorCount(net.hiddenSize, isDouble);
  net.blocks = <usize>blockCount(net.hiddenSize, isDouble, threads);
  let block: usize = 0;
  for (let thread: usize = 0; thread < threads; thread++) {
    const first = shareOf(net.vectors, thread, threads);
    const count = shareOf(net.vectors, thread + 1, threads) - first;
    const blocks = <usize>blocksOf(count);
    for (let i: usize = 0; i < blocks; i++, block++) {
      const start = first + shareOf(count, i, blocks);
      const end = first + shareOf(count, i + 1, blocks);
      store<u32>(net.blockTable + block * BLOCK, <u32>start);
      store<u32>(net.blockTable + block * BLOCK, <u32>(end - start), 4);
      for (let vector = start; vector < end; vector++) {
        store<u32>(net.vectorTable + vector * PLACE, <u32>block);
        store<u32>(net.vectorTable + vector * PLACE, <u32>((vector - start) * VECTOR), 4);
      }
    }
  }
}

function layOutParameters<T>(net: Net, threads: usize, total: f64): void {
  const bytes = parameterBytes(net.inputSize, net.hiddenSize, threads, sizeof<T>() == 8);
  net.gradientOffset = <usize>sumOf(bytes);
  net.sumsOffset = 2 * net.gradientOffset;
  net.W1 = allocate(total);
  net.b1 = net.W1 + <usize>bytes.W1;
  net.W2 = net.b1 + <usize>bytes.b1;
  net.W2T = net.W2 + <usize>bytes.W2;
  net.b2 = net.W2T + <usize>bytes.W2T;
  net.pixelValues = allocate(PIXEL_VALUES_BYTES);
  for (let byte: usize = 0; byte < 256; byte++) store<T>(net.pixelValues + byte * 8, <T>(<f64>byte / 255));
}

function layOutBatch(net: Net, bytes: NetBytes): void {
  net.indices = allocate(bytes.indices);
  net.rows = allocate(bytes.rows);
  net.rowBounds = allocate(bytes.rowBounds);
  net.columns = allocate(bytes.columns);
  net.columnEnds = allocate(bytes.columnEnds);
  net.batchLabels = allocate(bytes.batchLabels);
  net.hidden = allocate(bytes.hidden);
  net.logits = allocate(bytes.logits);
  net.outputs = allocate(bytes.outputs);
  net.losses = allocate(bytes.losses);
  net.values = allocate(bytes.values);
}

/** The float32 weights of a float64 net, in the blocks of a single thread. All that does not depend on T is the net's. */
function layOutSingle(net: Net, bytes: NetBytes): void {
  const single = changetype<Net>(allocate(offsetof<Net>()));
  memory.copy(changetype<usize>(single), changetype<usize>(net), offsetof<Net>());
  single.isDouble = false;
  single.blockTable = allocate(bytes.singleBlocks);
  single.vectorTable = allocate(bytes.singleVectors);
  layOutBlocks<f32>(single, 1);
  layOutParameters<f32>(single, 1, bytes.single);
  net.single = single;
}

function layOutWorkspace(workspace: Workspace, bytes: WorkspaceBytes): void {
  workspace.gradientW2 = allocate(bytes.gradientW2);
  workspace.differenceSums = allocate(bytes.differenceSums);
  workspace.differenceOfValue = allocate(bytes.differenceOfValue);
  workspace.powers = allocate(bytes.powers);
  workspace.coefficients = allocate(bytes.coefficients);
  workspace.sOfClasses = allocate(bytes.sOfClasses);
  workspace.perturbations = allocate(bytes.perturbations);
  workspace.chunk = allocate(bytes.chunk);
  workspace.chunkRows = allocate(bytes.chunkRows);
  workspace.chunkBounds = allocate(bytes.chunkBounds);
  workspace.chunkHidden = allocate(bytes.chunkHidden);
  workspace.chunkLogits = allocate(bytes.chunkLogits);
}

/** The workspace of a thread. */
export function workspaceOf(net: Net, thread: usize): Workspace {
  return changetype<Workspace>(net.workspaces + thread * WORKSPACE);
}

/** Start of a thread's share of `count` things, and end of that of the thread before. */
export function shareOf(count: usize, thread: usize, sharers: usize): usize {
  return <usize>shareStart(count, thread, sharers);
}

/** First of the blocks that a thread owns, and end of those of the thread before. */
export function firstBlockOf(net: Net, thread: usize): usize {
  const vector = shareOf(net.vectors, thread, net.sharers);
  return vector == net.vectors ? net.blocks : <usize>load<u32>(net.vectorTable + vector * PLACE);
}

export function firstVectorOf(net: Net, block: usize): usize {
  return <usize>load<u32>(net.blockTable + block * BLOCK);
}

/** How many vectors a block has. */
export function vectorsOf(net: Net, block: usize): usize {
  return <usize>load<u32>(net.blockTable + block * BLOCK, 4);
}

/** Bytes from the start of (blocks, count, row) to a vector of image 0. */
export function placeOf(net: Net, vector: usize, count: usize): usize {
  const place = net.vectorTable + vector * PLACE;
  return <usize>load<u32>(place) * count * ROW + <usize>load<u32>(place, 4);
}
