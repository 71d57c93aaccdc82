import { argmax } from '../network/functions.js';
import { multiply, transpose } from '../network/matrix.js';
import { shapes, TENSORS } from '../network/two-layer-net.js';
import { type BackwardPass, backwardPass, type ForwardPass, UNIT } from './error-analysis.js';
import { labelOf, residualOf } from './loss-mistakes.js';
import { type Mistake, type MistakeResult, type Setting, weightsOf } from './mistake.js';
import {
  changeEntries,
  type Direction,
  distanceOf,
  type Expected,
  expected,
  fitFactor,
  largestOf,
  perTensor,
  predictionOf,
  reshape,
  type TensorName,
} from './tensors.js';

// Mistakes with a parameter, such as the λ of a penalty. The parameter is fitted to the learner's gradient by least
// squares; the gradient with that parameter is then compared as for any other mistake.

type Found = Required<MistakeResult>;

/** A mistake that replaces some tensors by base + c direction. */
interface LineMistake {
  readonly cause: string;
  readonly advice: string;
  /** Describes the mistake with this c; undefined if c is out of its range. */
  readonly what: (c: number) => string | undefined;
  /** The tensors that are wrong; c is fitted to each of them in turn. */
  readonly tensors: readonly TensorName[];
  readonly line: (right: BackwardPass, pass: ForwardPass) => readonly [base: Direction, direction: Direction];
}

const penalty = (what: (lambda: string) => string, change: (weight: number) => number): LineMistake => ({
  cause: 'penalty',
  advice: 'the loss is the cross entropy alone',
  what: (lambda) => `a penalty on large weights is added ${what(format(lambda))}`,
  tensors: ['W1', 'W2'],
  line: (right, pass) => [right, weightsOf(pass, change)],
});

const LINE_MISTAKES: readonly LineMistake[] = [
  penalty(
    (lambda) => `(L2, weight decay): ${lambda} * W`,
    (weight) => weight,
  ),
  penalty((lambda) => `(L1): ${lambda} * sign(W)`, Math.sign),
  {
    cause: 'updated-first',
    advice: 'compute all four gradients first, and update the weights afterwards',
    what: (c) =>
      c < 0 ? `W2 is updated (learning rate ${format(-c)}) before W1 and b1 get their gradient` : undefined,
    tensors: ['W1', 'b1'],
    // W2 -= lr * dW2, and only then dhidden, with the new W2: linear in lr.
    line: (right, pass) => [right, backwardPass(pass, { W2T: transpose(right.gradient.W2, pass.net.outputSize) })],
  },
  {
    cause: 'weights',
    advice: 'save the gradient',
    what: (c) =>
      `these are the weights after a step${c > 0 ? ' in the wrong direction' : ''} of learning rate ${format(Math.abs(c))}, not the gradient`,
    tensors: TENSORS,
    line: (right, pass) => [weightsOf(pass), right],
  },
  {
    cause: 'label-smoothing',
    advice: 't is one-hot: 1 at the label and 0 elsewhere',
    what: (c) =>
      c > 0 && c < 1 ? `the labels are smoothed: ${format(c)} of the 1 is spread over all classes` : undefined,
    tensors: TENSORS,
    line(right, pass) {
      const { net, batch } = pass;
      const dLogits = batch.t.map((target) => (target - 1 / net.outputSize) / batch.count);
      return [right, backwardPass(pass, { dLogits })];
    },
  },
];

function onLine({ what, tensors, line }: LineMistake, from: TensorName, back: BackwardPass, setting: Setting) {
  const values = valuesOf(setting, from);
  if (!values) return undefined;
  const [base, direction] = line(back, setting.pass);
  const rest = Float64Array.from(values, (value, i) => value - base.gradient[from][i]);
  const { factor } = fitFactor(rest, direction.gradient[from]);
  const c = asTyped(factor);
  const made = factor !== 0 && Number.isFinite(factor) ? what(c) : undefined;
  if (made === undefined) return undefined;
  const sum = (name: TensorName): Expected =>
    expected(
      shapes(setting.pass.net)[name],
      base.gradient[name].map((value, i) => value + c * direction.gradient[name][i]),
      () => base.error()[name].map((error, i) => error + Math.abs(c) * direction.error()[name][i]),
    );
  return { tensors: perTensor(sum, tensors), what: made };
}

