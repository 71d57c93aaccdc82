import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { InputError, printable } from '../../errors.js';
import { checkOutputs, checkStandardOutput } from '../../files/outputs.js';
import { type Waiting, writeOutput } from '../../files/write.js';
import {
  collectLive,
  collectReport,
  collectUpdate,
  packingNote,
  type ReportData,
  type ReportSource,
} from '../../report/collect.js';
import { type LivePage, openLivePage } from '../../report/live.js';
import { livePage, type PageAssets, reportPage } from '../../report/page.js';
import { loadPageLanguage } from '../../report/page-language.js';
import type { History } from '../../training/history.js';
import { readTrainingLog } from '../../training/log.js';
import { checkTrainedOn, loadTraining } from '../../training/model-file.js';
import { type Cli, type DefineCommand, note, print, printJson } from '../command.js';
import { dataInputs, loadData, modelArgument, modelPath } from '../inputs.js';
import { addOptions, dataOption, otherDataOption, path, type ValuesOf } from '../options.js';

const OPTIONS = {
  log: path('--log <file>', 'what train --log wrote: the curves of loss and accuracy come from it'),
  data: dataOption(),
  otherData: otherDataOption(),
  output: path('-o, --output <file>', 'the page, or - for stdout (default: MODEL-report.html in this folder)'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd report`: writes a page about a model, which runs the net in a browser. */
export const defineReport: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addArgument(modelArgument())
    .addHelpText('after', '\nExample: gd-train report mnist.safetensors --log mnist.ndjson -o report.html')
    .action(run(reportCommand));

async function reportCommand(cli: Cli, modelName: string, options: Options): Promise<number> {
  const model = modelPath(cli, modelName);
  const { log, data: folder, otherData, json, output = `${basename(model, extname(model))}-report.html` } = options;
  const toStdout = output === '-';
  if (toStdout && json)
    throw new InputError('--json and --output - both want standard output: name a file for the page');
  const training = loadTraining(model);
  const data = loadData(cli, folder);
  checkTrainedOn(model, training, data, otherData);
  const inputs = [...dataInputs(folder), { what: 'the model', path: model }];
  if (log !== undefined) inputs.push({ what: 'the log', path: log });
  if (toStdout) checkStandardOutput(inputs);
  else checkOutputs([{ option: '--output', path: output, format: 'HTML' }], inputs);
  const history = log === undefined ? undefined : readTrainingLog(log, training.iteration);
  const source = { training, data, model: basename(model), history };
  const { data: report, bytes } = await writeReport(cli, toStdout ? undefined : output, source);
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
  /** The HTML. */
  readonly page: string;
  /** Size of the page in bytes. */
  readonly bytes: number;
}

/**
 * Evaluates a net and writes the page about it.
 *
 * @param output path of the file, or undefined for standard output
 * @param waiting how to wait for the program that reads from a pipe
 */
export async function writeReport(
  cli: Cli,
  output: string | undefined,
  source: ReportSource,
  waiting?: Waiting,
): Promise<WrittenReport> {
  const data = collectReport(source);
  const page = reportPage(data, loadAssets(), await loadPageLanguage(cli.language));
  const bytes = Buffer.from(page);
  if (output === undefined) cli.out.write(bytes);
  else await writeOutput(output, bytes, waiting);
  for (const text of [packingNote(data), ...data.notes]) if (text !== undefined) note(cli, text);
  note(cli, `${output ?? 'the report'}: ${(bytes.length / 1e6).toFixed(2)} MB; open it in a browser`);
  return { data, page, bytes: bytes.length };
}

/** The live page of a run. */
interface LiveRun extends LivePage {
  /** Sends the weights of the net, which must be up to date, and the curves. */
  update(history: History): void;
}

/** Serves the live page of a run. `onStop` is called if a user stops the run on the page. */
export async function serveRun(
  cli: Cli,
  { training, data }: Pick<ReportSource, 'training' | 'data'>,
  onStop: () => void,
): Promise<LiveRun> {
  const html = livePage(collectLive(training, data), loadAssets(), await loadPageLanguage(cli.language));
  const page = await openLivePage({ page: html, onStop });
  return { ...page, update: (history) => page.send(collectUpdate(training, data, history)) };
}

/** Script and style of a page, as the build compiled them from src/report/browser. */
export function loadAssets(script: 'page.js' | 'sweep.js' = 'page.js'): PageAssets {
  const read = (name: string) => readFileSync(new URL(`../../report/browser/${name}`, import.meta.url), 'utf8');
  return { script: read(script), style: read('page.css') };
}
