import { descendB2, descendBlocks, gradientOfLogits } from './backward';
import { classifyImages, prepareClassification } from './classify';
import { differencesByLayer1 } from './differences-layer1';
import { differencesByB2, differencesByW2 } from './differences-layer2';
import { collectValues, setStep } from './differences';
import { forwardBlocks } from './forward';
import { gather, packImages } from './images';
import { B2, Net, Workspace, layOut, workspaceOf } from './net';
import { softmaxAndLoss, sumLogits } from './output';
import { readParameters, writeParameters } from './transfer';

// The exports. A call for a mini-batch has two phases: every thread does `forward` for its own blocks of hidden units, and
// after a barrier every thread does `backward` or `differences`, or the first one `loss`. `bufferIndex`
// alternates from call to call, so that a thread may begin the next call while another finishes this one.

/** A net of ten classes, in float64 or float32, and room for images and threads. One in each memory. */
export function create(
  inputSize: usize,
  hiddenSize: usize,
  images: usize,
  capacity: usize,
  threads: usize,
  isDouble: bool,
): Net {
  return isDouble
    ? layOut<f64>(inputSize, hiddenSize, images, capacity, threads)
    : layOut<f32>(inputSize, hiddenSize, images, capacity, threads);
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
export function indicesOf(net: Net, bufferIndex: usize): usize {
  return net.indices + bufferIndex * net.capacity * 4;
}
export function digitsOf(net: Net): usize {
  return net.digits;
}
export function lossOf(net: Net): f64 {
  return workspaceOf(net, 0).loss;
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

/**
 * Gives all blocks to the first thread, or shares them again. Its copy of b2 then becomes every thread's. Call it while no
 * thread works on the net.
 */
export function setSolo(net: Net, solo: bool): void {
  workspaceOf(net, 0).endBlock = solo ? net.blocks : net.blocks / net.threads;
  if (solo) return;
  for (let thread: usize = 1; thread < net.threads; thread++) memory.copy(net.b2 + thread * B2, net.b2, B2);
}

export function forward(net: Net, thread: usize, bufferIndex: usize): void {
  const workspace = workspaceOf(net, thread);
  if (net.isDouble) forwardOf<f64>(net, workspace, bufferIndex);
  else forwardOf<f32>(net, workspace, bufferIndex);
}

function forwardOf<T>(net: Net, workspace: Workspace, bufferIndex: usize): void {
  gather<T>(net, workspace, indicesOf(net, bufferIndex));
  forwardBlocks<T>(net, workspace, partialLogits(net, bufferIndex));
}

export function backward(net: Net, thread: usize, bufferIndex: usize): void {
  if (net.isDouble) backwardOf<f64>(net, thread, bufferIndex);
  else backwardOf<f32>(net, thread, bufferIndex);
}

function backwardOf<T>(net: Net, thread: usize, bufferIndex: usize): void {
  const workspace = workspaceOf(net, thread);
  outputOf<T>(net, thread, bufferIndex);
  gradientOfLogits<T>(net, workspace);
  descendBlocks<T>(net, workspace);
  descendB2<T>(net, workspace, thread);
}

/** Central differences, in float64 only: float32 has too few digits for them. */
export function differences(net: Net, thread: usize, bufferIndex: usize): void {
  const workspace = workspaceOf(net, thread);
  outputOf<f64>(net, thread, bufferIndex);
  collectValues(net, workspace);
  differencesByLayer1(net, workspace);
  differencesByW2(net, workspace);
  differencesByB2(net, workspace, thread);
}

/** The loss alone. */
export function loss(net: Net, thread: usize, bufferIndex: usize): void {
  if (net.isDouble) outputOf<f64>(net, thread, bufferIndex);
  else outputOf<f32>(net, thread, bufferIndex);
}

/** Begins the classification of images first … end - 1, while no thread works on the net. */
export function setClassification(net: Net, first: usize, end: usize): void {
  prepareClassification(net, first, end);
}

/** Takes images of the classification until none is left. It needs no barrier. */
export function classify(net: Net, thread: usize): void {
  classifyImages(net, thread);
}

function outputOf<T>(net: Net, thread: usize, bufferIndex: usize): void {
  const workspace = workspaceOf(net, thread);
  sumLogits<T>(net, workspace, thread, partialLogits(net, bufferIndex));
  softmaxAndLoss<T>(net, workspace);
}

function partialLogits(net: Net, bufferIndex: usize): usize {
  return net.partialLogits + bufferIndex * net.partialLogitsSize;
}
