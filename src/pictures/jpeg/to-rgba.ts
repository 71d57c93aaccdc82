import type { Component, Frame } from './read-frame.js';

const { ceil, cos, floor, max, min, PI, SQRT1_2 } = Math;

/** The samples of a component, 0 … 255, in rows of `stride` */
interface Plane {
  readonly stride: number;
  readonly samples: Uint8ClampedArray;
}

/**
 * The inverse cosine transform (T.81, A.3.3), of which each output is the mean of the 8 / scale that it stands for.
 *
 * @returns (scale, kept)
 */
function meansOfCosines(scale: number, kept: number): Float64Array {
  const width = 8 / scale;
  return Float64Array.from({ length: scale * kept }, (_, i) => {
    const [x, k] = [floor(i / kept) * width, i % kept];
    let sum = 0;
    for (let j = 0; j < width; j++) sum += cos(((2 * (x + j) + 1) * k * PI) / 16);
    return ((k === 0 ? SQRT1_2 : 1) / 2 / width) * sum;
  });
}

/** @param quantization steps of the 64 coefficients, in the order of the file */
function planeOf(component: Component, quantization: Uint16Array): Plane {
  const { scale, kept, stride: blocks, coefficients } = component;
  const stride = blocks * scale;
  const samples = new Uint8ClampedArray((coefficients.length / kept / kept) * scale * scale);
  const steps = new Float64Array(kept * kept);
  component.places.forEach((place, i) => {
    if (place >= 0) steps[place] = quantization[i];
  });
  const basis = meansOfCosines(scale, kept);
  const half = new Float64Array(kept * scale); // transformed along rows
  for (let base = 0, block = 0; base < coefficients.length; base += kept * kept, block++) {
    let lastRow = 0; // further rows of frequencies are 0
    for (let v = 0; v < kept; v++) {
      for (let x = 0; x < scale; x++) half[v * scale + x] = 0;
      for (let u = 0; u < kept; u++) {
        const value = coefficients[base + v * kept + u] * steps[v * kept + u];
        if (value === 0) continue;
        lastRow = v;
        for (let x = 0; x < scale; x++) half[v * scale + x] += value * basis[x * kept + u];
      }
    }
    const to = floor(block / blocks) * scale * stride + (block % blocks) * scale;
    for (let y = 0; y < scale; y++) {
      for (let x = 0; x < scale; x++) {
        let sum = 128;
        for (let v = 0; v <= lastRow; v++) sum += half[v * scale + x] * basis[y * kept + v];
        samples[to + y * stride + x] = sum;
      }
    }
  }
  return { stride, samples };
}

/** Where the middle of each pixel lies among fewer samples: the two beside it, and the share of the second. */
function between(pixels: number, share: number) {
  const last = ceil(pixels * share) - 1;
  const at = Float64Array.from({ length: pixels }, (_, i) => min(max((i + 0.5) * share - 0.5, 0), last));
  return { low: at.map(floor), high: at.map((x) => min(floor(x) + 1, last)), weight: at.map((x) => x - floor(x)) };
}

/**
 * Turns the coefficients into pixels.
 *
 * @param quantizations of the components
 * @param isRgb the components are red, green and blue, not a luma and two chromas
 */
export function toRgba(frame: Frame, quantizations: readonly Uint16Array[], isRgb: boolean) {
  const [rows, columns] = [frame.rows, frame.columns].map((size) => ceil(size * frame.reduction));
  const rgba = new Uint8ClampedArray(rows * columns * 4);
  const planes = frame.components.map((component, i) => ({
    component,
    plane: planeOf(component, quantizations[i]),
  }));
  for (const [channel, { component, plane }] of planes.entries()) {
    const { stride, samples } = plane;
    const across = between(columns, component.shareAcross);
    const down = between(rows, component.shareDown);
    for (let row = 0, to = channel; row < rows; row++) {
      const [above, below, weight] = [down.low[row] * stride, down.high[row] * stride, down.weight[row]];
      for (let column = 0; column < columns; column++, to += 4) {
        const [left, right, share] = [across.low[column], across.high[column], across.weight[column]];
        const upper = samples[above + left] * (1 - share) + samples[above + right] * share;
        const lower = samples[below + left] * (1 - share) + samples[below + right] * share;
        rgba[to] = upper * (1 - weight) + lower * weight;
      }
    }
  }
  const isGrey = planes.length === 1;
  for (let i = 0; i < rgba.length; i += 4) {
    rgba[i + 3] = 255;
    if (isGrey) rgba[i + 1] = rgba[i + 2] = rgba[i];
    else if (!isRgb) {
      const [luma, blue, red] = [rgba[i], rgba[i + 1] - 128, rgba[i + 2] - 128]; // ITU-T T.871, 7
      rgba[i] = luma + 1.402 * red;
      rgba[i + 1] = luma - 0.344136 * blue - 0.714136 * red;
      rgba[i + 2] = luma + 1.772 * blue;
    }
  }
  return { rows, columns, rgba: new Uint8Array(rgba.buffer) };
}
