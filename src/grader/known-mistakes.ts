import { sigmoid } from '../network/functions.js';
import { transpose } from '../network/matrix.js';
import { zeroParameters } from '../network/two-layer-net.js';
import { type Activation, backwardPass, type ForwardPass, SIGMOID, sizes } from './error-analysis.js';
import { gatherImages } from './gradient-case.js';
import type { Cause, Factor, GradeContext, Mistake, Setting } from './mistake.js';
import * as models from './mistake-models.js';
import { predict, type TensorName } from './tensors.js';

const ADVICE = {
  sigmoid: 'on the way back through sigmoid multiply by hidden * (1 - hidden), hidden being its output',
  softmax:
    "softmax stands once, at the end: a framework's cross entropy takes scores, not probabilities, and y - t takes one softmax",
  softmaxAxis: 'softmax runs over the classes of each image: np.sum(np.exp(a), axis=1, keepdims=True), or axis=-1',
  bias: 'sum over the images: db = d.sum(axis=0), which has one number for each unit',
  oneHot: 'row n of t has its 1 at the label of image n: t = np.eye(10)[labels], with labels 0 to 9',
  order: 'take both by the same indices, in the same order: x_train[mask], t_train[mask]',
  pixels: 'x lies in [0, 1]: the pixels, 0 to 255 and white on black, are divided by 255 once',
  loss: 'the loss is the mean of -log(y_t + 1e-7), with the natural logarithm',
  forward: 'hidden = sigmoid(x @ W1 + b1), y = softmax(hidden @ W2 + b2), with sigmoid(z) = 1 / (1 + exp(-z))',
  entries: 'save the gradient as it is: the update works with it, not with what becomes of it',
};

const mistake = (cause: string, what: string, advice: string, predict: Mistake['predict']): Mistake => ({
  cause,
  what,
  advice,
  predict,
});
const derivative = (what: string, of: Activation['derivative']) =>
  mistake('sigmoid-derivative', what, ADVICE.sigmoid, models.withDerivative(of));
const activation = (what: string, forward: Activation, backward?: Activation['derivative']) =>
  mistake('activation', what, ADVICE.forward, models.withActivation(forward, backward));
const logits = (cause: string, what: string, advice: string, of: (pass: ForwardPass) => Float64Array) =>
  mistake(cause, what, advice, models.withDLogits(of));
const bias = (what: string, fold: Parameters<typeof models.withBias>[0]) =>
  mistake('bias-not-summed', what, ADVICE.bias, models.withBias(fold));
const pixels = (what: string, of: Parameters<typeof models.withPixels>[0]) =>
  mistake('pixels', what, ADVICE.pixels, models.withPixels(of));
const net = (what: string, of: Parameters<typeof models.withNet>[0]) =>
  mistake('forward-bias', what, ADVICE.forward, models.withNet(of));
type Target = Parameters<typeof models.withTargets>[0];
const oneHot = (
  what: string,
  target: (setting: Setting) => Target | undefined,
  cause = 'one-hot',
  advice = ADVICE.oneHot,
) =>
  mistake(cause, what, advice, (setting) => {
    const made = target(setting);
    return made && models.withTargets(made)(setting);
  });
const order = (what: string, image: (n: number, setting: Setting) => number | undefined) =>
  oneHot(
    `the labels are those of this mini-batch in another order than its images: ${what}`,
    (setting) => {
      const of = Array.from({ length: setting.pass.batch.count }, (_, n) => image(n, setting));
      if (of.includes(undefined)) return undefined;
      return (_label, n, k) => (models.labelOf(setting.pass, of[n]!) === k ? 1 : 0);
    },
    'label-order',
    ADVICE.order,
  );

const SWAPPED: Record<TensorName, TensorName> = { W1: 'W2', b1: 'b2', W2: 'W1', b2: 'b1' };
const isSquare = ({ net, batch }: ForwardPass) => batch.count === net.outputSize;
const own = SIGMOID.derivative;

