import type { Decimal } from 'decimal.js';

// The operations that a formula may use. Each is defined together with its derivative.

/** A derivative, which may be 0; undefined for a term that does not depend on the variable of differentiation. */
export type Derivative = Decimal | undefined;

export interface Operation {
  /** Smallest and largest number of arguments. */
  readonly arguments: readonly [least: number, most: number];
  /** The value in float64. */
  readonly compute: (...u: number[]) => number;
  /** The value to the precision of the Decimal constructor of the arguments. */
  readonly exact: (...u: Decimal[]) => Decimal;
  /**
   * The one-sided directional derivative, by the chain rule. It exists at corners too, such as that of abs at 0.
   *
   * @param u arguments
   * @param du their directional derivatives, at least one of them defined
   * @param y the value at u
   * @param once caches the factor that is the same in every direction: it computes it at its first call only
   * @returns NaN where u and du do not determine it
   */
  readonly derivative: (u: readonly Decimal[], du: readonly Derivative[], y: Decimal, once: Once) => Decimal;
}

type Once = (compute: () => Decimal) => Decimal;

const none = (like: Decimal) => new (constructorOf(like))(NaN);
const zero = (like: Decimal) => new (constructorOf(like))(0);
const constructorOf = (value: Decimal) => value.constructor as typeof Decimal;

/** A formula as a tree. */
export type Term =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'constant'; readonly name: 'pi' | 'e' }
  | { readonly type: 'variable'; readonly name: string; readonly coordinate: number }
  | { readonly type: 'call'; readonly name: string; readonly operation: Operation; readonly args: readonly Term[] };

/** A function of one number with a derivative wherever it is defined. */
function smooth(
  compute: (u: number) => number,
  exact: (u: Decimal) => Decimal,
  derivative: (u: Decimal, y: Decimal) => Decimal,
): Operation {
  return {
    arguments: [1, 1],
    compute,
    exact,
    derivative: ([u], [du], y, once) => once(() => derivative(u, y)).mul(du!),
  };
}

/** A function that has the same name in Math and in decimal.js. */
const shared = (
  name: 'asin' | 'acos' | 'atan' | 'asinh' | 'acosh' | 'atanh' | 'exp' | 'sqrt' | 'cbrt' | 'abs',
  derivative: (u: Decimal, y: Decimal) => Decimal,
) => smooth(Math[name], (u) => u[name](), derivative);

/** @param name the name of the exact operation in decimal.js */
function binary(
  compute: Operation['compute'],
  name: 'add' | 'sub' | 'mul' | 'div' | 'pow',
  derivative: Operation['derivative'],
): Operation {
  return { arguments: [2, 2], compute, exact: (a, b) => a[name](b), derivative };
}

/**
 * The largest (sign 1) or smallest (sign -1) argument. If several arguments are equal to it, the derivative is the largest
 * or smallest of theirs.
 */
function extreme(sign: 1 | -1, compute: Operation['compute']): Operation {
  const pick = (values: readonly Decimal[]) => values.reduce((a, b) => (b.cmp(a) * sign > 0 || b.isNaN() ? b : a));
  return {
    arguments: [2, Infinity],
    compute,
    exact: (...u) => pick(u),
    derivative: (u, du, y) => pick(du.flatMap((each, i) => (u[i].eq(y) ? [each ?? zero(y)] : []))),
  };
}

/** 1 / (1 + e^-u). The derivative e^-|u| / (1 + e^-|u|)² neither overflows nor suffers from cancellation. */
const sigmoid = smooth(
  (u) => 1 / (1 + Math.exp(-u)),
  (u) => u.neg().exp().add(1).pow(-1),
  (u) => {
    const e = u.abs().neg().exp();
    return e.div(e.add(1).pow(2));
  },
);

/** A square is a product, as in NumPy: that is exact to half a unit in the last place, which Math.pow need not be. */
function power(base: number, exponent: number): number {
  return exponent === 2 ? base * base : Math.pow(base, exponent);
}

const pow = binary(power, 'pow', ([a, b], [da, db], y, once) => {
  if (db === undefined) {
    if (b.isZero()) return zero(y);
    // u^b with a fractional b is defined for u ≥ 0 only, and du = 0 does not tell whether u falls below 0.
    if (a.isZero() && !b.isInteger() && !da!.gt(0)) return none(y);
    return once(() => b.mul(a.pow(b.sub(1)))).mul(da!);
  }
  const byExponent = y.mul(a.ln()).mul(db);
  return da === undefined ? byExponent : byExponent.add(y.mul(b).div(a).mul(da));
});

const sum = (sign: 1 | -1): Operation['derivative'] => {
  return (_, [da, db], y) => (da ?? zero(y)).add((db ?? zero(y)).mul(sign));
};

// e^u - 1 and ln(1 + u) without cancellation near 0.
const expm1 = (u: Decimal) => (u.abs().lt(1) ? u.div(2).sinh().mul(2).mul(u.div(2).exp()) : u.exp().sub(1));
const log1p = (u: Decimal) => (u.abs().lt(0.5) ? u.div(u.add(2)).atanh().mul(2) : u.add(1).ln());
// decimal.js sums the series of sinh and cosh, which takes too long for large arguments.
const sinh = (u: Decimal) => (u.abs().lt(1) ? u.sinh() : u.exp().sub(u.neg().exp()).div(2));
const cosh = (u: Decimal) => u.exp().add(u.neg().exp()).div(2);
const tanh = (u: Decimal) => {
  if (u.abs().lt(1)) return u.sinh().div(cosh(u));
  const e = u.abs().mul(-2).exp();
  return e
    .neg()
    .add(1)
    .div(e.add(1))
    .mul(u.isNeg() ? -1 : 1);
};
/**
 * u modulo 2π for a large u, computed with as many more digits as u has before its point. decimal.js would keep these
 * digits in all further operations.
 */
