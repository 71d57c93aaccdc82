import { parameterCount, type Sizes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import type { Bucket, Curve, History } from '../training/history.js';

// The data that the script of a page draws: weights, pictures and curves. `encodePage` packs it into bytes,
// `decodePage` unpacks them. The page of a finished run holds the bytes in base64; the page of a running one receives
// them repeatedly.

export interface PageData {
  /** Updates made. */
  readonly iteration: number;
  readonly weights: PackedWeights;
  readonly images: ImageSize;
  /** Test images: first those that the net gets wrong, the most confident first, then others by their index. */
  readonly pictures: readonly TestImage[];
  /** Loss and accuracy while training, if they were recorded. */
  readonly history?: History | undefined;
}

export interface ImageSize {
  readonly rows: number;
  readonly columns: number;
}

/** A test image and the net's prediction for it. */
export interface TestImage {
  /** Index in the test set, from 0. */
  readonly index: number;
  /** The true class. */
  readonly label: number;
  readonly predicted: number;
  /** Probability of the predicted class, 0 … 1. */
  readonly probability: number;
  /** (rows * columns), 0 … 255 */
  readonly pixels: Uint8Array;
}

/** The id of the element that holds the data. */
export const PAGE_DATA_ID = 'report-data';
/** The id of the element that holds the translations of the script's texts; an English page has none. */
export const SCRIPT_WORDS_ID = 'script-words';

/** Most hidden units that a page shows: more would be slow to open and no clearer. */
export const MOST_UNITS = 200;

/** The packed bytes: the length of the header (32 bits, little-endian), the header (JSON), weights, pixels. */
type Header = Omit<PageData, 'weights' | 'pictures'> & {
  readonly weights: Omit<PackedWeights, 'bytes'>;
  readonly pictures: readonly Omit<TestImage, 'pixels'>[];
};

export function encodePage({ iteration, weights, images, pictures, history }: PageData): Uint8Array {
  const { bytes, ...form } = weights;
  const header: Header = {
    iteration,
    weights: form,
    images,
    pictures: pictures.map(({ index, label, predicted, probability }) => ({
      index,
      label,
      predicted,
      probability: round(probability),
    })),
    history: history && roundCurves(history),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const parts = [json, bytes, ...pictures.map(({ pixels }) => pixels)];
  const packed = new Uint8Array(parts.reduce((length, part) => length + part.length, 4));
  new DataView(packed.buffer).setUint32(0, json.length, true);
  let offset = 4;
  for (const part of parts) {
    packed.set(part, offset);
    offset += part.length;
  }
  return packed;
}

/** Unpacks the bytes of `encodePage`; curves and probabilities are rounded to six digits. */
export function decodePage(packed: Uint8Array): PageData {
  const { buffer, byteOffset, byteLength } = packed;
  let offset = 4;
  const take = (length: number) => packed.subarray(offset, (offset += length));
  const json = take(new DataView(buffer, byteOffset, byteLength).getUint32(0, true));
  const { weights, pictures, ...rest } = JSON.parse(new TextDecoder().decode(json)) as Header;
  const { rows, columns } = rest.images;
  return {
    ...rest,
    weights: { ...weights, bytes: take(packedLength(weights)) },
    pictures: pictures.map((picture) => ({ ...picture, pixels: take(rows * columns) })),
  };
}

/** Significant digits of drawn values: more than a screen resolves, fewer than float64 has. */
const DIGITS = 6;

function round(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function roundCurves(history: History): History {
  const rounded = (buckets: readonly Bucket[]) =>
    buckets.map(({ from, to, mean, min, max }) => ({ from, to, mean: round(mean), min: round(min), max: round(max) }));
  return { ...history, loss: rounded(history.loss), train: rounded(history.train), test: rounded(history.test) };
}

/** Types in which a page stores weights, from the most precise to the smallest. */
const TYPES = { float32: Float32Array, int16: Int16Array, int8: Int8Array } as const;

type WeightType = keyof typeof TYPES;

/** Weights as a page stores them. */
export interface PackedWeights extends Sizes {
  readonly type: WeightType;
  /** The value of a stored 1 in W1, b1, W2 and b2; 1 for float32. */
  readonly scales: readonly number[];
  /** W1, b1, W2, b2 in this order, in the byte order of the machine: little-endian on every platform of Node. */
  readonly bytes: Uint8Array;
}

/** Bytes of weights: in base64, they leave room for the rest of a page of less than 1 MB. */
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

/** Length of packed weights in bytes. */
function packedLength({ type, ...sizes }: Omit<PackedWeights, 'bytes'>): number {
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

/** The data of a sweep's page, as JSON. */
export interface SweepPageData {
  /** The settings that vary, the seed among them, and all values of each. */
  readonly settings: readonly { readonly name: string; readonly values: readonly (string | number)[] }[];
  readonly runs: readonly SweepPageRun[];
}

interface SweepPageRun {
  /** The settings in words, as `describeSettings` writes them. */
  readonly name: string;
  /** The index of the value of each setting. */
  readonly values: readonly number[];
  readonly curves: { readonly test: Curve; readonly train: Curve; readonly loss: Curve };
}
