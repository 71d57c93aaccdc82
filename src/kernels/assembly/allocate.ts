import {
  chunkOf,
  NetBytes,
  netBytes,
  parameterBytes,
  PIXEL_VALUES_BYTES,
  sparseRowBytes,
  stagedRowBytes,
  sumOf,
  WorkspaceBytes,
  workspaceBytes,
} from '../layout';
import { Net, Workspace, workspaceOf } from './net';
import { layOutBlocks } from './shares';

// Allocates the arrays of a net and of its threads, with the sizes of ../layout.ts.

/** Allocates an array that begins at a cache line. It holds zeros, because freed memory is never reused. */
function allocate(bytes: f64): usize {
  return (heap.alloc(<usize>bytes + 64) + 63) & ~63;
}

/**
 * Allocates a net and the workspaces of its threads. `packed` comes last, because packImages makes it grow in place.
 *
 * @param images largest number of images that will be packed
 * @param capacity upper bound of N, the images of a call
 */
export function allocateNet<T>(
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
  allocateParameters<T>(net, threads, bytes.parameters);
  allocateBatch(net, bytes);
  net.perturbations = allocate(bytes.perturbations);
  net.digits = allocate(bytes.digits);
  net.largestW2 = allocate(bytes.largestW2);

  const perThread = workspaceBytes(inputSize, hiddenSize, threads, isDouble);
  net.workspaces = allocate(perThread.workspace * threads);
  for (let thread: usize = 0; thread < threads; thread++) allocateWorkspace(workspaceOf(net, thread), perThread);

  net.staged = allocate(bytes.staged);
  net.labels = allocate(bytes.labels);
  net.packedStarts = allocate(bytes.packedStarts);
  if (isDouble) allocateSingle(net, bytes);
  net.packed = heap.alloc(0);
  store<u32>(net.packedStarts, net.packed);
  return net;
}

function allocateParameters<T>(net: Net, threads: usize, total: f64): void {
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

function allocateBatch(net: Net, bytes: NetBytes): void {
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

/**
 * Allocates the float32 copy of a float64 net, for classify.ts. Each thread evaluates the whole copy, so its blocks are
 * those of a single thread. It shares with the net the arrays whose type is not T.
 */
function allocateSingle(net: Net, bytes: NetBytes): void {
  const single = changetype<Net>(allocate(offsetof<Net>()));
  memory.copy(changetype<usize>(single), changetype<usize>(net), offsetof<Net>());
  single.isDouble = false;
  single.blockTable = allocate(bytes.singleBlocks);
  single.vectorTable = allocate(bytes.singleVectors);
  layOutBlocks<f32>(single, 1);
  allocateParameters<f32>(single, 1, bytes.single);
  net.single = single;
}

function allocateWorkspace(workspace: Workspace, bytes: WorkspaceBytes): void {
  workspace.gradientW2 = allocate(bytes.gradientW2);
  workspace.differenceSums = allocate(bytes.differenceSums);
  workspace.differenceOfValue = allocate(bytes.differenceOfValue);
  workspace.powers = allocate(bytes.powers);
  workspace.coefficients = allocate(bytes.coefficients);
  workspace.rOfClasses = allocate(bytes.rOfClasses);
  workspace.perturbations = allocate(bytes.perturbations);
  workspace.chunk = allocate(bytes.chunk);
  workspace.chunkRows = allocate(bytes.chunkRows);
  workspace.chunkBounds = allocate(bytes.chunkBounds);
  workspace.chunkHidden = allocate(bytes.chunkHidden);
  workspace.chunkLogits = allocate(bytes.chunkLogits);
}
