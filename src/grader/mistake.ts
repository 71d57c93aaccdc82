import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import {
  type Activation,
  type BackwardPass,
  backwardPass,
  type BackwardSteps,
  type ForwardPass,
  forwardPass,
} from './error-analysis.js';
import { type GivenTensor, predict, type Prediction, type TensorName } from './tensors.js';

/** A mistake, as a report names it. */
export interface Cause {
  /** For scripts. Several mistakes may have one cause, in different places. */
  readonly cause: string;
  /** For people: what was done. */
  readonly what: string;
  /** What to do instead. */
  readonly advice: string;
}

/** A mistake that multiplies a gradient by a number. */
export interface Factor extends Cause {
  readonly factor: number;
}

/** What a learner may have used by mistake. */
export interface GradeContext {
  readonly train: Dataset;
  /** Images of `train`. */
  readonly otherBatches: readonly { readonly what: string; readonly indices: Uint32Array }[];
  /** η that the learner may have multiplied in. */
  readonly learningRate: number;
  /** Indices of the mini-batch, if it was taken from `train`. */
  readonly indices?: Uint32Array | undefined;
  /** Other weights, other images, or both; drawn only if nothing else explains the gradient. */
  readonly otherPoints?: readonly OtherPoint[] | undefined;
}

/** Other weights or images than those asked for. */
export interface OtherPoint extends Cause {
  readonly make: () => { readonly net?: TwoLayerNet; readonly batch?: MiniBatch } | undefined;
}

/**
 * What a program with a mistake does otherwise than the right one. Each function returns undefined where the mistake is
 * not possible.
 */
export interface Change {
  /** Other inputs of the forward pass. */
  readonly make?: (pass: ForwardPass, context: GradeContext) => Inputs | undefined;
  /** Other steps of the backward pass. */
  readonly steps?: (pass: ForwardPass, context: GradeContext) => BackwardSteps | undefined;
  /** Another result than the gradient of the backward pass. */
  readonly after?: (back: BackwardPass, setting: Setting) => Outcome | undefined;
  /**
   * Factors that are tried beside it; default: all known ones. `own`: none, because it has a number of its own; where it
   * makes a multiple of the right gradient, the factor alone is the mistake. `none`: none at all.
   */
  readonly factors?: 'own' | 'none';
}

interface Inputs {
  readonly net?: TwoLayerNet;
  readonly batch?: MiniBatch;
  readonly activation?: Activation;
}

export interface Mistake extends Cause, Change {}

/** Where a mistake is tried: on the whole gradient, or first on some rows of W1. */
export interface Setting {
  readonly pass: ForwardPass;
  readonly isWhole: boolean;
  readonly context: GradeContext;
  readonly given: ReadonlyMap<TensorName, GivenTensor>;
}

export interface Outcome {
  /** Tensors that are left out come out right. */
  readonly tensors: Prediction;
  /** Replaces the description of the mistake where it has a number that was found. */
  readonly what?: string;
}

/** The forward pass of a program with the mistake. */
export function forwardOf({ make }: Mistake, pass: ForwardPass, context: GradeContext): ForwardPass | undefined {
  if (!make) return pass;
  const inputs = make(pass, context);
  return inputs && forwardPass(inputs.net ?? pass.net, inputs.batch ?? pass.batch, pass.epsilon, inputs.activation);
}

/** What a program with the mistake computes from its forward pass, `setting.pass`. */
export function outcomeOf({ steps, after }: Mistake, setting: Setting): Outcome | undefined {
  const { pass, context } = setting;
  const replaced = steps ? steps(pass, context) : {};
  if (!replaced) return undefined;
  const back = backwardPass(pass, replaced);
  return after ? after(back, setting) : { tensors: predict(pass, back) };
}

/** Mistakes of one cause and one advice, by what was done. */
export function mistakes(cause: string, advice: string, changes: Readonly<Record<string, Change>>): Mistake[] {
  return Object.entries(changes).map(([what, change]) => ({ cause, what, advice, ...change }));
}
