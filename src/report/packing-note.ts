import { formatCount } from '../format-count.js';
import { percent } from './format.js';
import type { ReportData } from './report-data.js';

/** What was done to the weights so that the page stays small, and what it costs; undefined if nothing was. */
export function packingNote({ weights, test, packedAccuracy }: ReportData): string | undefined {
  if (packedAccuracy === undefined) return undefined;
  return (
    `The weights of ${formatCount(weights.hiddenSize)} hidden units are rounded to ${weights.type === 'int16' ? 16 : 8} bits ` +
    `in the page, which keeps it small: so it gets ${percent(packedAccuracy)} of the test images right, the model itself ${percent(test.accuracy)}.`
  );
}
