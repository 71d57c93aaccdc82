import type { Bucket, Curve, History } from '../training/history.js';
import { packedLength, type PackedWeights } from './weights.js';

// What the script of a page draws: weights, pictures and curves. `encodePage` packs it into bytes and `decodePage`
// unpacks them. The page of a finished run carries it in base64; the page of a run that goes on gets it again and again.

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

/** A test image, and what the net makes of it. */
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
/** The id of the element that holds what the script says in another language than English. */
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

/** Digits of what is drawn: more than a screen shows, fewer than a float64 prints. */
const DIGITS = 6;

function round(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function roundCurves(history: History): History {
  const rounded = (buckets: readonly Bucket[]) =>
    buckets.map(({ from, to, mean, min, max }) => ({ from, to, mean: round(mean), min: round(min), max: round(max) }));
  return { ...history, loss: rounded(history.loss), train: rounded(history.train), test: rounded(history.test) };
}

/** The data of a sweep's page, as JSON. */
export interface SweepPageData {
  /** The settings that vary, the seed among them, and all values of each. */
  readonly settings: readonly { readonly name: string; readonly values: readonly (string | number)[] }[];
  readonly runs: readonly SweepPageRun[];
}

interface SweepPageRun {
  /** In words. */
  readonly name: string;
  /** The index of the value of each setting. */
  readonly values: readonly number[];
  readonly curves: { readonly test: Curve; readonly train: Curve; readonly loss: Curve };
}
