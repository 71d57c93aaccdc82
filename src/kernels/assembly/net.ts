import {
  CHUNK_IMAGES,
  ENTRY_BYTES,
  PACKED_SLACK_BYTES,
  PERTURBATION_BYTES,
  POLYNOMIAL_TERMS,
  VALUES_BYTES,
  WORKSPACE_BYTES,
} from '../layout';

// What a net and the workspace of a thread consist of. An array is the address of its first byte. allocate.ts lays the
// arrays out, ../layout.ts says how large they are, and shares.ts says which part of them a thread works on.
//
//   vector   two (float64) or four (float32) hidden units, side by side in 16 bytes
//   block    up to seven vectors of one thread; all that belongs to a block lies together, so that the work on it stays
//            in the cache
//   row      in a shape: a number per unit of a block, with room for seven vectors. The rows and columns of images.ts,
//            which hold the pixels of an image that are not 0, are something else
//   chunk    the images that are worked on together; a large mini-batch has several chunks
//
// Letters in shapes: N images of a call, C of a chunk, D inputs, H hidden units, V vectors of them, K classes, K' = K
// rounded up to whole vectors. T is float64 or float32.
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
  /** (blocks): the first vector of each block and how many it has, u32; see shares.ts. */
  blockTable: usize;
  /** (V): the block of each vector, and its bytes from the start of a row of the block, u32; see shares.ts. */
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

/** What one thread has for itself. */
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

export function workspaceOf(net: Net, thread: usize): Workspace {
  return changetype<Workspace>(net.workspaces + thread * WORKSPACE);
}
