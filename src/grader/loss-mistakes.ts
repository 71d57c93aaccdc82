import { argmax, sigmoid, softmax } from '../network/functions.js';
import { columnSums, rowSums, transpose } from '../network/matrix.js';
import { type ForwardPass, residual } from './error-analysis.js';
import { type Change, type GradeContext, type Mistake, mistakes } from './mistake.js';

// Mistakes between the logits and the loss: softmax, another loss, and the labels.

/** Another ∂L/∂logits, (N, K). */
const dLogits = (of: (pass: ForwardPass, context: GradeContext) => Float64Array | undefined): Change => ({
  steps(pass, context) {
    const dLogits = of(pass, context);
    return dLogits && { dLogits };
  },
});

/** (y - t) / N with another y. */
const probabilities = (y: (pass: ForwardPass) => Float64Array) =>
  dLogits((pass) => residual(pass, y(pass), pass.batch.t));

/** (y - t) / N with another number in the place of t, class by class. */
const targets = (target: (label: number, k: number, K: number) => number) =>
  dLogits((pass) => {
    const K = pass.net.outputSize;
    return residualOf(pass, (n, k) => target(labelOf(pass, n), k, K));
  });

/** (y - t) / N with other labels, (N). */
const labels = (labelsOf: (pass: ForwardPass, context: GradeContext) => ArrayLike<number> | undefined) =>
  dLogits((pass, context) => {
    const labels = labelsOf(pass, context);
    return labels && residualOf(pass, (n, k) => Number(labels[n] === k));
  });

/** The labels of this mini-batch in another order: image n has the label of image `from(n, N)`. */
const order = (from: (n: number, count: number) => number) =>
  labels((pass) => Array.from({ length: pass.batch.count }, (_, n) => labelOf(pass, from(n, pass.batch.count))));

/** Positions in the mini-batch, sorted by the indices of the images; undefined without indices. */
function sortedOrder({ batch }: ForwardPass, { indices }: GradeContext): number[] | undefined {
  if (indices?.length !== batch.count) return undefined;
  return Array.from(indices.keys()).sort((a, b) => indices[a] - indices[b]);
}

/** (y - t) / N with other targets t. */
export function residualOf(pass: ForwardPass, target: (n: number, k: number) => number): Float64Array {
  const K = pass.net.outputSize;
  return residual(
    pass,
    pass.probabilities,
    pass.batch.t.map((_, i) => target(Math.floor(i / K), i % K)),
  );
}

export function labelOf({ net, batch }: ForwardPass, n: number): number {
  return batch.t.indexOf(1, n * net.outputSize) - n * net.outputSize;
}

/** (y - t) / N with t one-hot at argmax y. */
function subtractPrediction(pass: ForwardPass): Float64Array {
  const { outputSize: K } = pass.net;
  const answers = argmax(pass.probabilities, K);
  return residualOf(pass, (n, k) => (answers[n] === k ? 1 : 0));
}

/** softmax(softmax(logits)). */
function softmaxOfSoftmax({ probabilities, net }: ForwardPass): Float64Array {
  return softmax(probabilities.slice(), net.outputSize);
}

/** Softmax over all logits of the batch, as if they were one row (the book's softmax of 3.5, applied to a matrix). */
function softmaxOfAll({ logits }: ForwardPass): Float64Array {
  return softmax(logits.slice(), logits.length);
}

/** Softmax over the images of each class, axis 0. */
function softmaxOfColumns({ logits, net, batch }: ForwardPass): Float64Array {
  return transpose(softmax(transpose(logits, net.outputSize), batch.count), batch.count);
}

/** ∂L/∂logits through two softmaxes, as in a framework whose loss takes logits and is given probabilities. */
function throughBothSoftmaxes(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual(pass, softmaxOfSoftmax(pass), pass.batch.t));
}

/** ∂L/∂logits of half the mean squared error of the probabilities. */
function squaredError(pass: ForwardPass): Float64Array {
  return backThroughSoftmax(pass, residual({ ...pass, epsilon: 0 }, pass.probabilities, pass.batch.t));
}

/** ∂L/∂logits of the binary cross entropies of y, summed over the classes and averaged over the images. */
function binaryCrossEntropy(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  return backThroughSoftmax(
    pass,
    pass.probabilities.map((y, i) => (y - t[i]) / (y * (1 - y)) / count),
  );
}

/** ∂L/∂logits from d = ∂L/∂y, both (N, K): y_k (d_k - Σ y d). */
function backThroughSoftmax({ net, probabilities: y }: ForwardPass, d: Float64Array): Float64Array {
  const K = net.outputSize;
  const mean = rowSums(
    y.map((probability, i) => probability * d[i]),
    K,
  );
  return y.map((probability, i) => probability * (d[i] - mean[Math.floor(i / K)]));
}

/** The derivative of the mean of -log y_t if softmax runs over the whole batch. */
function throughSoftmaxOfAll(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  return softmaxOfAll(pass).map((y, i) => y - t[i] / count);
}

/** The same if softmax runs over the images: y is multiplied by the number of images of its class. */
function throughSoftmaxOfColumns(pass: ForwardPass): Float64Array {
  const { t, count } = pass.batch;
  const K = pass.net.outputSize;
  const ofClass = columnSums(t, K);
  return softmaxOfColumns(pass).map((y, i) => (ofClass[i % K] * y - t[i]) / count);
}

const ADVICE = {
  softmax:
    "softmax stands once, at the end: a framework's cross entropy takes scores, not probabilities, and y - t takes one softmax",
  softmaxAxis: 'softmax runs over the classes of each image: np.sum(np.exp(a), axis=1, keepdims=True), or axis=-1',
  oneHot: 'row n of t has its 1 at the label of image n: t = np.eye(10)[labels], with labels 0 to 9',
  order: 'take both by the same indices, in the same order: x_train[mask], t_train[mask]',
  loss: 'the loss is the mean of -log(y_t + 1e-7), with the natural logarithm',
};

const ORDER = 'the labels are those of this mini-batch in another order than its images';
const isSquare = ({ net, batch }: ForwardPass) => batch.count === net.outputSize;

export const LOSS_MISTAKES: readonly Mistake[] = [
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
    'the labels are those of the first images, not of the mini-batch': labels(({ batch }, { train }) =>
      Array.from({ length: batch.count }, (_, n) => train.labels[n % train.count]),
    ),
  }),
  ...mistakes('label-order', ADVICE.order, {
    [`${ORDER}: the images are sorted by their indices, the labels are not`]: labels((pass, context) =>
      sortedOrder(pass, context)?.map((_, n, sorted) => labelOf(pass, sorted.indexOf(n))),
    ),
    [`${ORDER}: the labels are sorted by their indices, the images are not`]: labels((pass, context) =>
      sortedOrder(pass, context)?.map((n) => labelOf(pass, n)),
    ),
    [`${ORDER}: one of the two is reversed`]: order((n, N) => N - 1 - n),
    [`${ORDER}: one place too late`]: order((n, N) => (n + N - 1) % N),
    [`${ORDER}: one place too early`]: order((n, N) => (n + 1) % N),
  }),
];
