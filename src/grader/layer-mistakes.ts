import { sigmoid } from '../network/functions.js';
import { columnSums, rowSums } from '../network/matrix.js';
import { type Activation, backwardPass, growth, SIGMOID } from './error-analysis.js';
import { type Change, copyOf, type Mistake, mistakes, weightsOf } from './mistake.js';
import { changeEntries, expected, predictionOf, type TensorName } from './tensors.js';

// Mistakes in the two layers: sigmoid and its derivative, weights and biases; and changes of the finished gradient.

/** Another derivative of sigmoid in the backward pass. */
const derivative = (derivative: Activation['derivative']): Change => ({ steps: () => ({ derivative }) });

/** Another activation in the forward pass; the backward pass has its derivative or another one. */
const activation = (activation: Activation, backward = activation.derivative): Change => ({
  make: () => ({ activation }),
  ...derivative(backward),
});

/** Some tensors are 0 in the forward pass. */
const without = (...names: TensorName[]): Change => ({
  make({ net }) {
    const other = copyOf(net);
    for (const name of names) other[name].fill(0);
    return { net: other };
  },
});

/**
 * Biases that are not the sum over the images.
 *
 * @param fold replaces the column sums of ∂L/∂logits or of ∂L/∂(x W1 + b1), (N, columns)
 * @param shapeOf shape of the result; default: a vector
 */
const bias = (
  fold: (d: Float64Array, columns: number) => Float64Array,
  shapeOf?: (d: Float64Array, columns: number) => number[],
): Change => ({
  after(back, { pass: { net, batch } }) {
    const folded = (name: 'dHidden' | 'dLogits', columns: number) => {
      const d = back[name];
      const value = fold(d, columns);
      return expected(shapeOf?.(d, columns) ?? [value.length], value, () => {
        const own = back.error()[name];
        return fold(
          own.map((error, i) => error + growth(batch.count) * Math.abs(d[i])),
          columns,
        );
      });
    };
    return { tensors: { b1: folded('dHidden', net.hiddenSize), b2: folded('dLogits', net.outputSize) } };
  },
});

const sum = (d: Float64Array) => d.reduce((total, value) => total + value, 0);

/** A change of each entry of the right gradient. */
const entries = (change: (value: number) => number, errorOf: (value: number, error: number) => number): Change => ({
  after: (back, { pass }) => ({ tensors: changeEntries(predictionOf(pass, back), change, errorOf) }),
});

const IDENTITY: Activation = { value: (z) => z, derivative: () => 1 };
const RELU: Activation = { value: (z) => Math.max(0, z), derivative: (_, z) => (z > 0 ? 1 : 0) };
const TANH: Activation = { value: Math.tanh, derivative: (hidden) => 1 - hidden * hidden };
const FALLING_SIGMOID: Activation = {
  value: (z) => SIGMOID.value(-z),
  derivative: (hidden) => -hidden * (1 - hidden),
};
const SIGMOID_TWICE: Activation = {
  value: (z) => SIGMOID.value(SIGMOID.value(z)),
  derivative(hidden, z) {
    const inner = SIGMOID.value(z);
    return hidden * (1 - hidden) * inner * (1 - inner);
  },
};

const ADVICE = {
  sigmoid: 'on the way back through sigmoid multiply by hidden * (1 - hidden), hidden being its output',
  forward: 'hidden = sigmoid(x @ W1 + b1), y = softmax(hidden @ W2 + b2), with sigmoid(z) = 1 / (1 + exp(-z))',
  bias: 'sum over the images: db = d.sum(axis=0), which has one number for each unit',
  entries: 'save the gradient as it is: the update works with it, not with what becomes of it',
};

const SWAPPED: Record<TensorName, TensorName> = { W1: 'W2', b1: 'b2', W2: 'W1', b2: 'b1' };
const own = SIGMOID.derivative;

export const LAYER_MISTAKES: readonly Mistake[] = [
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
        return { tensors: { W2: predictionOf(pass, backwardPass(wrong)).W2 } };
      },
    },
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
    'the bias is summed over both axes': bias((d) => Float64Array.of(sum(d))),
    'the bias is averaged over both axes': bias((d) => Float64Array.of(sum(d) / d.length)),
    'the bias is summed over both axes, and the sum stands in each entry': bias((d, K) =>
      new Float64Array(K).fill(sum(d)),
    ),
  }),
  ...mistakes('swapped', 'W1, b1 belong to the hidden units, W2, b2 to the classes', {
    'the tensors of the two layers are swapped': {
      after: (back, { pass }) => ({ tensors: predictionOf(pass, back, (name) => SWAPPED[name]) }),
    },
  }),
  ...mistakes(
    'zeros',
    'was the gradient ever written into the array? A difference whose step is lost in rounding is 0 too',
    {
      'all entries are 0': {
        factors: 'none',
        after: (_, { pass }) => ({
          tensors: predictionOf(
            pass,
            weightsOf(pass, () => 0),
          ),
        }),
      },
    },
  ),
  ...mistakes('weights', 'save the gradient', {
    'these are the weights, not their gradient': {
      after: (_, { pass }) => ({ tensors: predictionOf(pass, weightsOf(pass)) }),
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
