/** NumPy's defaults: digits after the decimal point, and width of a line in characters. */
const PRECISION = 8;
const LINE_WIDTH = 75;

/**
 * An array as NumPy 1.14 and later prints it (`np.array2string` with its default options), so that results can be
 * compared with a notebook's: `[-6.11110793e-10  8.14814391e-10]`. Long arrays are not abbreviated.
 *
 * @param shape (n) or (rows, columns)
 */
export function formatArray(data: ArrayLike<number>, shape: readonly number[] = [data.length]): string {
  const values = Array.from(data);
  const format = elementFormat(values);
  if (shape.length === 1) return formatRow(values.map(format), ' ', LINE_WIDTH);
  const lines = toRows(values, shape[1]).map((row) => formatRow(row.map(format), '  ', LINE_WIDTH - 1));
  return `[${lines.join('\n ')}]`;
}

/** The rows of a row-major matrix as lists. */
export function toRows(data: ArrayLike<number>, columns: number): number[][] {
  const values = Array.from(data);
  return Array.from({ length: values.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns));
}

/** A number with the fewest digits that read back as the same float64, as JavaScript prints it; -0 as 0. */
export function formatScalar(value: number): string {
  return Object.is(value, -0) ? '0' : String(value);
}

/** A row in brackets, wrapped to lines of at most `width` characters that begin with `indent`. */
function formatRow(words: string[], indent: string, width: number): string {
  const lines = [indent];
  for (const word of words) {
    const line = lines[lines.length - 1];
    const room = width - 1; // one column is for the closing bracket
    if (line.length + word.length > room && line.length > indent.length) {
      lines[lines.length - 1] = line.trimEnd();
      lines.push(`${indent}${word} `);
    } else {
      lines[lines.length - 1] = `${line}${word} `;
    }
  }
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, words.length > 0 ? -1 : undefined);
  return `[${lines.join('\n').slice(indent.length)}]`;
}

/** Returns the function that formats an element. All elements have the same notation and width. */
function elementFormat(values: number[]): (value: number) => string {
  const finite = values.filter(Number.isFinite);
  const magnitudes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Infinity);
  const scientific = magnitudes.length > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  const write = scientific ? scientificFormat(finite) : fixedFormat(finite);
  const special = (value: number) => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');
  const word = (value: number) => (Number.isFinite(value) ? write(value) : special(value));
  const width = longest(values, (value) => word(value).length);
  return (value) => word(value).padStart(width);
}

function fixedFormat(finite: number[]): (value: number) => string {
  const parts = finite.map(fixedParts);
  const left = longest(parts, ([whole]) => whole.length);
  const right = longest(parts, ([, fraction]) => fraction.length);
  return (value) => {
    const [whole, fraction] = fixedParts(value);
    return `${whole.padStart(left)}.${fraction.padEnd(right)}`;
  };
}

/** Digits before and after the point: the fewest that read back, at most eight after the point. */
function fixedParts(value: number): [string, string] {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  const shortest = String(magnitude);
  const text =
    /e/.test(shortest) || shortest.length - shortest.indexOf('.') - 1 > PRECISION
      ? magnitude.toFixed(PRECISION)
      : shortest;
  const [whole, fraction = ''] = text.split('.');
  return [sign + whole, fraction.replace(/0+$/, '')];
}

function scientificFormat(finite: number[]): (value: number) => string {
  const parts = finite.map((value) => scientificParts(value, PRECISION));
  const digits = longest(parts, ({ fraction }) => fraction.length);
  const exponentDigits = Math.max(
    2,
    longest(parts, ({ exponent }) => String(Math.abs(exponent)).length),
  );
  return (value) => {
    const { whole, fraction, exponent } = scientificParts(value, digits);
    const power = String(Math.abs(exponent)).padStart(exponentDigits, '0');
    return `${whole}.${fraction.padEnd(digits, '0')}e${exponent < 0 ? '-' : '+'}${power}`;
  };
}

/** The parts of scientific notation: the fewest digits that read back, at most `precision` of them after the point. */
function scientificParts(value: number, precision: number) {
  const shortest = value.toExponential();
  const long = shortest.split('e')[0].replace(/[-.]/g, '').length - 1 > precision;
  const [mantissa, exponent] = (long ? value.toExponential(precision) : shortest).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const sign = Object.is(value, -0) ? '-' : '';
  return { whole: sign + whole, fraction: fraction.replace(/0+$/, ''), exponent: Number(exponent) };
}

function longest<T>(items: T[], length: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, length(item)), 0);
}
