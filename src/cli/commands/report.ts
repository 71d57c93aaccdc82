import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { loadDataset } from '../../dataset/mnist.js';
import { InputError } from '../../errors.js';
import { checkWritable, writeFileAtomic } from '../../files/atomic-write.js';
import { collectReport, type ReportSource } from '../../report/collect.js';
import { packingNote, type ReportData } from '../../report/data.js';
import { reportPage } from '../../report/page.js';
import { readTrainingLog } from '../../training/log.js';
import { loadTraining } from '../../training/model-file.js';
import { type Cli, type CommonOptions, note, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';

interface Options extends CommonOptions {
  log?: string;
  data?: string;
  output?: string;
}

export const defineReport: DefineCommand = (command, run) =>
  command
    .argument('<model>', 'a file that train --save wrote')
    .option('--log <file>', 'what train --log wrote: the curves of loss and accuracy come from it')
    .option('--data <folder>', 'the four IDX files, raw or .gz (default: MNIST, installed with gd-train)')
    .option('-o, --output <file>', 'the page, or - for stdout (default: MODEL-report.html in this folder)')
    .addHelpText('after', '\nExample: gd-train report mnist.safetensors --log mnist.ndjson -o report.html')
    .action(run(reportCommand));

function reportCommand(cli: Cli, model: string, options: Options): number {
  const { log, data: folder, json, output = `${basename(model, extname(model))}-report.html` } = options;
  const toStdout = output === '-';
  if (toStdout && json)
    throw new InputError('--json and --output - both want standard output: name a file for the page');
  for (const [what, input] of Object.entries({ model, log })) {
    if (input !== undefined && resolve(input) === resolve(output)) {
      throw new InputError(`--output ${output} would overwrite the ${what}: name another file`);
    }
  }
  const training = loadTraining(model);
  const history = log === undefined ? undefined : readTrainingLog(log, training.iteration);
  const data = loadDataset(folder);
  if (training.net.inputSize !== data.test.inputSize) {
    throw new InputError(
      `${model} takes images of ${training.net.inputSize} pixels, these have ${data.test.inputSize}`,
    );
  }
  if (!toStdout) checkWritable(output);
  const source = { training, data, model: basename(model), folder, history };
  const { data: report, bytes } = writeReport(cli, options, toStdout ? undefined : output, source);
  if (json) {
    const { iteration, train, test, weights, packedAccuracy, notes } = report;
    printJson(cli, {
      ...{ model, report: output, bytes, iteration, trainAccuracy: train.accuracy, testAccuracy: test.accuracy },
      ...{ weights: weights.type, pageAccuracy: packedAccuracy ?? test.accuracy, notes },
    });
  } else if (!toStdout) print(cli, output);
  return 0;
}

/** A report that was written. */
export interface WrittenReport {
  readonly data: ReportData;
  readonly bytes: number;
}

/**
 * Measures a net and writes the page about it.
 *
 * @param output a file, or undefined for standard output
 */
export function writeReport(
  cli: Cli,
  options: CommonOptions,
  output: string | undefined,
  source: ReportSource,
): WrittenReport {
  const data = collectReport(source);
  const page = Buffer.from(reportPage(data, { script: asset('page.js'), style: asset('page.css') }));
  if (output === undefined) cli.out.write(page);
  else writeFileAtomic(output, page);
  for (const text of [packingNote(data), ...data.notes]) if (text !== undefined) note(cli, options, text);
  note(cli, options, `${output ?? 'the report'}: ${(page.length / 1e6).toFixed(2)} MB; open it in a browser`);
  return { data, bytes: page.length };
}

/** What the build made of src/report/browser. */
function asset(name: string): string {
  return readFileSync(new URL(`../../report/browser/${name}`, import.meta.url), 'utf8');
}
