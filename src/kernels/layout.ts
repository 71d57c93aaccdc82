// The sizes in bytes of the arrays of the kernels. assembly/net.ts explains the arrays, and defines vectors, blocks,
// rows, chunks and the letters in shapes. Two compilers read this file: AssemblyScript, for allocate.ts, which
// allocates the arrays, and TypeScript, for limits.ts, which adds up their sizes to know what fits. The file uses only
// what both languages have. `number` is float64 in both, so no size wraps at 2^32.

/** Bytes from one row of a block to the next: the seven vectors of the largest block. */
export const BLOCK_ROW: number = 112;
/** Fewest vectors that are computed for a block; a smaller block is padded to this number. */
export const LEAST_VECTORS: number = 3;
/** Bytes of K' classes, in float64 and in float32. */
export const CLASS_ROW_F64: number = 80;
export const CLASS_ROW_F32: number = 48;
export const CLASS_COUNT: number = 10;
export const VECTOR_BYTES: number = 16;

/** Bytes of an entry, a pixel that is not 0, in a sparse row or column; see images.ts. */
export const ENTRY_BYTES: number = 8;
/** Most bytes that are read beyond the last packed image, because four entries are unpacked at a time. */
export const PACKED_SLACK_BYTES: number = 8;
/** Bytes of net.pixelValues: v / 255 for every byte v. */
export const PIXEL_VALUES_BYTES: number = 256 * 8;
/** Bytes of an entry of net.perturbations, one per pixel value; see setStep in differences.ts. */
export const PERTURBATION_BYTES: number = 32;
/** Bytes of net.values per image: the number of distinct pixel values, and the values, at most 256. */
export const VALUES_BYTES: number = 257 * 4;
/** Terms of the longest polynomial in differences-layer1.ts. */
export const POLYNOMIAL_TERMS: number = 8;
/** Images that a thread classifies at a time: few enough for the cache, many enough to reuse a block's weights there. */
export const CHUNK_IMAGES: number = 64;
/** Most images of a chunk of a mini-batch: few enough for a thread's part of them to stay in the cache. */
const BATCH_CHUNK: number = 256;
/** Images that are packed at a time. */
export const STAGED_IMAGES: number = 512;

/** What is computed for a mini-batch: one of the phases of wasm-instance.ts, as a number. */
export const BACKWARD_PHASE: number = 0;
export const DIFFERENCES_PHASE: number = 1;
export const LOSS_PHASE: number = 2;

/** Upper bound of the bytes of a Net struct, and bytes from one Workspace struct to the next. */
const NET_BYTES: number = 512;
export const WORKSPACE_BYTES: number = 128;
/** Bytes of the entries of the tables net.blockTable and net.vectorTable. */
export const BLOCK_BYTES: number = 8;
export const VECTOR_PLACE_BYTES: number = 8;
/** Bytes from an entry of net.columnEnds to the next: a quarter of a row, so that columnEndOf needs no division. */
const COLUMN_END_STRIDE: number = BLOCK_ROW / 4;

/** Most bytes that an allocation takes beyond its size: alignment to cache lines, and the allocator's header. */
export const ALLOCATION_OVERHEAD: number = 128;

/** V: vectors of two or four hidden units, the last of which may be padded. */
export function vectorCount(hiddenSize: number, isDouble: boolean): number {
  return Math.ceil(hiddenSize / (isDouble ? 2 : 4));
}

/**
 * Index of the first item of a thread's share of `count` items. The share ends where that of the next thread begins, and
 * the sizes of two shares differ by one at most.
 */
export function shareStart(count: number, thread: number, threads: number): number {
  return Math.floor((count * thread) / threads);
}

/** Number of blocks into which the vectors of one thread are divided. */
export function blocksOf(vectors: number): number {
  return Math.ceil(vectors / (BLOCK_ROW / VECTOR_BYTES));
}

/** Number of blocks of all threads. */
export function blockCount(hiddenSize: number, isDouble: boolean, threads: number): number {
  const vectors = vectorCount(hiddenSize, isDouble);
  let blocks: number = 0;
  for (let thread = 0; thread < threads; thread++) {
    blocks += blocksOf(shareStart(vectors, thread + 1, threads) - shareStart(vectors, thread, threads));
  }
  return blocks;
}

/** Upper bound of C, the images of a chunk. Central differences process the whole mini-batch at once. */
export function chunkOf(capacity: number, takesDifferences: boolean): number {
  return takesDifferences ? capacity : Math.min(capacity, BATCH_CHUNK);
}

/** Bytes rounded up to whole cache lines. */
function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Most bytes of a sparse row: whole cache lines, so that two threads never write to the same one. */
export function sparseRowBytes(inputSize: number): number {
  return wholeLines(inputSize * ENTRY_BYTES);
}

/** Bytes per image in `staged`: D rounded up to whole vectors. */
export function stagedRowBytes(inputSize: number): number {
  return Math.ceil(inputSize / VECTOR_BYTES) * VECTOR_BYTES;
}

/** Bytes of the five parameter arrays, in the order in which they lie in memory. */
class ParameterBytes {
  /** (blocks, D, row) */
  W1: number = 0;
  /** (blocks, row) */
  b1: number = 0;
  /** (H rounded up to whole vectors, K') */
  W2: number = 0;
  /** (blocks, K, row): W2 transposed */
  W2T: number = 0;
  /** (K') */
  b2: number = 0;
}

export function parameterBytes(
  inputSize: number,
  hiddenSize: number,
  threads: number,
  isDouble: boolean,
): ParameterBytes {
  const blocks = blockCount(hiddenSize, isDouble, threads);
  const classRow = isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32;
  return {
    W1: wholeLines(blocks * inputSize * BLOCK_ROW),
    b1: wholeLines(blocks * BLOCK_ROW),
    W2: wholeLines(vectorCount(hiddenSize, isDouble) * (isDouble ? 2 : 4) * classRow),
    W2T: wholeLines(blocks * CLASS_COUNT * BLOCK_ROW),
    b2: wholeLines(classRow),
  };
}