/** Every mistake that changes more than a factor and has no number of its own to be found. */
export const KNOWN_MISTAKES: readonly Mistake[] = [
  derivative('the derivative of sigmoid is missing', () => 1),
  derivative('the derivative of sigmoid is taken at its output, not at its input', (hidden) => own(sigmoid(hidden), 0)),
  derivative('the derivative of sigmoid is taken as z * (1 - z) of its input z, not of its output', (_, z) =>
    own(z, 0),
  ),
  derivative('only the factor hidden of the derivative of sigmoid is there', (hidden) => hidden),
  derivative('only the factor 1 - hidden of the derivative of sigmoid is there', (hidden) => 1 - hidden),
  derivative('the derivative of sigmoid is multiplied in twice', (hidden) => own(hidden, 0) ** 2),
  derivative('the derivative of sigmoid is taken as 1 - hidden², that of tanh', (hidden) => 1 - hidden * hidden),
  derivative('the derivative of sigmoid is taken as that of ReLU', models.RELU.derivative),
  derivative('the derivative of sigmoid is taken as hidden * (1 + hidden)', (hidden) => hidden * (1 + hidden)),

  activation('sigmoid is missing in the forward pass, and in the backward pass', models.IDENTITY),
  activation('sigmoid is missing in the forward pass; the backward pass has its derivative', models.IDENTITY, own),
  activation('the hidden layer has ReLU, not sigmoid', models.RELU),
  activation('the forward pass has ReLU, the backward pass the derivative of sigmoid', models.RELU, own),
  activation('the hidden layer has tanh, not sigmoid', models.TANH),
  activation('the forward pass has tanh, the backward pass the derivative of sigmoid', models.TANH, own),
  activation(
    'sigmoid has the wrong sign in its exponent, 1 / (1 + exp(z)), and is differentiated so',
    models.FALLING_SIGMOID,
  ),
  activation('sigmoid has the wrong sign in its exponent: 1 / (1 + exp(z))', models.FALLING_SIGMOID, own),
  activation('sigmoid is applied twice in the forward pass', models.SIGMOID_TWICE, own),
  activation('sigmoid is applied twice in the forward pass, and differentiated twice', models.SIGMOID_TWICE),
  net('b1 is not added in the forward pass', (net) => withZeros(net, 'b1')),
  net('b2 is not added in the forward pass', (net) => withZeros(net, 'b2')),
  net('neither b1 nor b2 is added in the forward pass', (net) => withZeros(net, 'b1', 'b2')),

  mistake(
    'W2-reshaped',
    'dscores goes back through W2 reshaped to (10, hidden), not through W2.T',
    'dhidden = dscores @ W2.T * hidden * (1 - hidden)',
    models.withW2T(({ net }) => net.W2),
  ),
  mistake(
    'hidden-input',
    'dW2 is computed from the input of sigmoid, x @ W1 + b1, not from its output',
    'dW2 = hidden.T @ dscores',
    models.withHidden((pass) => pass.preActivations),
  ),

  logits('softmax-twice', 'softmax is applied twice', ADVICE.softmax, models.softmaxOfSoftmax),
  logits(
    'softmax-twice',
    'softmax is applied twice (and differentiated twice)',
    ADVICE.softmax,
    models.throughBothSoftmaxes,
  ),
  logits('no-softmax', 'softmax is missing: t is subtracted from the scores', ADVICE.softmax, ({ logits, batch }) =>
    logits.map((logit, i) => (logit - batch.t[i]) / batch.count),
  ),
  logits(
    'no-softmax',
    'the last layer has sigmoid in the place of softmax',
    ADVICE.softmax,
    models.residualOf(({ logits }) => logits.map(sigmoid)),
  ),
  logits(
    'softmax-axis',
    'softmax runs over the whole batch, not over each image',
    ADVICE.softmaxAxis,
    models.residualOf(models.softmaxOfAll),
  ),
  logits(
    'softmax-axis',
    'softmax runs over the whole batch, not over each image (and is differentiated so)',
    ADVICE.softmaxAxis,
    models.throughSoftmaxOfAll,
  ),
  logits(
    'softmax-axis',
    'softmax runs over the images (axis 0), not over the classes',
    ADVICE.softmaxAxis,
    models.residualOf(models.softmaxOfColumns),
  ),
  logits(
    'softmax-axis',
    'softmax runs over the images (axis 0), not over the classes (and is differentiated so)',
    ADVICE.softmaxAxis,
    models.throughSoftmaxOfColumns,
  ),
  logits(
    'squared-error',
    'this is the gradient of half the mean squared error, not of the cross entropy',
    ADVICE.loss,
    models.squaredError,
  ),
  logits(
    'binary-cross-entropy',
    'this is the gradient of the binary cross entropy of the probabilities, summed over the classes',
    ADVICE.loss,
    models.binaryCrossEntropy,
  ),

  bias('the bias is averaged over the images, not summed', models.meanOverImages),
  bias('the bias has the last image only', models.lastImage),
  bias('the bias has the first image only', models.firstImage),
  bias('the bias is not summed over the images: it has a row for each', models.notSummed),
  bias('the bias is summed over the wrong axis', models.sumOfRows),
  bias('the bias is averaged, and over the wrong axis', models.meanOfRows),
  bias('the bias is summed over both axes', models.sumOfAll),
  bias('the bias is averaged over both axes', models.meanOfAll),
  bias('the bias is summed over both axes, and the sum stands in each entry', models.sumOfAllEverywhere),

  oneHot('the 1 of t stands one place too far right, as for labels 1 to 10', ({ pass }) => (label, _, k) => {
    return k === (label + 1) % pass.net.outputSize ? 1 : 0;
  }),
  oneHot('the 1 of t stands one place too far right, and is missing for the last label', () => (label, _, k) => {
    return k === label + 1 ? 1 : 0;
  }),
  oneHot('the 1 of t stands one place too far left', ({ pass }) => (label, _, k) => {
    return (k + 1) % pass.net.outputSize === label ? 1 : 0;
  }),
  oneHot('the 1 of t stands one place too far left, and is missing for label 0', () => (label, _, k) => {
    return k + 1 === label ? 1 : 0;
  }),
  oneHot('t is all 0, or is not subtracted', () => () => 0),
  oneHot('t is all 1', () => () => 1),
  oneHot('the labels themselves are subtracted, image by image, without one-hot', () => (label) => label),
  oneHot('the labels themselves are subtracted, class by class, without one-hot', ({ pass }) =>
    isSquare(pass) ? (_label, _n, k) => models.labelOf(pass, k) : undefined,
  ),
  oneHot('t is transposed', ({ pass }) =>
    isSquare(pass) ? (_label, n, k) => (models.labelOf(pass, k) === n ? 1 : 0) : undefined,
  ),
  oneHot('the digits are counted down: the 1 of t stands at 9 - label', ({ pass }) => (label, _, k) => {
    return k === pass.net.outputSize - 1 - label ? 1 : 0;
  }),
  logits(
    'one-hot',
    "the net's own answer, argmax y, is subtracted in the place of the label",
    ADVICE.oneHot,
    models.subtractPrediction,
  ),
  oneHot(
    'the labels are those of the first images, not of the mini-batch',
    ({ context: { train } }) =>
      (_, n, k) =>
        train.labels[n % train.count] === k ? 1 : 0,
    'one-hot',
    ADVICE.order,
  ),
  order('the images are sorted by their indices, the labels are not', (n, setting) => sortedOrder(setting)?.indexOf(n)),
  order('the labels are sorted by their indices, the images are not', (n, setting) => sortedOrder(setting)?.[n]),
  order('one of the two is reversed', (n, { pass }) => pass.batch.count - 1 - n),
  order('one place too late', (n, { pass }) => (n + pass.batch.count - 1) % pass.batch.count),
  order('one place too early', (n, { pass }) => (n + 1) % pass.batch.count),

  pixels('the pixels are 0 to 255', (x) => x.map((pixel) => pixel * 255)),
  pixels('the pixels are divided by 255 twice', (x) => x.map((pixel) => pixel / 255)),
  pixels('the pixels are divided by 256, not by 255', (x) => x.map((pixel) => (pixel * 255) / 256)),
  pixels('the pixels are inverted, black on white: 1 - x', (x) => x.map((pixel) => 1 - pixel)),
  pixels('the pixels are inverted, and not divided by 255: 255 - x', (x) => x.map((pixel) => 255 - pixel * 255)),
  pixels('the pixels are scaled to -1 to 1', (x) => x.map((pixel) => 2 * pixel - 1)),
  pixels('the pixels are 0 or 1: whether there is any ink', (x) => x.map((pixel) => (pixel > 0 ? 1 : 0))),
  pixels('the pixels are 0 or 1: whether they are brighter than one half', (x) =>
    x.map((pixel) => (pixel > 0.5 ? 1 : 0)),
  ),
  pixels('the pixels are standardised by mean 0.1307 and standard deviation 0.3081', (x) =>
    x.map((pixel) => (pixel - 0.1307) / 0.3081),
  ),
  pixels('the pixels are standardised by the mean and the standard deviation of the mini-batch', (x) =>
    standardised(x),
  ),
  pixels('the pixels of each image are standardised by its own mean and standard deviation', (x, { whole }) =>
    byImage(x, whole.net.inputSize, standardised),
  ),
  pixels('the mean of the mini-batch is subtracted from the pixels', (x) => {
    const { mean } = moments(x);
    return x.map((pixel) => pixel - mean);
  }),
  pixels('rows and columns of every image are exchanged', (x, { whole, context: { train } }) =>
    byImage(x, whole.net.inputSize, (image) => transpose(Float64Array.from(image), train.columns)),
  ),

  mistake(
    'image-missing',
    'only the last image counts: each overwrites the one before',
    'add up the gradients of all images',
    models.withBatch(({ x, t, count }, { whole: { net } }) =>
      count > 1 ? { count: 1, x: x.slice(-net.inputSize), t: t.slice(-net.outputSize) } : undefined,
    ),
  ),
  mistake(
    'image-missing',
    'only the first image counts',
    'add up the gradients of all images',
    models.withBatch(({ x, t, count }, { whole: { net } }) =>
      count > 1 ? { count: 1, x: x.slice(0, net.inputSize), t: t.slice(0, net.outputSize) } : undefined,
    ),
  ),
  mistake(
    'image-missing',
    'the last image is left out',
    'count through all images: range(N), not range(N - 1)',
    models.withBatch(({ x, t, count }, { whole: { net } }) =>
      count > 2 ? { count: count - 1, x: x.slice(0, -net.inputSize), t: t.slice(0, -net.outputSize) } : undefined,
    ),
  ),

  mistake(
    'swapped',
    'the tensors of the two layers are swapped',
    'W1, b1 belong to the hidden units, W2, b2 to the classes',
    ({ pass }) => ({ tensors: predict(pass, backwardPass(pass), (name) => SWAPPED[name]) }),
  ),
  mistake(
    'zeros',
    'all entries are 0',
    'was the gradient ever written into the array? A difference whose step is lost in rounding is 0 too',
    ({ pass }) => ({ tensors: predict(pass, { gradient: zeroParameters(pass.net), error: zeroParameters(pass.net) }) }),
  ),
  mistake('weights', 'these are the weights, not their gradient', 'save the gradient', ({ pass }) => {
    const error = zeroParameters(pass.net);
    error.all.set(sizes(pass.net.all));
    return { tensors: predict(pass, { gradient: pass.net, error }) };
  }),
  mistake(
    'entries',
    'these are the absolute values of the gradient',
    ADVICE.entries,
    models.withEntries(Math.abs, (_, error) => error),
  ),
  mistake(
    'entries',
    'these are the squares of the gradient',
    ADVICE.entries,
    models.withEntries(
      (value) => value * value,
      (value, error) => 2 * Math.abs(value) * error + value * value,
    ),
  ),
  mistake(
    'entries',
    "this is Adam's first step, the gradient divided by its size",
    ADVICE.entries,
    models.withEntries(
      (value) => value / (Math.abs(value) + 1e-8),
      (value, error) => (error * 1e-8) / (Math.abs(value) + 1e-8) ** 2 + 8,
    ),
  ),
];

