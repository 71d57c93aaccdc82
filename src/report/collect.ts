import { arch, availableParallelism, cpus, release, type } from 'node:os';
import { versions } from 'node:process';
import { scalePixels } from '../dataset/mini-batch.js';
import { type Dataset } from '../dataset/mnist.js';
import { classify } from '../engines/trainer.js';
import type { Data } from '../engines/engine.js';
import { formatCount, plural } from '../errors.js';
import { version } from '../files/read.js';
import { argmax } from '../network/functions.js';
import { predict, type TwoLayerNet } from '../network/two-layer-net.js';
import type { History } from '../training/history.js';
import { accuracy, type Evaluation, evaluateDigits } from '../training/metrics.js';
import { weightsDigest } from '../training/model-file.js';
import type { Training } from '../training/train.js';
import { packWeights, type PageData, type TestImage, unpackWeights } from './data.js';
import { html, type Html, percent } from './html.js';

/** Everything that a report shows: the data of its script, and the figures in its HTML. */
export interface ReportData extends PageData {
  /** Name of the model on the page: that of its file, or a description. */
  readonly model: string;
  /** Accuracy on the test images with the weights as packed, where rounding may have changed it. */
  readonly packedAccuracy?: number;
  readonly train: Measured;
  readonly test: Measured;
  /** On the test images. */
  readonly evaluation: Evaluation;
  /** Warnings for the reader of the curves. */
  readonly notes: readonly string[];
  readonly facts: readonly Facts[];
}

interface Measured {
  /** Images. */
  readonly count: number;
  /** 0 … 1 */
  readonly accuracy: number;
}

/** A titled list of names and values. */
export interface Facts {
  readonly title: string;
  readonly entries: readonly (readonly [name: string, value: string | Html])[];
}

/** The net and the data that a report is about. */
export interface ReportSource {
  readonly training: Training;
  readonly data: Data;
  /** Name of the model, as the user gave it. */
  readonly model: string;
  /** Loss and accuracy while training, if they were recorded. */
  readonly history?: History | undefined;
}

/** Largest difference of two accuracies of one net: engines may disagree about an image or two. */
const ROUNDING = 0.0005;

/** Measures a net on all images and gathers what a report shows. */
export function collectReport({ training, data, model, history }: ReportSource): ReportData {
  const { net, hyperParameters, iteration } = training;
  const { precision } = hyperParameters;
  const { train, test } = data;
  const digits = classify(net, test, precision);
  const evaluation = evaluateDigits(digits, test, net.outputSize);
  const weights = packWeights(net);
  return {
    model,
    iteration,
    weights,
    ...(weights.type !== 'float32' && { packedAccuracy: accuracy(unpackWeights(weights), test, precision) }),
    images: { rows: test.rows, columns: test.columns },
    pictures: choosePictures(test, digits, net),
    train: { count: train.count, accuracy: accuracy(net, train, precision) },
    test: { count: test.count, accuracy: evaluation.accuracy },
    evaluation,
    ...(history && { history }),
    notes: history ? historyNotes(history, iteration, evaluation.accuracy) : [],
    facts: [hyperParameterFacts(training), environmentFacts(data, weightsDigest(training))],
  };
}

/** Data of a run's page before the first step. */
export interface LiveData extends PageData {
  /** Updates that the run will have made in the end. */
  readonly iterations: number;
  readonly facts: readonly Facts[];
}

/** Bytes of weights on the page of a run, which are sent every second: 16 bits per weight for the default net. */
const LIVE_WEIGHTS = 200_000;

/** Gathers what the page of a run shows before the first step: the untrained net and a test image of each class. */
export function collectLive(training: Training, data: Data): LiveData {
  const { net, hyperParameters } = training;
  const { test } = data;
  const firsts = Array.from({ length: net.outputSize }, (_, k) => test.labels.indexOf(k)).filter((index) => index >= 0);
  return {
    ...collectUpdate(training, data),
    iterations: hyperParameters.iterations,
    pictures: firsts.map((index) => pictureOf(net, test, index)),
    facts: [hyperParameterFacts({ ...training, iteration: hyperParameters.iterations }), environmentFacts(data)],
  };
}

/** The part of a run's page that changes during the run. The net of `training` must be up to date. */
export function collectUpdate({ net, iteration }: Training, { test }: Data, history?: History): PageData {
  const images = { rows: test.rows, columns: test.columns };
  return { iteration, weights: packWeights(net, LIVE_WEIGHTS), images, pictures: [], history };
}