/** Bytes of the five parameter arrays together. */
export function sumOf(bytes: ParameterBytes): number {
  return bytes.W1 + bytes.b1 + bytes.W2 + bytes.W2T + bytes.b2;
}

/** Bytes of the arrays that all threads share, under their names in assembly/net.ts. */
export class NetBytes {
  flat: number = 0;
  /** The five parameter arrays, as many bytes for the gradient, and as many for its sums if there are several chunks. */
  parameters: number = 0;
  pixelValues: number = 0;
  perturbations: number = 0;
  /** The struct. */
  net: number = 0;
  /** The tables of shares.ts. */
  blocks: number = 0;
  vectors: number = 0;
  indices: number = 0;
  rows: number = 0;
  rowBounds: number = 0;
  columns: number = 0;
  columnEnds: number = 0;
  batchLabels: number = 0;
  hidden: number = 0;
  logits: number = 0;
  outputs: number = 0;
  losses: number = 0;
  values: number = 0;
  digits: number = 0;
  largestW2: number = 0;
  /** The parameters of the float32 copy, for a float64 net only. The next four fields belong to this copy too. */
  single: number = 0;
  singlePixelValues: number = 0;
  singleNet: number = 0;
  singleBlocks: number = 0;
  singleVectors: number = 0;
  staged: number = 0;
  labels: number = 0;
  packedStarts: number = 0;
  /** Its largest size: two bytes per pixel. */
  packed: number = 0;
}

export function netBytes(
  inputSize: number,
  hiddenSize: number,
  images: number,
  capacity: number,
  threads: number,
  isDouble: boolean,
  takesDifferences: boolean,
): NetBytes {
  const blocks = blockCount(hiddenSize, isDouble, threads);
  const chunk = chunkOf(capacity, takesDifferences);
  const classRow = isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32;
  return {
    flat: ((inputSize + 1) * hiddenSize + (hiddenSize + 1) * CLASS_COUNT) * 8,
    parameters: (chunk < capacity ? 3 : 2) * sumOf(parameterBytes(inputSize, hiddenSize, threads, isDouble)),
    pixelValues: PIXEL_VALUES_BYTES,
    perturbations: 256 * PERTURBATION_BYTES,
    net: NET_BYTES,
    blocks: blocks * BLOCK_BYTES,
    vectors: vectorCount(hiddenSize, isDouble) * VECTOR_PLACE_BYTES,
    indices: capacity * 4,
    rows: chunk * sparseRowBytes(inputSize),
    rowBounds: chunk * 8,
    columns: takesDifferences ? 0 : chunk * inputSize * ENTRY_BYTES,
    columnEnds: inputSize * COLUMN_END_STRIDE,
    batchLabels: capacity,
    hidden: blocks * capacity * BLOCK_ROW,
    logits: capacity * classRow,
    outputs: capacity * classRow,
    losses: capacity * 8,
    values: takesDifferences ? capacity * VALUES_BYTES : 0,
    digits: images,
    largestW2: hiddenSize * 8,
    single: isDouble ? sumOf(parameterBytes(inputSize, hiddenSize, 1, false)) : 0,
    singlePixelValues: PIXEL_VALUES_BYTES,
    singleNet: NET_BYTES,
    singleBlocks: blockCount(hiddenSize, false, 1) * BLOCK_BYTES,
    singleVectors: vectorCount(hiddenSize, false) * VECTOR_PLACE_BYTES,
    staged: Math.min(images, STAGED_IMAGES) * stagedRowBytes(inputSize),
    labels: images,
    packedStarts: (images + 1) * 4,
    packed: images * inputSize * 2 + PACKED_SLACK_BYTES,
  };
}

/** Bytes of the arrays that each thread has for itself, under their names in assembly/net.ts. */
export class WorkspaceBytes {
  gradientW2: number = 0;
  differenceSums: number = 0;
  differenceOfValue: number = 0;
  powers: number = 0;
  coefficients: number = 0;
  rOfClasses: number = 0;
  perturbations: number = 0;
  chunk: number = 0;
  chunkRows: number = 0;
  chunkBounds: number = 0;
  chunkHidden: number = 0;
  chunkLogits: number = 0;
  /** The struct that points to the arrays. */
  workspace: number = 0;
}

export function workspaceBytes(
  inputSize: number,
  hiddenSize: number,
  threads: number,
  isDouble: boolean,
): WorkspaceBytes {
  const classRow = isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32;
  return {
    gradientW2: (BLOCK_ROW / (isDouble ? 8 : 4)) * classRow,
    differenceSums: inputSize * VECTOR_BYTES,
    differenceOfValue: 256 * VECTOR_BYTES,
    powers: POLYNOMIAL_TERMS * CLASS_COUNT * VECTOR_BYTES,
    coefficients: POLYNOMIAL_TERMS * 2 * VECTOR_BYTES,
    rOfClasses: classRow,
    perturbations: BLOCK_ROW * 2,
    chunk: CHUNK_IMAGES * 4,
    chunkRows: CHUNK_IMAGES * sparseRowBytes(inputSize),
    chunkBounds: CHUNK_IMAGES * 8,
    chunkHidden:
      CHUNK_IMAGES *
      Math.max(blockCount(hiddenSize, isDouble, threads) * BLOCK_ROW, blockCount(hiddenSize, false, 1) * BLOCK_ROW),
    chunkLogits: CHUNK_IMAGES * CLASS_ROW_F64,
    workspace: WORKSPACE_BYTES,
  };
}
