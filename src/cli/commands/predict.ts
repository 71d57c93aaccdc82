import chalk from 'chalk';
import { createReadStream } from 'node:fs';
import { scalePixels } from '../../dataset/mini-batch.js';
import { readImages } from '../../dataset/mnist.js';
import { InputError, printable } from '../../errors.js';
import { MOST_PIPED, withErrorPath } from '../../files/read.js';
import { argmax } from '../../network/functions.js';
import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { decodePicture, isPicture } from '../../pictures/decode.js';
import { seeDigit } from '../../pictures/digit.js';
import { findInk } from '../../pictures/ink.js';
import { type Note, unsureNote } from '../../pictures/notes.js';
import { checkTrainedOn, loadTraining } from '../../training/model-file.js';
import type { Training } from '../../training/train.js';
import { type Cli, type DefineCommand, print, printError, printJson, toFailure } from '../command.js';
import { loadData, modelArgument, modelPath } from '../inputs.js';
import { addOptions, dataOption, flag, otherDataOption, parseIndices, text, type ValuesOf } from '../options.js';
import { renderGreyscale, sideBySide, terminalSize } from '../terminal.js';

/** An image to classify. */
interface Source {
  /** For messages: the file, stdin, or the test image with its index. */
  readonly name: string;
  /** Identifies the image in the --json object. */
  readonly json: { file: string } | { index: number; label: number };
  /** The true digit, if it is known. */
  readonly label?: number;
  /** @throws InputError if the picture cannot be decoded or has no digit; the system's error if reading fails */
  readonly read: () => Promise<Shown>;
}

/** The input of the net. */
interface Shown {
  /** (rows, columns), in [0, 1]: 0 paper, 1 ink. */
  readonly pixels: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Doubts about the picture, and the parts of it that were left out. */
  readonly notes: readonly Note[];
}

