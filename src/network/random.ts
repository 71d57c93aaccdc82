import { mersenne, mersenneFromState } from 'pure-rand/generator/mersenne';
import { preciseLog } from './precise-log.js';

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
