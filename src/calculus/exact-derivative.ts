import type { Decimal } from 'decimal.js';
import { type Derivative, type Operation, OPERATORS, type Term } from './operations.js';

/** The derivatives from the left and from the right. Where they differ, the function has a corner. */
export interface OneSided {
  readonly left: number;
  readonly right: number;
}

/** Numbers of significant digits to compute with. If both results agree, they are the derivative. */
const DIGITS = [40, 80] as const;
/**
 * Numbers of digits that decide if those results do not agree, because terms cancel. They are fewer for a large
 * formula, as the time grows with the cube of the number of digits. decimal.js has 1,025 digits of pi, and the sine
 * needs as many as its result and its argument have together.
 */
const MORE_DIGITS = [400, 500] as const;
const MORE_DIGITS_LARGE = [160, 200] as const;
const LARGE = 6; // number of function calls beyond which a formula is large

/**
 * All partial derivatives of a formula at a point, by forward-mode differentiation: the chain rule, from the variables
 * up. It computes with as many decimal digits as are needed for a result that is correct to the last bit of a float64
 * (Ziv's strategy). So there is no overflow and no loss by cancellation, whatever the form of the formula.
 *
 * @param x (n); the float64 numbers of x and of the formula are taken as exact
 * @returns (n); NaN where the rules of differentiation give no value: 0/0, or a point outside the domain
 */
export function oneSidedDerivatives(decimal: typeof Decimal, term: Term, x: Float64Array): OneSided[] {
  const evaluations = new Map<number, Value>();
  const valueAt = (digits: number) => {
    const known = evaluations.get(digits);
    if (known !== undefined) return known;
    const value = evaluate(decimal.clone({ defaults: true, precision: digits }), term, x);
    evaluations.set(digits, value);
    return value;
  };
  const isLossy = valueAt(DIGITS[1]).isLossy;
  const moreDigits = countCalls(term) > LARGE ? MORE_DIGITS_LARGE : MORE_DIGITS;
  return Array.from(x, (_, coordinate) => {
    const along = (direction: 1 | -1) => {
      const derivativeAt = (digits: number) => derivativeOf(valueAt(digits), coordinate, direction);
      return direction * settle(derivativeAt, isLossy, moreDigits);
    };
    return { left: 0 + along(-1), right: 0 + along(1) };
  });
}

/** The number of function calls and powers in a formula. */
function countCalls(term: Term): number {
  if (term.type !== 'call') return 0;
  const own = Object.hasOwn(OPERATORS, term.name) && term.name !== 'pow' ? 0 : 1;
  return term.args.reduce((sum, arg) => sum + countCalls(arg), own);
}

/** The float64 that a value converges to as the precision grows; NaN if it does not converge. */
function settle(at: (digits: number) => Derivative, isLossy: boolean, moreDigits: readonly [number, number]): number {
  try {
    const low = at(DIGITS[0]);
    if (low === undefined) return 0;
    const high = at(DIGITS[1])!;
    if (!isLossy && agree(low, high)) return high.toNumber();
    const [higher, highest] = moreDigits.map((digits) => at(digits)!);
    if (agree(higher, highest)) return highest.toNumber();
    // A value that shrinks as digits are added is rounding error: the exact value is 0.
    const before = [low, high, higher].map((derivative) => derivative.abs());
    const isRounding = before.some((derivative) => highest.abs().lt(derivative.mul('1e-30')));
    return highest.isZero() || isRounding ? 0 : NaN;
  } catch {
    return NaN; // decimal.js has too few digits of pi for the sine of such a large number
  }
}

/** True if two values agree to 25 digits. A zero agrees with nothing, because it may be the result of a cancellation. */
function agree(a: Decimal, b: Decimal): boolean {
  if (!a.isFinite() || a.isZero() || b.isZero()) return !a.isFinite() && a.toString() === b.toString();
  return a.sub(b).abs().lte(b.abs().mul('1e-25'));
}

