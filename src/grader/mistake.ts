import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import { type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import {
  absolute,
  type Activation,
  type BackwardPass,
  backwardPass,
  type BackwardSteps,
  type ForwardPass,
  forwardPass,
} from './error-analysis.js';
import { type Direction, type GivenTensor, type Prediction, predictionOf, type TensorName } from './tensors.js';

// The type of a mistake, how a gradient with it is computed, and the factors, which combine with all mistakes. The
// known mistakes are in layer-mistakes.ts, loss-mistakes.ts and input-mistakes.ts, those with a parameter in
// fitted-mistakes.ts; tensor-mistakes.ts examines single tensors that these do not explain.

/** A mistake, as a report names it. */
export interface Cause {
  /** A short name for scripts; several mistakes may have one cause. */
  readonly cause: string;
  /** Describes the mistake for people. */
  readonly what: string;
  /** The remedy. */
  readonly advice: string;
}

/** A mistake that multiplies a gradient by a number. */
export interface Factor extends Cause {
  readonly factor: number;
}

/** Data that a learner may have used by mistake. */
export interface GradeContext {
  readonly train: Dataset;
  /** Other images of `train`. */
  readonly otherBatches: readonly { readonly what: string; readonly indices: Uint32Array }[];
  /** The learning rate that may have been multiplied in. */
  readonly learningRate: number;
  /** Indices of the mini-batch, if it was taken from `train`. */
  readonly indices?: Uint32Array | undefined;
  /** Other weights, images, or both; drawn only if nothing else explains the gradient. */
  readonly otherPoints?: readonly OtherPoint[] | undefined;
}

/** Inputs of a program with a mistake; those that are left out are the right ones. */
interface OtherInputs {
  readonly net?: TwoLayerNet;
  readonly batch?: MiniBatch;
  readonly activation?: Activation;
}

/** Other weights or images than those asked for. */
export interface OtherPoint extends Cause {
  readonly make: () => { readonly net?: TwoLayerNet; readonly batch?: MiniBatch } | undefined;
}

/**
 * How a program with a mistake differs from the right one. Each function returns undefined where the mistake is
 * impossible.
 */
export interface Change {
  /** Other inputs of the forward pass. */
  readonly make?: (pass: ForwardPass, context: GradeContext) => OtherInputs | undefined;
  /** Other steps of the backward pass. */
  readonly steps?: (pass: ForwardPass, context: GradeContext) => BackwardSteps | undefined;
  /** Another result than the gradient of the backward pass. */
  readonly after?: (back: BackwardPass, setting: Setting) => MistakeResult | undefined;
  /**
   * Factors that are tried together with it; by default all known ones. `own`: none, because it has a parameter; a
   * multiple of the right gradient is then explained by a factor instead. `none`: none.
   */
  readonly factors?: 'own' | 'none';
}

export interface Mistake extends Cause, Change {}

/** The setting in which a mistake is tried: the whole gradient, or some rows of W1. */
export interface Setting {
  readonly pass: ForwardPass;
  readonly isWhole: boolean;
  readonly context: GradeContext;
  readonly given: ReadonlyMap<TensorName, GivenTensor>;
}

export interface MistakeResult {
  /** Wrong tensors; those that are left out are right. */
  readonly tensors: Prediction;
  /** Replaces the description of the mistake if it has a fitted number. */
  readonly what?: string;
}

/** The forward pass of a program with the mistake. */
export function forwardOf({ make }: Mistake, pass: ForwardPass, context: GradeContext): ForwardPass | undefined {
  if (!make) return pass;
  const inputs = make(pass, context);
  return inputs && forwardPass(inputs.net ?? pass.net, inputs.batch ?? pass.batch, pass.epsilon, inputs.activation);
}

/** The gradient that a program with the mistake computes from its forward pass, `setting.pass`. */
export function resultOf({ steps, after }: Mistake, setting: Setting): MistakeResult | undefined {
  const { pass, context } = setting;
  const replaced = steps ? steps(pass, context) : {};
  if (!replaced) return undefined;
  const back = backwardPass(pass, replaced);
  return after ? after(back, setting) : { tensors: predictionOf(pass, back) };
}

/** Mistakes with one cause and one advice; the keys of `changes` describe them. */
export function mistakes(cause: string, advice: string, changes: Readonly<Record<string, Change>>): Mistake[] {
  return Object.entries(changes).map(([what, change]) => ({ cause, what, advice, ...change }));
}

export function copyOf(net: TwoLayerNet): TwoLayerNet {
  const other = { ...net, ...zeroParameters(net) };
  other.all.set(net.all);
  return other;
}

/** The weights, or a function of each, in place of the gradient, with the error of one rounding. */
export function weightsOf({ net }: ForwardPass, change = (weight: number) => weight): Direction {
  const [gradient, error] = [zeroParameters(net), zeroParameters(net)];
  gradient.all.set(net.all.map(change));
  error.all.set(absolute(gradient.all));
  return { gradient, error: () => error };
}

export const TRANSPOSED: Cause = {
  cause: 'transposed',
  what: 'rows and columns are exchanged',
  advice: 'dW1 = x.T @ dhidden is (784, hidden), dW2 = hidden.T @ dscores (hidden, 10), as W1 and W2 are',
};

const factor = (factor: number, cause: string, what: string, advice: string): Factor => {
  return { factor, cause, what, advice };
};

const WRONG_SIGN = factor(
  -1,
  'sign',
  'the sign is wrong',
  'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient',
);

/** The known factors: none, the wrong sign, and each scale with and without it. */
export function factors({ net, batch }: ForwardPass, { learningRate }: GradeContext): readonly (readonly Factor[])[] {
  const { count: N } = batch;
  const K = net.outputSize;
  const once = 'once is enough: either in (y - t) / N or at the end';
  const mean = 'the loss is a mean over the images alone: a sum over the classes, divided by N';
  const images = 'the loss is a mean over the images: (y - t) / N';
  const update = 'it belongs into the update, w -= lr * gradient';
  const quotient = 'a central difference is (f(x + h) - f(x - h)) / (2 * h)';
  const pixels = 'x lies in [0, 1]: the pixels, 0 to 255 and white on black, are divided by 255 once';
  const loss = 'the loss is the mean of -log(y_t + 1e-7), with the natural logarithm';
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
    factor(255, 'pixels', 'it is 255 times as large, as with pixels of 0 to 255 on the way back alone', pixels),
    factor(1 / 255, 'pixels', 'it is 255 times too small, as with pixels that are divided twice', pixels),
    factor(Math.LOG2E, 'logarithm', 'the loss has the logarithm to base 2', loss),
    factor(Math.LOG10E, 'logarithm', 'the loss has the logarithm to base 10', loss),
  ];
  const real = scales.filter((scale) => scale.factor !== 1 && Number.isFinite(scale.factor));
  return [[], [WRONG_SIGN], ...real.flatMap((scale) => [[scale], [scale, WRONG_SIGN]])];
}

/** A factor without a known cause. */
export function unknownFactor(value: number): Factor {
  return factor(
    value,
    'factor',
    `it is ${Number(value.toPrecision(6))} times what it should be`,
    'look for something multiplied or divided once too often',
  );
}
