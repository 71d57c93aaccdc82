import { CLASSES, classRow, lanes, ROW } from './lanes';
import { Net } from './net';
import { offsetOfVector } from './shares';

/** Copies the parameters from `flat` (float64) into the arrays of the kernels, rounded if T is float32. */
export function readParameters<T>(net: Net): void {
  const H = net.hiddenSize;
  const D = net.inputSize;
  const b1 = net.flat + D * H * 8;
  const W2 = b1 + H * 8;
  const b2 = W2 + H * CLASSES * 8;
  const size = sizeof<T>();
  const minusInfinity = <T>-Infinity;
  for (let at: usize = 0; at < net.blocks * ROW; at += size) store<T>(net.b1 + at, minusInfinity);
  for (let unit: usize = 0; unit < H; unit++) {
    const ofW1 = net.W1 + offsetOfUnit<T>(net, unit, D);
    for (let i: usize = 0; i < D; i++) store<T>(ofW1 + i * ROW, <T>load<f64>(net.flat + (i * H + unit) * 8));
    store<T>(net.b1 + offsetOfUnit<T>(net, unit, 1), <T>load<f64>(b1 + unit * 8));
    const ofW2T = net.W2T + offsetOfUnit<T>(net, unit, CLASSES);
    for (let k: usize = 0; k < CLASSES; k++) {
      const weight = <T>load<f64>(W2 + (unit * CLASSES + k) * 8);
      store<T>(net.W2 + unit * classRow<T>() + k * size, weight);
      store<T>(ofW2T + k * ROW, weight);
    }
  }
  for (let k: usize = 0; k * size < classRow<T>(); k++) {
    store<T>(net.b2 + k * size, k < CLASSES ? <T>load<f64>(b2 + k * 8) : minusInfinity);
  }
}

/**
 * Copies the parameters or the gradient from the arrays of the kernels to `flat`.
 *
 * @param offset 0 for the parameters, net.gradientOffset for the gradient
 */
export function writeParameters<T>(net: Net, offset: usize): void {
  const H = net.hiddenSize;
  const D = net.inputSize;
  const b1 = net.flat + D * H * 8;
  const W2 = b1 + H * 8;
  const b2 = W2 + H * CLASSES * 8;
  const size = sizeof<T>();
  for (let unit: usize = 0; unit < H; unit++) {
    const ofW1 = offset + net.W1 + offsetOfUnit<T>(net, unit, D);
    for (let i: usize = 0; i < D; i++) store<f64>(net.flat + (i * H + unit) * 8, <f64>load<T>(ofW1 + i * ROW));
    store<f64>(b1 + unit * 8, <f64>load<T>(offset + net.b1 + offsetOfUnit<T>(net, unit, 1)));
    for (let k: usize = 0; k < CLASSES; k++) {
      const weight = load<T>(offset + net.W2 + unit * classRow<T>() + k * size);
      store<f64>(W2 + (unit * CLASSES + k) * 8, <f64>weight);
    }
  }
  for (let k: usize = 0; k < CLASSES; k++) store<f64>(b2 + k * 8, <f64>load<T>(offset + net.b2 + k * size));
}

/** Bytes from the start of an array (blocks, count, row) to a hidden unit in the first row of its block. */
function offsetOfUnit<T>(net: Net, unit: usize, count: usize): usize {
  return offsetOfVector(net, unit / lanes<T>(), count) + (unit % lanes<T>()) * sizeof<T>();
}
