import chalk from 'chalk';
import { Argument } from 'commander';
import { basename } from 'node:path';
import { scalePixels } from '../../dataset/mini-batch.js';
import { bundledFolder, CLASSES, type Dataset, datasetFiles, readImages } from '../../dataset/mnist.js';
import { formatCount, InputError } from '../../errors.js';
import { readBytes, sha256 } from '../../files/read.js';
import { type Cli, type DefineCommand, print, printJson } from '../command.js';
import { loadData } from '../inputs.js';
import { addOptions, dataOption, firstGiven, oneOf, parseIndices, text, type ValuesOf } from '../options.js';
import { renderGreyscale, sideBySide, terminalSize } from '../terminal.js';

const OPTIONS = {
  index: text('--index <list>', 'the same'),
  part: oneOf('--part <name>', 'show images of, default test', ['train', 'test']),
  data: dataOption(),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd data`: describes the data set, or draws some of its images. */
export const defineData: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addArgument(new Argument('[action]', 'draw images in the terminal').choices(['show']))
    .argument('[indices...]', 'which ones, as in 7 or 3,14 or 10..19')
    .addHelpText('after', '\nWithout show: sizes, counts and checksums.\nExample: gd-train data show 7 10..12')
    .action(run(dataCommand));

function dataCommand(cli: Cli, action: 'show' | undefined, indices: string[], options: Options): number {
  if (action === 'show') {
    return show(cli, options.index === undefined ? indices : [...indices, options.index], options);
  }
  const stray = firstGiven(options, 'part', 'index');
  if (stray) throw new InputError(`--${stray} is an option of show: add show, or leave it out`);
  const folder = options.data ?? bundledFolder();
  const parts = Object.entries(loadData(cli, options.data)).map(([part, dataset]) => ({ part, ...describe(dataset) }));
  const files = datasetFiles(folder).map((path) => {
    const bytes = readBytes(path);
    return { file: basename(path), bytes: bytes.length, sha256: sha256(bytes) };
  });
  if (options.json) {
    printJson(cli, { folder, parts, files });
    return 0;
  }
  const cell = (text: number | string) => String(text).padStart(7);
  print(
    cli,
    [
      folder,
      '',
      `part   images  pixels  ${parts[0].digits.map((_, k) => cell(`of ${k}`)).join('')}`,
      ...parts.map(
        ({ part, count, rows, columns, digits }) =>
          `${part.padEnd(5)}${formatCount(count).padStart(8)}  ${`${rows}x${columns}`.padEnd(8)}${digits.map(cell).join('')}`,
      ),
      '',
      ...files.map(({ file, bytes, sha256 }) => `${sha256}  ${file}  ${formatCount(bytes)} bytes`),
    ].join('\n'),
  );
  return 0;
}

/** The size of a data set, its number of images per digit, and the notes on it. */
function describe({ count, rows, columns, labels, notes = [] }: Dataset) {
  const digits = new Array<number>(CLASSES).fill(0);
  for (const label of labels) digits[label]++;
  return { count, rows, columns, digits, notes };
}

/** Draws images in the terminal. */
function show(cli: Cli, texts: string[], options: Options): number {
  const { part = 'test', json } = options;
  if (texts.length === 0) throw new InputError('no image to show: name one, as in show 7');
  const dataset = loadData(cli, options.data)[part];
  const { rows, columns, labels } = dataset;
  const images = parseIndices(texts, dataset.count, `an image of ${part}`).map((index) => ({
    index,
    label: labels[index],
    pixels: readImages(dataset, index, index + 1),
  }));
  if (json) {
    const bytes = images.map((image) => ({ ...image, pixels: Array.from(image.pixels) }));
    printJson(cli, { part, rows, columns, images: bytes });
    return 0;
  }
  const blocks = images.map(({ index, label, pixels }) => [
    ...renderGreyscale(chalk, scalePixels(pixels), rows, columns),
    `${part} ${index}: ${label}`.padEnd(columns),
  ]);
  print(cli, sideBySide(blocks, columns, terminalSize(cli.out).columns).join('\n'));
  return 0;
}
