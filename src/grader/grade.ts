import type { MiniBatch } from '../dataset/mini-batch.js';
import { crossEntropy, EPSILON } from '../network/functions.js';
import { shapes, TENSORS, type TwoLayerNet } from '../network/two-layer-net.js';
import { compare, type Comparison, unravel } from './compare.js';
import { type Diagnosis, diagnose } from './diagnose.js';
import { backwardPass, differenceError, forwardDifferences, forwardPass, UNIT } from './error-analysis.js';
import type { GradeContext } from './known-mistakes.js';
import { layoutsOf, type LearnerTensor, type Level, levelOf, LEVELS, predict, type TensorName } from './tensors.js';

/**
 * What a right program may compute: the gradient of the book's loss, that of -log y_t without the 1e-7, which the book
 * itself takes where it trains by the first, or forward differences, which differ from both by h/2 times the second
 * derivative.
 */
export type Variant = 'exact' | 'without-guard' | 'forward-differences';

/** What was found of one tensor. */
export interface TensorGrade {
  readonly name: TensorName;
  readonly isRight: boolean;
  /** How exactly it is right; undefined if it is wrong. */
  readonly level: Level | undefined;
  /** As what it is right, or most exactly so: see `Variant`. */
  readonly variant: Variant;
  readonly shape: readonly number[];
  readonly expectedShape: readonly number[];
  /** Entry by entry, where the shape allows it. */
  readonly comparison: Comparison | undefined;
  /** Index of the first entry that is NaN or infinite, if any is. */
  readonly notFinite: readonly number[] | undefined;
}

export interface Grade {
  readonly isRight: boolean;
  /** Of the mini-batch, in nats. */
  readonly loss: number;
  /** Those that were handed in. */
  readonly tensors: readonly TensorGrade[];
  readonly missing: readonly TensorName[];
  readonly diagnoses: readonly Diagnosis[];
}

/**
 * Grades a gradient that was computed elsewhere, and names the mistakes in it.
 *
 * Right is what differs from ∂L/∂w by no more than a right program can: by rounding in float64, by what central
 * differences of step h add to that (see difference-error.ts), or by rounding in float32.
 *
 * @param tensors some or all of the four
 * @param h step of the differences that the learner may have taken
 */
export function grade(
  tensors: ReadonlyMap<TensorName, LearnerTensor>,
  { net, batch }: { net: TwoLayerNet; batch: MiniBatch },
  surroundings: GradeContext,
  h: number,
): Grade {
  const exact = forwardPass(net, batch, EPSILON);
  const passes = [exact, { ...exact, guard: 0 }];
  const variants = [
    { variant: 'exact' as const, right: predict(exact, backwardPass(exact)) },
    { variant: 'without-guard' as const, right: predict(exact, backwardPass(passes[1])) },
    { variant: 'forward-differences' as const, right: predict(exact, forwardDifferences(exact, h)) },
  ];
  const { gradient, error } = backwardPass(exact);
  const { truncation, rounding } = differenceError(exact, gradient, h);
  const differences = Object.fromEntries(
    TENSORS.map((name) => [
      name,
      error[name].map((units, i) => UNIT.f64 * units + truncation[name][i] + rounding[name][i]),
    ]),
  ) as Record<TensorName, Float64Array>;

  const given = new Map(TENSORS.flatMap((name) => (tensors.has(name) ? [[name, layoutsOf(tensors.get(name)!)]] : [])));
  const grades = [...given].map(([name, layouts]): TensorGrade => {
    const expectedShape = shapes(net)[name];
    const { shape, data } = tensors.get(name)!;
    const values = layouts.asIs(expectedShape);
    const matches = variants.flatMap(({ variant, right }) => {
      const level = values && levelOf(values, right[name], 1, differences[name]);
      const isPossible = variant !== 'forward-differences' || level === 'differences';
      return level && isPossible ? [{ level, variant, expected: right[name] }] : [];
    });
    const [match] = matches.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
    const { variant, expected } = match ?? { variant: 'exact', expected: variants[0].right[name] };
    const tolerance = differences[name].map((difference, i) => toleranceOf(match?.level, difference, error[name][i]));
    const first = Array.prototype.findIndex.call(data, (value: number) => !Number.isFinite(value));
    return {
      ...{ name, shape, expectedShape, isRight: match !== undefined },
      level: match?.level,
      variant,
      comparison: values && compare(values, expected.value, tolerance, expectedShape),
      notFinite: first < 0 ? undefined : unravel(first, shape),
    };
  });

  const wrong = grades.filter(({ isRight, notFinite }) => !isRight && !notFinite).map(({ name }) => name);
  const loss = crossEntropy(exact.probabilities, batch.t, net.outputSize);
  return {
    isRight: grades.every(({ isRight }) => isRight),
    loss,
    tensors: grades,
    missing: TENSORS.filter((name) => !given.has(name)),
    diagnoses: wrong.length === 0 ? [] : diagnose({ passes, surroundings, given, wrong, loss, h, differences }),
  };
}

/** At a level; of what is wrong, the most that any level would have let pass. */
function toleranceOf(level: Level | undefined, difference: number, units: number): number {
  if (level === 'float64') return UNIT.f64 * units;
  if (level === 'differences') return difference;
  return level === 'float32' ? UNIT.f32 * units : Math.max(difference, UNIT.f32 * units);
}
