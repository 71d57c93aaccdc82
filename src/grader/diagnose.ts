import { backwardPass, type ForwardPass } from './error-analysis.js';
import {
  asFloat32Differences,
  asNotRestored,
  KNOWN_MISTAKES,
  type KnownMistake,
  otherBatches,
  type GradeContext,
} from './known-mistakes.js';
import { type Factor, factors, unknownFactor } from './mistake-models.js';
import {
  type Expected,
  type Layouts,
  type Level,
  levelOf,
  LEVELS,
  predict,
  type Prediction,
  type TensorName,
} from './tensors.js';

/** A mistake, as a report names it. */
export type Cause = Pick<KnownMistake, 'cause' | 'what' | 'advice'>;

/** What explains some of the wrong tensors. */
export interface Diagnosis {
  readonly tensors: readonly TensorName[];
  /** Each explains the numbers as well as the others; mistakes of one list were made together. Empty: not known. */
  readonly alternatives: readonly (readonly Cause[])[];
}

/** What is to be explained. */
export interface DiagnosisInput {
  /** The forward pass with each guard that a learner may have in the logarithm. */
  readonly passes: readonly ForwardPass[];
  readonly surroundings: GradeContext;
  readonly given: ReadonlyMap<TensorName, Layouts>;
  readonly wrong: readonly TensorName[];
  /** Of the mini-batch, in nats, and the step of the differences that the learner may have taken. */
  readonly loss: number;
  readonly h: number;
  /** What central differences may be off by. */
  readonly differences: Readonly<Record<TensorName, ArrayLike<number>>>;
}

const TRANSPOSED: Cause = {
  ...{ cause: 'transposed', what: 'rows and columns are exchanged' },
  advice: 'dW1 = x.T @ dhidden is (784, hidden), dW2 = hidden.T @ dscores (hidden, 10), as W1 and W2 are',
};

interface Candidate {
  readonly causes: readonly Cause[];
  /** The wrong tensors that it explains. */
  readonly tensors: readonly TensorName[];
  /** Whether it predicts every tensor that was given, the right ones included. */
  readonly isComplete: boolean;
  /** Index into LEVELS of the coarsest match. */
  readonly level: number;
}

/**
 * Finds the mistakes that wrong tensors come from: computes what each mistake, and each with a factor, would have made,
 * and looks which of them the numbers are. Whatever explains everything comes first, then whatever explains most, most
 * exactly, with the fewest mistakes.
 */
export function diagnose(problem: DiagnosisInput): Diagnosis[] {
  const diagnoses: Diagnosis[] = [];
  let candidates = candidatesFor(problem);
  let left = problem.wrong;
  while (left.length > 0) {
    candidates = candidates
      .map((candidate) => ({ ...candidate, tensors: candidate.tensors.filter((name) => left.includes(name)) }))
      .filter(({ tensors }) => tensors.length > 0)
      .sort(byRank);
    const [best] = candidates;
    if (best === undefined) break;
    const equal = candidates.filter(
      (other) => byRank(best, other) === 0 && other.tensors.join() === best.tensors.join(),
    );
    const alternatives = new Map(equal.map(({ causes }) => [causes.map(({ what }) => what).join(), causes]));
    diagnoses.push({ tensors: best.tensors, alternatives: [...alternatives.values()] });
    left = left.filter((name) => !best.tensors.includes(name));
  }
  return [...diagnoses, ...explainOneByOne(problem, left)];
}

function byRank(a: Candidate, b: Candidate): number {
  return (
    Number(b.isComplete) - Number(a.isComplete) ||
    b.tensors.length - a.tensors.length ||
    a.level - b.level ||
    a.causes.length - b.causes.length
  );
}

function candidatesFor(problem: DiagnosisInput): Candidate[] {
  const { passes, surroundings } = problem;
  const found: Candidate[] = [];
  for (const pass of passes) {
    const right = predict(pass, backwardPass(pass));
    const choices = factors(pass, surroundings);
    const simple = choices.filter((choice) => choice.every(({ cause }) => cause === 'sign' || cause === 'batch-size'));
    found.push(...variations(problem, { ...right }, [], choices));
    for (const hypothesis of [...KNOWN_MISTAKES, ...otherBatches(surroundings)]) {
      const prediction = hypothesis.predict(pass, surroundings);
      if (prediction) found.push(...variations(problem, { ...right, ...prediction }, [hypothesis], simple));
    }
  }
  return found;
}

/** A prediction as it is and transposed, times every factor. */
function variations(
  problem: DiagnosisInput,
  prediction: Required<Prediction>,
  causes: readonly Cause[],
  choices: readonly (readonly Factor[])[],
): Candidate[] {
  return [false, true].flatMap((isTransposed) =>
    choices.flatMap((choice) => {
      const all = [...causes, ...(isTransposed ? [TRANSPOSED] : []), ...choice];
      const factor = choice.reduce((product, each) => product * each.factor, 1);
      const match = all.length === 0 ? undefined : matchOf(problem, prediction, factor, isTransposed);
      return match ? [{ ...match, causes: all }] : [];
    }),
  );
}

function matchOf(
  { given, wrong, differences }: DiagnosisInput,
  prediction: Required<Prediction>,
  factor: number,
  isTransposed: boolean,
): Omit<Candidate, 'causes'> | undefined {
  const tensors: TensorName[] = [];
  let isComplete = true;
  let coarsest = 0;
  for (const [name, layouts] of given) {
    const level = fit(layouts, prediction[name], factor, isTransposed, differences[name]);
    if (level === undefined) isComplete = false;
    else if (wrong.includes(name)) {
      tensors.push(name);
      coarsest = Math.max(coarsest, LEVELS.indexOf(level));
    }
  }
  return tensors.length > 0 ? { tensors, isComplete, level: coarsest } : undefined;
}

function fit(
  layouts: Layouts,
  expected: Expected,
  factor: number,
  isTransposed: boolean,
  differences: ArrayLike<number>,
): Level | undefined {
  const isMatrix = expected.shape.length === 2;
  const values = isTransposed && isMatrix ? layouts.transposed(expected.shape) : layouts.asIs(expected.shape);
  return values && levelOf(values, expected, factor, differences);
}

/**
 * Tensors that no mistake in the table makes: what is right but for some factor, differences that went wrong; and those
 * that nothing explains.
 */
function explainOneByOne(
  { passes, given, differences, loss, h }: DiagnosisInput,
  left: readonly TensorName[],
): Diagnosis[] {
  const right = predict(passes[0], backwardPass(passes[0]));
  const found = new Map<string, { tensors: TensorName[]; causes: Cause[] }>();
  for (const name of left) {
    const expected = right[name];
    const values = given.get(name)!.asIs(expected.shape);
    let products = 0;
    let squares = 0;
    for (let i = 0; values && i < values.length; i++) {
      products += values[i] * expected.value[i];
      squares += expected.value[i] ** 2;
    }
    const factor = products / squares;
    const isFactor = values && factor !== 0 && levelOf(values, expected, factor, differences[name]) !== undefined;
    const differing =
      values && (asFloat32Differences(values, loss, h) ?? asNotRestored(passes[0], name, values, differences[name], h));
    const causes = isFactor ? [unknownFactor(factor)] : differing ? [differing] : [];
    const key = causes.map(({ what }) => what).join();
    found.set(key, { tensors: [...(found.get(key)?.tensors ?? []), name], causes });
  }
  return [...found.values()].map(({ tensors, causes }) => ({ tensors, alternatives: isEmpty(causes) ? [] : [causes] }));
}

const isEmpty = (list: readonly unknown[]) => list.length === 0;
