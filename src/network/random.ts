import { mersenne, mersenneFromState } from 'pure-rand/generator/mersenne';

/** A frozen stream: everything that decides what is drawn next. Plain numbers, so that it survives JSON exactly. */
export interface RandomState {
  /** Index into the twister's words, then its 624 words. */
  readonly twister: readonly number[];
  /** The second normal of the last pair, if it has not been handed out yet. */
  readonly spareNormal: number | null;
}

/**
 * NumPy's legacy stream: the same seed draws the same numbers as `np.random.seed(seed)`. Uniforms and choices are equal
 * to the bit; normals too, but for about one in 900, where the last bit follows the exact logarithm and NumPy's does not.
 */
export interface RandomStream {
  /** Uniform in [0, 1) with 53 random bits, as `np.random.random_sample()`. */
  uniform(): number;
  /** `count` standard normal values, as `np.random.randn(count)`. */
  randn(count: number): Float64Array<ArrayBuffer>;
  /** `count` integers of 0 … population - 1 with replacement, as `np.random.choice(population, count)`. */
  choice(population: number, count: number): Uint32Array<ArrayBuffer>;
  /** The stream as it stands; `randomStream(state)` goes on from there. */
  state(): RandomState;
}

/**
 * Opens NumPy's legacy random stream (MT19937 seeded by a single integer).
 *
 * @param start a seed, an integer in [0, 2^32), or a state to go on from
 * @throws RangeError if the seed is not such an integer, or the state is not one
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

  /** Marsaglia's polar method makes normals in pairs; NumPy hands out the second of a pair first. */
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

  /** Masked rejection: the smallest all-ones mask that covers the range, drawn again until it falls inside. */
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
