import type { MiniBatch } from '../dataset/mini-batch.js';
import { shapes, type TwoLayerNet } from '../network/two-layer-net.js';
import {
  type Activation,
  atPixels,
  backwardPass,
  forwardPass,
  type ForwardPass,
  once,
  pickRows,
} from './error-analysis.js';
import { asFloat32Differences, asNotRestored, FITTED_MISTAKES } from './fitted-mistakes.js';
import { factors, KNOWN_MISTAKES, otherBatches, otherPoints, TRANSPOSED, unknownFactor } from './known-mistakes.js';
import type { Cause, Factor, GradeContext, Mistake, Outcome } from './mistake.js';
import {
  distanceOf,
  fitFactor,
  type Layouts,
  layoutsOfRows,
  levelOf,
  LEVELS,
  predict,
  type Prediction,
  type TensorName,
} from './tensors.js';

/** What explains some of the wrong tensors. */
export interface Diagnosis {
  readonly tensors: readonly TensorName[];
  /** Each explains the numbers as well as the others; mistakes of one list were made together. Empty: not known. */
  readonly alternatives: readonly (readonly Cause[])[];
}

/** What is to be explained. */
interface DiagnosisInput {
  /** The forward pass with each number that a learner may have added in the logarithm. */
  readonly passes: readonly ForwardPass[];
  readonly context: GradeContext;
  readonly given: ReadonlyMap<TensorName, Layouts>;
  readonly wrong: readonly TensorName[];
  /**
   * Tensors that are right, but not to the last digit: a mistake that predicts them to the last digit is what they come
   * from.
   */
  readonly suspects: ReadonlySet<TensorName>;
  /** Loss of the mini-batch, in nats, and the step of the differences that the learner may have taken. */
  readonly loss: number;
  readonly h: number;
  /** What central differences may be off by. */
  readonly differences: Readonly<Record<TensorName, Float64Array>>;
}

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
 * and looks which of them the numbers are. A mistake that explains everything comes first, then the one that explains
 * most, most exactly, with the fewest mistakes. What is named reproduces the numbers; where nothing does, nothing is
 * named.
 */
export function diagnose(input: DiagnosisInput): Diagnosis[] {
  const diagnoses: Diagnosis[] = [];
  let candidates = findCandidates(input);
  let left = [...input.wrong, ...input.suspects];
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
    const adapted = [...alternatives.values()].map((causes) =>
      causes.map((cause) => adapt(cause, best.tensors, input)),
    );
    diagnoses.push({ tensors: best.tensors, alternatives: adapted });
    left = left.filter((name) => !best.tensors.includes(name));
  }
  return [
    ...diagnoses,
    ...explainOneByOne(
      input,
      left.filter((name) => input.wrong.includes(name)),
    ),
  ];
}

function byRank(a: Candidate, b: Candidate): number {
  return (
    Number(b.isComplete) - Number(a.isComplete) ||
    b.tensors.length - a.tensors.length ||
    a.level - b.level ||
    a.causes.length - b.causes.length
  );
}

const RIGHT: Mistake = {
  cause: 'right',
  what: '',
  advice: '',
  predict: ({ pass }) => ({ tensors: predict(pass, backwardPass(pass)) }),
};

/** Cheap mistakes first; others only if these do not explain everything to the last digit. */
function findCandidates(input: DiagnosisInput): Candidate[] {
  const search = searchFor(input);
  const candidates = [RIGHT, ...KNOWN_MISTAKES, ...FITTED_MISTAKES, ...otherBatches(input.context)].flatMap(search);
  const exact = candidates.filter(({ level }) => LEVELS[level] === 'float64');
  const explained = new Set(exact.flatMap(({ tensors }) => tensors));
  if (input.wrong.every((name) => explained.has(name))) return candidates;
  return [...candidates, ...otherPoints(input.context).flatMap(search)];
}

/** Rows of W1 that a mistake is tried on before it is tried on all. */
const ROWS = 33;

