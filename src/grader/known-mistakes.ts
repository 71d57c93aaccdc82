import { partialDerivative } from '../calculus/gradient.js';
import { gather } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { sigmoid } from '../network/functions.js';
import { loss, TENSORS, zeroParameters } from '../network/two-layer-net.js';
import type { Cause } from './diagnose.js';
import { backwardPass, type ForwardPass, sizes, UNIT } from './error-analysis.js';
import * as faults from './mistake-models.js';
import { predict, type Prediction, type TensorName } from './tensors.js';

/** What faults are made of besides the net and the mini-batch. */
export interface GradeContext {
  readonly train: Dataset;
  /** Images of `train` that a learner may have taken by mistake. */
  readonly otherBatches: readonly { readonly what: string; readonly indices: Uint32Array }[];
  /** η that the learner may have multiplied in. */
  readonly learningRate: number;
}

/** A mistake, and what comes of it: whoever's numbers those are has made it. */
export interface KnownMistake {
  /** For scripts. Several hypotheses may be the same mistake in different places. */
  readonly cause: string;
  /** For people: what was done. */
  readonly what: string;
  /** What to do instead. */
  readonly advice: string;
  /** Nothing, if the mistake cannot be made with this net and mini-batch. */
  readonly predict: (pass: ForwardPass, surroundings: GradeContext) => Prediction | undefined;
}

const sigmoidAdvice = 'on the way back through sigmoid multiply by hidden * (1 - hidden), hidden being its output';
const softmaxAdvice =
  "softmax stands once, at the end: a framework's cross entropy takes scores, not probabilities, and y - t takes one softmax";
const biasAdvice = 'sum over the images: db = d.sum(axis=0), which has one number for each unit';
const oneHotAdvice = 'row n of t has its 1 at the label of image n: t = np.eye(10)[labels], with labels 0 to 9';

const slope = (what: string, of: Parameters<typeof faults.withSigmoidDerivative>[0]): KnownMistake => ({
  ...{ cause: 'sigmoid-derivative', what, advice: sigmoidAdvice },
  predict: faults.withSigmoidDerivative(of),
});
const scores = (
  cause: string,
  what: string,
  advice: string,
  of: (pass: ForwardPass) => Float64Array,
): KnownMistake => ({
  ...{ cause, what, advice },
  predict: faults.withByScores(of),
});
const bias = (what: string, fold: Parameters<typeof faults.withBias>[0]): KnownMistake => ({
  ...{ cause: 'bias-not-summed', what, advice: biasAdvice },
  predict: faults.withBias(fold),
});
type Targets = Parameters<typeof faults.withTargets>[0];
const oneHot = (what: string, targets: (pass: ForwardPass) => Targets | undefined): KnownMistake => ({
  ...{ cause: 'one-hot', what, advice: oneHotAdvice },
  predict(pass) {
    const made = targets(pass);
    return made && faults.withTargets(made)(pass);
  },
});

const SWAPPED: Record<TensorName, TensorName> = { W1: 'W2', b1: 'b2', W2: 'W1', b2: 'b1' };
const isSquare = ({ net, batch }: ForwardPass) => batch.count === net.outputSize;

/** Every mistake that changes more than a factor; those are in factors.ts, and the transposed ones in explain.ts. */
export const KNOWN_MISTAKES: readonly KnownMistake[] = [
  slope('the derivative of sigmoid is missing', () => 1),
  slope('the derivative of sigmoid is taken at its output, not at its input', (hidden) => {
    const again = sigmoid(hidden);
    return again * (1 - again);
  }),
  slope('of the derivative of sigmoid only the factor hidden is there', (hidden) => hidden),
  slope('of the derivative of sigmoid only the factor 1 - hidden is there', (hidden) => 1 - hidden),

  scores('softmax-twice', 'softmax is applied twice', softmaxAdvice, faults.softmaxOfSoftmax),
  scores(
    'softmax-twice',
    'softmax is applied twice (and differentiated twice)',
    softmaxAdvice,
    faults.throughBothSoftmaxes,
  ),
  scores('no-softmax', 'softmax is missing: t is subtracted from the scores', softmaxAdvice, (pass) =>
    pass.logits.map((score, i) => (score - pass.batch.t[i]) / pass.batch.count),
  ),
  scores(
    'squared-error',
    'this is the gradient of half the mean squared error, not of the cross entropy',
    'the loss is the mean of -log(y_t + 1e-7)',
    faults.squaredError,
  ),

  bias('the bias is averaged over the images, not summed', faults.meanOverImages),
  bias('the bias has the last image only', faults.lastImage),
  bias('the bias has the first image only', faults.firstImage),
  bias('the bias is not summed over the images: it has a row for each', faults.notSummed),
  bias('the bias is summed over the wrong axis', faults.sumOfRows),
  bias('the bias is summed over both axes', faults.sumOfAll),

  oneHot('the 1 of t stands one place too far right, as for labels 1 to 10', ({ net }) => (label, _, k) => {
    return k === (label + 1) % net.outputSize ? 1 : 0;
  }),
  oneHot('the 1 of t stands one place too far right, and is missing for the last label', () => (label, _, k) => {
    return k === label + 1 ? 1 : 0;
  }),
  oneHot('the 1 of t stands one place too far left', ({ net }) => (label, _, k) => {
    return (k + 1) % net.outputSize === label ? 1 : 0;
  }),
  oneHot('t is all 0, or is not subtracted', () => () => 0),
  oneHot('t is all 1', () => () => 1),
  oneHot('the labels themselves are subtracted, image by image, without one-hot', () => (label) => label),
  oneHot('the labels themselves are subtracted, class by class, without one-hot', (pass) =>
    isSquare(pass) ? (_label, _n, k) => faults.labelOf(pass, k) : undefined,
  ),
  oneHot('t is transposed', (pass) =>
    isSquare(pass) ? (_label, n, k) => (faults.labelOf(pass, k) === n ? 1 : 0) : undefined,
  ),
  {
    ...{ cause: 'one-hot', what: 'the labels are those of the first images, not of the mini-batch' },
    advice: 'take both by the same indices: x_train[mask], t_train[mask]',
    predict: (pass, { train }) => faults.withTargets((_, n, k) => (train.labels[n % train.count] === k ? 1 : 0))(pass),
  },
  {
    ...{ cause: 'pixels', what: 'the pixels are 0 to 255', advice: 'divide them by 255: x lies in [0, 1]' },
    predict: (pass) => faults.withBatch(pass, { ...pass.batch, x: pass.batch.x.map((pixel) => pixel * 255) }),
  },
  {
    ...{ cause: 'swapped', what: 'the tensors of the two layers are swapped' },
    advice: 'W1, b1 belong to the hidden units, W2, b2 to the classes',
    predict: (pass) => predict(pass, backwardPass(pass), (name) => SWAPPED[name]),
  },
  {
    ...{ cause: 'zeros', what: 'all entries are 0', advice: 'was the gradient ever written into the array?' },
    predict: (pass) => predict(pass, { gradient: zeroParameters(pass.net), error: zeroParameters(pass.net) }),
  },
  {
    ...{ cause: 'weights', what: 'these are the weights, not their gradient', advice: 'save the gradient' },
    predict: (pass) => predict(pass, { gradient: pass.net, error: withAll(pass, sizes(pass.net.all)) }),
  },
  {
    ...{ cause: 'weights', what: 'these are the weights after a step, not the gradient', advice: 'save the gradient' },
    predict(pass, { learningRate }) {
      const { gradient, error } = backwardPass(pass);
      const { all } = pass.net;
      const stepped = withAll(
        pass,
        all.map((weight, i) => weight - learningRate * gradient.all[i]),
      );
      const errors = all.map((weight, i) => Math.abs(weight) + learningRate * error.all[i]);
      return predict(pass, { gradient: stepped, error: withAll(pass, errors) });
    },
  },
];

