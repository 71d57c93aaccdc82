import { addProduct } from './lanes';

// The coefficients are in memory because V8 loads and splats one with a single instruction; a constant takes three.
const INVERSE_FACTORIALS64 = memory.data<f64>([
  1.0,
  1.0,
  1.0 / 2.0,
  1.0 / 6.0,
  1.0 / 24.0,
  1.0 / 120.0,
  1.0 / 720.0,
  1.0 / 5040.0,
  1.0 / 40320.0,
  1.0 / 362880.0,
  1.0 / 3628800.0,
  1.0 / 39916800.0,
  1.0 / 479001600.0,
  1.0 / 6227020800.0,
  1.0 / 87178291200.0,
]);
const INVERSE_FACTORIALS32 = memory.data<f32>([
  1.0,
  1.0,
  1.0 / 2.0,
  1.0 / 6.0,
  1.0 / 24.0,
  1.0 / 120.0,
  1.0 / 720.0,
  1.0 / 5040.0,
]);

/** 1 / n! in every lane; n is 0 … 14 in float64 and 0 … 7 in float32. */
export function inverseFactorial<T>(n: i32): v128 {
  const table = sizeof<T>() == 8 ? INVERSE_FACTORIALS64 : INVERSE_FACTORIALS32;
  return v128.load_splat<T>(table + <usize>n * sizeof<T>());
}

// In this order: smallest and largest argument; log2(e); ln 2 as the sum of two parts, of which k times the first is
// exact; 1.5 * 2^(bits of the mantissa), whose addition rounds to an integer and leaves it in the lowest bits.
const CONSTANTS64 = memory.data<f64>([
  -708.0, 709.0, 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10, 6755399441055744.0,
]);
const CONSTANTS32 = memory.data<f32>([-87.0, 88.0, 1.4426950408889634, 0.693359375, -2.1219444e-4, 12582912.0]);

function constant<T>(n: usize): v128 {
  return v128.load_splat<T>((sizeof<T>() == 8 ? CONSTANTS64 : CONSTANTS32) + n * sizeof<T>());
}

/** 1/n! + r/(n+1)! */
function twoTerms<T>(n: i32, r: v128): v128 {
  return addProduct<T>(inverseFactorial<T>(n), inverseFactorial<T>(n + 1), r);
}

/** 1/n! + r/(n+1)! + r²/(n+2)! + r³/(n+3)! */
function fourTerms<T>(n: i32, r: v128, r2: v128): v128 {
  return addProduct<T>(twoTerms<T>(n, r), twoTerms<T>(n + 2, r), r2);
}

/**
 * e^x in every lane, within 1.5 units in the last place: x = k ln 2 + r with |r| <= ln 2 / 2, and e^r from its series.
 * Below the smallest argument (-708 or -87), -inf included, the result is 0. Above the largest (709 or 88) it is
 * e^largest, so it is never infinite. It uses only operations whose results IEEE 754 defines to the bit, so that every
 * machine computes the same bits.
 */
export function exp<T>(x: v128): v128 {
  const lowest = constant<T>(0);
  const magic = constant<T>(5);
  const bounded = v128.pmin<T>(v128.pmax<T>(x, lowest), constant<T>(1));
  const shifted = addProduct<T>(magic, bounded, constant<T>(2));
  const k = v128.sub<T>(shifted, magic);
  const high = v128.sub<T>(bounded, v128.mul<T>(k, constant<T>(3)));
  const r = v128.sub<T>(high, v128.mul<T>(k, constant<T>(4)));

  // Estrin's scheme: its chains of dependent operations are shorter than those of Horner's.
  const r2 = v128.mul<T>(r, r);
  const r4 = v128.mul<T>(r2, r2);
  let sum = addProduct<T>(fourTerms<T>(0, r, r2), fourTerms<T>(4, r, r2), r4);
  if (sizeof<T>() == 8) {
    const high = addProduct<T>(fourTerms<T>(8, r, r2), twoTerms<T>(12, r), r4);
    sum = addProduct<T>(sum, high, v128.mul<T>(r4, r4));
  }

  // Multiply by 2^k: add k to the bits of the exponent.
  const power = sizeof<T>() == 8 ? i64x2.add(sum, i64x2.shl(shifted, 52)) : i32x4.add(sum, i32x4.shl(shifted, 23));
  return v128.and(power, v128.ge<T>(x, lowest));
}

/**
 * 1 / (1 + e^-z), computed as e^z / (1 + e^z), which is 0 for z = -inf and NaN for no z. Reference: `sigmoid` in
 * network/functions.ts.
 */
export function sigmoid<T>(z: v128): v128 {
  const power = exp<T>(z);
  return v128.div<T>(power, v128.add<T>(v128.splat<T>(<T>1), power));
}

/** e^x - 1 in both lanes, float64, without cancellation near 0; |x| <= 709. */
export function expm1(x: v128): v128 {
  let sum = inverseFactorial<f64>(14);
  for (let n = 13; n > 0; n--) sum = addProduct<f64>(inverseFactorial<f64>(n), sum, x);
  const isSmall = f64x2.lt(f64x2.abs(x), f64x2.splat(0.35));
  return v128.bitselect(f64x2.mul(sum, x), f64x2.sub(exp<f64>(x), f64x2.splat(1)), isSmall);
}

/** e^x - 1 for |x| <= 1e-3, by five terms of the series. The terms left out are at most 2e-18 of the first. */
export function expm1Near0(x: v128): v128 {
  let sum = inverseFactorial<f64>(5);
  for (let n = 4; n > 0; n--) sum = addProduct<f64>(inverseFactorial<f64>(n), sum, x);
  return f64x2.mul(sum, x);
}
