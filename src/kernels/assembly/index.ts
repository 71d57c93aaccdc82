import { BACKWARD_PHASE, DIFFERENCES_PHASE, LOSS_PHASE } from '../layout';
import { descendB2, descendBlock, gradientOfLogits } from './backward';
import { classifyImages, prepareClassification } from './classify';
import { differencesByLayer1 } from './differences-layer1';
import { differencesByB2, differencesByW2 } from './differences-layer2';
import { collectValues, setStep } from './differences';
import { forwardBlock } from './forward';
import { gatherColumns, gatherRows, packImages } from './images';
import { ROW } from './lanes';
import { firstBlockOf, layOut, Net, shareOf, workspaceOf } from './net';
import { meanLoss, softmaxAndLosses, sumLogits } from './output';
import { readParameters, writeParameters } from './transfer';

// The exports. A call for a mini-batch goes in steps, which all threads take together: each does its share of a step,
// and none begins the next step before all have finished this one.
//
//   gather    each thread the rows of some images         forward   each thread its blocks of hidden units
//   output    each thread the softmax of some images      columns   each thread the columns of some pixels
//   descend, differences    each thread its blocks of hidden units
//
// A large mini-batch goes in chunks c, so that what a step has written is still in the cache when the next one reads it:
//
//   one chunk       gather   forward   output, columns   descend
//   more            (gather c   forward c   output c) …   (gather c   columns c   descend c) …
//
// The loss ends with the last output. Differences need all images at once, and so no columns.

/**
 * A net of ten classes, in float64 or float32, and room for images and threads. One in each memory. Its calls are about
 * either differences, in float64, or backpropagation.
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
    ? layOut<f64>(inputSize, hiddenSize, images, capacity, threads, takesDifferences)
    : layOut<f32>(inputSize, hiddenSize, images, capacity, threads, false);
}

// Addresses of the arrays that the caller writes and reads; see Net.
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

/** Packs the staged images behind the others. */
export function pack(net: Net, count: usize): void {
  packImages(net, count);
}

/** Forgets all images. */
export function forget(net: Net): void {
  net.packedCount = 0;
}

export function readFlat(net: Net): void {
  if (net.isDouble) readParameters<f64>(net);
  else readParameters<f32>(net);
}

/** The parameters, or the gradient, into `flat`. */
export function writeFlat(net: Net, gradient: bool): void {
  const offset = gradient ? net.gradientOffset : 0;
  if (net.isDouble) writeParameters<f64>(net, offset);
  else writeParameters<f32>(net, offset);
}

/** Sets N, the learning rate and the step of the central difference of the following calls: they descend. */
export function setDescent(net: Net, count: usize, learningRate: f64, h: f64): void {
  net.count = count;
  net.learningRate = learningRate;
  net.targetOffset = 0;
  if (h != net.h) setStep(net, h);
}

/** The same for calls that leave the parameters as they are and write the gradient to its array: 0 - (-1) gradient. */
export function setGradient(net: Net, count: usize, h: f64): void {
  setDescent(net, count, -1, h);
  net.targetOffset = net.gradientOffset;
  memory.fill(net.W1 + net.gradientOffset, 0, net.gradientOffset);
}

/** Gives the whole of every step to the first thread, or shares them again. Call it while no thread works on the net. */
export function setSolo(net: Net, solo: bool): void {
  net.sharers = solo ? 1 : net.threads;
}

/** Number of steps of a call. */
export function stepsOf(net: Net, phase: i32): usize {
  const chunks = chunksOf(net);
  if (phase == LOSS_PHASE) return 3 * chunks;
  return chunks == 1 ? 4 : 6 * chunks;
}

/** A thread's share of a step of a call. */
export function takeStep(net: Net, thread: usize, phase: i32, step: usize): void {
  if (net.isDouble) stepOf<f64>(net, thread, phase, step);
  else stepOf<f32>(net, thread, phase, step);
}

function stepOf<T>(net: Net, thread: usize, phase: i32, step: usize): void {
  const chunks = chunksOf(net);
  const chunk = (step / 3) % chunks;
  if (step < 3 * chunks) {
    if (step % 3 == 0) gather(net, thread, chunk);
    else if (step % 3 == 1) forward<T>(net, thread, chunk);
    else {
      output<T>(net, thread, phase, chunk);
      if (phase == BACKWARD_PHASE && chunks == 1) columns(net, thread, chunk);
    }
  } else if (phase == DIFFERENCES_PHASE) differences(net, thread);
  else if (chunks == 1 || step % 3 == 2) descend<T>(net, thread, chunk);
  else if (step % 3 == 0) gather(net, thread, chunk);
  else columns(net, thread, chunk);
}

function chunksOf(net: Net): usize {
  return (net.count + net.chunk - 1) / net.chunk;
}

/** First image of a chunk, and end of the chunk before. */
function startOf(net: Net, chunk: usize): usize {
  return min(chunk * net.chunk, net.count);
}

function gather(net: Net, thread: usize, chunk: usize): void {
  const start = startOf(net, chunk);
  const count = startOf(net, chunk + 1) - start;
  const first = shareOf(count, thread, net.sharers);
  const end = shareOf(count, thread + 1, net.sharers);
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
  const first = start + shareOf(count, thread, net.sharers);
  const end = start + shareOf(count, thread + 1, net.sharers);
  sumLogits<T>(net, net.hidden, net.count, first, end, net.logits);
  softmaxAndLosses<T>(net, first, end);
  if (phase == BACKWARD_PHASE) gradientOfLogits<T>(net, first, end);
  if (phase == DIFFERENCES_PHASE) collectValues(net, workspaceOf(net, thread), first, end);
}

function columns(net: Net, thread: usize, chunk: usize): void {
  const first = shareOf(net.inputSize, thread, net.sharers);
  const end = shareOf(net.inputSize, thread + 1, net.sharers);
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

/** Takes images of the classification until none is left. It needs no barrier. */
export function classify(net: Net, thread: usize): void {
  classifyImages(net, thread);
}
