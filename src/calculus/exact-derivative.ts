import type { Decimal } from 'decimal.js';
import { type Derivative, type Operation, OPERATORS, type Term } from './operations.js';

/** The derivative as seen from the left and from the right. Where they differ, the function has a corner. */
export interface OneSided {
  readonly left: number;
  readonly right: number;
}

/** Significant digits that are calculated with: if two agree, that is the derivative. */
const DIGITS = [40, 80] as const;
/**
 * If they do not, terms cancel, and these decide; the less, the larger the formula, as their cost grows with the cube.
 * decimal.js knows 1,025 digits of pi, and the sine takes as many as its result and its argument have together.
 */
const MORE_DIGITS = [400, 500] as const;
const MORE_DIGITS_LARGE = [160, 200] as const;
const LARGE = 6; // calls of functions

/**
 * All partial derivatives of a formula at a point by forward differentiation (the chain rule, from the variables up), with
 * as many decimal digits as it takes for the result to be right to the last bit of a float64 (Ziv's strategy): no
 * overflow, and no loss by cancellation, whatever form the formula has.
 *
 * @param x (n); its values and the formula's numbers are taken for exactly the float64 that they are
 * @returns (n); NaN where the rules do not tell: 0/0, or a point outside the domain
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

function countCalls(term: Term): number {
  if (term.type !== 'call') return 0;
  const own = Object.hasOwn(OPERATORS, term.name) && term.name !== 'pow' ? 0 : 1;
  return term.args.reduce((sum, arg) => sum + countCalls(arg), own);
}

/** The float64 that a value tends to as precision grows; NaN if it does not settle. */
function settle(at: (digits: number) => Derivative, isLossy: boolean, moreDigits: readonly [number, number]): number {
  try {
    const low = at(DIGITS[0]);
    if (low === undefined) return 0;
    const high = at(DIGITS[1])!;
    if (!isLossy && agree(low, high)) return high.toNumber();
    const [higher, highest] = moreDigits.map((digits) => at(digits)!);
    if (agree(higher, highest)) return highest.toNumber();
    // A value that shrinks as digits are added is rounding alone.
    const before = [low, high, higher].map((derivative) => derivative.abs());
    const isRounding = before.some((derivative) => highest.abs().lt(derivative.mul('1e-30')));
    return highest.isZero() || isRounding ? 0 : NaN;
  } catch {
    return NaN; // decimal.js has too few digits of pi: the sine of an astronomic number
  }
}

/** Zero may be what is left of a difference, so it agrees with nothing. */
function agree(a: Decimal, b: Decimal): boolean {
  if (!a.isFinite() || a.isZero() || b.isZero()) return !a.isFinite() && a.toString() === b.toString();
  return a.sub(b).abs().lte(b.abs().mul('1e-25'));
}

/** A term, and its value and those of its arguments at a point. */
interface Value {
  readonly term: Term;
  readonly value: Decimal;
  readonly args: readonly Value[];
  /** True if something was too small to be seen beside something else, in it or in its arguments. */
  readonly isLossy: boolean;
}

function evaluate(decimal: typeof Decimal, term: Term, x: Float64Array): Value {
  const leaf = (value: Decimal): Value => ({ term, value, args: [], isLossy: false });
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
      return { term, value, args, isLossy: isLoss(term.name, value, args) || args.some((arg) => arg.isLossy) };
    }
  }
}

/** NaN where decimal.js has too few digits of a constant: the derivative may do without the value. */
function valueOf(decimal: typeof Decimal, { exact }: Operation, args: readonly Value[]): Decimal {
  try {
    return exact(...args.map(({ value }) => value));
  } catch {
    return new decimal(NaN);
  }
}

/** Digits that must be left of the smallest summand, and of a difference. */
const DIGITS_LEFT = 25;

/** True for 1 + 1e-70, for a difference of nearly equal numbers, and for a function that is 0 where its argument is not. */
function isLoss(name: string, value: Decimal, args: readonly Value[]): boolean {
  const operands = args.map((arg) => arg.value);
  if (!value.isFinite() || operands.some((operand) => operand.isZero())) return false;
  if (value.isZero()) return true;
  if (name !== 'add' && name !== 'subtract') return false;
  const exponents = [value, ...operands].map(({ e }) => e);
  const { precision } = value.constructor as typeof Decimal;
  return Math.max(...exponents) - Math.min(...exponents) > precision - DIGITS_LEFT;
}

/** Directional derivative by one coordinate, forwards (1) or backwards (-1); undefined if there is no dependence. */
function derivativeOf({ term, value, args }: Value, coordinate: number, direction: 1 | -1): Derivative {
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
  );
}

/** More digits than any float64 has. */
const ALL_DIGITS = 1100;

/** All the digits of a float64: it is an integer over a power of two. */
function exactly(decimal: typeof Decimal, value: number): Decimal {
  if (!Number.isFinite(value)) return new decimal(value);
  let numerator = value;
  let halvings = 0;
  for (; !Number.isInteger(numerator); halvings++) numerator *= 2;
  const wide = decimal.clone({ precision: ALL_DIGITS });
  return new decimal(new wide(BigInt(numerator).toString()).div(wide.pow(2, halvings)));
}
