import type { Data } from '../engines/engine.js';
import { arch, availableParallelism, cpus, release, type } from 'node:os';
import { versions } from 'node:process';
import { version } from '../files/package.js';
import type { Dataset } from '../dataset/mnist.js';
import { formatCount } from '../errors.js';
import type { History } from '../training/history.js';
import { accuracy, confidentMistakes, evaluate } from '../training/metrics.js';
import { weightsDigest } from '../training/model-file.js';
import type { Training } from '../training/train.js';
import type { Facts, Picture, ReportData } from './data.js';
import { packWeights, unpackWeights } from './weights.js';

/** Where the parts of a report come from. */
export interface ReportSource {
  readonly training: Training;
  readonly data: Data;
  /** What the user calls the model. */
  readonly model: string;
  /** The folder of --data, if there was one. */
  readonly folder?: string | undefined;
  /** How the training went, if that was recorded. */
  readonly history?: History | undefined;
}

/** Most pictures of mistakes, and the most bytes that they may take: images may be larger than MNIST's. */
const MOST_MISTAKES = 24;
const PICTURE_BYTES = 100_000;

/** Engines may differ by an image or two that lie on the border between digits. */
const ROUNDING = 0.0005;

/** Measures a net on all images and gathers what a report shows. */
export function collectReport({ training, data, model, folder, history }: ReportSource): ReportData {
  const { net, hyperParameters, iteration } = training;
  const { precision } = hyperParameters;
  const { train, test } = data;
  const evaluation = evaluate(net, test, precision);
  const weights = packWeights(net);
  const most = Math.max(6, Math.min(MOST_MISTAKES, Math.floor(PICTURE_BYTES / test.inputSize)));
  return {
    model,
    iteration,
    weights,
    ...(weights.type !== 'float32' && { packedAccuracy: accuracy(unpackWeights(weights), test, precision) }),
    images: { rows: test.rows, columns: test.columns },
    train: { count: train.count, accuracy: accuracy(net, train, precision) },
    test: { count: test.count, accuracy: evaluation.accuracy },
    confusion: evaluation.confusion,
    precision: evaluation.precision,
    recall: evaluation.recall,
    mistakes: confidentMistakes(net, test, most, precision),
    samples: samplesOf(test, net.outputSize),
    ...(history && { history }),
    notes: history ? historyNotes(history, iteration, evaluation.accuracy) : [],
    facts: [hyperParameterFacts(training), environmentFacts(training, data, folder)],
  };
}

/** Where the recorded history and the net do not belong together. */
function historyNotes({ iterations, lastAccuracy }: History, iteration: number, accuracy: number): string[] {
  if (iterations < iteration) {
    return [`The log ends after ${formatCount(iterations)} iterations, the model has done ${formatCount(iteration)}.`];
  }
  if (lastAccuracy?.iteration === iteration && Math.abs(lastAccuracy.test - accuracy) > ROUNDING) {
    return [
      `The log ends with a test accuracy of ${lastAccuracy.test}, the model has ${accuracy}: is the log of another run, or of other images?`,
    ];
  }
  return [];
}

/** The first image of each class that has one. */
function samplesOf({ images, inputSize, labels }: Dataset, classes: number): Picture[] {
  return Array.from({ length: classes }, (_, label) => ({ index: labels.indexOf(label), label }))
    .filter(({ index }) => index >= 0)
    .map(({ index, label }) => ({
      index,
      label,
      pixels: images.subarray(index * inputSize, (index + 1) * inputSize),
    }));
}

function hyperParameterFacts({ hyperParameters, iteration }: Training): Facts {
  const { learningRate, iterations, batchSize, hiddenSize, seed, gradient, h, precision } = hyperParameters;
  return {
    title: 'Hyper-parameters',
    entries: [
      ['learning rate', String(learningRate)],
      [
        'iterations',
        iteration === iterations ? formatCount(iterations) : `${formatCount(iteration)} of ${formatCount(iterations)}`,
      ],
      ['mini-batch', `${formatCount(batchSize)} images`],
      ['hidden units', formatCount(hiddenSize)],
      ['seed', String(seed)],
      ['gradient', gradient],
      ...(gradient === 'backprop' ? [] : [['step h', String(h)] as const]),
      ['precision', precision],
    ],
  };
}

function environmentFacts(training: Training, { train, test }: Data, folder: string | undefined): Facts {
  return {
    title: 'Data and environment',
    entries: [
      [
        'images',
        `${formatCount(train.count)} to train, ${formatCount(test.count)} to test, ${test.rows} × ${test.columns}`,
      ],
      ['data set', folder ?? 'MNIST'],
      ['weights SHA-256', weightsDigest(training)],
      ['gd-train', version()],
      ['Node.js', versions.node],
      ['platform', `${type()} ${release()} ${arch()}`],
      ['processor', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? arch()}`],
      ['report made', `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ],
  };
}
