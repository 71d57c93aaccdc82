import { partialDerivative } from '../calculus/gradient.js';
import { multiply, transpose } from '../network/matrix.js';
import { loss, shapes, TENSORS, zeroParameters } from '../network/two-layer-net.js';
import { backwardPass, type BackwardPass, type ForwardPass, lossError, sizes, UNIT } from './error-analysis.js';
import type { Cause, Mistake, Setting } from './mistake.js';
import { labelOf, withTargets } from './mistake-models.js';
import { distanceOf, type Expected, fitFactor, predict, type Prediction, type TensorName } from './tensors.js';

// Mistakes with a number of their own, such as the λ of a penalty: it is found in the learner's gradient, by least
// squares, and what the mistake makes with that number is compared as that of any other mistake is.

/** All of them. Those whose number each tensor shows are there once for each tensor. */
export const FITTED_MISTAKES: readonly Mistake[] = [
  ...(['W1', 'W2'] as const).flatMap((from) => [
    penalty(from, 'L2', (weight) => weight),
    penalty(from, 'L1', Math.sign),
  ]),
  ...(['W1', 'b1'] as const).map(updatedFirst),
  ...TENSORS.flatMap((from) => [stepTaken(from), smoothed(from), clipped(from), scaled([from])]),
  scaled(TENSORS),
  shuffledLabels(),
  rounded(),
];

/** The learner's numbers for a tensor of the net. */
function valuesOf({ given, pass }: Setting, name: TensorName): ArrayLike<number> | undefined {
  return given.get(name)?.asIs(shapes(pass.net)[name]);
}

/** A number as a person would have typed it, if it is one to six digits. */
function asTyped(value: number): number {
  for (let digits = 1; digits <= 6; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= 1e-6 * Math.abs(value)) return short;
  }
  return value;
}

const format = (value: number) => String(Number(value.toPrecision(4)));

/** c such that base + c direction is nearest to the learner's tensor; undefined if there is no such number. */
function coefficient(setting: Setting, from: TensorName, base: ArrayLike<number>, direction: ArrayLike<number>) {
  const values = valuesOf(setting, from);
  if (!values) return undefined;
  const rest = Float64Array.from(values, (value, i) => value - base[i]);
  const { factor } = fitFactor(rest, direction);
  return factor !== 0 && Number.isFinite(factor) ? asTyped(factor) : undefined;
}

type Direction = Pick<BackwardPass, 'gradient' | 'error'>;

/** base + c direction, of some tensors. */
function along(
  pass: ForwardPass,
  base: Direction,
  c: number,
  direction: Direction,
  names: readonly TensorName[],
): Prediction {
  const shape = shapes(pass.net);
  const sum = (name: TensorName): Expected => ({
    shape: shape[name],
    value: base.gradient[name].map((value, i) => value + c * direction.gradient[name][i]),
    get error() {
      const [a, b] = [base.error[name], direction.error[name]];
      return a.map((error, i) => error + Math.abs(c) * b[i]);
    },
  });
  return Object.fromEntries(names.map((name) => [name, sum(name)]));
}

/** The weights, or what becomes of them, as a direction; their errors are those of one rounding. */
function ofWeights({ net }: ForwardPass, change: (weight: number) => number): Direction {
  const [gradient, error] = [zeroParameters(net), zeroParameters(net)];
  gradient.all.set(net.all.map(change));
  error.all.set(sizes(gradient.all));
  return { gradient, error };
}

function penalty(from: 'W1' | 'W2', name: 'L1' | 'L2', change: (weight: number) => number): Mistake {
  const what = (lambda: string) =>
    name === 'L2'
      ? `a penalty on large weights is added (L2, weight decay): ${lambda} * W`
      : `a penalty on large weights is added (L1): ${lambda} * sign(W)`;
  return {
    cause: 'penalty',
    what: what('λ'),
    advice: 'the loss is the cross entropy alone',
    predict(setting) {
      const { pass } = setting;
      const right = backwardPass(pass);
      const direction = ofWeights(pass, change);
      const lambda = coefficient(setting, from, right.gradient[from], direction.gradient[from]);
      if (lambda === undefined) return undefined;
      return { tensors: along(pass, right, lambda, direction, ['W1', 'W2']), what: what(format(lambda)) };
    },
  };
}