function withAll({ net }: ForwardPass, all: Float64Array) {
  const parameters = zeroParameters(net);
  parameters.all.set(all);
  return parameters;
}

/** The right program on images that were not asked for. */
export function otherBatches({ otherBatches, train }: GradeContext): KnownMistake[] {
  return otherBatches.map(({ what, indices }) => ({
    cause: 'other-batch',
    what: `the images are others: ${what}`,
    advice: 'draw the weights first, then the images, as gd-train check --help shows',
    predict: (pass) => faults.withBatch(pass, gather(train, indices)),
  }));
}

/**
 * Recognises central differences of a loss that was computed in float32. Such a loss is a multiple of the distance
 * between neighbours in float32, 2⁻²² for losses from 2 to 4, and the difference quotients are multiples of that over
 * 2h: at h = 1e-4, steps of 0.0012, which is more than most entries of the gradient.
 *
 * @param loss of the mini-batch, in nats
 * @returns undefined if they are none
 */
export function asFloat32Differences(values: ArrayLike<number>, loss: number, h: number): Cause | undefined {
  const spacing = 2 * UNIT.f32 * 2 ** Math.floor(Math.log2(loss));
  const step = spacing / (2 * h);
  let steps = 0;
  for (let i = 0; i < values.length; i++) {
    const multiple = values[i] / step;
    const distance = Math.abs(multiple - Math.round(multiple));
    if (!(distance <= 1e-5 * Math.max(1, Math.abs(multiple)))) return undefined; // 2h itself may be rounded to float32
    steps = Math.max(steps, Math.abs(multiple));
  }
  if (steps === 0) return undefined;
  return {
    cause: 'float32',
    what: `these are differences of a loss in float32, which knows steps of ${spacing.toPrecision(2)} only: over 2h, ${step.toPrecision(2)}`,
    advice: 'compute the loss in float64: weights and images .astype(np.float64)',
  };
}

/** Entries of a tensor that are computed again, two forward passes each. */
const SAMPLE = 10;

/**
 * Recognises central differences by a loop that never puts a parameter back (book, 4.4: `x[idx] = tmp_val`): each is
 * left at w - h, so that every later difference is taken elsewhere. All of them would cost what the naive engine does;
 * some of each tensor are computed as such a loop would, and compared.
 *
 * @param values of this tensor, in its shape
 * @param tolerance of central differences
 */
export function asNotRestored(
  { net, batch }: ForwardPass,
  name: TensorName,
  values: ArrayLike<number>,
  tolerance: ArrayLike<number>,
  h: number,
): Cause | undefined {
  const moved = { ...net, ...zeroParameters(net) };
  const earlier = TENSORS.slice(0, TENSORS.indexOf(name)); // in this order they were differentiated
  const { length } = net[name];
  for (let k = 1; k <= SAMPLE; k++) {
    const i = Math.floor((k * (length - 1)) / SAMPLE);
    moved.all.set(net.all);
    for (const tensor of earlier) moved[tensor].forEach((weight, at) => (moved[tensor][at] = weight - h));
    for (let at = 0; at < i; at++) moved[name][at] -= h;
    const difference = partialDerivative(() => loss(moved, batch.x, batch.t), moved[name], i, h);
    if (!(Math.abs(values[i] - difference) <= tolerance[i])) return undefined;
  }
  return {
    cause: 'not-restored',
    what: 'these are differences, but the parameters are not put back: each stays at w - h while the next one moves',
    advice: 'restore it after both losses: x[idx] = tmp_val',
  };
}
