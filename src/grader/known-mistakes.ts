import { gatherImages } from '../dataset/mini-batch.js';
import { sigmoid } from '../network/functions.js';
import { columnSums, transpose } from '../network/matrix.js';
import { zeroParameters } from '../network/two-layer-net.js';
import { backwardPass, type ForwardPass, SIGMOID, sizes } from './error-analysis.js';
import { type Cause, type Factor, type GradeContext, type Mistake, mistakes } from './mistake.js';
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
  images: 'add up the gradients of all images',
};

const SWAPPED: Record<TensorName, TensorName> = { W1: 'W2', b1: 'b2', W2: 'W1', b2: 'b1' };
const isSquare = ({ net, batch }: ForwardPass) => batch.count === net.outputSize;
const own = SIGMOID.derivative;
const ORDER = 'the labels are those of this mini-batch in another order than its images';

/** Every mistake that changes more than a factor and has no number of its own to be found. */
export const KNOWN_MISTAKES: readonly Mistake[] = [
  ...mistakes('sigmoid-derivative', ADVICE.sigmoid, {
    'the derivative of sigmoid is missing': models.derivative(() => 1),
    'the derivative of sigmoid is taken at its output, not at its input': models.derivative((hidden) =>
      own(sigmoid(hidden), 0),
    ),
    'the derivative of sigmoid is taken as z * (1 - z) of its input z, not of its output': models.derivative((_, z) =>
      own(z, 0),
    ),
    'only the factor hidden of the derivative of sigmoid is there': models.derivative((hidden) => hidden),
    'only the factor 1 - hidden of the derivative of sigmoid is there': models.derivative((hidden) => 1 - hidden),
    'the derivative of sigmoid is multiplied in twice': models.derivative((hidden) => own(hidden, 0) ** 2),
    'the derivative of sigmoid is taken as 1 - hidden², that of tanh': models.derivative(models.TANH.derivative),
    'the derivative of sigmoid is taken as that of ReLU': models.derivative(models.RELU.derivative),
    'the derivative of sigmoid is taken as hidden * (1 + hidden)': models.derivative((hidden) => hidden * (1 + hidden)),
  }),
  ...mistakes('activation', ADVICE.forward, {
    'sigmoid is missing in the forward pass, and in the backward pass': models.activation(models.IDENTITY),
    'sigmoid is missing in the forward pass; the backward pass has its derivative': models.activation(
      models.IDENTITY,
      own,
    ),
    'the hidden layer has ReLU, not sigmoid': models.activation(models.RELU),
    'the forward pass has ReLU, the backward pass the derivative of sigmoid': models.activation(models.RELU, own),
    'the hidden layer has tanh, not sigmoid': models.activation(models.TANH),
    'the forward pass has tanh, the backward pass the derivative of sigmoid': models.activation(models.TANH, own),
    'sigmoid has the wrong sign in its exponent, 1 / (1 + exp(z)), and is differentiated so': models.activation(
      models.FALLING_SIGMOID,
    ),
    'sigmoid has the wrong sign in its exponent: 1 / (1 + exp(z))': models.activation(models.FALLING_SIGMOID, own),
    'sigmoid is applied twice in the forward pass': models.activation(models.SIGMOID_TWICE, own),
    'sigmoid is applied twice in the forward pass, and differentiated twice': models.activation(models.SIGMOID_TWICE),
  }),
  ...mistakes('forward-bias', ADVICE.forward, {
    'b1 is not added in the forward pass': models.without('b1'),
    'b2 is not added in the forward pass': models.without('b2'),
    'neither b1 nor b2 is added in the forward pass': models.without('b1', 'b2'),
  }),
  ...mistakes('W2-reshaped', 'dhidden = dscores @ W2.T * hidden * (1 - hidden)', {
    'dscores goes back through W2 reshaped to (10, hidden), not through W2.T': {
      steps: ({ net }) => ({ W2T: net.W2 }),
    },
  }),
  ...mistakes('hidden-input', 'dW2 = hidden.T @ dscores', {
    'dW2 is computed from the input of sigmoid, x @ W1 + b1, not from its output': {
      after(_, { pass }) {
        const wrong = { ...pass, hidden: pass.preActivations, hiddenError: pass.preActivationsError };
        return { tensors: { W2: predict(pass, backwardPass(wrong)).W2 } };
      },
    },
  }),
  ...mistakes('softmax-twice', ADVICE.softmax, {
    'softmax is applied twice': models.probabilities(models.softmaxOfSoftmax),
    'softmax is applied twice (and differentiated twice)': models.dLogits(models.throughBothSoftmaxes),
  }),
  ...mistakes('no-softmax', ADVICE.softmax, {
    'softmax is missing: t is subtracted from the scores': models.dLogits(({ logits, batch }) =>
      logits.map((logit, i) => (logit - batch.t[i]) / batch.count),
    ),
    'the last layer has sigmoid in the place of softmax': models.probabilities(({ logits }) => logits.map(sigmoid)),
  }),
  ...mistakes('softmax-axis', ADVICE.softmaxAxis, {
    'softmax runs over the whole batch, not over each image': models.probabilities(models.softmaxOfAll),
    'softmax runs over the whole batch, not over each image (and is differentiated so)': models.dLogits(
      models.throughSoftmaxOfAll,
    ),
    'softmax runs over the images (axis 0), not over the classes': models.probabilities(models.softmaxOfColumns),
    'softmax runs over the images (axis 0), not over the classes (and is differentiated so)': models.dLogits(
      models.throughSoftmaxOfColumns,
    ),
  }),
  ...mistakes('squared-error', ADVICE.loss, {
    'this is the gradient of half the mean squared error, not of the cross entropy': models.dLogits(
      models.squaredError,
    ),
  }),
  ...mistakes('binary-cross-entropy', ADVICE.loss, {
    'this is the gradient of the binary cross entropy of the probabilities, summed over the classes': models.dLogits(
      models.binaryCrossEntropy,
    ),
  }),
  ...mistakes('bias-not-summed', ADVICE.bias, {
    'the bias is averaged over the images, not summed': models.bias((d, columns) => ({
      shape: [columns],
      value: columnSums(d, columns).map((sum) => sum / (d.length / columns)),
    })),
    'the bias has the last image only': models.bias((d, columns) => ({ shape: [columns], value: d.slice(-columns) })),
    'the bias has the first image only': models.bias((d, columns) => ({
      shape: [columns],
      value: d.slice(0, columns),
    })),
    'the bias is not summed over the images: it has a row for each': models.bias((d, columns) => ({
      shape: [d.length / columns, columns],
      value: d,
    })),
    'the bias is summed over the wrong axis': models.bias((d, columns) => ({
      shape: [d.length / columns],
      value: models.rowSums(d, columns),
    })),
    'the bias is averaged, and over the wrong axis': models.bias((d, columns) => ({
      shape: [d.length / columns],
      value: models.rowSums(d, columns).map((sum) => sum / columns),
    })),
    'the bias is summed over both axes': models.bias((d) => ({ shape: [], value: [models.sum(d)] })),
    'the bias is averaged over both axes': models.bias((d) => ({ shape: [], value: [models.sum(d) / d.length] })),
    'the bias is summed over both axes, and the sum stands in each entry': models.bias((d, columns) => ({
      shape: [columns],
      value: new Float64Array(columns).fill(models.sum(d)),
    })),
  }),
  ...mistakes('one-hot', ADVICE.oneHot, {
    'the 1 of t stands one place too far right, as for labels 1 to 10': models.targets((label, k, K) =>
      Number(k === (label + 1) % K),
    ),
    'the 1 of t stands one place too far right, and is missing for the last label': models.targets((label, k) =>
      Number(k === label + 1),
    ),
    'the 1 of t stands one place too far left': models.targets((label, k, K) => Number((k + 1) % K === label)),
    'the 1 of t stands one place too far left, and is missing for label 0': models.targets((label, k) =>
      Number(k + 1 === label),
    ),
    't is all 0, or is not subtracted': models.targets(() => 0),
    't is all 1': models.targets(() => 1),
    'the labels themselves are subtracted, image by image, without one-hot': models.targets((label) => label),
    'the labels themselves are subtracted, class by class, without one-hot': models.dLogits((pass) =>
      isSquare(pass) ? models.residualOf(pass, (_, k) => models.labelOf(pass, k)) : undefined,
    ),
    't is transposed': models.dLogits((pass) =>
      isSquare(pass) ? models.residualOf(pass, (n, k) => Number(models.labelOf(pass, k) === n)) : undefined,
    ),
    'the digits are counted down: the 1 of t stands at 9 - label': models.targets((label, k, K) =>
      Number(k === K - 1 - label),
    ),
    "the net's own answer, argmax y, is subtracted in the place of the label": models.dLogits(
      models.subtractPrediction,
    ),
  }),
  ...mistakes('one-hot', ADVICE.order, {
    'the labels are those of the first images, not of the mini-batch': models.labels(
      (n, _, { train }) => train.labels[n % train.count],
    ),
  }),
  ...mistakes('label-order', ADVICE.order, {
    [`${ORDER}: the images are sorted by their indices, the labels are not`]: models.order((n, _, sorted) =>
      sorted?.indexOf(n),
    ),
    [`${ORDER}: the labels are sorted by their indices, the images are not`]: models.order(
      (n, _, sorted) => sorted?.[n],
    ),
    [`${ORDER}: one of the two is reversed`]: models.order((n, N) => N - 1 - n),
    [`${ORDER}: one place too late`]: models.order((n, N) => (n + N - 1) % N),
    [`${ORDER}: one place too early`]: models.order((n, N) => (n + 1) % N),
  }),
  ...mistakes('pixels', ADVICE.pixels, {
    'the pixels are 0 to 255': models.eachPixel((pixel) => pixel * 255),
    'the pixels are divided by 255 twice': models.eachPixel((pixel) => pixel / 255),
    'the pixels are divided by 256, not by 255': models.eachPixel((pixel) => (pixel * 255) / 256),
    'the pixels are inverted, black on white: 1 - x': models.eachPixel((pixel) => 1 - pixel),
    'the pixels are inverted, and not divided by 255: 255 - x': models.eachPixel((pixel) => 255 - pixel * 255),
    'the pixels are scaled to -1 to 1': models.eachPixel((pixel) => 2 * pixel - 1),
    'the pixels are 0 or 1: whether there is any ink': models.eachPixel((pixel) => Number(pixel > 0)),
    'the pixels are 0 or 1: whether they are brighter than one half': models.eachPixel((pixel) => Number(pixel > 0.5)),
    'the pixels are standardised by mean 0.1307 and standard deviation 0.3081': models.eachPixel(
      (pixel) => (pixel - 0.1307) / 0.3081,
    ),
    'the pixels are standardised by the mean and the standard deviation of the mini-batch': models.pixels((x) =>
      models.standardised(x),
    ),
    'the pixels of each image are standardised by its own mean and standard deviation': models.pixels((x, D) =>
      models.byImage(x, D, models.standardised),
    ),
    'the mean of the mini-batch is subtracted from the pixels': models.pixels((x) => {
      const { mean } = models.moments(x);
      return x.map((pixel) => pixel - mean);
    }),
    'rows and columns of every image are exchanged': models.pixels((x, D, { train }) =>
      models.byImage(x, D, (image) => transpose(Float64Array.from(image), train.columns)),
    ),
  }),
  ...mistakes('image-missing', ADVICE.images, {
    'only the last image counts: each overwrites the one before': models.images(1, (count) => [count - 1, count]),
    'only the first image counts': models.images(1, () => [0, 1]),
  }),
  ...mistakes('image-missing', 'count through all images: range(N), not range(N - 1)', {
    'the last image is left out': models.images(2, (count) => [0, count - 1]),
  }),
  ...mistakes('swapped', 'W1, b1 belong to the hidden units, W2, b2 to the classes', {
    'the tensors of the two layers are swapped': {
      after: (back, { pass }) => ({ tensors: predict(pass, back, (name) => SWAPPED[name]) }),
    },
  }),
  ...mistakes(
    'zeros',
    'was the gradient ever written into the array? A difference whose step is lost in rounding is 0 too',
    {
      'all entries are 0': {
        factors: 'none',
        after(_, { pass }) {
          const zeros = zeroParameters(pass.net);
          return { tensors: predict(pass, { gradient: zeros, error: zeros }) };
        },
      },
    },
  ),
  ...mistakes('weights', 'save the gradient', {
    'these are the weights, not their gradient': {
      after(_, { pass }) {
        const error = zeroParameters(pass.net);
        error.all.set(sizes(pass.net.all));
        return { tensors: predict(pass, { gradient: pass.net, error }) };
      },
    },
  }),
  ...mistakes('entries', ADVICE.entries, {
    'these are the absolute values of the gradient': models.entries(Math.abs, (_, error) => error),
    'these are the squares of the gradient': models.entries(
      (value) => value * value,
      (value, error) => 2 * Math.abs(value) * error + value * value,
    ),
    "this is Adam's first step, the gradient divided by its size": models.entries(
      (value) => value / (Math.abs(value) + 1e-8),
      (value, error) => (error * 1e-8) / (Math.abs(value) + 1e-8) ** 2 + 8,
    ),
  }),
];

/** The right program on images that were not asked for. */
export function otherBatches({ otherBatches, train }: GradeContext): Mistake[] {
  return otherBatches.map(({ what, indices }) => ({
    cause: 'other-batch',
    what: `the images are others: ${what}`,
    advice: 'draw the weights first, then the images, as gd-train check --help shows',
    make: () => ({ batch: gatherImages(train, indices) }),
  }));
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
