// Numbers and formulas in pictures: typeset with Unicode, or in ASCII for terminals without it.

/** Superscripts of the characters of an integer. */
const RAISED: Record<string, string> = Object.fromEntries([...'-0123456789'].map((c, i) => [c, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][i]]));
const LOWERED = '₀₁₂₃₄₅₆₇₈₉';

/** A number for a picture, with at most `digits` significant digits: 0.25, -2.59×10¹³. */
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

/** Numbers for a picture, with commas between them. */
export function formatList(values: Iterable<number>, digits = 3): string {
  return Array.from(values, (value) => formatNumber(value, digits)).join(', ');
}

/** 10⁻⁵, 2×10⁻⁵ */
export function formatPower(exponent: number, mantissa = 1): string {
  const power = `10${raise(String(exponent))}`;
  if (mantissa === 1) return power;
  return mantissa === -1 ? `-${power}` : `${mantissa}×${power}`;
}

const raise = (integer: string) => [...integer].map((c) => RAISED[c]).join('');

/** Rewrites numbers such as 2.55e-9 in a text as `formatNumber` writes them. */
export function raisePowers(text: string): string {
  return text.replace(/(\d+(?:\.\d+)?)e([-+]?\d+)/g, (_, mantissa, exponent) =>
    formatPower(Number(exponent), Number(mantissa)),
  );
}

/** A hyphen between two words, as in mini-batch; constants such as pi do not count as words. */
const HYPHEN = /(?<=[A-Za-z]{2})(?<!\b(?:pi|tau|phi))-(?=[A-Za-z]{2})/;
const MINUS = new RegExp(`(?!${HYPHEN.source})-`, 'g');

/** Typesets a text: x0^2 - 1 becomes x₀² − 1. Powers of powers and exponents in brackets stay as they are. */
export function typeset(text: string): string {
  return text
    .replace(/(?<!\^-?\d+)\^(-?\d+)(?![\d.^]|e[-+]?\d)/g, (_, power: string) => raise(power))
    .replace(/\bx(\d+)/g, (_, digits: string) => `x${[...digits].map((c) => LOWERED[Number(c)]).join('')}`)
    .replace(MINUS, '−');
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

/** A text of a picture in ASCII, for terminals without Unicode. */
export function toAscii(text: string): string {
  return PLAIN.reduce((plain, [pattern, to]) => plain.replace(pattern, to as string), text);
}

function lower(raised: string): string {
  return [...raised].map((c) => Object.keys(RAISED).find((key) => RAISED[key] === c)).join('');
}

export const capitalized = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** A formula, which may have 500 characters, cut to the room in a title. */
export function shortFormula(fn: string): string {
  return fn.length > 70 ? `${fn.slice(0, 69)}…` : fn;
}

/** Breaks a text between words into lines of at most `width` characters; longer words are split. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}
