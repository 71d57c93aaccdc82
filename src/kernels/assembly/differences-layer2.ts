import { descendW2 } from './backward';
import { halfWeightOf, lossDifference, quotientOf, scaleOf } from './differences';
import { expm1, expm1Near0 } from './exp';
import { CLASSES, classRow, lanes, ROW, VECTOR } from './lanes';
import { logOfQuotientNear1 } from './log';
import { Net, Workspace } from './net';
import { vectorsOf } from './shares';

// Central differences of the loss by W2 and b2. Perturbing W2[j, k] by ±h changes logit k alone, by ±h a with a the
// output of hidden unit j. b2[k] is treated as the weight of one more unit, whose output is 1. Two classes k are
// evaluated at once, in the two lanes of a vector. The letters are those of differences.ts; with e_k the only e that is
// not 0,
//
//   u = y_k e_k      s = -y_k e_k if k is not the label, s = (1 - y_t) e_t if it is

/** Largest step for which short polynomials are exact to rounding: |L(+h) - L(-h)| <= 2h, so |f| <= h. */
const SMALL: f64 = 1e-3;

/** Subtracts the learning rate times the central differences by W2 from these weights of a block. */
export function differencesByW2(net: Net, workspace: Workspace, block: usize): void {
  const isSmall = net.h <= SMALL;
  const bytes = vectorsOf(net, block) * VECTOR;
  const units = vectorsOf(net, block) * lanes<f64>();
  memory.fill(workspace.gradientW2, 0, units * classRow<f64>());
  for (let n: usize = 0; n < net.count; n++) {
    writeROfClasses(net, workspace, n);
    const hidden = net.hidden + (block * net.count + n) * ROW;
    for (let at: usize = 0; at < bytes; at += VECTOR) {
      const perturbation = f64x2.mul(f64x2.splat(net.h), v128.load(hidden + at));
      const back = f64x2.neg(perturbation);
      v128.store(workspace.perturbations + at, isSmall ? expm1Near0(perturbation) : expm1(perturbation));
      v128.store(workspace.perturbations + ROW + at, isSmall ? expm1Near0(back) : expm1(back));
    }
    for (let unit: usize = 0; unit < units; unit++) {
      const up = v128.load64_splat(workspace.perturbations + unit * 8);
      const down = v128.load64_splat(workspace.perturbations + ROW + unit * 8);
      addDifferences(net, workspace, n, up, down, workspace.gradientW2 + unit * classRow<f64>());
    }
  }
  const scale = f64x2.splat(scaleOf(net));
  for (let at: usize = 0; at < units * classRow<f64>(); at += VECTOR) {
    v128.store(workspace.gradientW2 + at, f64x2.mul(v128.load(workspace.gradientW2 + at), scale));
  }
  descendW2<f64>(net, workspace.gradientW2, block);
}

/** Subtracts the learning rate times the central differences by b2 from b2. */
export function differencesByB2(net: Net, workspace: Workspace): void {
  const up = expm1(f64x2.splat(net.h));
  const down = expm1(f64x2.splat(-net.h));
  const sums = workspace.gradientW2;
  memory.fill(sums, 0, classRow<f64>());
  for (let n: usize = 0; n < net.count; n++) {
    writeROfClasses(net, workspace, n);
    addDifferences(net, workspace, n, up, down, sums);
  }
  const rate = f64x2.splat(net.learningRate * scaleOf(net));
  const b2 = net.b2 + net.targetOffset;
  for (let at: usize = 0; at < classRow<f64>(); at += VECTOR) {
    v128.store(b2 + at, f64x2.sub(v128.load(b2 + at), f64x2.mul(rate, v128.load(sums + at))));
  }
}

/**
 * Adds L(+h) - L(-h) of image n for each of the ten logits to `sums`, (K').
 *
 * @param up e_k for +h, in both lanes; the same for every k
 * @param down e_k for -h
 */
function addDifferences(net: Net, workspace: Workspace, n: usize, up: v128, down: v128, sums: usize): void {
  const isSmall = net.h <= SMALL;
  for (let at: usize = 0; at < classRow<f64>(); at += VECTOR) {
    const y = v128.load(net.outputs + n * classRow<f64>() + at);
    const ratio = v128.load(workspace.rOfClasses + at);
    const uUp = f64x2.mul(y, up);
    const uDown = f64x2.mul(y, down);
    const rUp = f64x2.mul(ratio, up);
    const rDown = f64x2.mul(ratio, down);
    const difference = isSmall
      ? logOfQuotientNear1(quotientOf(uUp, uDown, rUp, rDown), 3)
      : lossDifference(uUp, uDown, rUp, rDown);
    v128.store(sums + at, f64x2.add(v128.load(sums + at), difference));
  }
}

/** Writes r / e_k for each class k of image n to workspace.rOfClasses, (K'): halfWeightOf times -y_k, or 1 - y_t. */
function writeROfClasses(net: Net, workspace: Workspace, n: usize): void {
  const label = <usize>load<u8>(net.batchLabels + n);
  const outputs = net.outputs + n * classRow<f64>();
  const halfWeight = halfWeightOf(net, n);
  for (let at: usize = 0; at < classRow<f64>(); at += VECTOR) {
    v128.store(workspace.rOfClasses + at, f64x2.neg(f64x2.mul(halfWeight, v128.load(outputs + at))));
  }
  let others: f64 = 0;
  for (let k: usize = 0; k < CLASSES; k++) if (k != label) others += load<f64>(outputs + k * 8);
  store<f64>(workspace.rOfClasses + label * 8, f64x2.extract_lane(halfWeight, 0) * others);
}
