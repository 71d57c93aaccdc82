import { scalePixels } from '../../dataset/mini-batch.js';
import { loadDataset, readImages } from '../../dataset/mnist.js';
import { InputError } from '../../input-error.js';
import { argmax } from '../../network/functions.js';
import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { decodePicture, isPicture } from '../../pictures/decode-picture.js';
import { findInk } from '../../pictures/find-ink.js';
import { prepareDigit } from '../../pictures/prepare-digit.js';
import { loadTraining } from '../../training/checkpoint.js';
import { print, printJson, type Cli, type CommonOptions } from '../cli.js';
import { explain } from '../errors.js';
import { parseIndices } from '../indices.js';
import type { DefineCommand } from '../main.js';
import { formatPrediction, type Prediction, type Shown } from '../prediction-view.js';
import { readInput } from '../read-input.js';
import { terminalSize } from '../terminal.js';

interface Options extends CommonOptions {
  index?: string;
  data?: string;
  show?: boolean;
}

/** An image to look at; reading it may fail. */
interface Source {
  readonly name: string;
  readonly json: { file: string } | { index: number; label: number };
  readonly label?: number;
  readonly read: () => Promise<Shown>;
}

export const definePredict: DefineCommand = (command, run) =>
  command
    .argument('<model>', 'a file that train --save wrote')
    .argument('[images...]', 'PNG, JPEG, PGM, or raw bytes (28 x 28); - for stdin')
    .option('--index <list>', 'test images instead, as in 7 or 3,14 or 10-19')
    .option('--data <folder>', 'their IDX files, raw or .gz (default: MNIST, installed with gd-train)')
    .option('--show', 'draw what the net sees')
    .addHelpText('after', '\nExample: gd-train predict mnist.safetensors three.png --show')
    .action(run(predictCommand));

async function predictCommand(cli: Cli, model: string, files: string[], options: Options): Promise<number> {
  const { show, json, quiet, debug } = options;
  const { net } = loadTraining(model);
  const sources = sourcesOf(model, net, files, options);
  const results = [];
  let code = 0;
  for (const { name, json: named, label, read } of sources) {
    try {
      const shown = await read();
      const probabilities = predict(net, shown.pixels);
      const [digit] = argmax(probabilities, net.outputSize);
      const seen = { digit, confidence: probabilities[digit], probabilities };
      const prediction: Prediction = { name, ...seen, ...(label !== undefined && { label }) };
      if (json) results.push({ ...named, ...seen, ...(show && { shown }) });
      else if (quiet) print(cli, String(digit));
      else {
        if (name !== sources[0].name) print(cli, '');
        print(cli, formatPrediction(prediction, show ? shown : undefined, terminalSize(cli.out).columns));
      }
    } catch (error) {
      // The other pictures are looked at all the same; the exit code tells.
      if (debug) throw error;
      const failure = explain(error);
      cli.err.write(`gd-train: ${failure.message}\n`);
      results.push({ ...named, error: failure.message });
      code = Math.max(code, failure.code);
    }
  }
  if (json) printJson(cli, { model, results });
  return code;
}

function sourcesOf(model: string, net: TwoLayerNet, files: string[], { index, data }: Options): Source[] {
  if (index === undefined) {
    if (files.length === 0) throw new InputError('no picture to look at: name one, or a test image with --index 7');
    if (data !== undefined) throw new InputError(`--data belongs to --index: leave it out, or add --index 7`);
    return files.map((file) => ({
      name: file === '-' ? 'stdin' : file,
      json: { file },
      read: async () => readDigit(await readInput(file), file === '-' ? 'stdin' : file, model, net),
    }));
  }
  if (files.length > 0) throw new InputError(`--index looks at test images: leave it out, or ${files[0]}`);
  const { test } = loadDataset(data);
  if (net.inputSize !== test.inputSize) {
    throw new InputError(`${model} takes images of ${net.inputSize} pixels, these have ${test.inputSize}`);
  }
  const { rows, columns, labels } = test;
  return parseIndices([index], test.count, '--index').map((i) => ({
    name: `test image ${i}`,
    json: { index: i, label: labels[i] },
    label: labels[i],
    read: async () => ({ rows, columns, pixels: scalePixels(readImages(test, i, i + 1)) }),
  }));
}

/** Pixels of MNIST's images, the only ones that are scaled and centred. */
const MNIST_PIXELS = 28 * 28;

/** A digit from the bytes of a file, as the net was trained to see it. */
async function readDigit(bytes: Uint8Array, name: string, model: string, { inputSize }: TwoLayerNet): Promise<Shown> {
  if (!isPicture(bytes) && bytes.length === inputSize) {
    const side = Math.sqrt(inputSize);
    const shape = Number.isInteger(side) ? { rows: side, columns: side } : { rows: 1, columns: inputSize };
    return notBlank({ ...shape, pixels: scalePixels(bytes) }, name);
  }
  const picture = await decodePicture(bytes, name);
  if (inputSize === MNIST_PIXELS) {
    return notBlank({ rows: 28, columns: 28, pixels: prepareDigit(picture) }, name);
  }
  const { rows, columns } = picture;
  if (rows * columns !== inputSize) {
    throw new InputError(
      `${name} is ${columns} x ${rows}: ${model} takes images of ${inputSize} pixels; give it one of that size`,
    );
  }
  return notBlank({ rows, columns, pixels: findInk(picture)?.ink }, name);
}

function notBlank({ pixels, ...shape }: Omit<Shown, 'pixels'> & { pixels: Float64Array | undefined }, name: string) {
  if (pixels === undefined || pixels.every((value) => value === 0)) {
    throw new InputError(`${name} is blank: draw a digit, dark on light or light on dark`);
  }
  return { ...shape, pixels };
}
