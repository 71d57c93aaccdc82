import { addProduct } from './lanes';

const ODD_INVERSES = memory.data<f64>([
  1.0,
  1.0 / 3.0,
  1.0 / 5.0,
  1.0 / 7.0,
  1.0 / 9.0,
  1.0 / 11.0,
  1.0 / 13.0,
  1.0 / 15.0,
  1.0 / 17.0,
  1.0 / 19.0,
  1.0 / 21.0,
  1.0 / 23.0,
]);

/** 1 / (2n + 1) in both lanes, n = 0 … 11. */
function odd(n: i32): v128 {
  return v128.load64_splat(ODD_INVERSES + ((<usize>n) << 3));
}

/**
 * log((1 + f) / (1 - f)) = 2 (f + f³/3 + f⁵/5 + …), exact to rounding.
 *
 * @param terms 2 if |f| <= 1e-4, 3 if |f| <= 1e-3
 */
export function logOfQuotientNear1(f: v128, terms: i32): v128 {
  const square = f64x2.mul(f, f);
  const rest = terms == 2 ? odd(1) : addProduct<f64>(odd(1), odd(2), square);
  const twice = f64x2.add(f, f);
  return addProduct<f64>(twice, twice, f64x2.mul(square, rest));
}

/** log((1 + f) / (1 - f)) by twelve terms, for |f| <= 0.1716 = (√2 - 1) / (√2 + 1). */
export function logOfQuotientNear(f: v128): v128 {
  const f2 = f64x2.mul(f, f);
  const f4 = f64x2.mul(f2, f2);
  const f8 = f64x2.mul(f4, f4);
  const low = addProduct<f64>(fourTerms(0, f2, f4), fourTerms(4, f2, f4), f8);
  const sum = addProduct<f64>(low, fourTerms(8, f2, f4), f64x2.mul(f8, f8));
  return f64x2.mul(f64x2.add(f, f), sum);
}

/** Four terms of the sum of f²ⁿ / (2n + 1), from n on, divided by their common factor f²ⁿ. */
function fourTerms(n: i32, f2: v128, f4: v128): v128 {
  const low = addProduct<f64>(odd(n), odd(n + 1), f2);
  return addProduct<f64>(low, addProduct<f64>(odd(n + 2), odd(n + 3), f2), f4);
}

// The bits of √½, for x = 2^k m with m in [√½, √2); ln 2 as the sum of two parts, and 1.5 * 2^52, as in exp.ts.
const SQRT_HALF: i64 = 0x3fe6a09e667f3bcd;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const MAGIC: f64 = 6755399441055744.0;

/** Natural logarithm in both lanes, float64, of positive normal numbers. Reference: `Math.log`. */
export function log(x: v128): v128 {
  const shifted = i64x2.sub(x, i64x2.splat(SQRT_HALF));
  const mantissa = i64x2.sub(x, v128.and(shifted, i64x2.splat(0xfff0000000000000)));
  const one = f64x2.splat(1);
  const f = f64x2.div(f64x2.sub(mantissa, one), f64x2.add(mantissa, one));
  const magic = f64x2.splat(MAGIC);
  const k = f64x2.sub(i64x2.add(i64x2.shr_s(shifted, 52), magic), magic);
  const low = addProduct<f64>(logOfQuotientNear(f), k, f64x2.splat(LN2_LOW));
  return addProduct<f64>(low, k, f64x2.splat(LN2_HIGH));
}

/**
 * log(a / b) in both lanes. Near a = b it is computed as log((1 + f) / (1 - f)) with f = (a - b) / (a + b).
 *
 * @param difference a - b, which the caller knows more exactly than it can be computed from a and b
 */
export function logOfQuotient(a: v128, b: v128, difference: v128): v128 {
  const f = f64x2.div(difference, f64x2.add(a, b));
  const isNear = f64x2.le(f64x2.abs(f), f64x2.splat(0.1715));
  return v128.bitselect(logOfQuotientNear(f), log(f64x2.div(a, b)), isNear);
}
