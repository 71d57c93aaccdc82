import { loadDataset } from '../../dataset/mnist.js';
import { InputError } from '../../errors.js';
import { accuracy, evaluate, type Evaluation } from '../../training/metrics.js';
import { loadTraining } from '../../training/model-file.js';
import { type Cli, type CommonOptions, EXIT, fallbackNote, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';
import { type Expectation, expectOption, judge, unmet } from '../options.js';

interface Options extends CommonOptions {
  data?: string;
  expect?: Expectation[];
}

/** What --expect may speak of. */
const MEASURES = ['test_accuracy', 'train_accuracy'] as const;

export const defineEvaluate: DefineCommand = (command, run) =>
  command
    .argument('<model>', 'a file that train --save wrote')
    .option('--data <folder>', 'the four IDX files, raw or .gz (default: MNIST, installed with gd-train)')
    .addOption(expectOption(MEASURES))
    .addHelpText('after', '\nExample: gd-train evaluate mnist.safetensors')
    .action(run(evaluateCommand));

function evaluateCommand(cli: Cli, model: string, options: Options): number {
  const { data, json, quiet, expect = [] } = options;
  const { net, iteration, hyperParameters } = loadTraining(model);
  const { train, test } = loadDataset(data);
  if (net.inputSize !== test.inputSize) {
    throw new InputError(`${model} takes images of ${net.inputSize} pixels, these have ${test.inputSize}`);
  }
  const { precision } = hyperParameters;
  const onFallback = fallbackNote(cli, options);
  const evaluation = evaluate(net, test, precision, onFallback);
  const isAbout = (name: (typeof MEASURES)[number]) => expect.some(({ measure }) => measure === name);
  const expectations = judge(expect, {
    test_accuracy: evaluation.accuracy,
    train_accuracy: isAbout('train_accuracy') ? accuracy(net, train, precision, onFallback) : null,
  });
  if (json) printJson(cli, { model, iteration, ...evaluation, expectations });
  else print(cli, quiet ? String(evaluation.accuracy) : describe(evaluation, test.count));
  const line = unmet(expectations);
  if (line === undefined) return EXIT.done;
  cli.err.write(`gd-train: ${line}\n`);
  return EXIT.notMet;
}

function describe({ accuracy, confusion, precision, recall }: Evaluation, count: number): string {
  const right = Math.round(accuracy * count);
  const width = Math.max(4, ...confusion.flat().map((cell) => String(cell).length)) + 1;
  const cells = (row: (number | string)[]) => row.map((cell) => String(cell).padStart(width)).join('');
  const share = (value: number | null) => (value === null ? '-' : value.toFixed(4));
  return [
    `accuracy ${accuracy} (${right} of ${count} test images)`,
    '',
    'digit  precision  recall',
    ...precision.map(
      (value, k) => `${String(k).padStart(5)}  ${share(value).padStart(9)}  ${share(recall[k]).padStart(6)}`,
    ),
    '',
    'true \\ predicted',
    `    ${cells(confusion.map((_, k) => k))}`,
    ...confusion.map((row, k) => `${String(k).padStart(4)}${cells(row)}`),
  ].join('\n');
}