function reduced(u: Decimal): Decimal {
  if (!u.isFinite() || u.e < 3) return u;
  const decimal = constructorOf(u);
  const wide = decimal.clone({ precision: decimal.precision + u.e + 10 });
  return new decimal(new wide(u).mod(wide.acos(-1).mul(2))).toSignificantDigits();
}
const sin = (u: Decimal) => reduced(u).sin();
const cos = (u: Decimal) => reduced(u).cos();
const root = (radicand: Decimal) => radicand.sqrt().pow(-1);
const square = (u: Decimal) => u.mul(u);

/** The operators, under the names that mathjs gives them. */
export const OPERATORS: Readonly<Record<string, Operation>> = {
  add: binary((a, b) => a + b, 'add', sum(1)),
  subtract: binary((a, b) => a - b, 'sub', sum(-1)),
  multiply: binary(
    (a, b) => a * b,
    'mul',
    ([a, b], [da, db], y) => (da?.mul(b) ?? zero(y)).add(db?.mul(a) ?? zero(y)),
  ),
  divide: binary(
    (a, b) => a / b,
    'div',
    ([, b], [da, db], y) => (da ?? zero(y)).sub(db?.mul(y) ?? zero(y)).div(b),
  ),
  pow,
  unaryMinus: smooth(
    (u) => -u,
    (u) => u.neg(),
    (u) => zero(u).sub(1),
  ),
  unaryPlus: smooth(
    (u) => u,
    (u) => u,
    (u) => zero(u).add(1),
  ),
};

/** The functions that a formula may call. */
export const FUNCTIONS: Readonly<Record<string, Operation>> = {
  sin: smooth(Math.sin, sin, cos),
  cos: smooth(Math.cos, cos, (u) => sin(u).neg()),
  tan: smooth(
    Math.tan,
    (u) => reduced(u).tan(),
    (u) => square(cos(u)).pow(-1),
  ),
  asin: shared('asin', (u) => root(square(u).neg().add(1))),
  acos: shared('acos', (u) => root(square(u).neg().add(1)).neg()),
  atan: shared('atan', (u) => square(u).add(1).pow(-1)),
  sinh: smooth(Math.sinh, sinh, cosh),
  cosh: smooth(Math.cosh, cosh, sinh),
  tanh: smooth(Math.tanh, tanh, (u) => square(cosh(u)).pow(-1)),
  asinh: shared('asinh', (u) => root(square(u).add(1))),
  acosh: shared('acosh', (u) => root(square(u).sub(1))),
  atanh: shared('atanh', (u) => square(u).neg().add(1).pow(-1)),
  exp: shared('exp', (_, y) => y),
  expm1: smooth(Math.expm1, expm1, (u) => u.exp()),
  log: {
    arguments: [1, 2],
    compute: (u, base) => (base === undefined ? Math.log(u) : Math.log(u) / Math.log(base)),
    exact: (u, base?: Decimal) => (base === undefined ? u.ln() : u.ln().div(base.ln())),
    derivative([u, base], [du, dBase], y) {
      const top = du?.div(u) ?? zero(y);
      return base === undefined ? top : top.sub(dBase?.mul(y).div(base) ?? zero(y)).div(base.ln());
    },
  },
  log2: smooth(
    Math.log2,
    (u) => u.log(2),
    (u) => u.mul(zero(u).add(2).ln()).pow(-1),
  ),
  log10: smooth(
    Math.log10,
    (u) => u.log(10),
    (u) => u.mul(zero(u).add(10).ln()).pow(-1),
  ),
  log1p: smooth(Math.log1p, log1p, (u) => u.add(1).pow(-1)),
  sqrt: {
    ...shared('sqrt', (u) => root(u).div(2)),
    derivative: ([u], [du], y) => (u.isZero() && du!.lt(0) ? none(y) : root(u).div(2).mul(du!)),
  },
  cbrt: shared('cbrt', (_, y) => square(y).mul(3).pow(-1)),
  pow,
  abs: {
    ...shared('abs', (u) => u),
    derivative: ([u], [du]) => (u.isZero() ? du!.abs() : du!.mul(u.isNeg() ? -1 : 1)),
  },
  sign: smooth(
    Math.sign,
    (u) => new (constructorOf(u))(u.isNaN() ? NaN : u.cmp(0)),
    (u) => (u.isZero() ? none(u) : zero(u)),
  ),
  max: extreme(1, Math.max),
  min: extreme(-1, Math.min),
  sigmoid,
  relu: {
    arguments: [1, 1],
    compute: (u) => Math.max(u, 0),
    exact: (u) => (u.isNeg() ? zero(u) : u),
    derivative: ([u], [du], y) => (u.isZero() ? (du!.isNeg() ? zero(y) : du!) : u.isNeg() ? zero(y) : du!),
  },
};
