import { BACKWARD_PHASE, DIFFERENCES_PHASE, LOSS_PHASE } from '../layout';
import { allocateNet } from './allocate';
import { descendB2, descendBlock, gradientOfLogits } from './backward';
import { classifyImages, prepareClassification } from './classify';
import { differencesByLayer1 } from './differences-layer1';
import { differencesByB2, differencesByW2 } from './differences-layer2';
import { collectValues, setStep } from './differences';
import { forwardBlock } from './forward';
import { gatherColumns, gatherRows, packImages } from './images';
import { ROW } from './lanes';
import { Net, workspaceOf } from './net';
import { meanLoss, softmaxAndLosses, sumLogits } from './output';
import { firstBlockOf, firstOfShare } from './shares';
import { readParameters, writeParameters } from './transfer';

// The functions that wasm-net.ts calls. net.ts explains the words, allocate.ts and shares.ts divide memory and work, and
// transfer.ts copies parameters in and out. images.ts holds the images; forward.ts, output.ts and backward.ts are the net
// itself, with lanes.ts for vectors and exp.ts and log.ts for its functions. differences.ts, differences-layer1.ts and
// differences-layer2.ts are central differences, and classify.ts finds digits.
//
// A mini-batch is computed in stages. All threads run each stage together: a thread does its share of it, and
// begins the next stage when all have finished this one.
//
//   gather       each thread the rows of some images
//   forward      each thread its blocks of hidden units
//   output       each thread the logits and the softmax of some images
//   columns      each thread the columns of some pixels
//   descend      each thread the gradient of its blocks, and the update by it
//   differences  the same by central differences
//
// A mini-batch of several chunks c needs the rows of each chunk twice, because they are not kept:
//
//   backward, one chunk    gather   forward   output and columns   descend
//   backward, more chunks  gather c   forward c   output c   for every c, then   gather c   columns c   descend c
//   differences            gather   forward   output   differences    (of all images at once)
//   loss                   gather c   forward c   output c   for every c

/**
 * A net of ten classes, in float64 or float32, with room for images and threads. There is one in each memory.
 *
 * @param images most images that will be packed
 * @param capacity largest mini-batch
 * @param takesDifferences true for central differences, which are in float64; false for backpropagation
 */
export function create(
  inputSize: usize,
  hiddenSize: usize,
  images: usize,
  capacity: usize,
  threads: usize,
  isDouble: bool,
  takesDifferences: bool,
): Net {
  return isDouble
    ? allocateNet<f64>(inputSize, hiddenSize, images, capacity, threads, takesDifferences)
    : allocateNet<f32>(inputSize, hiddenSize, images, capacity, threads, false);
}

// Addresses of the arrays that the caller writes and reads; see Net. AssemblyScript exports functions, not properties.

export function flatOf(net: Net): usize {
  return net.flat;
}
export function stagedOf(net: Net): usize {
  return net.staged;
}
export function rowBytesOf(net: Net): usize {
  return net.rowBytes;
}
export function labelsOf(net: Net): usize {
  return net.labels;
}
export function indicesOf(net: Net): usize {
  return net.indices;
}
export function digitsOf(net: Net): usize {
  return net.digits;
}

/** Loss of the last mini-batch, before its update, in nats. Call it before the next one. */
export function lossOf(net: Net): f64 {
  return meanLoss(net);
}

/** Packs the first `count` of the staged images behind those that are packed already. */
export function pack(net: Net, count: usize): void {
  packImages(net, count);
}

/** Forgets all images. */
export function forget(net: Net): void {
  net.packedCount = 0;
}

/** Reads the parameters from `flat`. */
export function readFlat(net: Net): void {
  if (net.isDouble) readParameters<f64>(net);
  else readParameters<f32>(net);
}

/** Writes the parameters, or the gradient, into `flat`. */
export function writeFlat(net: Net, gradient: bool): void {
  const offset = gradient ? net.gradientOffset : 0;
  if (net.isDouble) writeParameters<f64>(net, offset);
  else writeParameters<f32>(net, offset);
}

/** From now on a mini-batch has `count` images, and its gradient times the learning rate is subtracted. */
export function setDescent(net: Net, count: usize, learningRate: f64, h: f64): void {
  net.count = count;
  net.learningRate = learningRate;
  net.targetOffset = 0;
  if (h != net.h) setStep(net, h);
}

/**
 * From now on a mini-batch has `count` images, and its gradient is added to the gradient's array, which is set to 0 here.
 * The code is that of a descent, which begins at 0 instead of the parameters, with rate -1: 0 - (-1) gradient.
 */
export function setGradient(net: Net, count: usize, h: f64): void {
  setDescent(net, count, -1, h);
  net.targetOffset = net.gradientOffset;
  memory.fill(net.W1 + net.gradientOffset, 0, net.gradientOffset);
}

/** Gives all shares to the first thread, or each thread its own again. Call it while no thread works on the net. */
export function setSolo(net: Net, solo: bool): void {
  net.sharers = solo ? 1 : net.threads;
}