/** W2 -= lr * dW2, and only then dhidden, with the new W2. */
function updatedFirst(from: 'W1' | 'b1'): Mistake {
  return {
    cause: 'updated-first',
    what: 'W2 is updated before W1 and b1 get their gradient',
    advice: 'compute all four gradients first, and update the weights afterwards',
    predict(setting) {
      const { pass } = setting;
      const right = backwardPass(pass);
      const direction = backwardPass(pass, { W2T: transpose(right.gradient.W2, pass.net.outputSize) });
      const c = coefficient(setting, from, right.gradient[from], direction.gradient[from]);
      if (c === undefined || c >= 0) return undefined;
      return {
        tensors: along(pass, right, c, direction, ['W1', 'b1']),
        what: `W2 is updated (learning rate ${format(-c)}) before W1 and b1 get their gradient`,
      };
    },
  };
}

function stepTaken(from: TensorName): Mistake {
  return {
    cause: 'weights',
    what: 'these are the weights after a step, not the gradient',
    advice: 'save the gradient',
    predict(setting) {
      const { pass } = setting;
      const right = backwardPass(pass);
      const weights = ofWeights(pass, (weight) => weight);
      const c = coefficient(setting, from, weights.gradient[from], right.gradient[from]);
      if (c === undefined) return undefined;
      const direction = c > 0 ? ' in the wrong direction' : '';
      return {
        tensors: along(pass, weights, c, right, TENSORS),
        what: `these are the weights after a step${direction} of learning rate ${format(Math.abs(c))}, not the gradient`,
      };
    },
  };
}

function smoothed(from: TensorName): Mistake {
  return {
    cause: 'label-smoothing',
    what: 'the labels are smoothed',
    advice: 't is one-hot: 1 at the label and 0 elsewhere',
    predict(setting) {
      const { pass } = setting;
      const K = pass.net.outputSize;
      const right = backwardPass(pass);
      const direction = backwardPass(pass, {
        dLogits: ({ batch }) => batch.t.map((target) => (target - 1 / K) / batch.count),
      });
      const c = coefficient(setting, from, right.gradient[from], direction.gradient[from]);
      if (c === undefined || c < 0 || c >= 1) return undefined;
      return {
        tensors: along(pass, right, c, direction, TENSORS),
        what: `the labels are smoothed: ${format(c)} of the 1 is spread over all classes`,
      };
    },
  };
}

function clipped(from: TensorName): Mistake {
  return {
    cause: 'clipped',
    what: 'the entries are clipped',
    advice: 'save the gradient before it is clipped',
    predict(setting) {
      const { pass } = setting;
      const values = valuesOf(setting, from);
      if (!values) return undefined;
      const most = largest(values);
      if (most === 0 || Array.from(values).filter((value) => Math.abs(value) === most).length < 2) return undefined;
      const right = predict(pass, backwardPass(pass));
      const clip = (expected: Expected): Expected => ({
        shape: expected.shape,
        value: Float64Array.from(expected.value, (value) => Math.max(-most, Math.min(most, value))),
        get error() {
          return expected.error;
        },
      });
      const tensors = Object.fromEntries(TENSORS.map((name) => [name, clip(right[name])]));
      return { tensors, what: `the entries are clipped to ${format(-most)} … ${format(most)}` };
    },
  };
}

/** Clipping by norm, and normalising. */
function scaled(names: readonly TensorName[]): Mistake {
  return {
    cause: 'clipped',
    what: 'the gradient is scaled to a length',
    advice: 'save the gradient before it is clipped or normalised',
    predict(setting) {
      const { whole, pass } = setting;
      if (whole !== pass) return undefined; // a length is one of all entries
      const given = names.map((name) => valuesOf(setting, name));
      if (given.some((values) => values === undefined)) return undefined;
      const length = Math.hypot(...given.map((values) => distanceOf(values!)));
      const short = Number(length.toPrecision(2));
      if (!(Math.abs(length - short) <= 1e-6 * length) || length === 0) return undefined;
      const right = backwardPass(pass);
      const factor = short / Math.hypot(...names.map((name) => distanceOf(right.gradient[name])));
      const zero = { gradient: zeroParameters(pass.net), error: zeroParameters(pass.net) };
      const which = names.length === 1 ? 'of this tensor' : 'of all four tensors';
      return {
        tensors: along(pass, zero, factor, right, names),
        what: `the length ${which} is scaled to ${format(short)}: clipped by norm, or normalised`,
      };
    },
  };
}

const largest = (values: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
};

/** More images than that take seconds. */
const MOST_IMAGES = 400;

/**
 * Finds the labels that a gradient was computed with. Since hiddenᵀ (y - t) / N is given as W2, and the column sums of
 * (y - t) / N as b2, t solves a linear system, which has one solution if there are no more images than hidden units.
 */