/** How the weights were rounded to keep the page small, and the accuracy after that; undefined if they were not. */
export function packingNote({ weights, test, packedAccuracy }: ReportData): string | undefined {
  if (packedAccuracy === undefined) return undefined;
  return (
    `The weights of ${formatCount(weights.hiddenSize)} hidden units are rounded to ${weights.type === 'int16' ? 16 : 8} bits ` +
    `to keep the page small. With them it gets ${percent(packedAccuracy)} of the test images right; the model itself gets ${percent(test.accuracy)}.`
  );
}

/** Warnings where the recorded history does not match the net. */
function historyNotes({ iterations, lastAccuracy }: History, iteration: number, accuracy: number): string[] {
  if (iterations < iteration) {
    return [`The log ends after ${plural(iterations, 'iteration')}, the model has done ${formatCount(iteration)}.`];
  }
  if (lastAccuracy?.iteration === iteration && Math.abs(lastAccuracy.test - accuracy) > ROUNDING) {
    return [
      `The log ends with a test accuracy of ${lastAccuracy.test}, the model has ${accuracy}: is the log of another run, or of other images?`,
    ];
  }
  return [];
}

/** Most pictures per cell of the confusion matrix. */
const MOST_PER_CELL = 12;
/** Most mistakes in the list of mistakes. */
export const MOST_MISTAKES = 24;
/** Bytes for pictures. The background compresses to almost nothing, so only pixels with ink count. */
const PICTURE_BYTES = 100_000;

/**
 * The test images that a report shows: the first of each class; then, while there is room, the most confident mistakes,
 * one image of every cell of the confusion matrix, a second one of every cell, and so on.
 *
 * @param digits predicted digits, (N)
 */
function choosePictures(test: Dataset, digits: Uint8Array, net: TwoLayerNet): TestImage[] {
  const { labels } = test;
  const pictures = (indices: number[]) => indices.map((index) => pictureOf(net, test, index, digits[index]));
  const indices = [...digits.keys()];
  const wrong = pictures(indices.filter((index) => digits[index] !== labels[index]));
  const right = Array.from({ length: net.outputSize }, (_, k) =>
    indices.filter((index) => digits[index] === k && labels[index] === k).slice(0, MOST_PER_CELL),
  ).flatMap(pictures);
  wrong.sort((a, b) => b.probability - a.probability);
  right.sort((a, b) => a.index - b.index);

  const inCell = new Map<string, number>();
  const candidates = [...wrong, ...right].map((picture, order) => {
    const { index, label, predicted, pixels } = picture;
    const cell = `${label} ${predicted}`;
    const place = inCell.get(cell) ?? 0;
    inCell.set(cell, place + 1);
    const isFirst = labels.indexOf(label) === index;
    const isConfident = order < Math.min(wrong.length, MOST_MISTAKES);
    const rank = isFirst ? -2 : isConfident ? -1 : place;
    return { picture, order, rank, bytes: pixels.reduce((sum, pixel) => sum + (pixel > 0 ? 1 : 0), 0) };
  });
  let room = PICTURE_BYTES;
  return candidates
    .filter(({ rank }) => rank < MOST_PER_CELL)
    .sort((a, b) => a.rank - b.rank)
    .filter(({ rank, bytes }) => (room -= bytes) >= 0 || rank === -2)
    .sort((a, b) => a.order - b.order)
    .map(({ picture }) => picture);
}

/** @param predicted the predicted digit; default: the net predicts it here */
function pictureOf(
  net: TwoLayerNet,
  { images, inputSize, labels }: Dataset,
  index: number,
  predicted?: number,
): TestImage {
  const pixels = images.subarray(index * inputSize, (index + 1) * inputSize);
  const probabilities = predict(net, scalePixels(pixels));
  const digit = predicted ?? argmax(probabilities, net.outputSize)[0];
  return { index, label: labels[index], predicted: digit, probability: probabilities[digit], pixels };
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
      ['mini-batch', plural(batchSize, 'image')],
      ['hidden units', formatCount(hiddenSize)],
      ['seed', String(seed)],
      ['gradient', gradient],
      ...(gradient === 'backprop' ? [] : [['step h', String(h)] as const]),
      ['precision', precision],
    ],
  };
}

function environmentFacts({ train, test }: Data, digest?: string): Facts {
  return {
    title: 'Data and environment',
    entries: [
      [
        'images',
        `${formatCount(train.count)} to train, ${formatCount(test.count)} to test, ${test.rows} × ${test.columns}`,
      ],
      ['data set', train.name === undefined ? 'unnamed' : html`<bdi>${train.name}</bdi>`],
      ...(digest === undefined ? [] : [['weights SHA-256', html`<code>${digest}</code>`] as const]),
      ['gd-train', version()],
      ['Node.js', versions.node],
      ['platform', `${type()} ${release()} ${arch()}`],
      ['processor', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? arch()}`],
      ['page made', `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ],
  };
}
