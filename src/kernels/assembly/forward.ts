import { sigmoid } from './exp';
import { addProduct, ROW, Vectors3, Vectors4, Vectors5, Vectors6, Vectors7 } from './lanes';
import { ENTRY, Net } from './net';
import { vectorsOf } from './shares';

/**
 * Outputs of a block's hidden units, sigmoid(x W1 + b1), for `count` images. Reference: `forward` in
 * network/two-layer-net.ts.
 *
 * @param bounds (count, 2): where the row of each image begins and ends
 * @param hidden (count, row): written
 */
export function forwardBlock<T>(net: Net, block: usize, bounds: usize, count: usize, hidden: usize): void {
  const W1 = net.W1 + block * net.inputSize * ROW;
  const b1 = net.b1 + block * ROW;
  const vectors = vectorsOf(net, block);
  if (vectors <= 3) hiddenOutputs<T, Vectors3>(bounds, count, W1, b1, hidden);
  else if (vectors == 4) hiddenOutputs<T, Vectors4>(bounds, count, W1, b1, hidden);
  else if (vectors == 5) hiddenOutputs<T, Vectors5>(bounds, count, W1, b1, hidden);
  else if (vectors == 6) hiddenOutputs<T, Vectors6>(bounds, count, W1, b1, hidden);
  else hiddenOutputs<T, Vectors7>(bounds, count, W1, b1, hidden);
}

function hiddenOutputs<T, V>(bounds: usize, count: usize, W1: usize, b1: usize, hidden: usize): void {
  const hasV3 = offsetof<V>() > offsetof<Vectors3>();
  const hasV4 = offsetof<V>() > offsetof<Vectors4>();
  const hasV5 = offsetof<V>() > offsetof<Vectors5>();
  const hasV6 = offsetof<V>() > offsetof<Vectors6>();
  for (let n: usize = 0; n < count; n++, hidden += ROW) {
    let z0 = v128.load(b1);
    let z1 = v128.load(b1, 16);
    let z2 = v128.load(b1, 32);
    let z3 = hasV3 ? v128.load(b1, 48) : z0;
    let z4 = hasV4 ? v128.load(b1, 64) : z0;
    let z5 = hasV5 ? v128.load(b1, 80) : z0;
    let z6 = hasV6 ? v128.load(b1, 96) : z0;
    const end = <usize>load<u32>(bounds + n * 8, 4);
    for (let at = <usize>load<u32>(bounds + n * 8); at < end; at += ENTRY) {
      const x = v128.load_splat<T>(<usize>load<u32>(at));
      const weights = W1 + <usize>load<u32>(at, 4);
      z0 = addProduct<T>(z0, x, v128.load(weights));
      z1 = addProduct<T>(z1, x, v128.load(weights, 16));
      z2 = addProduct<T>(z2, x, v128.load(weights, 32));
      if (hasV3) z3 = addProduct<T>(z3, x, v128.load(weights, 48));
      if (hasV4) z4 = addProduct<T>(z4, x, v128.load(weights, 64));
      if (hasV5) z5 = addProduct<T>(z5, x, v128.load(weights, 80));
      if (hasV6) z6 = addProduct<T>(z6, x, v128.load(weights, 96));
    }
    v128.store(hidden, sigmoid<T>(z0));
    v128.store(hidden, sigmoid<T>(z1), 16);
    v128.store(hidden, sigmoid<T>(z2), 32);
    if (hasV3) v128.store(hidden, sigmoid<T>(z3), 48);
    if (hasV4) v128.store(hidden, sigmoid<T>(z4), 64);
    if (hasV5) v128.store(hidden, sigmoid<T>(z5), 80);
    if (hasV6) v128.store(hidden, sigmoid<T>(z6), 96);
  }
}
