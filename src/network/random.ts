import { mersenne, mersenneFromState } from 'pure-rand/generator/mersenne';

/** The state of a stream, which decides all further draws. These are integers and float64, which JSON keeps exactly. */
export interface RandomState {
  /** The Mersenne twister: the index of its next word, then its 624 words of 32 bits. */
  readonly twister: readonly number[];
  /** The second normal of the last pair, or null if it was already returned. */
  readonly spareNormal: number | null;
}

/**
 * NumPy's legacy random stream: the same seed gives the same numbers as `np.random.seed(seed)`. Uniforms and choices are
 * equal to the bit. So are normals, except about one in 900, whose last bit follows the exact logarithm and not NumPy's.
 */
export interface RandomStream {
  /** Uniform in [0, 1) with 53 random bits, as `np.random.random_sample()`. */
  uniform(): number;
  /** `count` standard normal values, as `np.random.randn(count)`. */
  randn(count: number): Float64Array<ArrayBuffer>;
  /** `count` integers of 0 … population - 1 with replacement, as `np.random.choice(population, count)`. */
  choice(population: number, count: number): Uint32Array<ArrayBuffer>;
  /** A copy of the state; `randomStream(state)` continues from it. */
  state(): RandomState;
}

/**
 * Opens NumPy's legacy random stream (MT19937 seeded by a single integer).
 *
 * @param start a seed, which is an integer in [0, 2^32), or a state to continue from
 * @throws RangeError if the seed is out of range or the state is malformed
 * @see numpy/random/src/legacy/legacy-distributions.c, `legacy_gauss`
 */
export function randomStream(start: number | RandomState): RandomStream {
  if (typeof start === 'number' && !(Number.isInteger(start) && start >= 0 && start < 2 ** 32)) {
    throw new RangeError(`seed must be an integer from 0 to 4294967295, got ${start}`);
  }
  if (typeof start === 'object' && !isState(start)) throw new RangeError('the state of the random stream is malformed');
  const twister = typeof start === 'number' ? mersenne(start) : mersenneFromState([...start.twister]);
  let spareNormal = typeof start === 'number' ? null : start.spareNormal;

  const uint32 = () => twister.next() >>> 0;

  function uniform(): number {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** The polar method (Marsaglia and Bray 1964) yields normals in pairs; NumPy returns the second of a pair first. */
  function normal(): number {
    if (spareNormal !== null) {
      const value = spareNormal;
      spareNormal = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * preciseLog(square)) / square);
      spareNormal = scale * u;
      return scale * v;
    }
  }

  /**
   * An integer of 0 … population - 1 by masked rejection: random bits, as many as the largest integer has, are drawn until
   * they are not above it.
   */
  function below(population: number): number {
    const largest = population - 1;
    if (largest === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(largest);
    for (;;) {
      const value = (uint32() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  return {
    uniform,
    randn: (count) => Float64Array.from({ length: count }, normal),
    choice: (population, count) => Uint32Array.from({ length: count }, () => below(population)),
    state: () => ({ twister: twister.getState(), spareNormal }),
  };
}

function isState({ twister, spareNormal }: RandomState): boolean {
  return (
    Array.isArray(twister) &&
    twister.length === 625 &&
    twister.every(Number.isInteger) &&
    twister[0] >= 0 &&
    twister[0] < 624 &&
    (spareNormal === null || Number.isFinite(spareNormal))
  );
}

const LN2_HIGH = 0.6931471803691238; // the leading 33 bits of ln 2, so that exponent * LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;
const SPLITTER = 2 ** 27 + 1;

/** The exact rounding error of the product a * b, from half-width factors (Veltkamp; Dekker 1971). */
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
 * `Math.log` may be off by a whole unit, and differs between JavaScript engines; the C library under NumPy does not.
 * Random weights that equal NumPy's to the last bit on every machine need this accuracy. It uses only +, -, *, /, whose
 * results IEEE 754 fixes.
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