/** A term with its value at a point, and those of its arguments. */
interface Value {
  readonly term: Term;
  readonly value: Decimal;
  readonly args: readonly Value[];
  /** True if digits may have been lost here or in an argument; see isLoss. */
  readonly isLossy: boolean;
  /** Caches the factor of the chain rule that all coordinates and directions share. */
  readonly once: (compute: () => Decimal) => Decimal;
}

/** A function that computes a value at its first call, and returns the same value from then on. */
function remember(): Value['once'] {
  let known: Decimal | undefined;
  return (compute) => (known ??= compute());
}

function evaluate(decimal: typeof Decimal, term: Term, x: Float64Array): Value {
  const leaf = (value: Decimal): Value => ({ term, value, args: [], isLossy: false, once: remember() });
  switch (term.type) {
    case 'number':
      return leaf(exactly(decimal, term.value));
    case 'constant':
      return leaf(term.name === 'pi' ? decimal.acos(-1) : decimal.exp(1));
    case 'variable':
      return leaf(exactly(decimal, x[term.coordinate]));
    case 'call': {
      const args = term.args.map((arg) => evaluate(decimal, arg, x));
      const value = valueOf(decimal, term.operation, args);
      const isLossy = isLoss(term.name, value, args) || args.some((arg) => arg.isLossy);
      return { term, value, args, isLossy, once: remember() };
    }
  }
}

/** The value of an operation; NaN where decimal.js has too few digits of a constant, which the derivative may not need. */
function valueOf(decimal: typeof Decimal, { exact }: Operation, args: readonly Value[]): Decimal {
  try {
    return exact(...args.map(({ value }) => value));
  } catch {
    return new decimal(NaN);
  }
}

/** Significant digits that must be left of the smaller summand of a sum, and of a difference. */
const DIGITS_LEFT = 25;

/**
 * True if an operation may lose too many digits: 1 + 1e-70, a difference of nearly equal numbers, and a function that
 * is 0 where its arguments are not.
 */
function isLoss(name: string, value: Decimal, args: readonly Value[]): boolean {
  const operands = args.map((arg) => arg.value);
  if (!value.isFinite() || operands.some((operand) => operand.isZero())) return false;
  if (value.isZero()) return true;
  if (name !== 'add' && name !== 'subtract') return false;
  const exponents = [value, ...operands].map(({ e }) => e);
  const { precision } = value.constructor as typeof Decimal;
  return Math.max(...exponents) - Math.min(...exponents) > precision - DIGITS_LEFT;
}

/**
 * Directional derivative in one coordinate, forwards (1) or backwards (-1); undefined if the term does not depend on it.
 */
function derivativeOf({ term, value, args, once }: Value, coordinate: number, direction: 1 | -1): Derivative {
  if (term.type === 'variable') {
    return term.coordinate === coordinate ? new (value.constructor as typeof Decimal)(direction) : undefined;
  }
  if (term.type !== 'call') return undefined;
  const derivatives = args.map((arg) => derivativeOf(arg, coordinate, direction));
  if (derivatives.every((derivative) => derivative === undefined)) return undefined;
  return term.operation.derivative(
    args.map((arg) => arg.value),
    derivatives,
    value,
    once,
  );
}

/** More decimal digits than any float64 has. */
const ALL_DIGITS = 1100;

/** The exact value of a float64, an integer divided by a power of two, rounded to the precision of `decimal`. */
function exactly(decimal: typeof Decimal, value: number): Decimal {
  if (!Number.isFinite(value)) return new decimal(value);
  let numerator = value;
  let halvings = 0;
  for (; !Number.isInteger(numerator); halvings++) numerator *= 2;
  const wide = decimal.clone({ precision: ALL_DIGITS });
  return new decimal(new wide(BigInt(numerator).toString()).div(wide.pow(2, halvings)));
}
