/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  /** Where it lies, 0 … 1. */
  readonly at: number;
  readonly label: string;
}

/** One direction of a chart: what number lies where between 0, the left or lower edge, and 1, the other one. */
export interface Axis {
  readonly name: string;
  /** The place of a value, beyond 0 … 1 if it is off the chart, NaN if it has none. */
  at(value: number): number;
  /** The value at a place. */
  value(at: number): number;
  /** Round values on the axis, ascending, at most about `count`. */
  ticks(count: number): Tick[];
}

type Mark = readonly [value: number, label: string];

/** Equal steps are equally far apart. */
export function linearAxis(name: string, from: number, to: number): Axis {
  const largest = Math.max(Math.abs(from), Math.abs(to));
  return warpedAxis(name, from, to, identity, identity, (count) => {
    const step = roundStep((to - from) / Math.max(1, count));
    const isScientific = largest < 1e-3 || (largest >= 1e6 && step >= 1e3);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const digits = Math.min(17, Math.max(1, Math.ceil(Math.log10(largest / step)) + 1));
    const label = (value: number) => (isScientific ? formatNumber(value, digits) : value.toFixed(decimals));
    const first = Math.ceil(from / step - 1e-9);
    const last = Math.floor(to / step + 1e-9);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i): Mark => {
      const value = first + i === 0 ? 0 : (first + i) * step;
      return [value, value === 0 ? '0' : label(value)];
    });
  });
}

/**
 * Equal factors are equally far apart.
 *
 * @param from > 0
 * @param hasZero whether the lower end has a place for 0, too, which lies below every factor
 */
export function logAxis(name: string, from: number, to: number, hasZero = false): Axis {
  const foot = hasZero ? 0.1 : 0;
  const low = Math.log10(from);
  const span = Math.log10(to) - low;
  return {
    name,
    at: (value) => {
      if (value > 0) return foot + ((1 - foot) * (Math.log10(value) - low)) / span;
      return hasZero && value === 0 ? foot / 3 : NaN;
    },
    value: (at) => 10 ** (low + ((at - foot) / (1 - foot)) * span),
    ticks(count) {
      const marks = logMarks(low, low + span, count);
      return placed(this, hasZero ? [[0, '0'], ...marks] : marks);
    },
  };
}

/** Logarithmic on both sides of zero, linear up to about `unit` (Webber 2013, "a bi-symmetric log transformation"). */
export function symlogAxis(name: string, from: number, to: number, unit: number): Axis {
  const warp = (value: number) => Math.sign(value) * Math.log1p(Math.abs(value) / unit);
  const unwarp = (place: number) => Math.sign(place) * Math.expm1(Math.abs(place)) * unit;
  return warpedAxis(name, from, to, warp, unwarp, (count) => {
    const least = Math.log10(unit) + 0.5; // nearer to 0, labels would fall on each other
    const room = Math.max(1, Math.floor(count / (from < 0 && to > 0 ? 2 : 1)));
    const side = (end: number) => (end > unit ? logMarks(least, Math.log10(end), room) : []);
    const negative = side(-from).map(([value, label]): Mark => [-value, `-${label}`]);
    return [...negative.reverse(), ...(from <= 0 && to >= 0 ? ([[0, '0']] as Mark[]) : []), ...side(to)];
  });
}

const MOST = 8e307;
const identity = (value: number) => value;

function warpedAxis(
  name: string,
  from: number,
  to: number,
  warp: (value: number) => number,
  unwarp: (place: number) => number,
  marks: (count: number) => Mark[],
): Axis {
  const low = warp(Math.max(-MOST, from));
  const span = warp(Math.min(MOST, to)) - low;
  return {
    name,
    at: (value) => (warp(value) - low) / span,
    value: (at) => unwarp(low + at * span),
    ticks(count) {
      return placed(this, marks(count));
    },
  };
}

function placed(axis: Axis, marks: readonly Mark[]): Tick[] {
  return marks
    .map(([value, label]) => ({ value, at: axis.at(value), label }))
    .filter(({ at }) => at >= -1e-9 && at <= 1 + 1e-9);
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((mantissa) => mantissa * power >= least * (1 - 1e-9)) ?? 10;
  // Through a decimal string, since 5 * 10 ** -7 is not 5e-7.
  return Number((factor * power).toPrecision(1));
}

/** Powers of ten between two exponents, or every so manieth; 2 and 5 times them if that leaves few. */
function logMarks(low: number, high: number, count: number): Mark[] {
  const first = Math.ceil(low - 1e-9);
  const last = Math.floor(high + 1e-9);
  const step = [1, 2, 3, 5, 10, 20, 50].find((s) => Math.floor(last / s) - Math.ceil(first / s) < count) ?? 100;
  const isFine = step === 1 && 3 * (high - low) <= count;
  const mantissas = isFine ? [1, 2, 5] : [1];
  const isPlain = low >= -3.01 && high <= 5.01;
  const marks: Mark[] = [];
  for (let exponent = (Math.ceil(first / step) - 1) * step; exponent <= last; exponent += step) {
    for (const mantissa of mantissas) {
      const value = Number(`${mantissa}e${exponent}`);
      const place = Math.log10(value);
      if (place < low - 1e-9 || place > high + 1e-9) continue;
      marks.push([value, isPlain ? String(value) : formatPower(exponent, mantissa)]);
    }
  }
  return marks;
}

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

const RAISED: Record<string, string> = Object.fromEntries([...'-0123456789'].map((c, i) => [c, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][i]]));

/** A number for a picture, with at most so many digits: 0.25, -2.59×10¹³. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const [mantissa, exponent] = value
    .toExponential(digits - 1)
    .split('e')
    .map(Number);
  const isPlain = exponent >= -3 && exponent < 6;
  return isPlain ? String(Number(value.toPrecision(digits))) : formatPower(exponent, mantissa);
}

/** 10⁻⁵, 2×10⁻⁵ */
export function formatPower(exponent: number, mantissa = 1): string {
  const power = `10${[...String(exponent)].map((c) => RAISED[c]).join('')}`;
  if (mantissa === 1) return power;
  return mantissa === -1 ? `-${power}` : `${mantissa}×${power}`;
}

/** Numbers such as 2.55e-9 in a text, as formatNumber writes them. */
export function raisePowers(text: string): string {
  return text.replace(/(\d+(?:\.\d+)?)e([-+]?\d+)/g, (_, mantissa, exponent) =>
    formatPower(Number(exponent), Number(mantissa)),
  );
}

const PLAIN: [RegExp, string | ((match: string, ...groups: string[]) => string)][] = [
  [/×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, raised) => `e${lower(raised)}`],
  [/10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, raised) => `1e${lower(raised)}`],
  [/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) => `^${lower(raised)}`],
  [/∞/g, 'inf'],
  [/±/g, '+-'],
  [/∇/g, 'grad '],
  [/∝/g, '~'],
  [/…/g, '...'],
];

/** The same in ASCII, for terminals that have nothing else. */
export function toAscii(text: string): string {
  return PLAIN.reduce((plain, [pattern, to]) => plain.replace(pattern, to as string), text);
}

function lower(raised: string): string {
  return [...raised].map((c) => Object.keys(RAISED).find((key) => RAISED[key] === c)).join('');
}