function withZeros(net: Setting['whole']['net'], ...names: TensorName[]) {
  const other = { ...net, ...zeroParameters(net) };
  other.all.set(net.all);
  for (const name of names) other[name].fill(0);
  return other;
}

/** Positions in the mini-batch, in the order of the indices there. */
function sortedOrder({ context: { indices }, pass }: Setting): number[] | undefined {
  if (indices?.length !== pass.batch.count) return undefined;
  return Array.from(indices.keys()).sort((a, b) => indices[a] - indices[b]);
}

function moments(x: ArrayLike<number>) {
  const values = Float64Array.from(x);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function standardised(x: Float64Array): Float64Array {
  const { mean, deviation } = moments(x);
  return x.map((pixel) => (pixel - mean) / deviation);
}

function byImage(x: Float64Array, size: number, change: (image: Float64Array) => Float64Array): Float64Array {
  const changed = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += size) changed.set(change(x.subarray(at, at + size)), at);
  return changed;
}

/** The right program on images that were not asked for. */
export function otherBatches({ otherBatches, train }: GradeContext): Mistake[] {
  return otherBatches.map(({ what, indices }) =>
    mistake(
      'other-batch',
      `the images are others: ${what}`,
      'draw the weights first, then the images, as gd-train check --help shows',
      models.withBatch(() => gatherImages(train, indices)),
    ),
  );
}

