import {
  B2_BYTES,
  blockCount,
  CHUNK_IMAGES,
  chunkOf,
  ENTRY_BYTES,
  netBytes,
  parameterBytes,
  PERTURBATION_BYTES,
  PIXEL_VALUES_BYTES,
  POLYNOMIAL_TERMS,
  stagedRowBytes,
  sumOf,
  VALUES_BYTES,
  WORKSPACE_BYTES,
  WorkspaceBytes,
  workspaceBytes,
} from '../layout';

// Where the arrays of a net lie; layout.ts says how large they are. Hidden units go in blocks, and all that belongs to
// a block lies together, so that a block's work stays in the cache; a thread owns whole blocks. Letters: N images, D
// inputs, U units of a block, K classes, and K' for K rounded up to whole vectors. T is float64 or float32.
//
// Units that pad the last block have bias -inf, so that their output is always 0; classes that pad K' have bias -inf,
// so that their probability is 0.

// The sizes of layout.ts, as integers for address arithmetic.

/** Bytes of a pixel in a sparse row or column; see images.ts. */
export const ENTRY: usize = <usize>ENTRY_BYTES;

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

/** Bytes from one thread's copy of b2 to the next. */
export const B2: usize = <usize>B2_BYTES;

/** One net in training, the images it learns from, and the workspaces of its threads. */
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
  /** (threads, K'): a copy for each thread, so that no thread waits for another's. */
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
  /** Images that are gathered at a time. */
  chunk: usize;
  /** (2, N): image indices of a call; a thread may still read those of one call while the next are written. */
  indices: usize;
  /** N */
  count: usize;
  /** (blocks, N, U): outputs of the hidden units, and then ∂L/∂preActivations. */
  hidden: usize;
  /** (2, blocks, N, K'): each block's part of the logits; two buffers, as of the indices. */
  partialLogits: usize;
  /** Bytes of one of those buffers. */
  partialLogitsSize: usize;
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

/**
 * What a thread has for itself. Each gathers all images of a call: fetching what another core has gathered from its
 * cache takes longer than gathering it twice.
 */
@unmanaged
export class Workspace {
  firstBlock: usize;
  endBlock: usize;
  /**
   * The non-zero pixels of the images that are gathered, those of image n from rowStarts[n] to rowStarts[n + 1]; see
   * images.ts.
   */
  rows: usize;
  rowStarts: usize;
  /** The same by pixel, each column with room for N entries. */
  columns: usize;
  /** (D): where the entries of each column end. */
  columnEnds: usize;
  /** (N) bytes */
  labels: usize;
  /** (N, K') */
  logits: usize;
  /** (N, K'): probabilities, and then ∂L/∂logits. */
  outputs: usize;
  /** (U, K'): ∂L/∂W2 of a block. */
  gradientW2: usize;
  loss: f64;
  /** Keeps the compiler from dropping the loads of prefetch. */
  prefetched: u32;

  /** (D, 2): float64 differences of the loss by W1 of two units, summed over the images. */
  differenceSums: usize;
  /** (256, 2): those of one image, by the value of a pixel. */
  differenceOfValue: usize;
  /** (N, 257): how many distinct values the pixels of an image have, and each of them, times 8. */
  values: usize;
  /**
   * Powers of the weights of two units, and the coefficients of an image and these units; see differences-layer1.ts.
   */
  powers: usize;
  coefficients: usize;
  /** (K'): s of each class of an image; see differences-layer2.ts. */
  sOfClasses: usize;
  /** (2, U): e^(-ha) - 1 and e^(ha) - 1 for the outputs a of a block. */
  perturbations: usize;

  /** (CHUNK): indices of the images that are being classified. */
  chunk: usize;
  /** (U): outputs of the hidden units of a block for one of them. */
  hiddenOfImage: usize;
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
  net.blocks = <usize>blockCount(hiddenSize, isDouble);
  net.threads = threads;
  net.isDouble = isDouble;
  net.capacity = capacity;
  net.takesDifferences = takesDifferences;
  net.chunk = <usize>chunkOf(capacity, takesDifferences);
  net.rowBytes = <usize>stagedRowBytes(inputSize);

  const bytes = netBytes(inputSize, hiddenSize, images, capacity, threads, isDouble, takesDifferences);
  net.flat = allocate(bytes.flat);
  layOutParameters<T>(net, bytes.parameters);
  net.perturbations = allocate(bytes.perturbations);
  net.indices = allocate(bytes.indices);
  net.hidden = allocate(bytes.hidden);
  net.partialLogits = allocate(bytes.partialLogits);
  net.partialLogitsSize = <usize>bytes.partialLogits / 2;
  net.digits = allocate(bytes.digits);
  net.largestW2 = allocate(bytes.largestW2);

  const perThread = workspaceBytes(inputSize, capacity, isDouble, takesDifferences);
  net.workspaces = allocate(perThread.workspace * threads);
  for (let thread: usize = 0; thread < threads; thread++) {
    const workspace = workspaceOf(net, thread);
    workspace.firstBlock = (thread * net.blocks) / threads;
    workspace.endBlock = ((thread + 1) * net.blocks) / threads;
    layOutWorkspace(workspace, perThread);
  }

  net.staged = allocate(bytes.staged);
  net.labels = allocate(bytes.labels);
  net.packedStarts = allocate(bytes.packedStarts);
  if (isDouble) layOutSingle(net, bytes.single);
  net.packed = heap.alloc(0);
  store<u32>(net.packedStarts, net.packed);
  return net;
}

function layOutParameters<T>(net: Net, total: f64): void {
  const bytes = parameterBytes(net.inputSize, net.hiddenSize, net.threads, sizeof<T>() == 8);
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

/** The float32 weights of a float64 net. All that does not depend on T is the net's own. */
function layOutSingle(net: Net, bytes: f64): void {
  const single = changetype<Net>(allocate(offsetof<Net>()));
  memory.copy(changetype<usize>(single), changetype<usize>(net), offsetof<Net>());
  single.isDouble = false;
  single.blocks = <usize>blockCount(net.hiddenSize, false);
  layOutParameters<f32>(single, bytes);
  net.single = single;
}

function layOutWorkspace(workspace: Workspace, bytes: WorkspaceBytes): void {
  workspace.rows = allocate(bytes.rows);
  workspace.rowStarts = allocate(bytes.rowStarts);
  workspace.columns = allocate(bytes.columns);
  workspace.columnEnds = allocate(bytes.columnEnds);
  workspace.labels = allocate(bytes.labels);
  workspace.logits = allocate(bytes.logits);
  workspace.outputs = allocate(bytes.outputs);
  workspace.gradientW2 = allocate(bytes.gradientW2);
  workspace.differenceSums = allocate(bytes.differenceSums);
  workspace.differenceOfValue = allocate(bytes.differenceOfValue);
  workspace.values = allocate(bytes.values);
  workspace.powers = allocate(bytes.powers);
  workspace.coefficients = allocate(bytes.coefficients);
  workspace.sOfClasses = allocate(bytes.sOfClasses);
  workspace.perturbations = allocate(bytes.perturbations);
  workspace.chunk = allocate(bytes.chunk);
  workspace.hiddenOfImage = allocate(bytes.hiddenOfImage);
}

/** The workspace of a thread. */
export function workspaceOf(net: Net, thread: usize): Workspace {
  return changetype<Workspace>(net.workspaces + thread * WORKSPACE);
}
