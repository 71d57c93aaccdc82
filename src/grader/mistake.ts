import type { MiniBatch } from '../dataset/mini-batch.js';
import type { Dataset } from '../dataset/mnist.js';
import type { TwoLayerNet } from '../network/two-layer-net.js';
import type { Activation, ForwardPass } from './error-analysis.js';
import type { Layouts, Prediction, TensorName } from './tensors.js';

// The words in which grade, diagnose and the tables of mistakes speak with each other.

/** A mistake, as a report names it. */
export interface Cause {
  /** For scripts. Several mistakes may have one cause, in different places. */
  readonly cause: string;
  /** For people: what was done. */
  readonly what: string;
  /** What to do instead. */
  readonly advice: string;
}

/** A mistake, and the gradient that a program with it computes. */
export interface Mistake extends Cause {
  /** Undefined if the mistake is not possible with this net, mini-batch and gradient. */
  readonly predict: (setting: Setting) => Outcome | undefined;
}

export interface Outcome {
  /** Tensors that are left out come out right. */
  readonly tensors: Prediction;
  /** Replaces the mistake's own description, if a number was found that belongs in it. */
  readonly what?: string;
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

export interface OtherPoint extends Cause {
  readonly make: () => { readonly net?: TwoLayerNet; readonly batch?: MiniBatch } | undefined;
}

/** Where a mistake is tried: on the whole gradient, or first on some rows of W1. */
export interface Setting {
  readonly pass: ForwardPass;
  /** The same with all its pixels. */
  readonly whole: ForwardPass;
  readonly context: GradeContext;
  readonly given: ReadonlyMap<TensorName, Layouts>;
  /** A forward pass of another net or mini-batch, with the pixels of `pass`. */
  readonly forward: (net: TwoLayerNet, batch: MiniBatch, activation?: Activation) => ForwardPass;
}