/** The learner's numbers for a tensor of the net. */
function valuesOf({ given, pass }: Setting, name: TensorName): ArrayLike<number> | undefined {
  const tensor = given.get(name);
  return tensor && reshape(tensor, shapes(pass.net)[name]);
}

/** The number with as few digits as it can be given, one to six; unchanged if it needs more. */
function asTyped(value: number): number {
  for (let digits = 1; digits <= 6; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= 1e-6 * Math.abs(value)) return short;
  }
  return value;
}

const format = (value: number) => String(Number(value.toPrecision(4)));

function clipped(from: TensorName, back: BackwardPass, setting: Setting): Found | undefined {
  const values = valuesOf(setting, from);
  if (!values) return undefined;
  const most = largestOf(values);
  if (most === 0 || Array.from(values).filter((value) => Math.abs(value) === most).length < 2) return undefined;
  const clip = (value: number) => Math.max(-most, Math.min(most, value));
  return {
    tensors: changeEntries(predictionOf(setting.pass, back), clip, (_, error) => error),
    what: `the entries are clipped to ${format(-most)} … ${format(most)}`,
  };
}

/** Clipping by norm, and normalisation: the length of the given tensors is a round number. */
function scaled(names: readonly TensorName[], back: BackwardPass, setting: Setting): Found | undefined {
  const given = names.map((name) => valuesOf(setting, name));
  if (!setting.isWhole || given.includes(undefined)) return undefined; // the length needs all entries
  const length = Math.hypot(...given.map((values) => distanceOf(values!)));
  const short = Number(length.toPrecision(2));
  if (!(Math.abs(length - short) <= 1e-6 * length) || length === 0) return undefined;
  const factor = short / Math.hypot(...names.map((name) => distanceOf(back.gradient[name])));
  const which = names.length === 1 ? 'of this tensor' : 'of all four tensors';
  return {
    tensors: changeEntries(
      predictionOf(setting.pass, back),
      (value) => factor * value,
      (_, error) => factor * error,
      names,
    ),
    what: `the length ${which} is scaled to ${format(short)}: clipped by norm, or normalised`,
  };
}

/** Most images; the linear system of more would take seconds. */
const MOST_IMAGES = 400;

/**
 * Finds the labels that a gradient was computed with. Since hiddenᵀ (y - t) / N is given as W2, and the column sums of
 * (y - t) / N as b2, t solves a linear system, which has one solution if there are no more images than hidden units.
 */
function shuffledLabels(_: BackwardPass, setting: Setting): Found | undefined {
  const { pass } = setting;
  const labels = labelsIn(setting);
  if (!labels) return undefined;
  const own = Array.from(labels, (_, n) => labelOf(pass, n));
  const others = own.filter((label, n) => label !== labels[n]).length;
  if (others === 0) return undefined;
  const isOrder = own.sort().join() === Array.from(labels).sort().join();
  const which = isOrder
    ? 'the labels are those of this mini-batch in another order than its images'
    : 'the labels are not those of the images';
  return {
    tensors: predictionOf(pass, backwardPass(pass, { dLogits: residualOf(pass, (n, k) => Number(labels[n] === k)) })),
    what: `${which}: ${others} of ${pass.batch.count} differ`,
  };
}

function labelsIn(setting: Setting): Uint8Array | undefined {
  const { hidden, net, batch, probabilities } = setting.pass;
  const { hiddenSize: H, outputSize: K } = net;
  const { count: N } = batch;
  const [W2, b2] = [valuesOf(setting, 'W2'), valuesOf(setting, 'b2')];
  if (!W2 || N > H + 1 || N > MOST_IMAGES) return undefined;
  // Unknown: d = (y - t) / N, (N, K). Known: A d, A (H + 1, N) being hiddenᵀ and a row of ones. The system of the
  // images, Aᵀ A d = Aᵀ (A d), is the smaller one.
  const A = new Float64Array((H + 1) * N);
  A.set(transpose(hidden, H));
  if (b2) A.fill(1, H * N);
  const known = Float64Array.from([...Array.from(W2), ...(b2 ? Array.from(b2) : new Float64Array(K))]);
  const AT = transpose(A, N);
  const d = solvePositive(multiply(AT, A, H + 1), multiply(AT, known, H + 1), N);
  return (
    d &&
    argmax(
      probabilities.map((y, i) => y - N * d[i]),
      K,
    )
  );
}

