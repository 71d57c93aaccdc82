import { sigmoid } from './exp';
import { blockRow, addProduct, classRow, units } from './lanes';
import { ENTRY, Net, Workspace } from './net';

/**
 * Hidden outputs of a thread's blocks for images first … end - 1, and their part of the logits. Reference: `forward` in
 * network.
 */
export function forwardBlocks<T>(net: Net, workspace: Workspace, partialLogits: usize, first: usize, end: usize): void {
  for (let block = workspace.firstBlock; block < workspace.endBlock; block++) {
    const W1 = net.W1 + block * net.inputSize * blockRow<T>();
    const b1 = net.b1 + block * blockRow<T>();
    const W2 = net.W2 + block * units<T>() * classRow<T>();
    const hidden = net.hidden + block * net.count * blockRow<T>();
    const part = partialLogits + block * net.count * classRow<T>();
    for (let n = first; n < end; n++) {
      hiddenOfImage<T>(workspace, n, W1, b1, hidden + n * blockRow<T>());
      partialLogitsOfImage<T>(hidden + n * blockRow<T>(), W2, part + n * classRow<T>());
    }
  }
}

/** Outputs of a block's units for image n of the rows. */
export function hiddenOfImage<T>(workspace: Workspace, n: usize, W1: usize, b1: usize, hidden: usize): void {
  let z0 = v128.load(b1);
  let z1 = v128.load(b1, 16);
  let z2 = v128.load(b1, 32);
  let z3 = v128.load(b1, 48);
  let z4 = v128.load(b1, 64);
  let z5 = sizeof<T>() == 4 ? v128.load(b1, 80) : z0;
  let z6 = sizeof<T>() == 4 ? v128.load(b1, 96) : z0;
  const last = <usize>load<u32>(workspace.rowStarts + n * 4, 4) - ENTRY;
  let at = <usize>load<u32>(workspace.rowStarts + n * 4) - ENTRY;
  while (at < last) {
    at += ENTRY; // at the start, because V8 then needs no copy of it: one instruction of 25
    const x = v128.load_splat<T>(<usize>load<u32>(at));
    const weights = W1 + <usize>load<u32>(at, 4);
    z0 = addProduct<T>(z0, x, v128.load(weights));
    z1 = addProduct<T>(z1, x, v128.load(weights, 16));
    z2 = addProduct<T>(z2, x, v128.load(weights, 32));
    z3 = addProduct<T>(z3, x, v128.load(weights, 48));
    z4 = addProduct<T>(z4, x, v128.load(weights, 64));
    if (sizeof<T>() == 4) z5 = addProduct<T>(z5, x, v128.load(weights, 80));
    if (sizeof<T>() == 4) z6 = addProduct<T>(z6, x, v128.load(weights, 96));
  }
  v128.store(hidden, sigmoid<T>(z0));
  v128.store(hidden, sigmoid<T>(z1), 16);
  v128.store(hidden, sigmoid<T>(z2), 32);
  v128.store(hidden, sigmoid<T>(z3), 48);
  v128.store(hidden, sigmoid<T>(z4), 64);
  if (sizeof<T>() == 4) v128.store(hidden, sigmoid<T>(z5), 80);
  if (sizeof<T>() == 4) v128.store(hidden, sigmoid<T>(z6), 96);
}

/** What a block's units add to the logits of an image. */
export function partialLogitsOfImage<T>(hidden: usize, weights: usize, part: usize): void {
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  for (const end = hidden + blockRow<T>(); hidden < end; hidden += sizeof<T>(), weights += classRow<T>()) {
    const a = v128.load_splat<T>(hidden);
    s0 = addProduct<T>(s0, a, v128.load(weights));
    s1 = addProduct<T>(s1, a, v128.load(weights, 16));
    s2 = addProduct<T>(s2, a, v128.load(weights, 32));
    if (sizeof<T>() == 8) s3 = addProduct<T>(s3, a, v128.load(weights, 48));
    if (sizeof<T>() == 8) s4 = addProduct<T>(s4, a, v128.load(weights, 64));
  }
  v128.store(part, s0);
  v128.store(part, s1, 16);
  v128.store(part, s2, 32);
  if (sizeof<T>() == 8) v128.store(part, s3, 48);
  if (sizeof<T>() == 8) v128.store(part, s4, 64);
}