/** Where mistakes are tried: a number added in the logarithm, and some pixels or all. */
interface Scope {
  readonly pass: ForwardPass;
  readonly whole: ForwardPass;
  readonly given: ReadonlyMap<TensorName, Layouts>;
  readonly right: Required<Prediction>;
  readonly differences: Readonly<Record<TensorName, ArrayLike<number>>>;
  readonly pixels: Uint32Array;
}

function searchFor(input: DiagnosisInput): (mistake: Mistake) => Candidate[] {
  const { passes, context, given } = input;
  const D = passes[0].net.inputSize;
  const some = given.has('W1') ? chooseRows(passes[0], Math.min(D, ROWS)) : Uint32Array.of(0);
  const scopesAt = (pixels: Uint32Array) =>
    passes.map((whole): Scope => {
      const pass = atPixels(whole, pixels);
      const isAll = pass === whole;
      const W1 = isAll ? input.differences.W1 : pickRows(input.differences.W1, pixels, D);
      return {
        pass,
        whole,
        pixels,
        given: isAll ? given : new Map([...given].map(([name, each]) => [name, layoutsOfRows(each, pixels, D)])),
        right: predict(pass, backwardPass(pass)),
        differences: { ...input.differences, W1 },
      };
    });
  const looks = scopesAt(some);
  const isAll = some.length === D || !given.has('W1');
  const scopes = isAll ? () => looks : once(() => scopesAt(Uint32Array.from({ length: D }, (_, i) => i)));
  const choices = factors(passes[0], context);

  return (mistake) => {
    const forwards = new Map<string, ForwardPass>();
    const outcomeIn = ({ pass, whole, given, pixels }: Scope): Outcome | undefined => {
      let calls = 0;
      const forward = (net: TwoLayerNet, batch: MiniBatch, activation?: Activation) => {
        const key = `${calls++}`;
        if (!forwards.has(key)) forwards.set(key, forwardPass(net, batch, 0, activation));
        return atPixels({ ...forwards.get(key)!, epsilon: pass.epsilon }, pixels);
      };
      return mistake.predict({ pass, whole, context, given, forward });
    };
    const first = outcomeIn(looks[0]);
    if (first && !isNear(looks[0], first.tensors, input)) return [];
    return passes.flatMap((_, i) => {
      const look = outcomeIn(looks[i]);
      if (look === undefined && first !== undefined) return [];
      if (look && matches(looks[i], look, mistake, choices, input).length === 0) return [];
      const scope = scopes()[i];
      const outcome = scope === looks[i] ? look : outcomeIn(scope);
      return outcome ? matches(scope, outcome, mistake, choices, input) : [];
    });
  };
}

/** The pixels with the largest gradient, and some that are 0 in every image. */
function chooseRows(pass: ForwardPass, count: number): Uint32Array {
  const { inputSize: D } = pass.net;
  const ink = new Float64Array(D);
  pass.batch.x.forEach((pixel, i) => (ink[i % D] += pixel));
  const byInk = Array.from(ink.keys()).sort((a, b) => ink[b] - ink[a]);
  const dark = byInk.filter((pixel) => ink[pixel] === 0).slice(0, 3);
  return Uint32Array.from([...byInk.slice(0, count - dark.length), ...dark]).sort();
}

/** Numbers that are further than this from any multiple of what a mistake makes do not come from it. */
const NEAR = 0.05;

/** Whether some wrong tensor has the direction of what was predicted: quick, and no proof. */
function isNear(scope: Scope, prediction: Prediction, { wrong, suspects }: DiagnosisInput): boolean {
  return [...wrong, ...suspects].some((name) => {
    const expected = prediction[name] ?? scope.right[name];
    return [false, true].some((isTransposed) => {
      const values = lay(scope.given.get(name)!, expected.shape, isTransposed);
      return values && fitFactor(values, expected.value).rest < NEAR;
    });
  });
}

const lay = (layouts: Layouts, shape: readonly number[], isTransposed: boolean) =>
  isTransposed && shape.length === 2 ? layouts.transposed(shape) : layouts.asIs(shape);

