import { accuracy, evaluate, type Evaluation } from '../../training/metrics.js';
import { checkTrainedOn, loadTraining } from '../../training/model-file.js';
import {
  type Cli,
  type DefineCommand,
  EXIT,
  fallbackNote,
  judge,
  print,
  printError,
  printJson,
  unmet,
} from '../command.js';
import { loadData, modelArgument, modelPath } from '../inputs.js';
import { addOptions, dataOption, expectOption, otherDataOption, type ValuesOf } from '../options.js';

/** The measures that --expect takes. */
const MEASURES = ['testAccuracy', 'trainAccuracy'] as const;

const OPTIONS = {
  data: dataOption(),
  otherData: otherDataOption(),
  expect: expectOption(MEASURES),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd evaluate`: accuracy, precision, recall, F1 and confusion matrix of a model on the test images. */
export const defineEvaluate: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addArgument(modelArgument())
    .addHelpText('after', '\nExample: gd-train evaluate mnist.safetensors')
    .action(run(evaluateCommand));

function evaluateCommand(cli: Cli, name: string, options: Options): number {
  const model = modelPath(cli, name);
  const { otherData, json, expect = [] } = options;
  const training = loadTraining(model);
  const { net, iteration, hyperParameters } = training;
  const { train, test } = loadData(cli, options.data);
  const { precision } = hyperParameters;
  const onFallback = fallbackNote(cli);
  const isOnTraining = expect.some(({ measure }) => measure.startsWith('train'));
  checkTrainedOn(model, training, isOnTraining ? { train, test } : { test }, otherData);
  const evaluation = evaluate(net, test, precision, onFallback);
  const testAccuracy = evaluation.accuracy;
  const trainAccuracy = isOnTraining ? accuracy(net, train, precision, onFallback) : null;
  const expectations = judge(expect, { testAccuracy, trainAccuracy });
  if (json) printJson(cli, { model, iteration, testAccuracy, trainAccuracy, ...evaluation, expectations });
  else print(cli, cli.quiet ? String(evaluation.accuracy) : describe(evaluation, test.count));
  const line = unmet(expectations);
  if (line === undefined) return EXIT.done;
  printError(cli, line);
  return EXIT.notMet;
}

/** Accuracy, a table with a line per digit, and the confusion matrix. */
function describe(evaluation: Evaluation, count: number): string {
  const { accuracy, confusion, precision, recall, f1, support, macro } = evaluation;
  const right = Math.round(accuracy * count);
  const width = Math.max(4, ...confusion.flat().map((cell) => String(cell).length)) + 1;
  const cells = (row: (number | string)[]) => row.map((cell) => String(cell).padStart(width)).join('');
  const row = (name: string | number, shares: (number | null)[], images: number | string) =>
    [
      String(name).padStart(5),
      ...shares.map((value) => (value === null ? '-' : value.toFixed(4)).padStart(9)),
      String(images).padStart(7),
    ].join('  ');
  return [
    `accuracy ${accuracy} (${right} of ${count} test images)`,
    '',
    'digit  precision     recall         F1  support',
    ...support.map((images, k) => row(k, [precision[k], recall[k], f1[k]], images)),
    row('macro', [macro.precision, macro.recall, macro.f1], count),
    '',
    'true \\ predicted',
    `    ${cells(confusion.map((_, k) => k))}`,
    ...confusion.map((row, k) => `${String(k).padStart(4)}${cells(row)}`),
  ].join('\n');
}