/** Number of stages of a mini-batch in a phase; see layout.ts for the phases. */
export function stagesOf(net: Net, phase: i32): usize {
  const chunks = chunksOf(net);
  if (phase == LOSS_PHASE) return 3 * chunks;
  return chunks == 1 ? 4 : 6 * chunks;
}

/** Does a thread's share of a stage, 0 … stagesOf - 1, of a mini-batch. */
export function runStage(net: Net, thread: usize, phase: i32, stage: usize): void {
  if (net.isDouble) runStageOf<f64>(net, thread, phase, stage);
  else runStageOf<f32>(net, thread, phase, stage);
}

function runStageOf<T>(net: Net, thread: usize, phase: i32, stage: usize): void {
  const chunks = chunksOf(net);
  const chunk = (stage / 3) % chunks;
  const ofChunk = stage % 3;
  if (stage < 3 * chunks) {
    if (ofChunk == 0) gather(net, thread, chunk);
    else if (ofChunk == 1) forward<T>(net, thread, chunk);
    else {
      output<T>(net, thread, phase, chunk);
      if (phase == BACKWARD_PHASE && chunks == 1) columns(net, thread, chunk);
    }
  } else if (phase == DIFFERENCES_PHASE) differences(net, thread);
  else if (chunks == 1 || ofChunk == 2) descend<T>(net, thread, chunk);
  else if (ofChunk == 0) gather(net, thread, chunk);
  else columns(net, thread, chunk);
}

function chunksOf(net: Net): usize {
  return (net.count + net.chunk - 1) / net.chunk;
}

/** The first image of a chunk, which ends where the next one begins. */
function startOf(net: Net, chunk: usize): usize {
  return min(chunk * net.chunk, net.count);
}

function gather(net: Net, thread: usize, chunk: usize): void {
  const start = startOf(net, chunk);
  const count = startOf(net, chunk + 1) - start;
  const first = firstOfShare(count, thread, net.sharers);
  const end = firstOfShare(count, thread + 1, net.sharers);
  const indices = net.indices + (start + first) * 4;
  const rows = net.rows + first * net.rowRoom;
  gatherRows(net, workspaceOf(net, thread), indices, end - first, rows, net.rowBounds + first * 8);
  for (let n = start + first; n < start + end; n++) {
    store<u8>(net.batchLabels + n, load<u8>(net.labels + <usize>load<u32>(net.indices + n * 4)));
  }
}

function forward<T>(net: Net, thread: usize, chunk: usize): void {
  const start = startOf(net, chunk);
  const count = startOf(net, chunk + 1) - start;
  for (let block = firstBlockOf(net, thread); block < firstBlockOf(net, thread + 1); block++) {
    forwardBlock<T>(net, block, net.rowBounds, count, net.hidden + (block * net.count + start) * ROW);
  }
}

function output<T>(net: Net, thread: usize, phase: i32, chunk: usize): void {
  const start = startOf(net, chunk);
  const count = startOf(net, chunk + 1) - start;
  const first = start + firstOfShare(count, thread, net.sharers);
  const end = start + firstOfShare(count, thread + 1, net.sharers);
  sumLogits<T>(net, net.hidden, net.count, first, end, net.logits);
  softmaxAndLosses<T>(net, first, end);
  if (phase == BACKWARD_PHASE) gradientOfLogits<T>(net, first, end);
  if (phase == DIFFERENCES_PHASE) collectValues(net, workspaceOf(net, thread), first, end);
}

function columns(net: Net, thread: usize, chunk: usize): void {
  const first = firstOfShare(net.inputSize, thread, net.sharers);
  const end = firstOfShare(net.inputSize, thread + 1, net.sharers);
  gatherColumns(net, first, end, startOf(net, chunk + 1) - startOf(net, chunk));
}

function descend<T>(net: Net, thread: usize, chunk: usize): void {
  const end = startOf(net, chunk + 1);
  for (let block = firstBlockOf(net, thread); block < firstBlockOf(net, thread + 1); block++) {
    descendBlock<T>(net, workspaceOf(net, thread), block, startOf(net, chunk), end);
  }
  if (thread == 0 && end == net.count) descendB2<T>(net);
}

/** Central differences, in float64 only: float32 has too few digits for them. */
function differences(net: Net, thread: usize): void {
  const workspace = workspaceOf(net, thread);
  for (let block = firstBlockOf(net, thread); block < firstBlockOf(net, thread + 1); block++) {
    differencesByLayer1(net, workspace, block);
    differencesByW2(net, workspace, block);
  }
  if (thread == 0) differencesByB2(net, workspace);
}

/** Begins the classification of images first … end - 1, while no thread works on the net. */
export function setClassification(net: Net, first: usize, end: usize): void {
  prepareClassification(net, first, end);
}

/** Classifies images until none is left. Threads need not wait for each other. */
export function classify(net: Net, thread: usize): void {
  classifyImages(net, thread);
}
