import { type Parameters, shapes } from '../network/two-layer-net.js';
import { atPixels, backwardPass, type ForwardPass, once, pickRows } from './error-analysis.js';
import { FITTED_MISTAKES } from './fitted-mistakes.js';
import { INPUT_MISTAKES, otherBatches } from './input-mistakes.js';
import { LAYER_MISTAKES } from './layer-mistakes.js';
import { LOSS_MISTAKES } from './loss-mistakes.js';
import {
  type Cause,
  type Factor,
  factors,
  forwardOf,
  type GradeContext,
  type Mistake,
  type MistakeResult,
  resultOf,
  type Setting,
  TRANSPOSED,
  unknownFactor,
} from './mistake.js';
import { explainTensor } from './tensor-mistakes.js';
import {
  distanceOf,
  fitFactor,
  type GivenTensor,
  LEFT,
  levelOf,
  MATCH_LEVELS,
  type Prediction,
  predictionOf,
  reshape,
  type TensorName,
} from './tensors.js';

/** An explanation of some of the wrong tensors. */
export interface Diagnosis {
  readonly tensors: readonly TensorName[];
  /** Explanations of equal rank; the causes of one list occur together. Empty if no explanation is known. */
  readonly alternatives: readonly (readonly Cause[])[];
}

/** The tensors of a learner, and the right gradient. */
interface DiagnosisInput {
  /** The forward pass with each epsilon that a learner may have added in the logarithm. */
  readonly passes: readonly ForwardPass[];
  readonly context: GradeContext;
  readonly given: ReadonlyMap<TensorName, GivenTensor>;
  readonly wrong: readonly TensorName[];
  /** Tensors that are right, but not to the last digit; they are wrong if a mistake predicts them to the last digit. */
  readonly suspects: readonly TensorName[];
  /** Step of the differences that the learner may have taken. */
  readonly h: number;
  /** Error of central differences. */
  readonly differences: Parameters;
}

interface Candidate {
  readonly causes: readonly Cause[];
  /** The wrong tensors that it explains. */
  readonly tensors: readonly TensorName[];
  /** Whether it predicts all given tensors, including the right ones. */
  readonly isComplete: boolean;
  /** Index into MATCH_LEVELS of the coarsest match. */
  readonly level: number;
}

/**
 * Finds the mistakes behind wrong tensors: computes the gradient with each known mistake, alone and with each factor,
 * and compares it with the numbers. Explanations are ranked by completeness, number of tensors, exactness, and fewest
 * causes. Every named cause reproduces the numbers; if none does, none is named.
 */
export function diagnose(input: DiagnosisInput): Diagnosis[] {
  const diagnoses: Diagnosis[] = [];
  let left = [...input.wrong, ...input.suspects];
  let candidates = left.length > 0 ? findCandidates(input) : [];
  for (;;) {
    candidates = candidates
      .map((candidate) => ({ ...candidate, tensors: candidate.tensors.filter((name) => left.includes(name)) }))
      .filter(({ tensors }) => tensors.length > 0)
      .sort(byRank);
    const [best] = candidates;
    if (best === undefined) break;
    const { tensors } = best;
    const equal = candidates.filter((other) => byRank(best, other) === 0 && other.tensors.join() === tensors.join());
    const alternatives = new Map(equal.map(({ causes }) => [causes.map(({ what }) => what).join(), causes]));
    diagnoses.push({
      tensors,
      alternatives: [...alternatives.values()].map((causes) => report(causes, tensors, input)),
    });
    left = left.filter((name) => !tensors.includes(name));
  }
  const unexplained = left.filter((name) => input.wrong.includes(name));
  return [...diagnoses, ...explainOneByOne(input, unexplained)];
}

function byRank(a: Candidate, b: Candidate): number {
  return (
    Number(b.isComplete) - Number(a.isComplete) ||
    b.tensors.length - a.tensors.length ||
    a.level - b.level ||
    a.causes.length - b.causes.length
  );
}

/** The right program, with which factors and transposed matrices are tried alone. */
const RIGHT: Mistake = { cause: 'right', what: '', advice: '' };

/** Tries cheap mistakes first, and other points only if these do not explain all wrong tensors to the last digit. */
function findCandidates(input: DiagnosisInput): Candidate[] {
  const { context, wrong } = input;
  const search = searchFor(input);
  const known = [...LAYER_MISTAKES, ...LOSS_MISTAKES, ...INPUT_MISTAKES, ...FITTED_MISTAKES, ...otherBatches(context)];
  const candidates = [RIGHT, ...known].flatMap(search);
  const exact = candidates.filter(({ level }) => MATCH_LEVELS[level] === 'float64');
  const explained = new Set(exact.flatMap(({ tensors }) => tensors));
  if (wrong.every((name) => explained.has(name))) return candidates;
  return [...candidates, ...(context.otherPoints ?? []).flatMap(search)];
}

