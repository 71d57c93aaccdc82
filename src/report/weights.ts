import { parameterCount, type Sizes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';

/** Weights in the form in which a page carries them. */
export interface PackedWeights extends Sizes {
  readonly type: WeightType;
  /** The value of a stored 1 in W1, b1, W2 and b2; 1 for float32. */
  readonly scales: readonly number[];
  /** W1, b1, W2, b2 in this order, little-endian. */
  readonly bytes: Uint8Array;
}

export type WeightType = keyof typeof TYPES;

interface Type {
  readonly width: number;
  /** Largest stored integer; undefined if values are stored unscaled. */
  readonly largest?: number;
  get(view: DataView, offset: number): number;
  set(view: DataView, offset: number, value: number): void;
}

/** From the most precise to the smallest. */
const TYPES = {
  float32: {
    width: 4,
    get: (view, offset) => view.getFloat32(offset, true),
    set: (view, offset, value) => view.setFloat32(offset, value, true),
  },
  int16: {
    width: 2,
    largest: 2 ** 15 - 1,
    get: (view, offset) => view.getInt16(offset, true),
    set: (view, offset, value) => view.setInt16(offset, value, true),
  },
  int8: {
    width: 1,
    largest: 2 ** 7 - 1,
    get: (view, offset) => view.getInt8(offset),
    set: (view, offset, value) => view.setInt8(offset, value),
  },
} satisfies Record<string, Type>;

/** In base64, this leaves room for the rest of a page of less than 1 MB. */
const BUDGET = 600_000;

/**
 * Packs weights in float32 if they fit into `budget` bytes, else in 16 or 8 bits, as multiples of the tensor's largest
 * magnitude / 32767, or / 127. Nets that do not fit in 8 bits either are packed in 8 bits nevertheless.
 */
export function packWeights(net: TwoLayerNet, budget = BUDGET): PackedWeights {
  const { inputSize, hiddenSize, outputSize } = net;
  const count = parameterCount(net);
  const names = Object.keys(TYPES) as WeightType[];
  const type = names.find((name) => count * TYPES[name].width <= budget) ?? 'int8';
  const { width, largest, set }: Type = TYPES[type];
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  const scales = TENSORS.map((name) => {
    const tensor = net[name];
    const scale = largest === undefined ? 1 : magnitude(tensor) / largest || 1;
    for (const weight of tensor) {
      set(view, offset, largest === undefined ? weight : Math.round(weight / scale));
      offset += width;
    }
    return scale;
  });
  return { inputSize, hiddenSize, outputSize, type, scales, bytes };
}

/** The net of packed weights; equal to the original up to rounding. */
export function unpackWeights({ type, scales, bytes, ...sizes }: PackedWeights): TwoLayerNet {
  const parameters = zeroParameters(sizes);
  const { width, get }: Type = TYPES[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  TENSORS.forEach((name, i) => {
    const tensor = parameters[name];
    for (let j = 0; j < tensor.length; j++, offset += width) tensor[j] = get(view, offset) * scales[i];
  });
  return { ...sizes, ...parameters };
}

function magnitude(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
