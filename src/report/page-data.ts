import type { PackedWeights } from './packed-weights.js';
import type { ImageSize } from './report-data.js';
import type { Bucket } from '../plots/thinned-series.js';

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

/** The id of the element that holds the data. */
export const PAGE_DATA_ID = 'report-data';
