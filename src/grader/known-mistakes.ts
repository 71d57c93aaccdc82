import { gatherImages } from '../dataset/mini-batch.js';
import { sigmoid } from '../network/functions.js';
import { columnSums, transpose } from '../network/matrix.js';
import { backwardPass, type ForwardPass, SIGMOID } from './error-analysis.js';
import { type GradeContext, type Mistake, mistakes } from './mistake.js';
import {
  activation,
  bias,
  binaryCrossEntropy,
  byImage,
  derivative,
  dLogits,
  eachPixel,
  entries,
  FALLING_SIGMOID,
  IDENTITY,
  images,
  labelOf,
  labels,
  moments,
  order,
  pixels,
  probabilities,
  RELU,
  residualOf,
  rowSums,
  SIGMOID_TWICE,
  softmaxOfAll,
  softmaxOfColumns,
  softmaxOfSoftmax,
  squaredError,
  standardised,
  subtractPrediction,
  sum,
  TANH,
  targets,
  throughBothSoftmaxes,
  throughSoftmaxOfAll,
  throughSoftmaxOfColumns,
  weightsOf,
  without,
} from './mistake-models.js';
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
    'the derivative of sigmoid is missing': derivative(() => 1),
    'the derivative of sigmoid is taken at its output, not at its input': derivative((hidden) =>
      own(sigmoid(hidden), 0),
    ),
    'the derivative of sigmoid is taken as z * (1 - z) of its input z, not of its output': derivative((_, z) =>
      own(z, 0),
    ),
    'only the factor hidden of the derivative of sigmoid is there': derivative((hidden) => hidden),
    'only the factor 1 - hidden of the derivative of sigmoid is there': derivative((hidden) => 1 - hidden),
    'the derivative of sigmoid is multiplied in twice': derivative((hidden) => own(hidden, 0) ** 2),
    'the derivative of sigmoid is taken as 1 - hidden², that of tanh': derivative(TANH.derivative),
    'the derivative of sigmoid is taken as that of ReLU': derivative(RELU.derivative),
    'the derivative of sigmoid is taken as hidden * (1 + hidden)': derivative((hidden) => hidden * (1 + hidden)),
  }),
  ...mistakes('activation', ADVICE.forward, {
    'sigmoid is missing in the forward pass, and in the backward pass': activation(IDENTITY),
    'sigmoid is missing in the forward pass; the backward pass has its derivative': activation(IDENTITY, own),
    'the hidden layer has ReLU, not sigmoid': activation(RELU),
    'the forward pass has ReLU, the backward pass the derivative of sigmoid': activation(RELU, own),
    'the hidden layer has tanh, not sigmoid': activation(TANH),
    'the forward pass has tanh, the backward pass the derivative of sigmoid': activation(TANH, own),
    'sigmoid has the wrong sign in its exponent, 1 / (1 + exp(z)), and is differentiated so':
      activation(FALLING_SIGMOID),
    'sigmoid has the wrong sign in its exponent: 1 / (1 + exp(z))': activation(FALLING_SIGMOID, own),
    'sigmoid is applied twice in the forward pass': activation(SIGMOID_TWICE, own),
    'sigmoid is applied twice in the forward pass, and differentiated twice': activation(SIGMOID_TWICE),
  }),
  ...mistakes('forward-bias', ADVICE.forward, {
    'b1 is not added in the forward pass': without('b1'),
    'b2 is not added in the forward pass': without('b2'),
    'neither b1 nor b2 is added in the forward pass': without('b1', 'b2'),
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
    'softmax is applied twice': probabilities(softmaxOfSoftmax),
    'softmax is applied twice (and differentiated twice)': dLogits(throughBothSoftmaxes),
  }),
  ...mistakes('no-softmax', ADVICE.softmax, {
    'softmax is missing: t is subtracted from the scores': dLogits(({ logits, batch }) =>
      logits.map((logit, i) => (logit - batch.t[i]) / batch.count),
    ),
    'the last layer has sigmoid in the place of softmax': probabilities(({ logits }) => logits.map(sigmoid)),
  }),
  ...mistakes('softmax-axis', ADVICE.softmaxAxis, {
    'softmax runs over the whole batch, not over each image': probabilities(softmaxOfAll),
    'softmax runs over the whole batch, not over each image (and is differentiated so)': dLogits(throughSoftmaxOfAll),
    'softmax runs over the images (axis 0), not over the classes': probabilities(softmaxOfColumns),
    'softmax runs over the images (axis 0), not over the classes (and is differentiated so)':
      dLogits(throughSoftmaxOfColumns),
  }),
  ...mistakes('squared-error', ADVICE.loss, {
    'this is the gradient of half the mean squared error, not of the cross entropy': dLogits(squaredError),
  }),
  ...mistakes('binary-cross-entropy', ADVICE.loss, {
    'this is the gradient of the binary cross entropy of the probabilities, summed over the classes':
      dLogits(binaryCrossEntropy),
  }),
  ...mistakes('bias-not-summed', ADVICE.bias, {
    'the bias is averaged over the images, not summed': bias((d, K) =>
      columnSums(d, K).map((sum) => sum / (d.length / K)),
    ),
    'the bias has the last image only': bias((d, K) => d.slice(-K)),
    'the bias has the first image only': bias((d, K) => d.slice(0, K)),
    'the bias is not summed over the images: it has a row for each': bias(
      (d) => d,
      (d, K) => [d.length / K, K],
    ),
    'the bias is summed over the wrong axis': bias(rowSums),
    'the bias is averaged, and over the wrong axis': bias((d, K) => rowSums(d, K).map((sum) => sum / K)),
    'the bias is summed over both axes': bias(sum),
    'the bias is averaged over both axes': bias((d) => sum(d) / d.length),
    'the bias is summed over both axes, and the sum stands in each entry': bias((d, K) =>
      new Float64Array(K).fill(sum(d)),
    ),
  }),
  ...mistakes('one-hot', ADVICE.oneHot, {
    'the 1 of t stands one place too far right, as for labels 1 to 10': targets((label, k, K) =>
      Number(k === (label + 1) % K),
    ),
    'the 1 of t stands one place too far right, and is missing for the last label': targets((label, k) =>
      Number(k === label + 1),
    ),
    'the 1 of t stands one place too far left': targets((label, k, K) => Number((k + 1) % K === label)),
    'the 1 of t stands one place too far left, and is missing for label 0': targets((label, k) =>
      Number(k + 1 === label),
    ),
    't is all 0, or is not subtracted': targets(() => 0),
    't is all 1': targets(() => 1),
    'the labels themselves are subtracted, image by image, without one-hot': targets((label) => label),
    'the labels themselves are subtracted, class by class, without one-hot': dLogits((pass) =>
      isSquare(pass) ? residualOf(pass, (_, k) => labelOf(pass, k)) : undefined,
    ),
    't is transposed': dLogits((pass) =>
      isSquare(pass) ? residualOf(pass, (n, k) => Number(labelOf(pass, k) === n)) : undefined,
    ),
    'the digits are counted down: the 1 of t stands at 9 - label': targets((label, k, K) =>
      Number(k === K - 1 - label),
    ),
    "the net's own answer, argmax y, is subtracted in the place of the label": dLogits(subtractPrediction),
  }),
  ...mistakes('one-hot', ADVICE.order, {
    'the labels are those of the first images, not of the mini-batch': labels(
      (n, _, { train }) => train.labels[n % train.count],
    ),
  }),
  ...mistakes('label-order', ADVICE.order, {
    [`${ORDER}: the images are sorted by their indices, the labels are not`]: order((n, _, sorted) =>
      sorted?.indexOf(n),
    ),
    [`${ORDER}: the labels are sorted by their indices, the images are not`]: order((n, _, sorted) => sorted?.[n]),
    [`${ORDER}: one of the two is reversed`]: order((n, N) => N - 1 - n),
    [`${ORDER}: one place too late`]: order((n, N) => (n + N - 1) % N),
    [`${ORDER}: one place too early`]: order((n, N) => (n + 1) % N),
  }),
  ...mistakes('pixels', ADVICE.pixels, {
    'the pixels are 0 to 255': eachPixel((pixel) => pixel * 255),
    'the pixels are divided by 255 twice': eachPixel((pixel) => pixel / 255),
    'the pixels are divided by 256, not by 255': eachPixel((pixel) => (pixel * 255) / 256),
    'the pixels are inverted, black on white: 1 - x': eachPixel((pixel) => 1 - pixel),
    'the pixels are inverted, and not divided by 255: 255 - x': eachPixel((pixel) => 255 - pixel * 255),
    'the pixels are scaled to -1 to 1': eachPixel((pixel) => 2 * pixel - 1),
    'the pixels are 0 or 1: whether there is any ink': eachPixel((pixel) => Number(pixel > 0)),
    'the pixels are 0 or 1: whether they are brighter than one half': eachPixel((pixel) => Number(pixel > 0.5)),
    'the pixels are standardised by mean 0.1307 and standard deviation 0.3081': eachPixel(
      (pixel) => (pixel - 0.1307) / 0.3081,
    ),
    'the pixels are standardised by the mean and the standard deviation of the mini-batch': pixels((x) =>
      standardised(x),
    ),
    'the pixels of each image are standardised by its own mean and standard deviation': pixels((x, D) =>
      byImage(x, D, standardised),
    ),
    'the mean of the mini-batch is subtracted from the pixels': pixels((x) => {
      const { mean } = moments(x);
      return x.map((pixel) => pixel - mean);
    }),
    'rows and columns of every image are exchanged': pixels((x, D, { train }) =>
      byImage(x, D, (image) => transpose(Float64Array.from(image), train.columns)),
    ),
  }),
  ...mistakes('image-missing', ADVICE.images, {
    'only the last image counts: each overwrites the one before': images(1, (count) => [count - 1, count]),
    'only the first image counts': images(1, () => [0, 1]),
  }),
  ...mistakes('image-missing', 'count through all images: range(N), not range(N - 1)', {
    'the last image is left out': images(2, (count) => [0, count - 1]),
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
        after: (_, { pass }) => ({
          tensors: predict(
            pass,
            weightsOf(pass, () => 0),
          ),
        }),
      },
    },
  ),
  ...mistakes('weights', 'save the gradient', {
    'these are the weights, not their gradient': {
      after: (_, { pass }) => ({ tensors: predict(pass, weightsOf(pass)) }),
    },
  }),
  ...mistakes('entries', ADVICE.entries, {
    'these are the absolute values of the gradient': entries(Math.abs, (_, error) => error),
    'these are the squares of the gradient': entries(
      (value) => value * value,
      (value, error) => 2 * Math.abs(value) * error + value * value,
    ),
    "this is Adam's first step, the gradient divided by its size": entries(
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
