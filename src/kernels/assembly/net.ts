import {
  CHUNK_IMAGES,
  ENTRY_BYTES,
  PACKED_SLACK_BYTES,
  PERTURBATION_BYTES,
  POLYNOMIAL_TERMS,
  VALUES_BYTES,
  WORKSPACE_BYTES,
} from '../layout';

// The structs of a net and of the workspace of a thread. A field that stands for an array holds the address of its first
// byte. allocate.ts allocates the arrays, ../layout.ts says how large they are, and shares.ts says which part of them
// each thread works on.
//
//   vector   two (float64) or four (float32) hidden units, side by side in 16 bytes
//   block    up to seven vectors of one thread; the data of a block are contiguous, so that they stay in the cache
//            while the thread works on the block
//   row      in a shape: a number per unit of a block, with room for seven vectors. The sparse rows and columns of
//            images.ts, which hold the pixels that are not 0, are different
//   chunk    the images that are processed together; a large mini-batch has several chunks
//
// Letters in shapes: N images of a call, C images of a chunk, D inputs, H hidden units, V vectors of hidden units,
// K classes, K' = K rounded up to whole vectors. T is float64 or float32.
//
// Units that pad a vector or a block have bias -inf, so that their output is always 0; classes that pad K' have bias
// -inf, so that their probability is 0.

// The sizes of layout.ts, as integers for address arithmetic.

/** Bytes of a pixel in a sparse row or column; see images.ts. */
export const ENTRY: usize = <usize>ENTRY_BYTES;

/** Most bytes that gatherRows reads beyond the last packed image. */
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

/** A net, its images, and the workspaces of its threads. */
@unmanaged
export class Net {
  inputSize: usize;
  hiddenSize: usize;
  /** V */
  vectors: usize;
  blocks: usize;
  threads: usize;
  /** Number of threads that share a mini-batch: `threads`, or 1 while the first thread works alone. */
  sharers: usize;
  isDouble: bool;
  /** (blocks, 2), u32: the first vector of each block, and its number of vectors; see shares.ts. */
  blockTable: usize;
  /** (V, 2), u32: the block of each vector, and its offset in bytes in a row of the block; see shares.ts. */
  vectorTable: usize;

  /** Parameters as the caller sees them: float64, W1 (D, H), b1 (H), W2 (H, K), b2 (K), one after the other. */
  flat: usize;
  /** (blocks, D, row) */
  W1: usize;
  /** (blocks, row) */
  b1: usize;
  /** (H rounded up to whole vectors, K') */
  W2: usize;
  /** (blocks, K, row): W2 transposed. Both copies are kept, so that forward and backward read whole vectors. */
  W2T: usize;
  /** (K') */
  b2: usize;
  /** Bytes from a parameter to its entry of the gradient, which has the layout of these five arrays. */
  gradientOffset: usize;
  /** Bytes from a parameter to its entry of the sums of the gradient over the chunks of a large mini-batch. */
  sumsOffset: usize;

  /** (256): v / 255 for every byte v, in T; the entries are 8 bytes apart for both types. */
  pixelValues: usize;
  /** (256, 4), float64: E, F and S of each pixel value, and an unused number; see setStep. */
  perturbations: usize;

  /** The images without their zero pixels; see images.ts. It is the last array in memory, so that it can grow. */
  packed: usize;
  /** (images + 1), u32: address of each image in `packed`; the last entry is the end of the last image. */
  packedStarts: usize;
  /** Number of packed images. */
  packedCount: usize;
  /** (images), u8: their labels. */
  labels: usize;
  /** (at most 512, rowBytes), u8: images that are to be packed next, as the data set holds them. */
  staged: usize;
  /** Bytes per image in `staged`. */
  rowBytes: usize;

  /** Upper bound of N. */
  capacity: usize;
  /** Whether the gradient is computed by central differences; otherwise by backpropagation. */
  takesDifferences: bool;
  /** Upper bound of C. */
  chunk: usize;
  /** N */
  count: usize;
  /** (N), u32: indices of the images of a call among the packed images. */
  indices: usize;
  /** Sparse rows of the gathered images: their non-zero pixels, image by image; see images.ts. */
  rows: usize;
  /** Most bytes of one sparse row. */
  rowRoom: usize;
  /** (C, 2), u32: addresses of the start and the end of the sparse row of each image. */
  rowBounds: usize;
  /** Sparse columns: the same entries by pixel; each column has room for C entries. */
  columns: usize;
  /** u32: address of the end of each sparse column; see columnEndOf. */
  columnEnds: usize;
  /** (N), u8: labels of the mini-batch. */
  batchLabels: usize;
  /** (blocks, N, row): outputs of the hidden units; ∂L/∂preActivations after the backward pass. */
  hidden: usize;
  /** (N, K') */
  logits: usize;
  /** (N, K'): probabilities; ∂L/∂logits after the backward pass. */
  outputs: usize;
  /** (N), float64: cross-entropy of each image. */
  losses: usize;
  /** (N, 257), u32: number of distinct pixel values of an image, then these values times 8; see collectValues. */
  values: usize;
  /** The workspaces of the threads, one struct after another. */
  workspaces: usize;

  /** The backward pass subtracts learningRate times the gradient from the array that targetOffset selects. */
  learningRate: f64;
  /** Bytes from the parameters to that array: 0 for the parameters themselves, gradientOffset for the gradient. */
  targetOffset: usize;
  /** Step of the central difference. */
  h: f64;

  /** (images), u8: the most probable digit of each image. */
  digits: usize;
  /** Images nextImage … endImage - 1 are still to be classified. All threads advance nextImage. */
  nextImage: u32;
  endImage: u32;
  /** Float32 copy of a float64 net: its parameters only; see classify.ts. */
  single: Net;
  /** Whether this copy may be used to classify, and the bound of its error. */
  usesSingle: bool;
  boundPerPixel: f64;
  boundOfNet: f64;
  /** (H), float64: largest |W2| of each hidden unit. */
  largestW2: usize;
}

/** The arrays of one thread, which no other thread uses. */
@unmanaged
export class Workspace {
  /** (units of a block, K'): ∂L/∂W2 of a block; for central differences also the sums for b2. */
  gradientW2: usize;
  /** A result of prefetch: without a use of the bytes that it reads, the compiler would drop the loads. */
  prefetched: u32;

  /** (D, 2), float64: L(+h) - L(-h) for W1 of two units, summed over the images. */
  differenceSums: usize;
  /** (256, 2), float64: L(+h) - L(-h) of one image for each value that a pixel may have. */
  differenceOfValue: usize;
  /** Powers of the weights of two units, and coefficients of an image and these units; see differences-layer1.ts. */
  powers: usize;
  coefficients: usize;
  /** (K'), float64: r / e_k of each class of an image; see differences-layer2.ts. */
  rOfClasses: usize;
  /** (2, row), float64: e^(ha) - 1, then e^(-ha) - 1, for the outputs a of a block. */
  perturbations: usize;

  /** (CHUNK), u32: indices of the images that are being classified. The next four arrays are those of a mini-batch. */
  chunk: usize;
  chunkRows: usize;
  chunkBounds: usize;
  chunkHidden: usize;
  chunkLogits: usize;
}

export function workspaceOf(net: Net, thread: usize): Workspace {
  return changetype<Workspace>(net.workspaces + thread * WORKSPACE);
}
