import { linearAxis, logAxis, symlogAxis, type Axis } from './axis.js';

/**
 * An axis for values of a function: linear, or logarithmic where they span decades, on both sides of zero if need be.
 * Values that are not finite are passed over.
 *
 * @param decades how many of them make it logarithmic
 * @param keepsZero false: zeros and what is next to them may drop off the lower end of a logarithmic axis
 */
export function valueAxis(name: string, values: readonly number[], decades: number, keepsZero = true): Axis {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return linearAxis(name, -1, 1);
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  if (low === high) return linearAxis(name, low - (Math.abs(low) || 1), high + (Math.abs(high) || 1));

  const positive = sorted.subarray(sorted.findIndex((value) => value > 0));
  if (low >= 0) {
    const least = keepsZero ? positive[0] : Math.max(positive[0], quantile(sorted, 0.01));
    if (least > 0 && high / least > 10 ** decades) return padded(least, high);
  } else {
    const sizes = sorted.map(Math.abs).sort();
    const typical = quantile(sizes, 0.25) || quantile(sizes, 0.5) || high;
    if (sizes[sizes.length - 1] / typical > 10 ** (decades + 2)) {
      return symlogAxis(name, low, high, 10 ** Math.floor(Math.log10(typical)));
    }
  }
  const margin = (high - low) * 0.06;
  return linearAxis(name, low - margin, high + margin);

  function padded(from: number, to: number): Axis {
    const margin = keepsZero ? (to / from) ** 0.06 : 1;
    return logAxis(
      name,
      Math.max(Number.MIN_VALUE, from / margin),
      Math.min(1e308, to * margin),
      keepsZero && low === 0,
    );
  }
}

/** @param sorted ascending */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))];
}
