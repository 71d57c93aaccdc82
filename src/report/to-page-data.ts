import type { History } from '../plots/history.js';
import type { Curves, PageData } from './page-data.js';
import type { ReportData } from './report-data.js';
import type { Bucket } from '../plots/thinned-series.js';

/** Digits of what is drawn: more than a screen shows, fewer than a float64 prints. */
const DIGITS = 6;

/** What the page's script needs of a report. */
export function toPageData({ weights, images, mistakes, samples, history }: ReportData): PageData {
  return {
    weights: { ...weights, bytes: base64(weights.bytes) },
    images,
    mistakes: mistakes.map(({ pixels }) => base64(pixels)),
    samples: samples.map(({ pixels }) => base64(pixels)),
    curves: history ? shortened(history) : null,
  };
}

function shortened({ loss, train, test, iterations }: History): Curves {
  return { loss: shorten(loss), train: shorten(train), test: shorten(test), iterations };
}

function shorten(buckets: readonly Bucket[]): Bucket[] {
  const short = (value: number) => Number(value.toPrecision(DIGITS));
  return buckets.map(({ from, to, mean, min, max }) => ({
    ...{ from, to, mean: short(mean), min: short(min), max: short(max) },
  }));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
