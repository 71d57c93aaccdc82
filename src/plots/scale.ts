import { max, min, ticks } from 'd3-array';
import { formatNumber, formatPower } from './typography.js';

// Axes: the positions of values along one side of a chart, and the round values that are marked. Linear axes have the
// ticks of d3-array. d3-scale is not suitable: its symlog scale has linear ticks, and its log scale marks either every
// power of ten or all of 1 to 9. Every axis has finite ends and finitely many ticks for any input.

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  /** Its position, 0 to 1. */
  readonly at: number;
  readonly label: string;
}

/** One direction of a chart. Position 0 is the left or lower end, 1 the other one. */
export interface Axis {
  readonly name: string;
  /** The position of a value: outside 0 to 1 if it is off the chart, NaN if the axis has no position for it. */
  at(value: number): number;
  /** The value at a position. */
  value(at: number): number;
  /** Round values on the axis, ascending; about `count` of them at most. */
  ticks(count: number): Tick[];
}

type Mark = readonly [value: number, label: string];

const { MAX_VALUE, MIN_VALUE } = Number;

function axisOf(
  name: string,
  at: (value: number) => number,
  value: (at: number) => number,
  marksOf: (count: number) => readonly Mark[],
): Axis {
  const ticks = (count: number) =>
    marksOf(count)
      .map(([value, label]) => ({ value, at: at(value), label }))
      .filter((tick) => tick.at >= -1e-9 && tick.at <= 1 + 1e-9);
  return { name, at, value, ticks };
}

/** Above this, the difference of two ends may overflow. */
const HUGE = 1e300;

/** A linear axis. Infinite ends become the largest finite numbers. */
export function linearAxis(name: string, from: number, to: number): Axis {
  const [low, high] = finiteEnds(from, to);
  const scale = Math.max(-low, high) > HUGE ? 2 ** -4 : 1;
  const span = scale * high - scale * low;
  return axisOf(
    name,
    (value) => (scale * value - scale * low) / span,
    (at) => low * (1 - at) + high * at,
    (count) => linearMarks(low, high, count),
  );
}

/** A linear axis for counts, such as steps: only whole numbers are marked. */
export function countAxis(name: string, from: number, to: number): Axis {
  const axis = linearAxis(name, from, to);
  return { ...axis, ticks: (count) => axis.ticks(Math.max(1, Math.min(count, Math.floor(to - from)))) };
}

/**
 * A logarithmic axis.
 *
 * @param from > 0
 * @param hasZero whether there is a position for 0, below all other values
 */
export function logAxis(name: string, from: number, to: number, hasZero = false): Axis {
  const foot = hasZero ? 0.1 : 0;
  const [low, high] = finiteExponents(from, to);
  const span = high - low;
  return axisOf(
    name,
    (value) => {
      if (value > 0) return foot + ((1 - foot) * (Math.log10(value) - low)) / span;
      return hasZero && value === 0 ? foot / 3 : NaN;
    },
    (at) => 10 ** (low + ((at - foot) / (1 - foot)) * span),
    (count) => {
      const powers = logMarks(low, high, count);
      const marks = powers.length > 1 ? powers : linearMarks(10 ** low, 10 ** high, count);
      return hasZero ? [[0, '0'], ...marks.filter(([value]) => value > 0)] : marks;
    },
  );
}

/** Logarithms that differ by less than this are rounding errors. */
const LEAST_SPAN = 1e-6;
/** From this ratio on, log1p(v) is log(v) to the last bit. */
const LARGE_RATIO = 1e17;

/** An axis that is logarithmic on both sides of zero and linear up to about `unit` (Webber 2013, "symlog"). */
export function symlogAxis(name: string, from: number, to: number, unit: number): Axis {
  const [first, last] = finiteEnds(from, to);
  const step = Math.max(MIN_VALUE, Math.min(unit, Math.max(-first, last)));
  const warp = (value: number) => {
    const ratio = Math.abs(value) / step;
    // The ratio itself may overflow.
    return Math.sign(value) * (ratio < LARGE_RATIO ? Math.log1p(ratio) : Math.log(Math.abs(value)) - Math.log(step));
  };
  const unwarp = (warped: number) => {
    const size = Math.abs(warped);
    return Math.sign(warped) * (size < 36 ? Math.expm1(size) * step : Math.exp(size + Math.log(step)));
  };
  const low = warp(first);
  const span = warp(last) - low;
  if (span < LEAST_SPAN) return linearAxis(name, first, last);
  const at = (value: number) => (warp(value) - low) / span;
  const zero = at(0);
  const longerSide = Math.min(1, Math.max(zero, 1 - zero));
  return axisOf(
    name,
    at,
    (place) => unwarp(low + place * span),
    (count) => {
      const some = symlogMarks(first, last, step, Math.floor(count * longerSide));
      const marks = some.length > 1 ? some : linearMarks(first, last, count);
      // If one side of zero is short, its labels would overlap the label of zero.
      return marks.filter(([value]) => value === 0 || Math.abs(at(value) - zero) * count > 0.4);
    },
  );
}

/**
 * An axis for values of a function: linear, or logarithmic (symlog if some are negative) where they span decades.
 * Values that are not finite are ignored.
 *
 * @param decades values that span more than this many get a logarithmic axis
 * @param keepsZero if false, zeros and the smallest values may be off the lower end of a logarithmic axis
 */
