import { formatCount } from '../errors.js';
import { parameterCount, type Sizes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { percent, type ReportData } from './data.js';

/** Weights as a page carries them. */
export interface PackedWeights extends Sizes {
  readonly type: WeightType;
  /** For W1, b1, W2, b2: what a stored 1 stands for; 1 for float32. */
  readonly scales: readonly number[];
  /** W1, b1, W2, b2, little-endian, one after the other. */
  readonly bytes: Uint8Array;
}

export type WeightType = keyof typeof TYPES;

interface Type {
  readonly width: number;
  /** Largest stored number; undefined if numbers are stored as they are. */
  readonly largest?: number;
  get(view: DataView, offset: number): number;
  set(view: DataView, offset: number, value: number): void;
}

/** From the most exact to the smallest. */
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

/** Leaves room for the rest of a page of less than 1 MB once the bytes are base64. */
const BUDGET = 600_000;

/**
 * Weights in float32 if they fit into `budget` bytes, else rounded to 16 or at last to 8 bits: multiples of a step that
 * is the tensor's largest magnitude / 32767, or / 127. Nets that do not fit even so are packed in 8 bits all the same.
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

/** The net that the packed weights make: the same to rounding. */
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

/** What was done to the weights so that the page stays small, and what it costs; undefined if nothing was. */
export function packingNote({ weights, test, packedAccuracy }: ReportData): string | undefined {
  if (packedAccuracy === undefined) return undefined;
  return (
    `The weights of ${formatCount(weights.hiddenSize)} hidden units are rounded to ${weights.type === 'int16' ? 16 : 8} bits ` +
    `in the page, which keeps it small: so it gets ${percent(packedAccuracy)} of the test images right, the model itself ${percent(test.accuracy)}.`
  );
}