/** Mistakes that have a number of their own, or hide the numbers: with a factor beside it they would fit anything. */
const FITTED = new Set(FITTED_MISTAKES);

/** What a mistake explains: as it is and transposed, with every factor. */
function matches(
  scope: Scope,
  { tensors, what }: Outcome,
  mistake: Mistake,
  choices: readonly (readonly Factor[])[],
  input: DiagnosisInput,
): Candidate[] {
  const made: readonly Cause[] = mistake === RIGHT ? [] : [what === undefined ? mistake : { ...mistake, what }];
  return [false, true].flatMap((isTransposed) => {
    const layout = isTransposed ? [TRANSPOSED] : [];
    const tryOut = (choice: readonly Factor[], isFree = false): Candidate[] => {
      const causes = [...made, ...layout, ...choice];
      const factor = choice.reduce((product, each) => product * each.factor, 1);
      const match =
        causes.length > 0 && matchOf(scope, tensors, { factor, isFree, isTransposed }, mistake.cause, input);
      return match ? [{ ...match, causes }] : [];
    };
    // Any factor fits a tensor that the mistake leaves as it is, but for a factor.
    const isOther = (name: TensorName) => {
      const [made, right] = [tensors[name], scope.right[name]];
      return (
        made !== undefined &&
        (made.shape.join() !== right.shape.join() || fitFactor(made.value, right.value).rest > 1e-6)
      );
    };
    if (mistake.cause === 'zeros') return tryOut([]);
    if (FITTED.has(mistake)) {
      // Where it makes no more than a multiple of the right gradient in all that it explains, the factor is the cause.
      const isFactor = mistake.cause !== 'clipped' && mistake.cause !== 'rounded';
      return tryOut([]).filter((candidate) => !isFactor || candidate.tensors.some(isOther));
    }
    const seen = factorsSeen(scope, tensors, isTransposed, input);
    const near = choices.filter((choice) => {
      const product = choice.reduce((whole, each) => whole * each.factor, 1);
      return choice.length === 0 || seen.some((factor) => Math.abs(factor / product - 1) < NEAR);
    });
    const known = near.flatMap((choice) => tryOut(choice));
    // A factor that nothing explains, and nothing else, is explained last, tensor by tensor.
    const mayBeUnknown = known.length === 0 && made.length + layout.length > 0;
    if (!mayBeUnknown) return known;
    return seen
      .flatMap((factor) => tryOut([unknownFactor(factor)], true))
      .map((candidate) => ({
        ...candidate,
        tensors: candidate.tensors.filter(
          (name) => input.wrong.includes(name) && ((isTransposed && name.startsWith('W')) || isOther(name)),
        ),
      }))
      .filter((candidate) => candidate.tensors.length > 0);
  });
}

/** By what the tensors may be multiplied that are near a multiple of what was predicted. */
function factorsSeen(
  scope: Scope,
  prediction: Prediction,
  isTransposed: boolean,
  { wrong, suspects }: DiagnosisInput,
): number[] {
  return [...wrong, ...suspects].flatMap((name) => {
    const expected = prediction[name] ?? scope.right[name];
    const values = lay(scope.given.get(name)!, expected.shape, isTransposed);
    const { factor, rest } = values ? fitFactor(values, expected.value) : { factor: 0, rest: 1 };
    return rest < NEAR && factor !== 0 ? [factor] : [];
  });
}

/**
 * At most this part of the difference from the right gradient may be left when a mistake explains it; beside a factor that
 * was fitted, of the difference from the right gradient with a fitted factor.
 */
const LEFT = 0.1;