export function valueAxis(name: string, values: readonly number[], decades: number, keepsZero = true): Axis {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return linearAxis(name, -1, 1);
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  if (low === high) return linearAxis(name, low - (Math.abs(low) || 1), high + (Math.abs(high) || 1));

  if (low >= 0) {
    const smallest = sorted[sorted.findIndex((value) => value > 0)];
    const least = keepsZero ? smallest : Math.max(smallest, quantile(sorted, 0.01));
    if (high / least > 10 ** decades) {
      const margin = keepsZero ? (high / least) ** 0.06 : 1;
      return logAxis(name, least / margin, high * margin, keepsZero && low === 0);
    }
  } else {
    const sizes = sorted.map(Math.abs).sort();
    const typical = quantile(sizes, 0.25) || quantile(sizes, 0.5) || high;
    if (sizes[sizes.length - 1] / typical > 10 ** (decades + 2)) return symlogAxis(name, low, high, decadeOf(typical));
  }
  const margin = 0.06 * high - 0.06 * low;
  return linearAxis(name, low - margin, high + margin);
}

/** Least and largest value; NaN is ignored. Infinity and -Infinity if there is none. */
export function extent(values: Iterable<number>): [low: number, high: number] {
  return [min(values) ?? Infinity, max(values) ?? -Infinity];
}

/** An axis of names at equal distances; the value of a name is its index. */
export function categoryAxis(name: string, labels: readonly string[]): Axis {
  const count = labels.length;
  return axisOf(
    name,
    (index) => (index + 0.5) / count,
    (at) => at * count - 0.5,
    (most) => labels.map((label, i): Mark => [i, label]).filter(([i]) => i % Math.ceil(count / most) === 0),
  );
}

/** The quantile of ascending values at `share`, 0 to 1. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))];
}

/** The power of ten at or below a magnitude, but at least the smallest float64. */
export function decadeOf(size: number): number {
  return Math.max(MIN_VALUE, 10 ** Math.floor(Math.log10(size)));
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** The decimal exponents of two ends, limited so that their powers are finite and not 0, and kept apart. */
function finiteExponents(from: number, to: number): [low: number, high: number] {
  const [low, high] = [from, to].map((end) => Math.log10(Math.max(MIN_VALUE, end)));
  const least = clamp(low, -323, 308);
  return [least, Math.max(least + LEAST_SPAN, Math.min(308.25, high))];
}

/** Two ends, limited to finite values and kept apart. */
function finiteEnds(from: number, to: number): [low: number, high: number] {
  const [low, high] = [from, to].map((end) => clamp(end, -MAX_VALUE, MAX_VALUE));
  if (low < high) return [low, high];
  const room = Math.max(Math.abs(low) * 1e-9, MIN_VALUE);
  return [Math.max(-MAX_VALUE, low - room), Math.min(MAX_VALUE, low + room)];
}

function linearMarks(from: number, to: number, count: number): Mark[] {
  const values = roundValues(from, to, Math.max(1, Math.floor(count)));
  if (values.length === 0) return [];
  const largest = Math.max(Math.abs(from), Math.abs(to));
  const step = values.length > 1 ? values[1] - values[0] : largest;
  const isScientific = largest < 1e-3 || (largest >= 1e6 && step >= 1e3);
  // Enough digits to tell neighbours apart; rounding, because the difference of two ticks is not exactly a round
  // number.
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const digits = Math.min(17, Math.max(1, Math.ceil(Math.log10(largest) - Math.log10(step)) + 1));
  return values.map((value): Mark => {
    if (value === 0) return [0, '0'];
    return [value, isScientific ? formatNumber(value, digits) : value.toFixed(Math.min(17, decimals))];
  });
}

/** d3's ticks, at most count + 1. d3 divides by the span, so the ends are scaled away from the limits of float64. */
function roundValues(from: number, to: number, count: number): number[] {
  const largest = Math.max(Math.abs(from), Math.abs(to));
  const unit = largest > 1e290 ? 1e30 : largest < 1e-290 ? 1e-30 : 1;
  let values: number[] = [];
  for (let n = count; n >= 1; n--) {
    values = ticks(from / unit, to / unit, n);
    if (values.length <= count + 1) break;
  }
  const scaled = unit === 1 ? values : values.map((value) => Number((value * unit).toPrecision(15)));
  return [...new Set(scaled)].filter(Number.isFinite);
}

/** Powers of ten between two exponents, or every second, third …; also their multiples by 2 and 5 if there are few. */
function logMarks(low: number, high: number, count: number): Mark[] {
  const first = Math.ceil(low - 1e-9);
  const last = Math.floor(high + 1e-9);
  const step =
    [1, 2, 3, 5, 10, 20, 50, 100, 200].find((s) => Math.floor(last / s) - Math.ceil(first / s) < count) ?? 500;
  const isFine = step === 1 && 3 * (high - low) <= count;
  const mantissas = isFine ? [1, 2, 5] : [1];
  const isPlain = low >= -3.01 && high <= 5.01;
  const marks: Mark[] = [];
  for (let exponent = (Math.ceil(first / step) - 1) * step; exponent <= last; exponent += step) {
    for (const mantissa of mantissas) {
      const value = Number(`${mantissa}e${exponent}`);
      const position = Math.log10(value);
      if (position < low - 1e-9 || position > high + 1e-9) continue;
      marks.push([value, isPlain ? String(value) : formatPower(exponent, mantissa)]);
    }
  }
  return marks;
}

/** @param count of ticks on the longer side of zero; the other side has the same ones up to its end */
function symlogMarks(from: number, to: number, unit: number, count: number): Mark[] {
  const least = Math.log10(unit) + 0.5; // nearer to 0, labels would overlap
  const largest = Math.max(-from, to);
  const marks = largest > unit ? logMarks(least, Math.log10(largest), Math.max(1, count)) : [];
  const negative = marks.filter(([value]) => value <= -from).map(([value, label]): Mark => [-value, `-${label}`]);
  const zero: Mark[] = from <= 0 && to >= 0 ? [[0, '0']] : [];
  return [...negative.reverse(), ...zero, ...marks.filter(([value]) => value <= to)];
}
