import type { Curves } from '../page-data.js';
import { openChart } from './chart.js';
import { lossAxis, shareAxis } from './axes.js';

/** Loss and accuracies, each on a chart of its own. */
export function openCurves({ loss, train, test, iterations }: Curves): void {
  if (loss.length > 0) {
    openChart('loss-chart', {
      series: [{ name: 'loss', buckets: loss }],
      iterations,
      axis: lossAxis,
      formatTick: ({ label }) => label,
      formatValue: (value) => value.toPrecision(3),
    });
  }
  if (test.length > 0) {
    openChart('accuracy-chart', {
      series: [
        { name: 'test', buckets: test },
        { name: 'train', buckets: train },
      ],
      iterations,
      axis: shareAxis,
      formatTick: ({ value }) => `${Number((value * 100).toPrecision(6))} %`,
      formatValue: (share) => `${(share * 100).toFixed(2)} %`,
    });
  }
}