/** Solves A X = B, A (n, n) symmetric and positive definite, by elimination; undefined if A is not. Overwrites both. */
function solvePositive(A: Float64Array, B: Float64Array, n: number): Float64Array | undefined {
  const columns = B.length / n;
  for (let pivot = 0; pivot < n; pivot++) {
    const diagonal = A[pivot * n + pivot];
    if (!(diagonal > 0)) return undefined;
    for (let row = 0; row < n; row++) {
      if (row === pivot) continue;
      const factor = A[row * n + pivot] / diagonal;
      for (let k = pivot; k < n; k++) A[row * n + k] -= factor * A[pivot * n + k];
      for (let k = 0; k < columns; k++) B[row * columns + k] -= factor * B[pivot * columns + k];
    }
  }
  return B.map((value, i) => value / A[Math.floor(i / columns) * (n + 1)]);
}

interface Rounding {
  readonly what: string;
  readonly keeps: (value: number) => boolean;
  /** Half the distance between neighbouring rounded numbers at a value. */
  readonly half: (value: number) => number;
}

const decimals = (digits: number): Rounding => ({
  what: `${digits} decimals`,
  keeps: (value) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) <= 1e-6,
  half: () => 10 ** -digits / 2,
});

const significant = (digits: number): Rounding => ({
  what: `${digits} significant digits`,
  keeps: (value) => Number(value.toPrecision(digits)) === value,
  half: (value) => 10 ** (Math.floor(Math.log10(Math.abs(value) || 1e-300)) + 1 - digits) / 2,
});

const binary = (name: string, digits: number, smallest: number): Rounding => {
  const unit = (value: number) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), smallest) - digits + 1);
  return {
    what: `${name}, which has ${digits} binary digits`,
    keeps: (value) => value === 0 || Number.isInteger(value / unit(value)),
    half: (value) => unit(value === 0 ? 2 ** smallest : value) / 2,
  };
};

const ROUNDINGS: readonly Rounding[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(decimals),
  binary('bfloat16', 8, -126),
  binary('float16', 11, -14),
  ...[1, 2, 3, 4, 5, 6].map(significant),
];

/** Largest rounding error as a share of a tensor's largest entry; a coarser rounding would fit any numbers. */
const LARGEST_LOSS = 0.05;

function rounded(back: BackwardPass, setting: Setting): Found | undefined {
  const right = predictionOf(setting.pass, back);
  const tensors: Partial<Record<TensorName, Expected>> = {};
  let found: Rounding | undefined;
  for (const name of TENSORS) {
    const values = valuesOf(setting, name);
    if (!values) continue;
    const all = Array.from(values);
    const most = largestOf(values);
    const fits = ({ keeps, half }: Rounding) => half(most) <= LARGEST_LOSS * most && all.every(keeps);
    const rounding = (found ??= ROUNDINGS.find(fits));
    if (!rounding || !fits(rounding)) continue;
    const { shape, value, error } = right[name];
    const half = (i: number) => Math.max(rounding.half(all[i]), rounding.half(value[i]));
    tensors[name] = expected(shape, value, () => Float64Array.from(error(), (own, i) => own + half(i) / UNIT.f64));
  }
  return found && { tensors, what: `the entries are rounded to ${found.what}` };
}

/** A mistake whose results describe themselves, including the fitted number. */
const fitted = (
  cause: string,
  advice: string,
  after: (back: BackwardPass, setting: Setting) => Found | undefined,
  factors: Mistake['factors'] = 'none',
): Mistake => ({ cause, what: '', advice, after, factors });

const CLIPPED = 'save the gradient before it is clipped or normalised';

/** All mistakes with a parameter; those that are fitted to a single tensor are listed once per tensor. */
export const FITTED_MISTAKES: readonly Mistake[] = [
  ...LINE_MISTAKES.flatMap((mistake) =>
    mistake.tensors.map((from) =>
      fitted(mistake.cause, mistake.advice, (back, setting) => onLine(mistake, from, back, setting), 'own'),
    ),
  ),
  ...TENSORS.flatMap((from) => [
    fitted('clipped', 'save the gradient before it is clipped', (...at) => clipped(from, ...at)),
    fitted('clipped', CLIPPED, (...at) => scaled([from], ...at)),
  ]),
  fitted('clipped', CLIPPED, (...at) => scaled(TENSORS, ...at)),
  fitted(
    'labels',
    'take both by the same indices, in the same order: x_train[mask], t_train[mask]',
    shuffledLabels,
    'own',
  ),
  fitted('rounded', 'save the numbers with all their digits: np.savez, and float64 all the way', rounded),
];