/** The right program with other weights, other images, or both. */
export function otherPoints({ otherPoints = [] }: GradeContext): Mistake[] {
  return otherPoints.map(({ cause, what, advice, make }) =>
    mistake(cause, what, advice, ({ whole, forward }) => {
      const made = make();
      if (!made) return undefined;
      const pass = forward(made.net ?? whole.net, made.batch ?? whole.batch);
      return { tensors: predict(pass, backwardPass(pass)) };
    }),
  );
}

export const TRANSPOSED: Cause = {
  cause: 'transposed',
  what: 'rows and columns are exchanged',
  advice: 'dW1 = x.T @ dhidden is (784, hidden), dW2 = hidden.T @ dscores (hidden, 10), as W1 and W2 are',
};

const factor = (factor: number, cause: string, what: string, advice: string): Factor => ({
  factor,
  cause,
  what,
  advice,
});

const WRONG_SIGN = factor(
  -1,
  'sign',
  'the sign is wrong',
  'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient',
);

/** What a gradient may be multiplied by: lists of factors that come together, none or two at most. */
export function factors({ net, batch }: ForwardPass, { learningRate }: GradeContext): readonly (readonly Factor[])[] {
  const { count: N } = batch;
  const K = net.outputSize;
  const once = 'once is enough: either in (y - t) / N or at the end';
  const mean = 'the loss is a mean over the images alone: a sum over the classes, divided by N';
  const images = 'the loss is a mean over the images: (y - t) / N';
  const update = 'it belongs into the update, w -= lr * gradient';
  const quotient = 'a central difference is (f(x + h) - f(x - h)) / (2 * h)';
  const scales = [
    factor(N, 'batch-size', `it is not divided by the batch size ${N}: a sum, not a mean`, images),
    factor(1 / N, 'batch-size', `it is divided by the batch size ${N} twice`, once),
    factor(N / (N - 1), 'batch-size', `it is divided by ${N - 1}, not by the batch size ${N}`, images),
    factor(N / (N + 1), 'batch-size', `it is divided by ${N + 1}, not by the batch size ${N}`, images),
    factor(1 / K, 'class-count', `it is divided by the ${K} classes too`, mean),
    factor(N / K, 'class-count', `it is divided by the ${K} classes, not by the batch size ${N}`, mean),
    factor(2, 'difference-step', 'it is twice as large, as a difference divided by h and not by 2h', quotient),
    factor(1 / 2, 'difference-step', 'it is half as large, as a one-sided difference divided by 2h', quotient),
    factor(learningRate, 'learning-rate', `the learning rate ${learningRate} is multiplied in`, update),
    factor(255, 'pixels', 'it is 255 times as large, as with pixels of 0 to 255 on the way back alone', ADVICE.pixels),
    factor(1 / 255, 'pixels', 'it is 255 times too small, as with pixels that are divided twice', ADVICE.pixels),
    factor(Math.LOG2E, 'logarithm', 'the loss has the logarithm to base 2', ADVICE.loss),
    factor(Math.LOG10E, 'logarithm', 'the loss has the logarithm to base 10', ADVICE.loss),
  ];
  const real = scales.filter((scale) => scale.factor !== 1 && Number.isFinite(scale.factor));
  return [[], [WRONG_SIGN], ...real.flatMap((scale) => [[scale], [scale, WRONG_SIGN]])];
}

/** The right gradient times some number that no known mistake makes. */
export function unknownFactor(value: number): Factor {
  return factor(
    value,
    'factor',
    `it is ${Number(value.toPrecision(6))} times what it should be`,
    'look for something multiplied or divided once too often',
  );
}
