// How many bytes each array of the kernels takes. Two compilers read this file: AssemblyScript, whose net.ts lays the
// arrays out by it, and TypeScript, whose limits.ts adds them up to know what fits. It uses only what both languages
// have; `number` is float64 in both, so no size wraps at 2^32.
//
// N images per call, D inputs, H hidden units, U units per block, K classes, K' = K rounded up to whole vectors. T is
// float64 or float32.

/** Bytes of a row of a block: 5 vectors of 16 bytes in float64, 7 in float32. See lanes.ts. */
export const BLOCK_ROW_F64: number = 80;
export const BLOCK_ROW_F32: number = 112;
/** Bytes of K' classes. */
export const CLASS_ROW_F64: number = 80;
export const CLASS_ROW_F32: number = 48;
export const CLASS_COUNT: number = 10;
export const VECTOR_BYTES: number = 16;

/** Bytes of a pixel that is not 0, in a sparse row or column; see images.ts. */
export const ENTRY_BYTES: number = 8;
/** Bytes of v / 255 for every byte v. */
export const PIXEL_VALUES_BYTES: number = 256 * 8;
/** Bytes of the perturbations of one pixel value; see setStep in differences.ts. */
export const PERTURBATION_BYTES: number = 32;
/** Bytes of the distinct pixel values of one image: how many there are, and at most 256. */
export const VALUES_BYTES: number = 257 * 4;
/** Terms of the longest polynomial in differences-layer1.ts. */
export const POLYNOMIAL_TERMS: number = 8;
/**
 * Images that a thread classifies at a time: few enough for the cache, many enough to reuse a block's weights there.
 */
export const CHUNK_IMAGES: number = 64;
/** Images of a mini-batch whose pixels are gathered at a time, so that a thread's part stays in the cache. */
const BATCH_CHUNK: number = 256;
/** Images that are packed at a time. */
export const STAGED_IMAGES: number = 512;
/** Bytes from one thread's copy of b2 to the next: a whole number of cache lines. */
export const B2_BYTES: number = 128;

/** Bytes from one workspace struct to the next. */
export const WORKSPACE_BYTES: number = 256;

/** Most bytes that an allocation takes beyond its size: alignment to cache lines, and the allocator's header. */
export const ALLOCATION_OVERHEAD: number = 128;

/** U: 10 in float64, 28 in float32. */
function unitsPerBlock(isDouble: boolean): number {
  return isDouble ? BLOCK_ROW_F64 / 8 : BLOCK_ROW_F32 / 4;
}

export function blockCount(hiddenSize: number, isDouble: boolean): number {
  return Math.ceil(hiddenSize / unitsPerBlock(isDouble));
}

function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Bytes of the five parameter arrays, in the order in which they lie in memory. */
class ParameterBytes {
  /** (blocks, D, U) */
  W1: number = 0;
  /** (blocks, U) */
  b1: number = 0;
  /** (blocks, U, K') */
  W2: number = 0;
  /** W2 transposed, (blocks, K, U) */
  W2T: number = 0;
  /** (threads, K') */
  b2: number = 0;
}

export function parameterBytes(
  inputSize: number,
  hiddenSize: number,
  threads: number,
  isDouble: boolean,
): ParameterBytes {
  const row = isDouble ? BLOCK_ROW_F64 : BLOCK_ROW_F32;
  const blocks = blockCount(hiddenSize, isDouble);
  const classRow = isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32;
  return {
    W1: wholeLines(blocks * inputSize * row),
    b1: wholeLines(blocks * row),
    W2: wholeLines(blocks * unitsPerBlock(isDouble) * classRow),
    W2T: wholeLines(blocks * CLASS_COUNT * row),
    b2: threads * B2_BYTES,
  };
}

/** Images that are gathered at a time: differences need all. */
export function chunkOf(capacity: number, takesDifferences: boolean): number {
  return takesDifferences ? capacity : Math.min(capacity, BATCH_CHUNK);
}

export function sumOf(bytes: ParameterBytes): number {
  return bytes.W1 + bytes.b1 + bytes.W2 + bytes.W2T + bytes.b2;
}

