const { floor, min } = Math;

const BINS = 256;

/**
 * The threshold that parts values into two classes, each as uniform as can be: it maximises the variance between the
 * classes. Where several do, in an empty stretch of the histogram, the middle of them.
 *
 * @param values in [0, 1]
 * @see Otsu: A threshold selection method from gray-level histograms (1979)
 */
export function otsuThreshold(values: Float64Array): number {
  const histogram = new Float64Array(BINS);
  for (const value of values) histogram[min(BINS - 1, floor(value * BINS))]++;
  const total = histogram.reduce((sum, count, bin) => sum + count * bin, 0);
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let [first, last] = [0, 0];
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += histogram[bin];
    sumBelow += histogram[bin] * bin;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between > best) {
      best = between;
      first = last = bin;
    } else if (between === best) last = bin;
  }
  return ((first + last) / 2 + 1) / BINS;
}
