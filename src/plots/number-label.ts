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
