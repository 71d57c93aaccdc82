import type { Data } from '../../../engines/engine.js';
import { InputError, MachineError, plural } from '../../../errors.js';
import { isSpecial } from '../../../files/write.js';
import { checkOutputs, type Input } from '../../../files/outputs.js';
import { openRecordFolder } from '../../../sweep/folder.js';
import type { HyperParameters } from '../../../training/hyper-parameters.js';
import { spread } from '../../../training/metrics.js';
import { checkTrainedOn, loadTraining } from '../../../training/model-file.js';
import { newTraining } from '../../../training/train.js';
import { type Cli, type DefineCommand, note, print, printJson, toFailure } from '../../command.js';
import { dataInputs, lastNetFile, loadData, modelPath } from '../../inputs.js';
import { judge } from '../../options.js';
import { listenForStop, type Stop } from '../../process.js';
import {
  checkTrainFlags,
  chooseHyperParameters,
  flagsOfSeed,
  TRAIN_OPTIONS,
  type TrainFlags,
  trainOutputs,
} from './options.js';
import { costWarning } from './progress.js';
import { complain, exitCode, measuresOf, reportRun, type Run, runTraining } from './run.js';
import { confirmReplacing } from './saver.js';

// The command train. Here: load, then one run, or one per seed. options.ts: what a user may give. run.ts: one run from
// the first step to the saved file, with progress.ts, which shows it, and saver.ts, which saves.

export const defineTrain: DefineCommand = (command, run) => {
  for (const { option } of Object.values(TRAIN_OPTIONS)) command.addOption(option);
  command
    .addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors')
    .action(run(trainCommand));
};

async function trainCommand(cli: Cli, given: TrainFlags): Promise<number> {
  checkTrainFlags(given);
  const options = withModelFiles(cli, given);
  const { resume, seeds } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const data = loadData(cli, options);
  const hyperParameters = chooseHyperParameters(options, resumed, data.train);
  const training = resumed ? { ...resumed, hyperParameters } : newTraining(hyperParameters, data.train.inputSize);
  if (resume !== undefined) checkTrainedOn(resume, training, data, options);
  const runs = seeds?.map((seed) => flagsOfSeed(options, seed)) ?? [options];
  const outputs = runs.flatMap(trainOutputs);
  const isResumedFile = options.save !== given.save;
  try {
    checkOutputs(outputs, inputsOf(options));
  } catch (error) {
    if (!isResumedFile || error instanceof InputError) throw error;
    throw new MachineError(`${toFailure(error).message}; to save elsewhere, add --save FILE`);
  }
  await confirmReplacing(cli, options, outputs);
  if (options.record !== undefined) openRecordFolder(options.record);
  if (isResumedFile) note(cli, options, `saves to ${resume}, which it goes on with; --save names another file`);
  if (hyperParameters.gradient === 'naive') note(cli, options, costWarning(training, data));

  const first = training.iteration;
  const stop = listenForStop();
  try {
    if (seeds !== undefined) return await trainSeeds(cli, { ...options, seeds }, hyperParameters, data, stop);
    const outcome = await runTraining(cli, options, training, data, stop);
    return reportRun(cli, options, outcome, { first, argv: process.argv.slice(2) });
  } finally {
    stop.ignore();
  }
}

/** Resolves `--resume last`. A run that is resumed saves to where it came from, unless --save names another file. */
function withModelFiles(cli: Cli, options: TrainFlags): TrainFlags {
  if (options.resume === undefined) return options;
  const resume = modelPath(cli, options, options.resume);
  const isKept = resume === lastNetFile();
  if (options.save !== undefined || isKept || isSpecial(resume)) return { ...options, resume };
  return { ...options, resume, save: resume };
}

function inputsOf({ resume, data }: TrainFlags): Input[] {
  const files = dataInputs(data);
  return resume === undefined ? files : [{ what: 'the model of --resume', path: resume }, ...files];
}

/**
 * Trains once per seed, and prints a line for each, then mean and sample standard deviation of the accuracies over the
 * runs that were finished. A signal ends the current run and begins no other.
 */
async function trainSeeds(
  cli: Cli,
  options: TrainFlags & { seeds: number[] },
  hyperParameters: HyperParameters,
  data: Data,
  stop: Stop,
): Promise<number> {
  const { seeds, json } = options;
  const flags = seeds.map((seed) => flagsOfSeed(options, seed));

  const runs: Run[] = [];
  for (const [i, seed] of seeds.entries()) {
    if (stop.signal.aborted) break;
    note(cli, options, `seed ${seed}, ${i + 1} of ${seeds.length}`);
    const training = newTraining({ ...hyperParameters, seed }, data.train.inputSize);
    const run = await runTraining(cli, flags[i], training, data, stop);
    runs.push(run);
    if (!json) print(cli, row(`seed ${seed}`, run.trainAccuracy, run.testAccuracy) + aside(run));
    complain(cli, run);
  }

  const finished = runs.filter(({ stopped }) => stopped === null);
  const over = (measure: string) => spread(finished.map((run) => measuresOf(run)[measure]!));
  const [train, test, loss] = [over('trainAccuracy'), over('testAccuracy'), over('loss')];
  const means = { trainAccuracy: train.mean, testAccuracy: test.mean, loss: loss.mean };
  const expectations = judge(options.expect ?? [], means);
  if (json) {
    const summary = { trainAccuracy: train, testAccuracy: test, loss };
    printJson(cli, { seeds, finished: finished.length, ...summary, runs, expectations });
  } else {
    print(cli, row(`mean of ${finished.length}`, train.mean, test.mean));
    print(cli, row('std (n - 1)', train.std, test.std));
  }
  return exitCode(cli, options, runs, expectations);
}

function row(label: string, train: number | null, test: number | null): string {
  return `${label.padEnd(15)}  train accuracy ${String(train ?? '-').padEnd(20)}  test accuracy ${test ?? '-'}`;
}

function aside({ stopped, iterations }: Run): string {
  return stopped === null ? '' : `  (${stopped} after ${plural(iterations, 'iteration')}: not in the mean)`;
}
