import { descendW2 } from './backward';
import { likelihoodOf, lossDifference, scaleOf } from './differences';
import { expm1 } from './exp';
import { blockRow, VECTOR, classRow, units } from './lanes';
import { Net, Work } from './net';

// Moving W2[j, k] by ±h moves score k alone, by ±h times the output of hidden unit j; b2 is one more unit whose output
// is 1. Two classes k go side by side.

/** Subtracts rate times the central differences by W2 of the thread's blocks. */
export function differencesByW2(net: Net, work: Work): void {
  for (let block = work.firstBlock; block < work.endBlock; block++) {
    memory.fill(work.slopesW2, 0, units<f64>() * classRow<f64>());
    for (let n: usize = 0; n < net.count; n++) {
      const hidden = net.hidden + (block * net.count + n) * blockRow<f64>();
      for (let at: usize = 0; at < blockRow<f64>(); at += VECTOR) {
        const move = f64x2.mul(f64x2.splat(net.h), v128.load(hidden + at));
        v128.store(work.moves + at, expm1(move));
        v128.store(work.moves + blockRow<f64>() + at, expm1(f64x2.neg(move)));
      }
      for (let unit: usize = 0; unit < units<f64>(); unit++) {
        const up = v128.load64_splat(work.moves + unit * 8);
        const down = v128.load64_splat(work.moves + blockRow<f64>() + unit * 8);
        addDifferences(work, n, up, down, work.slopesW2 + unit * classRow<f64>());
      }
    }
    const scale = f64x2.splat(scaleOf(net));
    for (let at: usize = 0; at < units<f64>() * classRow<f64>(); at += VECTOR) {
      v128.store(work.slopesW2 + at, f64x2.mul(v128.load(work.slopesW2 + at), scale));
    }
    descendW2<f64>(net, work, block);
  }
}

/** The same by b2, into this thread's copy. */
export function differencesByB2(net: Net, work: Work, thread: usize): void {
  const up = expm1(f64x2.splat(net.h));
  const down = expm1(f64x2.splat(-net.h));
  const sums = work.slopesW2;
  memory.fill(sums, 0, classRow<f64>());
  for (let n: usize = 0; n < net.count; n++) addDifferences(work, n, up, down, sums);
  const rate = f64x2.splat(net.rate * scaleOf(net));
  const b2 = net.b2 + thread * 128 + net.target;
  for (let at: usize = 0; at < classRow<f64>(); at += VECTOR) {
    v128.store(b2 + at, f64x2.sub(v128.load(b2 + at), f64x2.mul(rate, v128.load(sums + at))));
  }
}

/** L(+h) - L(-h) of image n by the ten scores, whose powers grow by the factors 1 + up and 1 + down. */
function addDifferences(work: Work, n: usize, up: v128, down: v128, sums: usize): void {
  const y = likelihoodOf(work, n);
  const label = i64x2.splat(<i64>load<u8>(work.labels + n));
  let classes = i64x2(0, 1);
  for (let at: usize = 0; at < classRow<f64>(); at += VECTOR) {
    const outputs = v128.load(work.outputs + n * classRow<f64>() + at);
    const isLabel = i64x2.eq(classes, label);
    const difference = lossDifference(
      y,
      v128.and(up, isLabel),
      v128.and(down, isLabel),
      f64x2.mul(outputs, up),
      f64x2.mul(outputs, down),
    );
    v128.store(sums + at, f64x2.add(v128.load(sums + at), difference));
    classes = i64x2.add(classes, i64x2.splat(2));
  }
}