/** A setting and its right gradient, for one epsilon in the logarithm and for some or all pixels. */
interface Scope extends Setting {
  readonly pixels: Uint32Array;
  readonly right: Prediction;
  readonly differences: Readonly<Record<TensorName, ArrayLike<number>>>;
}

/** Number of rows of W1 on which a mistake is tried first. */
const ROWS = 33;

function searchFor(input: DiagnosisInput): (mistake: Mistake) => Candidate[] {
  const { passes, context, given, differences } = input;
  const D = passes[0].net.inputSize;
  const scopesAt = (pixels: Uint32Array) =>
    passes.map((all): Scope => {
      const isWhole = pixels.length === D;
      const rows = new Map(given);
      if (!isWhole && given.has('W1')) rows.set('W1', { ...given.get('W1')!, rows: { indices: pixels, count: D } });
      const setting: Setting = { pass: atPixels(all, pixels), isWhole, context, given: rows };
      const W1 = isWhole ? differences.W1 : pickRows(differences.W1, pixels, D);
      return { ...setting, pixels, right: resultOf(RIGHT, setting)!.tensors, differences: { ...differences, W1 } };
    });
  const previews = scopesAt(given.has('W1') ? chooseRows(passes[0], Math.min(D, ROWS)) : Uint32Array.of(0));
  const isAll = previews[0].isWhole || !given.has('W1');
  const scopes = once(() => (isAll ? previews : scopesAt(Uint32Array.from({ length: D }, (_, i) => i))));
  const choices = factors(passes[0], context);

  return (mistake) => {
    const forward = once(() => forwardOf(mistake, passes[0], context));
    const outcomeIn = (scope: Scope): MistakeResult | undefined => {
      const whole = forward();
      if (!whole) return undefined;
      const { epsilon } = scope.pass;
      const pass = mistake.make ? atPixels({ ...whole, epsilon }, scope.pixels) : scope.pass;
      return resultOf(mistake, { ...scope, pass });
    };
    const explain = (scope: Scope, outcome: MistakeResult) => matches(scope, outcome, mistake, choices, input);
    const first = outcomeIn(previews[0]);
    const isNear = (isTransposed: boolean) => factorsSeen(previews[0], first!.tensors, isTransposed, input).length > 0;
    if (first && !isNear(false) && !isNear(true)) return [];
    return passes.flatMap((_, i) => {
      const preview = i === 0 ? first : outcomeIn(previews[i]);
      const found = preview ? explain(previews[i], preview) : [];
      if (preview && (isAll || found.length === 0)) return found;
      const outcome = outcomeIn(scopes()[i]);
      return outcome ? explain(scopes()[i], outcome) : [];
    });
  };
}

/** The pixels with the most ink in the mini-batch, and some that are 0 in every image. */
function chooseRows(pass: ForwardPass, count: number): Uint32Array {
  const { inputSize: D } = pass.net;
  const ink = new Float64Array(D);
  pass.batch.x.forEach((pixel, i) => (ink[i % D] += pixel));
  const byInk = Array.from(ink.keys()).sort((a, b) => ink[b] - ink[a]);
  const dark = byInk.filter((pixel) => ink[pixel] === 0).slice(0, 3);
  return Uint32Array.from([...byInk.slice(0, count - dark.length), ...dark]).sort();
}

/** Largest relative distance from a multiple of a prediction up to which a mistake is examined further. */
const NEAR = 0.05;

/** The fitted factors of the wrong tensors that are near a multiple of the prediction. */
function factorsSeen(
  { given, right }: Scope,
  prediction: Prediction,
  isTransposed: boolean,
  { wrong, suspects }: DiagnosisInput,
): number[] {
  return [...wrong, ...suspects].flatMap((name) => {
    const expected = prediction[name] ?? right[name]!;
    const values = reshape(given.get(name)!, expected.shape, isTransposed);
    if (!values) return [];
    const { factor, rest } = fitFactor(values, expected.value);
    return rest < NEAR ? [factor] : [];
  });
}

const productOf = (choice: readonly Factor[]) => choice.reduce((product, { factor }) => product * factor, 1);

