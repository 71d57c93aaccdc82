import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { datasetFiles } from '../../dataset/mnist.js';
import { InputError, printable } from '../../errors.js';
import { checkOutputs, checkStandardOutput, type Input } from '../../files/outputs.js';
import { type Waiting, writeOutput } from '../../files/special.js';
import { collectReport, packingNote, type ReportData, type ReportSource } from '../../report/collect.js';
import { reportPage } from '../../report/page.js';
import { readTrainingLog } from '../../training/log.js';
import { loadTraining } from '../../training/model-file.js';
import { checkTrainedOn } from '../../training/trained-on.js';
import { type Cli, type CommonOptions, note, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';
import { loadData } from '../dataset.js';
import { modelArgument, modelPath } from '../last-net.js';
import { dataOption, otherDataOption, path } from '../options.js';

interface Options extends CommonOptions {
  log?: string;
  data?: string;
  otherData?: boolean;
  output?: string;
}

export const defineReport: DefineCommand = (command, run) =>
  command
    .addArgument(modelArgument())
    .addOption(path('--log <file>', 'what train --log wrote: the curves of loss and accuracy come from it'))
    .addOption(dataOption())
    .addOption(otherDataOption())
    .addOption(path('-o, --output <file>', 'the page, or - for stdout (default: MODEL-report.html in this folder)'))
    .addHelpText('after', '\nExample: gd-train report mnist.safetensors --log mnist.ndjson -o report.html')
    .action(run(reportCommand));

async function reportCommand(cli: Cli, modelName: string, options: Options): Promise<number> {
  const model = modelPath(cli, options, modelName);
  const { log, data: folder, otherData, json, output = `${basename(model, extname(model))}-report.html` } = options;
  const toStdout = output === '-';
  if (toStdout && json)
    throw new InputError('--json and --output - both want standard output: name a file for the page');
  const training = loadTraining(model);
  const data = loadData(cli, options);
  checkTrainedOn(model, training, data, { folder, otherData });
  const inputs: Input[] = datasetFiles(folder).map((path) => ({ what: 'a file of the data set', path }));
  inputs.push({ what: 'the model', path: model });
  if (log !== undefined) inputs.push({ what: 'the log', path: log });
  if (toStdout) checkStandardOutput(inputs);
  else checkOutputs([{ option: '--output', path: output, format: 'HTML' }], inputs);
  const history = log === undefined ? undefined : readTrainingLog(log, training.iteration);
  const source = { training, data, model: basename(model), folder, history };
  const { data: report, bytes } = await writeReport(cli, options, toStdout ? undefined : output, source);
  if (json) {
    const { iteration, train, test, weights, packedAccuracy, notes } = report;
    printJson(cli, {
      model,
      report: output,
      bytes,
      iteration,
      trainAccuracy: train.accuracy,
      testAccuracy: test.accuracy,
      weights: weights.type,
      pageAccuracy: packedAccuracy ?? test.accuracy,
      notes,
    });
  } else if (!toStdout) print(cli, printable(output));
  return 0;
}

/** A report that was written. */
interface WrittenReport {
  readonly data: ReportData;
  readonly bytes: number;
}

/**
 * Measures a net and writes the page about it.
 *
 * @param output a file, or undefined for standard output
 * @param waiting how to wait for the program that reads from a pipe
 */
export async function writeReport(
  cli: Cli,
  options: CommonOptions,
  output: string | undefined,
  source: ReportSource,
  waiting?: Waiting,
): Promise<WrittenReport> {
  const data = collectReport(source);
  const page = Buffer.from(reportPage(data, { script: readAsset('page.js'), style: readAsset('page.css') }));
  if (output === undefined) cli.out.write(page);
  else await writeOutput(output, page, waiting);
  for (const text of [packingNote(data), ...data.notes]) if (text !== undefined) note(cli, options, text);
  note(cli, options, `${output ?? 'the report'}: ${(page.length / 1e6).toFixed(2)} MB; open it in a browser`);
  return { data, bytes: page.length };
}

/** A file that the build made of src/report/browser. */
export function readAsset(name: string): string {
  return readFileSync(new URL(`../../report/browser/${name}`, import.meta.url), 'utf8');
}
