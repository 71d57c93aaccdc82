import { descendB2, descendBlocks, lossByScores } from './backward';
import { forwardBlocks } from './forward';
import { Net, layOut, workOf } from './net';
import { classifyImages, softmaxAndLoss, sumScores } from './output';
import { gatherRows, sortColumns } from './sparse';
import { pack, unpack } from './transfer';

// What the caller sees: nets, commands in two phases, and the places where its bytes go. Every thread calls `forward`;
// when all have, every thread calls one of the second phases.

export function create(inputSize: usize, hiddenSize: usize, capacity: usize, threads: usize, isDouble: bool): Net {
  return isDouble
    ? layOut<f64>(inputSize, hiddenSize, capacity, threads)
    : layOut<f32>(inputSize, hiddenSize, capacity, threads);
}

export function forward(net: Net, thread: usize): void {
  gatherRows(net, workOf(net, thread));
  if (net.isDouble) forwardBlocks<f64>(net, workOf(net, thread));
  else forwardBlocks<f32>(net, workOf(net, thread));
}

export function backward(net: Net, thread: usize): void {
  if (net.isDouble) backwardOf<f64>(net, thread);
  else backwardOf<f32>(net, thread);
}

function backwardOf<T>(net: Net, thread: usize): void {
  const work = workOf(net, thread);
  sumScores<T>(net, work, thread);
  softmaxAndLoss<T>(net, work);
  lossByScores<T>(net, work);
  sortColumns(net, work);
  descendBlocks<T>(net, work);
  descendB2<T>(net, work, thread);
}

export function load_(net: Net): void {
  if (net.isDouble) unpack<f64>(net);
  else unpack<f32>(net);
}
export function store_(net: Net, g: bool): void {
  if (net.isDouble) pack<f64>(net, g);
  else pack<f32>(net, g);
}
export function flatOf(net: Net): usize { return net.flat; }
export function imagesOf(net: Net): usize { return net.images; }
export function rowBytesOf(net: Net): usize { return net.rowBytes; }
export function labelsOf(net: Net): usize { return net.labels; }
export function lossOf(net: Net): f64 { return workOf(net, 0).loss; }
export function set(net: Net, count: usize, rate: f64): void { net.count = count; net.rate = rate; }
export function setParity(net: Net, p: usize): void { net.parity = p; }
export function tGather(net: Net): void { gatherRows(net, workOf(net, 0)); }
export function tSort(net: Net): void { sortColumns(net, workOf(net, 0)); }
export function tFwd(net: Net): void { if (net.isDouble) forwardBlocks<f64>(net, workOf(net, 0)); else forwardBlocks<f32>(net, workOf(net, 0)); }
export function tOut(net: Net): void { if (net.isDouble) {sumScores<f64>(net, workOf(net, 0),0); softmaxAndLoss<f64>(net, workOf(net, 0));lossByScores<f64>(net, workOf(net, 0));} else {sumScores<f32>(net, workOf(net, 0),0); softmaxAndLoss<f32>(net, workOf(net, 0));lossByScores<f32>(net, workOf(net, 0));} }
export function tBwd(net: Net): void { if (net.isDouble) {descendBlocks<f64>(net, workOf(net, 0));} else {descendBlocks<f32>(net, workOf(net, 0));} }
