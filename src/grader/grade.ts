import type { MiniBatch } from '../dataset/mini-batch.js';
import { InputError } from '../errors.js';
import { crossEntropy, EPSILON } from '../network/functions.js';
import { shapes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { diagnose, type Diagnosis } from './diagnose.js';
import {
  backwardPass,
  differenceError,
  forwardDifferences,
  forwardPass,
  type ForwardPass,
  once,
  UNIT,
} from './error-analysis.js';
import type { GradeContext } from './mistake.js';
import {
  compare,
  type Comparison,
  distanceOf,
  type Expected,
  fitFactor,
  LEFT,
  type LearnerTensor,
  levelOf,
  MATCH_LEVELS,
  type MatchLevel,
  type Prediction,
  predictionOf,
  reshape,
  type TensorName,
  unravel,
} from './tensors.js';

// Grading a gradient. submission.ts reads a learner's files; gradient-case.ts draws the net and the mini-batch. `grade`
// compares each tensor with the right one (tensors.ts), within the errors of rounding and of difference quotients
// (error-analysis.ts). diagnose.ts looks for the mistakes in wrong tensors; mistake.ts defines a mistake, and *-mistakes.ts
// list them. engine-check.ts compares the engines in the same way.

/**
 * The gradients that a right program may compute:
 *
 * - `exact`: of the book's loss.
 * - `without-guard`: of -log y_t without the 1e-7, which gives (y - t) / N as in the book's backpropagation.
 * - `smaller-guard`: with a smaller number in place of the 1e-7.
 * - `float32-pixels`: with pixels rounded to float32, as by the book's `load_mnist`.
 * - `forward-differences`, `backward-differences`: with an error of h/2 times the second derivative.
 */
export type Variant =
  | 'exact'
  | 'without-guard'
  | 'smaller-guard'
  | 'float32-pixels'
  | 'float32-pixels-without-guard'
  | 'forward-differences'
  | 'backward-differences';

/** The grade of one tensor. */
export interface TensorGrade {
  readonly name: TensorName;
  readonly isRight: boolean;
  /** The level at which it is right; undefined if it is wrong. */
  readonly level: MatchLevel | undefined;
  /** The variant that it agrees with most exactly. */
  readonly variant: Variant;
  readonly shape: readonly number[];
  readonly expectedShape: readonly number[];
  /** Entry by entry, if the shape allows it. */
  readonly comparison: Comparison | undefined;
  /** Index of the first entry that is NaN or infinite, if there is one. */
  readonly notFinite: readonly number[] | undefined;
}

export interface Grade {
  /** Whether all four tensors are there and right. */
  readonly isRight: boolean;
  /** Loss of the mini-batch, in nats. */
  readonly loss: number;
  /** The tensors that were handed in. */
  readonly tensors: readonly TensorGrade[];
  readonly missing: readonly TensorName[];
  readonly diagnoses: readonly Diagnosis[];
}

/** Numbers below 1e-7 that programs commonly add in the logarithm. */
const SMALLER_GUARDS = [1e-8, 1e-9, 1e-10, 1e-12];

/**
 * Grades a learner's gradient, and names the mistakes in it.
 *
 * A tensor is right if it differs from ∂L/∂w by no more than rounding in float64, the error of central differences of
 * step h, or rounding in float32; see error-analysis.ts. A tensor that is right only at one of the two coarser levels
 * is wrong if a mistake predicts it to the last digit.
 *
 * @param tensors some or all of the four
 * @param h step of the differences that the learner may have taken
 * @throws InputError if the weights are so large that the gradient is not finite
 */
export function grade(
  tensors: ReadonlyMap<TensorName, LearnerTensor>,
  { net, batch }: { net: TwoLayerNet; batch: MiniBatch },
  context: GradeContext,
  h: number,
): Grade {
  const exact = forwardPass(net, batch, EPSILON);
  const right = backwardPass(exact);
  const { gradient } = right;
  const error = right.error();
  const loss = crossEntropy(exact.probabilities, batch.t, net.outputSize);
  if (!Number.isFinite(loss) || !gradient.all.every(Number.isFinite) || !error.all.every(Number.isFinite)) {
    throw new InputError('with these weights the gradient itself is not finite: give weights of a size that trains');
  }
  const passes = [exact, { ...exact, epsilon: 0 }];
  const { truncation, rounding } = differenceError(exact, gradient, h);
  const differences = zeroParameters(net);
  error.all.forEach((units, i) => {
    differences.all[i] = UNIT.f64 * units + truncation.all[i] + rounding.all[i];
  });

  const shape = shapes(net);
  const variants = variantsOf(passes, h);
  const names = TENSORS.filter((name) => tensors.has(name));
  const found = names.map((name) => {
    const given = tensors.get(name)!;
    const values = reshape(given, shape[name]);
    const first = Array.prototype.findIndex.call(given.data, (value: number) => !Number.isFinite(value));
    const notFinite = first < 0 ? undefined : unravel(first, given.shape);
    return { name, given, values, notFinite, match: values && bestMatch(values, name, variants, differences[name]) };
  });

  const wrong = found.filter(({ match, notFinite }) => !match && !notFinite).map(({ name }) => name);
  const suspects = found.filter(({ match }) => match && match.level !== 'float64').map(({ name }) => name);
  const given = new Map(found.map((each) => [each.name, each.given]));
  const diagnoses = diagnose({ passes, context, given, wrong, suspects, h, differences });
  const explained = new Set(diagnoses.flatMap((each) => each.tensors));
  const grades = found.map(({ name, given, values, notFinite, match }): TensorGrade => {
    const isRight = match !== undefined && !explained.has(name);
    const { variant, expected } = match ?? { variant: 'exact', expected: variants[0].right()[name] };
    const level = match && !isRight ? 'float64' : match?.level;
    const tolerance = differences[name].map((difference, i) => toleranceOf(level, difference, error[name][i]));
    return {
      name,
      isRight,
      level: isRight ? match.level : undefined,
      variant,
      shape: given.shape,
      expectedShape: shape[name],
      comparison: values && compare(values, expected.value, tolerance, shape[name]),
      notFinite,
    };
  });
  const missing = TENSORS.filter((name) => !tensors.has(name));
  const isRight = missing.length === 0 && grades.every((each) => each.isRight);
  return { isRight, loss, tensors: grades, missing, diagnoses };
}

interface VariantGradient {
  readonly variant: Variant;
  /** Computed when first asked for. */
  readonly right: () => Required<Prediction>;
  /** The only level at which a match counts; at the others it may be chance. */
  readonly only?: MatchLevel | undefined;
}

function variantsOf([exact, withoutEpsilon]: readonly ForwardPass[], h: number): VariantGradient[] {
  const { net, batch } = exact;
  const single = once(() => forwardPass(net, { ...batch, x: batch.x.map(Math.fround) }, EPSILON));
  const variant = (variant: Variant, pass: () => ForwardPass, only?: MatchLevel): VariantGradient => {
    return { variant, right: once(() => predictionOf(pass(), backwardPass(pass()))), only };
  };
  const oneSided = (variant: Variant, step: number): VariantGradient => {
    return { variant, right: once(() => predictionOf(exact, forwardDifferences(exact, step))), only: 'differences' };
  };
  return [
    variant('exact', () => exact),
    variant('without-guard', () => withoutEpsilon),
    // Pixels in float32 and a smaller epsilon affect only the last digits.
    variant('float32-pixels', single, 'float64'),
    variant('float32-pixels-without-guard', () => ({ ...single(), epsilon: 0 }), 'float64'),
    ...SMALLER_GUARDS.map((epsilon) => variant('smaller-guard', () => ({ ...exact, epsilon }), 'float64')),
    oneSided('forward-differences', h),
    oneSided('backward-differences', -h),
  ];
}

interface Match {
  readonly level: MatchLevel;
  readonly variant: Variant;
  readonly expected: Expected;
}

/** Largest relative distance from the right gradient up to which all variants are tried. */
const NEAR = 0.05;

/** The variant that these numbers agree with most exactly, the first of several. */
function bestMatch(
  values: ArrayLike<number>,
  name: TensorName,
  variants: readonly VariantGradient[],
  differences: Float64Array,
): Match | undefined {
  let best: Match | undefined;
  const exact = variants[0].right()[name].value;
  const isNear = distanceOf(values, exact) <= NEAR * distanceOf(exact);
  for (const { variant, right, only } of variants) {
    if (only === 'float64' && !isNear) continue;
    const expected = right()[name];
    const level = levelOf(values, expected, 1, differences);
    if (level === undefined || level !== (only ?? level)) continue;
    const match = { level, variant, expected };
    if (isScaled(values, match, differences)) continue;
    if (!best || MATCH_LEVELS.indexOf(level) < MATCH_LEVELS.indexOf(best.level)) best = match;
    if (level === 'float64') break;
  }
  return best;
}

/**
 * Whether a small difference from the right gradient is a common factor. Independent rounding errors scale a whole
 * tensor by less than they change its entries. Errors in float32 are divided by 8 because they include the safety
 * factor λ of error-analysis.ts.
 */
function isScaled(values: ArrayLike<number>, { level, expected }: Match, differences: Float64Array): boolean {
  if (level === 'float64' || values.length < 2) return false;
  const { value } = expected;
  const units = expected.error();
  const { factor } = fitFactor(values, value);
  let spread = 0;
  let squares = 0;
  for (let i = 0; i < value.length; i++) {
    spread += Math.abs(value[i]) * (level === 'float32' ? (UNIT.f32 * units[i]) / 8 : differences[i]);
    squares += value[i] ** 2;
  }
  if (!(Math.abs(factor - 1) > spread / squares)) return false;
  return distanceOf(values, value, factor) < LEFT * distanceOf(values, value);
}

/** The tolerance at a level; for a wrong tensor, the largest of all levels. */
function toleranceOf(level: MatchLevel | undefined, difference: number, units: number): number {
  if (level === 'float64') return UNIT.f64 * units;
  if (level === 'differences') return difference;
  return level === 'float32' ? UNIT.f32 * units : Math.max(difference, UNIT.f32 * units);
}