function shuffledLabels(): Mistake {
  return {
    cause: 'labels',
    what: 'the labels are not those of the images',
    advice: 'take both by the same indices, in the same order: x_train[mask], t_train[mask]',
    predict(setting) {
      const { pass } = setting;
      const labels = labelsIn(setting);
      if (!labels) return undefined;
      const { count } = pass.batch;
      const own = Array.from(labels, (_, n) => labelOf(pass, n));
      const others = own.filter((label, n) => label !== labels[n]).length;
      if (others === 0) return undefined;
      const { tensors } = withTargets((_, n, k) => (labels[n] === k ? 1 : 0))(setting)!;
      const isOrder = own.sort().join() === Array.from(labels).sort().join();
      const which = isOrder
        ? 'the labels are those of this mini-batch in another order than its images'
        : 'the labels are not those of the images';
      return { tensors, what: `${which}: ${others} of ${count} differ` };
    },
  };
}

function labelsIn(setting: Setting): Uint8Array | undefined {
  const { pass } = setting;
  const { hidden, net, batch, probabilities } = pass;
  const { hiddenSize: H, outputSize: K } = net;
  const { count: N } = batch;
  const [W2, b2] = [valuesOf(setting, 'W2'), valuesOf(setting, 'b2')];
  if (!W2 || N > H + 1 || N > MOST_IMAGES) return undefined;
  // Unknown: d = (y - t) / N, (N, K). Known: A d, A (H + 1, N) being hiddenᵀ and a row of ones. d = Aᵀ z, A Aᵀ … the
  // system of the images, Aᵀ A d = Aᵀ (A d), is the smaller one.
  const A = new Float64Array((H + 1) * N);
  A.set(transpose(hidden, H));
  if (b2) A.fill(1, H * N);
  const known = new Float64Array((H + 1) * K);
  known.set(Float64Array.from(W2));
  if (b2) known.set(Float64Array.from(b2), H * K);
  const AT = transpose(A, N);
  const d = solvePositive(multiply(AT, A, H + 1), multiply(AT, known, H + 1), N);
  if (!d) return undefined;
  return Uint8Array.from({ length: N }, (_, n) => {
    let best = 0;
    const t = (k: number) => probabilities[n * K + k] - N * d[n * K + k];
    for (let k = 1; k < K; k++) if (t(k) > t(best)) best = k;
    return best;
  });
}

/** Solves A X = B, A (n, n) symmetric and positive definite, by Cholesky's decomposition; undefined if A is not. */
function solvePositive(A: Float64Array, B: Float64Array, n: number): Float64Array | undefined {
  const L = Float64Array.from(A);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = L[i * n + j];
      for (let k = 0; k < j; k++) sum -= L[i * n + k] * L[j * n + k];
      if (i === j && !(sum > 0)) return undefined;
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j];
    }
  }
  const columns = B.length / n;
  const X = Float64Array.from(B);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) X[i * columns + c] -= L[i * n + k] * X[k * columns + c];
      X[i * columns + c] /= L[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) X[i * columns + c] -= L[k * n + i] * X[k * columns + c];
      X[i * columns + c] /= L[i * n + i];
    }
  }
  return X;
}

interface Rounding {
  readonly what: string;
  readonly keeps: (value: number) => boolean;
  /** Half the distance between neighbours there. */
  readonly half: (value: number) => number;
}

const bits = (name: string, digits: number, smallest: number): Rounding => {
  const unit = (value: number) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), smallest) - digits + 1);
  return {
    what: `rounded to ${name}, which has ${digits} binary digits`,
    keeps: (value) => value === 0 || Number.isInteger(value / unit(value)),
    half: (value) => unit(value === 0 ? 2 ** smallest : value) / 2,
  };
};

const ROUNDINGS: readonly Rounding[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((digits) => ({
    what: `rounded to ${digits} decimals`,
    keeps: (value: number) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) <= 1e-6,
    half: () => 10 ** -digits / 2,
  })),
  bits('bfloat16', 8, -126),
  bits('float16', 11, -14),
  ...[1, 2, 3, 4, 5, 6].map((digits) => ({
    what: `rounded to ${digits} significant digits`,
    keeps: (value: number) => Number(value.toPrecision(digits)) === value,
    half: (value: number) => 10 ** (Math.floor(Math.log10(Math.abs(value) || 1e-300)) + 1 - digits) / 2,
  })),
];

/** A larger part than this of a tensor's largest entry must not be lost in rounding: it would fit any numbers. */
const LARGEST_LOSS = 0.05;