const OPTIONS = {
  index: text('--index <list>', 'test images instead, as in 7 or 3,14 or 10..19'),
  data: dataOption('their IDX files, raw or .gz'),
  otherData: otherDataOption(),
  show: flag('--show', 'draw what the net sees'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd predict`: the digit in pictures or in test images. */
export const definePredict: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addArgument(modelArgument())
    .argument('[images...]', 'PNG, JPEG, WebP, GIF, TIFF, AVIF, PGM, or raw bytes (28 x 28); - for stdin')
    .addHelpText(
      'after',
      '\nWith --json each result has digit, confidence, probabilities and notes: what makes the answer doubtful, and what' +
        '\nwas left out of the picture (kind, text, and the numbers in the text).' +
        '\n\nExample: gd-train predict mnist.safetensors three.png --show',
    )
    .action(run(predictCommand));

async function predictCommand(cli: Cli, modelName: string, files: string[], options: Options): Promise<number> {
  const model = modelPath(cli, modelName);
  const { show, json, debug } = options;
  const training = loadTraining(model);
  const { net } = training;
  const sources = sourcesOf(cli, model, training, files, options);
  const results = [];
  let code = 0;
  for (const source of sources) {
    try {
      const shown = await source.read();
      const answer = classify(net, shown);
      const { rows, columns, pixels } = shown;
      if (json) results.push({ ...source.json, ...answer, ...(show && { shown: { rows, columns, pixels } }) });
      else if (cli.quiet) print(cli, String(answer.digit));
      else {
        if (source.name !== sources[0].name) print(cli, '');
        print(cli, formatAnswer(source, answer, show ? shown : undefined, terminalSize(cli.out).columns));
      }
    } catch (error) {
      // The other pictures are classified all the same; the exit code reports the error.
      if (debug) throw error;
      const failure = toFailure(error);
      printError(cli, failure.message);
      results.push({ ...source.json, error: failure.message });
      code = Math.max(code, failure.code);
    }
  }
  if (json) printJson(cli, { model, results });
  return code;
}

function classify(net: TwoLayerNet, { pixels, notes }: Shown) {
  const probabilities = predict(net, pixels); // (K), 0 … 1
  const [digit] = argmax(probabilities, net.outputSize);
  const unsure = unsureNote(probabilities);
  return {
    digit,
    confidence: probabilities[digit],
    probabilities,
    notes: unsure === undefined ? notes : [unsure, ...notes],
  };
}

type Answer = ReturnType<typeof classify>;

/** The images that files or --index name. */
function sourcesOf(cli: Cli, model: string, training: Training, files: string[], options: Options): Source[] {
  const { index, data, otherData } = options;
  const { net } = training;
  if (index === undefined) {
    if (files.length === 0) throw new InputError('no picture given: name a file, or a test image with --index 7');
    if (data !== undefined) throw new InputError(`--data names test images: add --index 7, or leave --data out`);
    return files.map((file) => {
      const name = file === '-' ? 'stdin' : file;
      return { name, json: { file }, read: async () => readDigit(await readInput(file), name, model, net) };
    });
  }
  if (files.length > 0) throw new InputError(`--index takes test images: leave out --index or ${files[0]}`);
  const { test } = loadData(cli, data);
  checkTrainedOn(model, training, { test }, otherData);
  const { rows, columns, labels } = test;
  return parseIndices([index], test.count, '--index').map((i) => ({
    name: `test image ${i}`,
    json: { index: i, label: labels[i] },
    label: labels[i],
    read: async () => ({ rows, columns, pixels: scalePixels(readImages(test, i, i + 1)), notes: [] }),
  }));
}

/** Pixels of an MNIST image. Pictures are scaled and centred only for nets with this input size. */
const MNIST_PIXELS = 28 * 28;

/**
 * The input of the net from the bytes of a file, which is a picture or raw pixels.
 *
 * @param name name of the file in messages
 * @param model name of the model in messages
 * @throws InputError if the bytes are not a picture, or it is blank or of the wrong size
 */
async function readDigit(bytes: Uint8Array, name: string, model: string, { inputSize }: TwoLayerNet): Promise<Shown> {
  if (!isPicture(bytes) && bytes.length === inputSize) {
    const side = Math.sqrt(inputSize);
    const shape = Number.isInteger(side) ? { rows: side, columns: side } : { rows: 1, columns: inputSize };
    return { ...shape, pixels: notBlank(scalePixels(bytes), name), notes: [] };
  }
  const picture = await decodePicture(bytes, name);
  if (inputSize === MNIST_PIXELS) {
    const { pixels, notes } = seeDigit(picture);
    if (pixels === undefined && picture.rgba.some((value, i) => value !== picture.rgba[i % 4])) {
      throw new InputError(`no digit stands out in ${name}: write darker, in even light, and let it fill the picture`);
    }
    return { rows: 28, columns: 28, pixels: notBlank(pixels, name), notes };
  }
  const { rows, columns } = picture;
  if (rows * columns !== inputSize) {
    throw new InputError(
      `${name} is ${columns} x ${rows}: ${model} takes images of ${inputSize} pixels; give it one of that size`,
    );
  }
  return { rows, columns, pixels: notBlank(findInk(picture)?.ink, name), notes: [] };
}

/** @throws InputError if an image has no ink */
function notBlank(pixels: Float64Array | undefined, name: string): Float64Array {
  if (pixels === undefined || pixels.every((value) => value === 0)) {
    throw new InputError(`${name} is blank: draw a digit, dark on light or light on dark`);
  }
  return pixels;
}

/** Blocks that fill 0 to 7 eighths of a column. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LONGEST_BAR = 40;
/** Columns before a bar and after it. */
const LEFT = 4; // "  3 "
const RIGHT = 10; // "  98.71 %"

/**
 * The digit, its probability, the notes, and the probabilities of all digits as bars. The input of the net, if it is
 * shown, is beside the bars, or above them if the width is too small.
 *
 * @param width of the terminal, in columns
 */
function formatAnswer({ name, label }: Source, answer: Answer, shown: Shown | undefined, width: number): string {
  const { digit, confidence, notes } = answer;
  const isRight = label === undefined || label === digit;
  const paint = isRight ? chalk.green : chalk.red;
  const truth = label === undefined ? '' : isRight ? `  (label ${label})` : `  (label ${label}: wrong)`;
  const title = `${printable(name)}: ${paint.bold(digit)}  ${percent(confidence)}${truth}`;
  const head = [title, ...notes.map(({ text }) => chalk.yellow(`  ${text}`))];
  if (shown === undefined) return [...head, ...bars(answer, paint, width)].join('\n');
  const { pixels, rows, columns } = shown;
  const picture = renderGreyscale(chalk, pixels, rows, columns);
  const isBeside = columns + 2 + LEFT + 8 + RIGHT <= width;
  const figures = bars(answer, paint, isBeside ? width - columns - 2 : width);
  const body = isBeside ? sideBySide([picture, ['', ...figures]], columns, 2 * columns + 2) : [...picture, ...figures];
  return [...head, ...body].join('\n');
}

function bars({ digit, probabilities }: Answer, paint: (text: string) => string, width: number): string[] {
  const longest = Math.max(8, Math.min(LONGEST_BAR, width - LEFT - RIGHT));
  return Array.from(probabilities, (probability, k) => {
    const eighths = Math.round(probability * longest * 8);
    const bar = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
    const line = `  ${k} ${bar.padEnd(longest)} ${percent(probability).padStart(8)}`;
    return k === digit ? paint(line) : line;
  });
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/**
 * All bytes of a file, or of stdin if the path is `-`.
 *
 * @throws InputError if there are more than 256 MiB, because a pipe or a device may never end
 */
async function readInput(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MOST_PIPED) {
        const name = path === '-' ? 'stdin' : path;
        throw new InputError(`${name} has more than 256 MiB: give it a picture of a digit`);
      }
    }
  } catch (error) {
    // withErrorPath takes a synchronous action, so the error is thrown again in one.
    withErrorPath(path, () => {
      throw error;
    });
  }
  return Buffer.concat(chunks, length);
}
