// The library: all names that a program can import from gd-train.

export { InputError, MachineError, NotFiniteError } from './errors.js';

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
export { type Descent, DESCENT_DEFAULTS, type DescentOptions, gradientDescent } from './calculus/descent.js';
export { adagrad, adam, momentum, type OptimizerName, optimizers, sgd, type Update } from './calculus/optimizers.js';
export type { Outcome, Verdict } from './calculus/verdict.js';
export { type Expression, parseExpression } from './calculus/expression.js';
export type { OneSided } from './calculus/exact-derivative.js';

export * from './network/functions.js';
export * from './network/random.js';
export * as simpleNet from './network/simple-net.js';
export * as twoLayerNet from './network/two-layer-net.js';
export type { SimpleNet } from './network/simple-net.js';
export type { LossGradient, Parameters, TwoLayerNet } from './network/two-layer-net.js';

export { type Dataset, loadDataset } from './dataset/mnist.js';
export {
  drawMiniBatch,
  gather,
  loadMnist,
  type LoadMnistOptions,
  type MiniBatch,
  type NdArray,
  oneHot,
} from './dataset/mini-batch.js';
export { type IdxArray, parseIdx } from './dataset/idx.js';

export type { Data, EngineOptions, GradientEngine, Trainer, TrainerSettings } from './engines/engine.js';
export { type EngineName, openEngine } from './engines/registry.js';
export { classify } from './engines/trainer.js';
export type { Precision } from './kernels/wasm-net.js';

export {
  type DatasetIdentity,
  newTraining,
  train,
  type TrainOptions,
  type Training,
  type TrainingEvent,
} from './training/train.js';
export { DEFAULTS, type HyperParameters } from './training/hyper-parameters.js';
export { loadTraining, saveTraining, weightsDigest } from './training/model-file.js';
export { accuracy, evaluate, type Evaluation } from './training/metrics.js';

export {
  checkEngines,
  type EngineCheck,
  type EngineCheckOptions,
  type EngineResult,
  type PairComparison,
} from './grader/engine-check.js';
export { grade, type Grade, type TensorGrade, type Variant } from './grader/grade.js';
export type { Diagnosis } from './grader/diagnose.js';
export type { Cause, GradeContext, OtherPoint } from './grader/mistake.js';
export type { Comparison, LearnerTensor } from './grader/tensors.js';

export { decodePicture } from './pictures/decode.js';
export { centerDigit } from './pictures/centering.js';
export { prepareDigit, seeDigit, type SeenDigit } from './pictures/digit.js';
export type { Candidate, Note } from './pictures/notes.js';
export type { Picture } from './pictures/picture.js';
