import { CLASSES, blockRow, classRow, units } from './lanes';
import { B2, Net } from './net';

/** Reads the parameters from `flat` into their blocks; in float32 they are rounded. */
export function readParameters<T>(net: Net): void {
  const U = units<T>();
  const H = net.hiddenSize;
  const b1 = net.flat + net.inputSize * H * 8;
  const W2 = b1 + H * 8;
  const b2 = W2 + H * CLASSES * 8;
  const size = sizeof<T>();
  const minusInfinity = <T>-Infinity;
  for (let unit: usize = 0; unit < net.blocks * U; unit++) {
    const block = unit / U;
    const inBlock = (unit % U) * size;
    const isReal = unit < H;
    store<T>(net.b1 + block * blockRow<T>() + inBlock, isReal ? <T>load<f64>(b1 + unit * 8) : minusInfinity);
    if (!isReal) continue;
    for (let i: usize = 0; i < net.inputSize; i++) {
      store<T>(
        net.W1 + (block * net.inputSize + i) * blockRow<T>() + inBlock,
        <T>load<f64>(net.flat + (i * H + unit) * 8),
      );
    }
    for (let k: usize = 0; k < CLASSES; k++) {
      const weight = <T>load<f64>(W2 + (unit * CLASSES + k) * 8);
      store<T>(net.W2 + unit * classRow<T>() + k * size, weight);
      store<T>(net.W2T + (block * CLASSES + k) * blockRow<T>() + inBlock, weight);
    }
  }
  for (let thread: usize = 0; thread < net.threads; thread++) {
    const copy = net.b2 + thread * B2;
    for (let k: usize = 0; k < CLASSES; k++) store<T>(copy + k * size, <T>load<f64>(b2 + k * 8));
    for (let k = CLASSES; k * size < classRow<T>(); k++) store<T>(copy + k * size, minusInfinity);
  }
}

/** Writes into `flat`: the parameters from offset 0, the gradient from net.gradientOffset. */
export function writeParameters<T>(net: Net, offset: usize): void {
  const U = units<T>();
  const H = net.hiddenSize;
  const b1 = net.flat + net.inputSize * H * 8;
  const W2 = b1 + H * 8;
  const b2 = W2 + H * CLASSES * 8;
  const size = sizeof<T>();
  for (let unit: usize = 0; unit < H; unit++) {
    const block = unit / U;
    const inBlock = (unit % U) * size;
    store<f64>(b1 + unit * 8, <f64>load<T>(offset + net.b1 + block * blockRow<T>() + inBlock));
    for (let i: usize = 0; i < net.inputSize; i++) {
      const weight = load<T>(offset + net.W1 + (block * net.inputSize + i) * blockRow<T>() + inBlock);
      store<f64>(net.flat + (i * H + unit) * 8, <f64>weight);
    }
    for (let k: usize = 0; k < CLASSES; k++) {
      const weight = load<T>(offset + net.W2 + unit * classRow<T>() + k * size);
      store<f64>(W2 + (unit * CLASSES + k) * 8, <f64>weight);
    }
  }
  for (let k: usize = 0; k < CLASSES; k++) store<f64>(b2 + k * 8, <f64>load<T>(offset + net.b2 + k * size));
}