/** Bytes of what all threads share; net.ts says what is in the arrays. */
class NetBytes {
  flat: number = 0;
  /** The five parameter arrays, and as many bytes again for the gradient, and for its sums if there are chunks. */
  parameters: number = 0;
  pixelValues: number = 0;
  perturbations: number = 0;
  indices: number = 0;
  hidden: number = 0;
  partialLogits: number = 0;
  digits: number = 0;
  largestW2: number = 0;
  /** The parameter arrays in float32, for a float64 net only. */
  single: number = 0;
  singlePixelValues: number = 0;
  singleNet: number = 0;
  staged: number = 0;
  labels: number = 0;
  packedStarts: number = 0;
  /** The most that it grows to: two bytes per pixel. */
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
  const blocks = blockCount(hiddenSize, isDouble);
  return {
    flat: ((inputSize + 1) * hiddenSize + (hiddenSize + 1) * CLASS_COUNT) * 8,
    parameters:
      (chunkOf(capacity, takesDifferences) < capacity ? 3 : 2) *
      sumOf(parameterBytes(inputSize, hiddenSize, threads, isDouble)),
    pixelValues: PIXEL_VALUES_BYTES,
    perturbations: 256 * PERTURBATION_BYTES,
    indices: 2 * capacity * 4,
    hidden: blocks * capacity * (isDouble ? BLOCK_ROW_F64 : BLOCK_ROW_F32),
    partialLogits: 2 * blocks * capacity * (isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32),
    digits: images,
    largestW2: hiddenSize * 8,
    single: isDouble ? sumOf(parameterBytes(inputSize, hiddenSize, threads, false)) : 0,
    singlePixelValues: PIXEL_VALUES_BYTES,
    singleNet: 512,
    staged: Math.min(images, STAGED_IMAGES) * stagedRowBytes(inputSize),
    labels: images,
    packedStarts: (images + 1) * 4,
    packed: images * inputSize * 2,
  };
}

/** Bytes per image in `staged`: D rounded up to whole vectors. */
export function stagedRowBytes(inputSize: number): number {
  return Math.ceil(inputSize / VECTOR_BYTES) * VECTOR_BYTES;
}

/** Bytes of what each thread has for itself; net.ts says what is in the arrays. */
export class WorkspaceBytes {
  rows: number = 0;
  rowStarts: number = 0;
  columns: number = 0;
  columnEnds: number = 0;
  labels: number = 0;
  logits: number = 0;
  outputs: number = 0;
  gradientW2: number = 0;
  differenceSums: number = 0;
  differenceOfValue: number = 0;
  values: number = 0;
  powers: number = 0;
  coefficients: number = 0;
  sOfClasses: number = 0;
  perturbations: number = 0;
  chunk: number = 0;
  hiddenOfImage: number = 0;
  /** The struct that points to the arrays. */
  workspace: number = 0;
}

export function workspaceBytes(
  inputSize: number,
  capacity: number,
  isDouble: boolean,
  takesDifferences: boolean,
): WorkspaceBytes {
  const chunk = chunkOf(capacity, takesDifferences);
  const row = isDouble ? BLOCK_ROW_F64 : BLOCK_ROW_F32;
  const classRow = isDouble ? CLASS_ROW_F64 : CLASS_ROW_F32;
  return {
    rows: chunk * inputSize * ENTRY_BYTES,
    rowStarts: (capacity + 1) * 4,
    columns: takesDifferences ? 0 : chunk * inputSize * ENTRY_BYTES,
    columnEnds: inputSize * 4,
    labels: capacity,
    logits: capacity * classRow,
    outputs: capacity * classRow,
    gradientW2: unitsPerBlock(isDouble) * classRow,
    differenceSums: inputSize * VECTOR_BYTES,
    differenceOfValue: 256 * VECTOR_BYTES,
    values: takesDifferences ? capacity * VALUES_BYTES : 0,
    powers: POLYNOMIAL_TERMS * CLASS_COUNT * VECTOR_BYTES,
    coefficients: POLYNOMIAL_TERMS * 2 * VECTOR_BYTES,
    sOfClasses: classRow,
    perturbations: row * 2,
    chunk: CHUNK_IMAGES * 4,
    hiddenOfImage: BLOCK_ROW_F32,
    workspace: WORKSPACE_BYTES,
  };
}