function matchOf(
  { given, right, differences }: Scope,
  prediction: Prediction,
  { factor, isFree, isTransposed }: { factor: number; isFree: boolean; isTransposed: boolean },
  cause: string,
  { wrong, suspects }: DiagnosisInput,
): Omit<Candidate, 'causes'> | undefined {
  const tensors: TensorName[] = [];
  let isComplete = true;
  let coarsest = 0;
  for (const [name, layouts] of given) {
    const expected = prediction[name] ?? right[name];
    const values = lay(layouts, expected.shape, isTransposed);
    const level = values && levelOf(values, expected, factor, differences[name]);
    const isWrong = wrong.includes(name);
    if (level === undefined) isComplete = false;
    else if (suspects.has(name)) {
      // The right program predicts it too, only not to the last digit.
      if (level === 'float64' && cause !== 'rounded') tensors.push(name);
    } else if (isWrong) {
      const own = layouts.asIs(right[name].shape);
      const rightFactor = own && isFree ? fitFactor(own, right[name].value).factor : 1;
      const before = own && cause !== 'rounded' ? distanceOf(own, right[name].value, rightFactor) : Infinity;
      if (!(distanceOf(values!, expected.value, factor) <= LEFT * before)) isComplete = false;
      else {
        tensors.push(name);
        coarsest = Math.max(coarsest, LEVELS.indexOf(level));
      }
    }
  }
  return tensors.length > 0 ? { tensors, isComplete, level: coarsest } : undefined;
}

const LINES: Record<TensorName, string> = {
  W1: 'dW1 = x.T @ dhidden',
  b1: 'db1 = dhidden.sum(axis=0)',
  W2: 'dW2 = hidden.T @ dscores',
  b2: 'db2 = dscores.sum(axis=0)',
};

/** A factor in some tensors alone does not come from where all of them come from: the advice is another. */
function adapt(made: Cause, tensors: readonly TensorName[], { given }: Pick<DiagnosisInput, 'given'>): Cause {
  const { cause, what } = made;
  const isFactor = 'factor' in made;
  if (!isFactor || tensors.length === given.size) return { cause, what, advice: made.advice };
  const advice =
    tensors.join() === 'W1,b1'
      ? 'it is not so in W2 and b2: look between dscores and dhidden, at dscores @ W2.T * hidden * (1 - hidden)'
      : `it is so in ${tensors.join(' and ')} alone: look at ${tensors.map((name) => LINES[name]).join(', ')}`;
  return { cause, what, advice };
}

/**
 * Tensors that no mistake in the tables makes: what is right but for some factor, differences that went wrong; and those
 * that nothing explains.
 */
function explainOneByOne(
  { passes, given, differences, loss, h }: DiagnosisInput,
  left: readonly TensorName[],
): Diagnosis[] {
  const found = new Map<string, { tensors: TensorName[]; causes: Cause[] }>();
  const right = once(() => predict(passes[0], backwardPass(passes[0])));
  for (const name of left) {
    const values = given.get(name)!.asIs(shapes(passes[0].net)[name]);
    const causes: Cause[] = [];
    if (values) {
      const factor = factorOf(values, name, passes, differences[name]);
      const cause =
        factor !== undefined
          ? unknownFactor(factor)
          : (asFloat32Differences(passes[0], values, right()[name].value, loss, h) ??
            asNotRestored(passes[0], name, values, right()[name].value, differences[name], h));
      if (cause) causes.push(cause);
    }
    const key = causes.map(({ what }) => what).join();
    found.set(key, { tensors: [...(found.get(key)?.tensors ?? []), name], causes });
  }
  return [...found.values()].map(({ tensors, causes }) => ({
    tensors,
    alternatives: causes.length === 0 ? [] : [causes.map((cause) => adapt(cause, tensors, { given }))],
  }));
}

/** The number that the right gradient was multiplied by, if nothing else is wrong with it. */
function factorOf(
  values: ArrayLike<number>,
  name: TensorName,
  passes: readonly ForwardPass[],
  differences: ArrayLike<number>,
): number | undefined {
  for (const pass of passes) {
    const expected = predict(pass, backwardPass(pass))[name];
    const { factor } = fitFactor(values, expected.value);
    if (factor === 0 || levelOf(values, expected, factor, differences) === undefined) continue;
    if (distanceOf(values, expected.value, factor) <= LEFT * distanceOf(values, expected.value)) return factor;
  }
  return undefined;
}
