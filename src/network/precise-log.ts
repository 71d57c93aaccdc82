const LN2_HIGH = 0.6931471803691238; // the leading 33 bits of ln 2, so that exponent * LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const SPLITTER = 2 ** 27 + 1;

/** The rounding error of a * b, exactly: the product is split into half-width factors (Veltkamp, Dekker 1971). */
function productError(a: number, b: number, product: number): number {
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/**
 * The natural logarithm of a positive normal number, within 0.52 units in the last place.
 *
 * `Math.log` may be a whole unit off, and differently so from one JavaScript engine to the next; the C library under
 * NumPy is not. Random weights that are to be NumPy's to the last bit, on every machine, need one this exact. Only
 * +, -, *, / are used, which IEEE 754 fixes everywhere.
 *
 * With x = 2^e m and f = (m - 1) / (m + 1): log x = e ln 2 + 2 (f + f³/3 + f⁵/5 + …), where the leading terms
 * e ln 2 and 2f are carried in two numbers each.
 */
export function preciseLog(x: number): number {
  let exponent = 0;
  let m = x;
  for (; m < Math.SQRT1_2; exponent--) m *= 2;
  for (; m > Math.SQRT2; exponent++) m /= 2;

  const numerator = m - 1;
  const denominator = m + 1;
  const denominatorLow = m - (denominator - 1);
  const f = numerator / denominator;
  const product = f * denominator;
  const remainder = numerator - product - productError(f, denominator, product) - f * denominatorLow;
  const fLow = remainder / denominator;

  const square = f * f;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = series * square + 1 / n;
  const tail = 2 * (fLow + f * square * series) + exponent * LN2_LOW;

  const head = exponent * LN2_HIGH + 2 * f;
  const headError = exponent === 0 ? 0 : exponent * LN2_HIGH - head + 2 * f; // |e ln 2| > |2f|: exact (Dekker)
  return head + (headError + tail);
}
