import { parameterCount, type Sizes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';

/** Types in which a page stores weights, from the most precise to the smallest. */
const TYPES = { float32: Float32Array, int16: Int16Array, int8: Int8Array } as const;

type WeightType = keyof typeof TYPES;

/** Weights as a page carries them. */
export interface PackedWeights extends Sizes {
  readonly type: WeightType;
  /** The value of a stored 1 in W1, b1, W2 and b2; 1 for float32. */
  readonly scales: readonly number[];
  /** W1, b1, W2, b2 in this order, in the byte order of the machine: little-endian on every platform of Node. */
  readonly bytes: Uint8Array;
}

/** In base64, this leaves room for the rest of a page of less than 1 MB. */
const BUDGET = 540_000;

/**
 * Packs weights in float32 if they fit into `budget` bytes, else in 16 or 8 bits, as multiples of the tensor's largest
 * magnitude / 32767, or / 127. Nets that do not fit in 8 bits either are packed in 8 bits nevertheless.
 */
export function packWeights(net: TwoLayerNet, budget = BUDGET): PackedWeights {
  const { inputSize, hiddenSize, outputSize } = net;
  const count = parameterCount(net);
  const names = Object.keys(TYPES) as WeightType[];
  const type = names.find((name) => count * TYPES[name].BYTES_PER_ELEMENT <= budget) ?? 'int8';
  const stored = new TYPES[type](count);
  const largest = 2 ** (8 * stored.BYTES_PER_ELEMENT - 1) - 1;
  let offset = 0;
  const scales = TENSORS.map((name) => {
    const tensor = net[name];
    const magnitude = tensor.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = type === 'float32' ? 1 : magnitude / largest || 1;
    stored.set(type === 'float32' ? tensor : tensor.map((weight) => Math.round(weight / scale)), offset);
    offset += tensor.length;
    return scale;
  });
  return { inputSize, hiddenSize, outputSize, type, scales, bytes: new Uint8Array(stored.buffer) };
}

/** Length of the bytes of packed weights. */
export function packedLength({ type, ...sizes }: Omit<PackedWeights, 'bytes'>): number {
  return parameterCount(sizes) * TYPES[type].BYTES_PER_ELEMENT;
}

/** The net of packed weights; equal to the original up to rounding. */
export function unpackWeights({ type, scales, bytes, ...sizes }: PackedWeights): TwoLayerNet {
  const parameters = zeroParameters(sizes);
  const stored = new TYPES[type](new Uint8Array(bytes).buffer); // a copy is aligned
  let offset = 0;
  TENSORS.forEach((name, i) => {
    const tensor = parameters[name];
    for (let j = 0; j < tensor.length; j++) tensor[j] = stored[offset++] * scales[i];
  });
  return { ...sizes, ...parameters };
}
