import { formatCount } from '../errors.js';
import type { Bucket, History } from '../training/history.js';
import type { PackedWeights } from './weights.js';

/** All that a report shows, as plain data. */
export interface ReportData {
  /** What the page calls the model: the name of its file, or a description. */
  readonly model: string;
  /** Updates made. */
  readonly iteration: number;
  readonly weights: PackedWeights;
  /** Accuracy on the test images with the weights as packed, where rounding them may have changed it. */
  readonly packedAccuracy?: number;
  readonly images: ImageSize;
  readonly train: Measured;
  readonly test: Measured;
  /** On the test images, (K, K) counts: row is the true class, column the predicted one. */
  readonly confusion: readonly (readonly number[])[];
  /** By class, 0 … 1; null where there is nothing to divide by. */
  readonly precision: readonly (number | null)[];
  readonly recall: readonly (number | null)[];
  /** Most confident first. */
  readonly mistakes: readonly Mistake[];
  /** A test image of each class that has one. */
  readonly samples: readonly Picture[];
  /** Loss and accuracy while training, if a log is there. */
  readonly history?: History;
  /** What the reader of the curves has to know. */
  readonly notes: readonly string[];
  readonly facts: readonly Facts[];
}

export interface ImageSize {
  readonly rows: number;
  readonly columns: number;
}

export interface Measured {
  /** Images. */
  readonly count: number;
  /** 0 … 1 */
  readonly accuracy: number;
}

/** A test image. */
export interface Picture {
  /** Place in the test set, from 0. */
  readonly index: number;
  /** The true class. */
  readonly label: number;
  /** (rows * columns), 0 … 255 */
  readonly pixels: Uint8Array;
}

/** A test image that the net gets wrong. */
export interface Mistake extends Picture {
  readonly predicted: number;
  /** Probability of the predicted class, 0 … 1. */
  readonly probability: number;
}

/** A titled list of names and values. */
export interface Facts {
  readonly title: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
}

/** What the page's script needs, as JSON. */
export interface PageData {
  /** Bytes as base64. */
  readonly weights: Omit<PackedWeights, 'bytes'> & { readonly bytes: string };
  readonly images: ImageSize;
  /** The pixels of each as base64, in the order in which they stand on the page. */
  readonly mistakes: readonly string[];
  readonly samples: readonly string[];
  /** Null without a log. */
  readonly curves: Curves | null;
}

/** As in `History`. */
export interface Curves {
  readonly loss: readonly Bucket[];
  readonly train: readonly Bucket[];
  readonly test: readonly Bucket[];
  readonly iterations: number;
}

/** What the script of a sweep's page needs, as JSON. */
export interface SweepPageData {
  /** The settings that vary, the seed among them, and all values of each. */
  readonly settings: readonly { readonly name: string; readonly values: readonly (string | number)[] }[];
  readonly runs: readonly SweepPageRun[];
}

/** A measured quantity of a run, as its curve. */
export type SweepCurve = readonly (readonly [iteration: number, value: number])[];

interface SweepPageRun {
  /** In words. */
  readonly name: string;
  /** Of each setting, the index of its value. */
  readonly values: readonly number[];
  readonly curves: { readonly test: SweepCurve; readonly train: SweepCurve; readonly loss: SweepCurve };
}

/** The id of the element that holds the data. */
export const PAGE_DATA_ID = 'report-data';

/** 0.9463 → "94.63 %" */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** How the weights were rounded to keep the page small, and what that costs; undefined if they were not. */
export function packingNote({ weights, test, packedAccuracy }: ReportData): string | undefined {
  if (packedAccuracy === undefined) return undefined;
  return (
    `The weights of ${formatCount(weights.hiddenSize)} hidden units are rounded to ${weights.type === 'int16' ? 16 : 8} bits ` +
    `to keep the page small. With them it gets ${percent(packedAccuracy)} of the test images right; the model itself gets ${percent(test.accuracy)}.`
  );
}