function rounded(): Mistake {
  return {
    cause: 'rounded',
    what: 'the entries are rounded',
    advice: 'save the numbers with all their digits: np.savez, and float64 all the way',
    predict(setting) {
      const right = predict(setting.pass, backwardPass(setting.pass));
      const tensors: Partial<Record<TensorName, Expected>> = {};
      let found: Rounding | undefined;
      for (const name of TENSORS) {
        const values = valuesOf(setting, name);
        if (!values) continue;
        const all = Array.from(values);
        const most = largest(values);
        const fits = ({ keeps, half }: Rounding) => half(most) <= LARGEST_LOSS * most && all.every(keeps);
        const rounding = (found ??= ROUNDINGS.find(fits));
        if (!rounding || !fits(rounding)) continue;
        const { shape, value, error } = right[name];
        const half = (i: number) => Math.max(rounding.half(all[i]), rounding.half(value[i]));
        tensors[name] = { shape, value, error: Float64Array.from(error, (own, i) => own + half(i) / UNIT.f64) };
      }
      return found && { tensors, what: `the entries are ${found.what}` };
    },
  };
}

/**
 * Recognises central differences of a loss that was computed in float32. Such a loss is a multiple of the distance
 * between neighbours in float32, 2⁻²² for losses from 2 to 4, and the difference quotients are multiples of that over
 * 2h: at h = 1e-4, steps of 0.0012, which is more than most entries of the gradient. Where the steps are no longer to be
 * told apart, or the numbers are further from the gradient than float32 can carry the loss, they are something else.
 *
 * @param values of one tensor, in its shape
 * @param right the gradient there
 * @param loss of the mini-batch, in nats
 */
export function asFloat32Differences(
  pass: ForwardPass,
  values: ArrayLike<number>,
  right: ArrayLike<number>,
  loss: number,
  h: number,
): Cause | undefined {
  const spacing = 2 * UNIT.f32 * 2 ** Math.floor(Math.log2(loss));
  const step = spacing / (2 * h);
  const furthest = (UNIT.f32 * lossError(pass)) / h + step;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const multiple = Math.abs(values[i] / step);
    const distance = Math.abs(multiple - Math.round(multiple));
    // 2h itself may be rounded to float32.
    if (!(distance <= 1e-5 * Math.max(1, multiple)) || !(multiple < 1e4)) return undefined;
    if (!(Math.abs(values[i] - right[i]) <= furthest)) return undefined;
    most = Math.max(most, multiple);
  }
  if (most < 0.5) return undefined;
  return {
    cause: 'float32',
    what: `these are differences of a loss in float32, which has steps of ${spacing.toPrecision(2)}: over 2h, ${step.toPrecision(2)}`,
    advice: 'compute the loss in float64: weights and images .astype(np.float64)',
  };
}

/** Entries of a tensor that are computed again, two forward passes each. */
const SAMPLE = 10;

/**
 * Recognises central differences by a loop that never puts a parameter back (book, 4.4: `x[idx] = tmp_val`): each is
 * left at w - h, so that every later difference is taken elsewhere. All of them would cost what the naive engine does;
 * some of those that are wrong are computed as such a loop would, and compared.
 *
 * @param values of this tensor, in its shape
 * @param right the gradient there
 * @param tolerance of central differences
 */
export function asNotRestored(
  { net, batch }: ForwardPass,
  name: TensorName,
  values: ArrayLike<number>,
  right: ArrayLike<number>,
  tolerance: ArrayLike<number>,
  h: number,
): Cause | undefined {
  const moved = { ...net, ...zeroParameters(net) };
  const earlier = TENSORS.slice(0, TENSORS.indexOf(name)); // in this order they were differentiated
  const wrong: number[] = [];
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i] - right[i]) <= tolerance[i])) wrong.push(i);
  const count = Math.min(SAMPLE, wrong.length);
  for (let k = 1; k <= count; k++) {
    const i = wrong[Math.floor((k * (wrong.length - 1)) / count)];
    moved.all.set(net.all);
    for (const tensor of earlier) moved[tensor].forEach((weight, at) => (moved[tensor][at] = weight - h));
    for (let at = 0; at < i; at++) moved[name][at] -= h;
    const difference = partialDerivative(() => loss(moved, batch.x, batch.t), moved[name], i, h);
    if (!(Math.abs(values[i] - difference) <= tolerance[i])) return undefined;
  }
  if (count === 0) return undefined;
  return {
    cause: 'not-restored',
    what: 'these are differences, but the parameters are not put back: each stays at w - h while the next one moves',
    advice: 'restore it after both losses: x[idx] = tmp_val',
  };
}