/** The candidates of a mistake: as it is and transposed, with each factor. */
function matches(
  scope: Scope,
  { tensors, what = '' }: MistakeResult,
  mistake: Mistake,
  choices: readonly (readonly Factor[])[],
  input: DiagnosisInput,
): Candidate[] {
  const made: readonly Cause[] = mistake === RIGHT ? [] : [{ ...mistake, what: what || mistake.what }];
  // False if the mistake changes the tensor by a factor at most: with a free factor, that explains nothing.
  const isChanged = (name: TensorName) => {
    const [expected, right] = [tensors[name], scope.right[name]!];
    if (!expected) return false;
    return expected.shape.join() !== right.shape.join() || fitFactor(expected.value, right.value).rest > 1e-6;
  };
  return [false, true].flatMap((isTransposed) => {
    const layout = isTransposed ? [TRANSPOSED] : [];
    const tryOut = (choice: readonly Factor[], isFree = false): Candidate[] => {
      const causes = [...made, ...layout, ...choice];
      if (causes.length === 0) return [];
      const match = matchOf(scope, tensors, { factor: productOf(choice), isFree, isTransposed }, mistake, input);
      return match ? [{ ...match, causes }] : [];
    };
    if (mistake.factors === 'none') return tryOut([]);
    if (mistake.factors === 'own') return tryOut([]).filter((candidate) => candidate.tensors.some(isChanged));
    const seen = factorsSeen(scope, tensors, isTransposed, input).filter((factor) => factor !== 0);
    const isNear = (choice: readonly Factor[]) =>
      seen.some((factor) => Math.abs(factor / productOf(choice) - 1) < NEAR);
    const known = choices.flatMap((choice) => (choice.length === 0 || isNear(choice) ? tryOut(choice) : []));
    if (known.length > 0 || made.length + layout.length === 0) return known;
    // An unknown factor is tried only together with a mistake; alone, `explainOneByOne` finds it.
    const isExplained = (name: TensorName) =>
      input.wrong.includes(name) && ((isTransposed && name.startsWith('W')) || isChanged(name));
    return seen
      .flatMap((factor) => tryOut([unknownFactor(factor)], true))
      .map((candidate) => ({ ...candidate, tensors: candidate.tensors.filter(isExplained) }))
      .filter((candidate) => candidate.tensors.length > 0);
  });
}

/**
 * The given tensors that a mistake with a factor explains. It must leave little of their difference from the right
 * gradient or, if `factor` was fitted (`isFree`), from the right gradient with a fitted factor.
 */
function matchOf(
  { given, right, differences }: Scope,
  prediction: Prediction,
  { factor, isFree, isTransposed }: { factor: number; isFree: boolean; isTransposed: boolean },
  { cause }: Mistake,
  { wrong, suspects }: DiagnosisInput,
): Omit<Candidate, 'causes'> | undefined {
  const tensors: TensorName[] = [];
  let isComplete = true;
  let coarsest = 0;
  for (const [name, tensor] of given) {
    const expected = prediction[name] ?? right[name]!;
    const values = reshape(tensor, expected.shape, isTransposed);
    const level = values && levelOf(values, expected, factor, differences[name]);
    if (level === undefined) isComplete = false;
    else if (suspects.includes(name)) {
      // The right program predicts it too, but not to the last digit.
      if (level === 'float64' && cause !== 'rounded') tensors.push(name);
    } else if (wrong.includes(name)) {
      const own = reshape(tensor, right[name]!.shape);
      const rightFactor = own && isFree ? fitFactor(own, right[name]!.value).factor : 1;
      const before = own && cause !== 'rounded' ? distanceOf(own, right[name]!.value, rightFactor) : Infinity;
      if (distanceOf(values!, expected.value, factor) <= LEFT * before) {
        tensors.push(name);
        coarsest = Math.max(coarsest, MATCH_LEVELS.indexOf(level));
      } else isComplete = false;
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

/** The causes as a report names them. For a factor in some tensors alone, the advice names the lines to look at. */
function report(causes: readonly Cause[], tensors: readonly TensorName[], { given }: DiagnosisInput): Cause[] {
  const local =
    tensors.join() === 'W1,b1'
      ? 'it is not so in W2 and b2: look between dscores and dhidden, at dscores @ W2.T * hidden * (1 - hidden)'
      : `it is so in ${tensors.join(' and ')} alone: look at ${tensors.map((name) => LINES[name]).join(', ')}`;
  const isLocal = (cause: Cause) => 'factor' in cause && tensors.length < given.size;
  return causes.map((each) => {
    const { cause, what, advice } = each;
    return { cause, what, advice: isLocal(each) ? local : advice };
  });
}

/** Diagnoses of tensors that no mistake in the tables explains, grouped by cause. */
function explainOneByOne(input: DiagnosisInput, left: readonly TensorName[]): Diagnosis[] {
  const { passes, given, differences, h } = input;
  const found = new Map<string, { tensors: TensorName[]; causes: Cause[] }>();
  const predictions = once(() => passes.map((pass) => predictionOf(pass, backwardPass(pass))));
  for (const name of left) {
    const values = reshape(given.get(name)!, shapes(passes[0].net)[name]);
    const rights = values ? predictions().map((right) => right[name]) : [];
    const cause = values && explainTensor({ name, values, rights, tolerance: differences[name] }, passes[0], h);
    const key = cause?.what ?? '';
    found.set(key, { tensors: [...(found.get(key)?.tensors ?? []), name], causes: cause ? [cause] : [] });
  }
  return [...found.values()].map(({ tensors, causes }) => ({
    tensors,
    alternatives: causes.length === 0 ? [] : [report(causes, tensors, input)],
  }));
}
