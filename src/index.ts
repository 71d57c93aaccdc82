export { InputError } from './errors.js';
export { MachineError, NotFiniteError } from './errors.js';

export {
  centralDifference,
  type DiffMethod,
  type ErrorEstimate,
  estimateError,
  forwardDifference,
  isFrozen,
  methods,
  numericalDiff,
  type RealFunction,
  type Reference,
  referenceDerivative,
  type Regime,
  richardsonDifference,
  roundingError,
  type StepSweep,
  stepSweep,
  type SweepRow,
} from './calculus/differences.js';
export { numericalGradient, partialDerivative, type ScalarField } from './calculus/gradient.js';
export {
  type Descent,
  DESCENT_DEFAULTS,
  type DescentOptions,
  gradientDescent,
  type Outcome,
  type Verdict,
} from './calculus/descent.js';
export { type Expression, parseExpression } from './calculus/expression.js';
export type { OneSided } from './calculus/exact-derivative.js';

export * from './network/functions.js';
export * from './network/random.js';
export * as simpleNet from './network/simple-net.js';
export * as twoLayerNet from './network/two-layer-net.js';
export type { SimpleNet } from './network/simple-net.js';
export type { LossGradient, Parameters, TwoLayerNet } from './network/two-layer-net.js';

export { loadDataset, type Dataset } from './dataset/mnist.js';
export { loadMnist, type LoadMnistOptions, type NdArray } from './dataset/mnist.js';
export { drawMiniBatch, gather, type MiniBatch } from './dataset/mini-batch.js';
export { oneHot } from './dataset/mnist.js';
export { parseIdx, type IdxArray } from './dataset/idx.js';

export type { Data, Trainer, GradientEngine } from './engines/engine.js';
export { openEngine, type EngineName } from './engines/registry.js';
export { checkEngines, type EngineCheck } from './grader/engine-check.js';
export { grade, type Grade, type TensorGrade } from './grader/grade.js';
export type { GradeContext } from './grader/mistake.js';
export type { LearnerTensor } from './grader/tensors.js';
export { newTraining, train, type Training, type TrainingEvent } from './training/train.js';
export { DEFAULTS, type HyperParameters } from './training/hyper-parameters.js';
export { loadTraining, saveTraining, weightsDigest } from './training/model-file.js';
export { accuracy, evaluate, type Evaluation } from './training/metrics.js';
export { classify } from './engines/classify.js';

export { decodePicture } from './pictures/decode.js';
export type { Picture } from './pictures/picture.js';
export { prepareDigit, seeDigit, type SeenDigit } from './pictures/digit.js';
export type { Note } from './pictures/notes.js';
export { centerDigit } from './pictures/digit.js';
