export { InputError } from './input-error.js';
export { MachineError } from './machine-error.js';

export * from './calculus/numerical-diff.js';
export * from './calculus/step-sweep.js';
export * from './calculus/numerical-gradient.js';
export * from './calculus/gradient-descent.js';
export * from './calculus/expression.js';

export * from './network/functions.js';
export * from './network/random.js';
export * as simpleNet from './network/simple-net.js';
export * as twoLayerNet from './network/two-layer-net.js';
export type { SimpleNet } from './network/simple-net.js';
export type { Parameters, TwoLayerNet } from './network/two-layer-net.js';

export { loadDataset, type Dataset } from './dataset/mnist.js';
export { loadMnist, type LoadMnistOptions, type NdArray } from './dataset/load-mnist.js';
export { drawMiniBatch, gather, type MiniBatch } from './dataset/mini-batch.js';
export { oneHot } from './dataset/one-hot.js';
export { parseIdx, type IdxArray } from './dataset/idx.js';

export { openEngine, type EngineName, type GradientEngine, type LossGradient } from './gradients/engine.js';
export type { Data, Descent } from './gradients/descent.js';
export { checkEngines, type EngineCheck } from './gradients/check/check-engines.js';
export { grade, type Grade, type TensorGrade } from './gradients/check/grade.js';
export type { Surroundings } from './gradients/check/hypotheses.js';
export type { LearnerTensor } from './gradients/check/learner-tensor.js';
export { newTraining, train, type Training, type TrainingEvent } from './training/train.js';
export { DEFAULTS, type HyperParameters } from './training/hyper-parameters.js';
export { loadTraining, saveTraining, weightsDigest } from './training/checkpoint.js';
export { accuracy, evaluate, type Evaluation } from './training/metrics.js';
export { classify } from './kernels/classify.js';

export { decodePicture } from './pictures/decode-picture.js';
export type { Picture } from './pictures/picture.js';
export { prepareDigit } from './pictures/prepare-digit.js';
export { centerDigit } from './pictures/center-digit.js';
