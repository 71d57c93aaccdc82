import { descendB2, descendBlocks, lossByScores } from './backward';
import { differencesByHidden } from './by-hidden';
import { differencesByB2, differencesByW2 } from './by-output';
import { collectValues, setStep } from './differences';
import { forwardBlocks } from './forward';
import { gather, packImages } from './images';
import { Net, Work, layOut, workOf } from './net';
import { classifyImages, softmaxAndLoss, sumScores } from './output';
import { readParameters, writeParameters } from './transfer';

// What the caller sees. A call about a mini-batch has two phases: every thread does `forward` for its own blocks of
// hidden units, and when all have, every thread goes on with `backward` or `differences`, or one with `loss` or `classify`.
// `parity` alternates from call to call, so that a thread may begin the next while another finishes this one.

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

// Where the caller's data go, and come from; see Net.
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
export function indicesOf(net: Net, parity: usize): usize {
  return net.indices + parity * net.capacity * 4;
}
export function classesOf(net: Net): usize {
  return net.classes;
}
export function lossOf(net: Net): f64 {
  return workOf(net, 0).loss;
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
  const from = gradient ? net.toGradient : 0;
  if (net.isDouble) writeParameters<f64>(net, from);
  else writeParameters<f32>(net, from);
}

/** N, the learning rate, and the step of the central difference, for the calls to come: they descend. */
export function setDescent(net: Net, count: usize, rate: f64, h: f64): void {
  net.count = count;
  net.rate = rate;
  net.target = 0;
  if (h != net.h) setStep(net, h);
}

/** The same for calls that leave the parameters alone, and the gradient in its place: 0 - (-1) gradient. */
export function setGradient(net: Net, count: usize, h: f64): void {
  setDescent(net, count, -1, h);
  net.target = net.toGradient;
  memory.fill(net.W1 + net.toGradient, 0, net.toGradient);
}

export function forward(net: Net, thread: usize, parity: usize): void {
  const work = workOf(net, thread);
  if (net.isDouble) forwardOf<f64>(net, work, parity);
  else forwardOf<f32>(net, work, parity);
}

function forwardOf<T>(net: Net, work: Work, parity: usize): void {
  gather<T>(net, work, indicesOf(net, parity));
  forwardBlocks<T>(net, work, partScores(net, parity));
}

export function backward(net: Net, thread: usize, parity: usize): void {
  if (net.isDouble) backwardOf<f64>(net, thread, parity);
  else backwardOf<f32>(net, thread, parity);
}

function backwardOf<T>(net: Net, thread: usize, parity: usize): void {
  const work = workOf(net, thread);
  outputOf<T>(net, thread, parity);
  lossByScores<T>(net, work);
  descendBlocks<T>(net, work);
  descendB2<T>(net, work, thread);
}

/** Central differences: float64 alone has digits enough for them. */
export function differences(net: Net, thread: usize, parity: usize): void {
  const work = workOf(net, thread);
  outputOf<f64>(net, thread, parity);
  collectValues(net, work);
  differencesByHidden(net, work);
  differencesByW2(net, work);
  differencesByB2(net, work, thread);
}

/** The loss alone. */
export function loss(net: Net, thread: usize, parity: usize): void {
  if (net.isDouble) outputOf<f64>(net, thread, parity);
  else outputOf<f32>(net, thread, parity);
}

/** The digits that the net sees: softmax changes nothing about them. */
export function classify(net: Net, thread: usize, parity: usize): void {
  const work = workOf(net, thread);
  if (net.isDouble) {
    sumScores<f64>(net, work, thread, partScores(net, parity));
    classifyImages<f64>(net, work);
  } else {
    sumScores<f32>(net, work, thread, partScores(net, parity));
    classifyImages<f32>(net, work);
  }
}

function outputOf<T>(net: Net, thread: usize, parity: usize): void {
  const work = workOf(net, thread);
  sumScores<T>(net, work, thread, partScores(net, parity));
  softmaxAndLoss<T>(net, work);
}

function partScores(net: Net, parity: usize): usize {
  return net.partScores + parity * net.partScoresSize;
}
