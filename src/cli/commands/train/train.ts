import { gather } from '../../../dataset/mini-batch.js';
import type { Data } from '../../../engines/engine.js';
import { formatCount, InputError, MachineError, plural, printable } from '../../../errors.js';
import { isSpecial } from '../../../files/write.js';
import { checkOutputs, type Output, takenOutputs } from '../../../files/outputs.js';
import { loss, parameterCount } from '../../../network/two-layer-net.js';
import type { HyperParameters } from '../../../training/hyper-parameters.js';
import { spread } from '../../../training/metrics.js';
import { checkTrainedOn, loadTraining } from '../../../training/model-file.js';
import { newTraining, type Training } from '../../../training/train.js';
import {
  type Cli,
  type DefineCommand,
  EXIT,
  type ExpectationResult,
  judge,
  note,
  print,
  printError,
  printJson,
  toFailure,
  unmet,
} from '../../command.js';
import { dataInputs, LAST, lastNetFile, loadData, modelPath } from '../../inputs.js';
import { commandLine, listenForStop, quoteWord, type Stop, STOP_CODES } from '../../process.js';
import { formatDuration } from '../../terminal.js';
import {
  checkTrainFlags,
  chooseHyperParameters,
  flagsOfSeed,
  TRAIN_OPTIONS,
  type TrainFlags,
  trainOutputs,
} from './options.js';
import { type RunResult, runTraining } from './run.js';
import { freeName } from './saver.js';

// The command train. This file loads the data and the model, makes one run, or one per seed, and prints the results.
// options.ts has the options, run.ts a run and its outputs, saver.ts the saving of the net, progress.ts the progress
// display.

/** `gd train`: trains the two-layer net, once or once per seed. */
export const defineTrain: DefineCommand = (command, run) => {
  for (const { option } of Object.values(TRAIN_OPTIONS)) command.addOption(option);
  command.addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors').action(
    run((cli: Cli, given: TrainFlags) => {
      checkTrainFlags(given);
      return trainCommand(cli, withModelPaths(cli, given));
    }),
  );
};

/** Loads the data and the model, checks the outputs, trains, and prints the result. Returns the exit code. */
async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  const data = loadData(cli, options.data);
  const training = openTraining(options, data);
  await prepareOutputs(cli, options);
  if (training.hyperParameters.gradient === 'naive') note(cli, costWarning(training, data));
  const first = training.iteration;
  const stop = listenForStop();
  try {
    if (options.seeds) return await trainSeeds(cli, options, options.seeds, training.hyperParameters, data, stop);
    const run = await runTraining(cli, options, training, data, stop);
    return reportRun(cli, options, run, first);
  } finally {
    stop.release();
  }
}

/** Resolves `--resume last`. A resumed run saves to the file that it comes from, unless --save names another file. */
function withModelPaths(cli: Cli, options: TrainFlags): TrainFlags {
  const { resume: name, save } = options;
  if (name === undefined) return options;
  const resume = modelPath(cli, name);
  return { ...options, resume, save: save ?? (resume === lastNetFile() || isSpecial(resume) ? undefined : resume) };
}

/**
 * A new run, or the one that is resumed.
 *
 * @throws as `loadTraining`, `chooseHyperParameters` and `checkTrainedOn`
 */
function openTraining(options: TrainFlags, data: Data): Training {
  const { resume, otherData } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const hyperParameters = chooseHyperParameters(options, resumed, data.train);
  if (resume === undefined || resumed === undefined) return newTraining(hyperParameters, data.train.inputSize);
  checkTrainedOn(resume, resumed, data, otherData);
  return { ...resumed, hyperParameters };
}

/** Checks, before the work begins, that the outputs of all runs can be written. Makes the folder of --record. */
async function prepareOutputs(cli: Cli, options: TrainFlags): Promise<void> {
  const { resume, seeds, record } = options;
  const outputs = (seeds?.map((seed) => flagsOfSeed(options, seed)) ?? [options]).flatMap(trainOutputs);
  const inputs = dataInputs(options.data);
  if (resume !== undefined) inputs.unshift({ what: 'the model of --resume', path: resume });
  const isResumedFile = resume !== undefined && options.save === resume;
  try {
    checkOutputs(outputs, inputs);
  } catch (error) {
    if (!isResumedFile || error instanceof InputError) throw error;
    throw new MachineError(`${toFailure(error).message}; to save elsewhere, add --save FILE`);
  }
  await confirmReplacing(cli, options, outputs);
  if (record !== undefined) (await import('../../../sweep/folder.js')).openRecordFolder(record);
  if (isResumedFile) note(cli, `saves to ${resume}, which it goes on with; --save names another file`);
}

/**
 * Asks, in a terminal, whether --save may replace the file of another run.
 *
 * @throws InputError if the answer is no, or if there is neither --force nor a terminal
 */
async function confirmReplacing(
  { err, translate }: Cli,
  { force }: TrainFlags,
  outputs: readonly Output[],
): Promise<void> {
  const taken = force ? [] : takenOutputs(outputs.filter(({ option }) => option === '--save'));
  if (taken.length === 0) return;
  const [{ path }] = taken;
  const names = printable(taken.map((output) => output.path).join(', '));
  if (process.stdin.isTTY && err.isTTY) {
    const { createInterface } = await import('node:readline');
    // Without `terminal`, so that Ctrl-C still ends the process.
    const reader = createInterface({ input: process.stdin, output: err, terminal: false });
    err.write(translate(`--save would replace ${names}, of another run. Replace? [y/N] `));
    const { value: answer } = (await reader[Symbol.asyncIterator]().next()) as IteratorResult<string, undefined>;
    reader.close();
    if (/^\s*y(es)?\s*$/i.test(answer ?? '')) return;
    throw new InputError(`${path} stays as it is: name another file with --save`);
  }
  throw new InputError(
    `--save would replace ${names}, of another run: add --force, name another file, or go on with --resume ${path}`,
  );
}

/** A warning about the duration of a run with the naive engine, estimated from the time of a forward pass. */
function costWarning({ net, hyperParameters, iteration }: Training, { train }: Data): string {
  const indices = Uint32Array.from({ length: hyperParameters.batchSize }, (_, i) => i % train.count);
  const { x, t } = gather(train, indices);
  const time = () => {
    const start = performance.now();
    loss(net, x, t);
    return (performance.now() - start) / 1000;
  };
  const passes = 2 * parameterCount(net);
  const step = passes * Math.min(time(), time(), time(), time(), time());
  const steps = hyperParameters.iterations - iteration;
  return (
    `--gradient naive makes ${formatCount(passes)} forward passes per step: about ${formatDuration(step)} per step, ` +
    `${formatDuration(step * steps)} for ${formatCount(steps)}; --gradient numerical gets the same gradient faster`
  );
}

/**
 * Trains once per seed. Prints a line for each run, then mean and sample standard deviation of the accuracies of the
 * runs that were finished. A signal ends the current run and the whole series.
 */
async function trainSeeds(
  cli: Cli,
  options: TrainFlags,
  seeds: readonly number[],
  hyperParameters: HyperParameters,
  data: Data,
  stop: Stop,
): Promise<number> {
  const { json } = options;
  const runs: RunResult[] = [];
  for (const [i, seed] of seeds.entries()) {
    if (stop.signal.aborted) break;
    note(cli, `seed ${seed}, ${i + 1} of ${seeds.length}`);
    const training = newTraining({ ...hyperParameters, seed }, data.train.inputSize);
    const run = await runTraining(cli, flagsOfSeed(options, seed), training, data, stop);
    runs.push(run);
    if (!json) print(cli, row(`seed ${seed}`, run.trainAccuracy, run.testAccuracy) + stoppedNote(run));
    printProblems(cli, run);
  }

  const finished = runs.filter(({ stopped }) => stopped === null);
  const train = spread(finished.map((run) => run.trainAccuracy!));
  const test = spread(finished.map((run) => run.testAccuracy!));
  const losses = spread(finished.map((run) => run.loss!));
  const means = { trainAccuracy: train.mean, testAccuracy: test.mean, loss: losses.mean };
  const expectations = judge(options.expect ?? [], means);
  if (json) {
    const summary = { trainAccuracy: train, testAccuracy: test, loss: losses };
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

function stoppedNote({ stopped, iterations }: RunResult): string {
  return stopped === null ? '' : `  (${stopped} after ${plural(iterations, 'iteration')}: not in the mean)`;
}

/**
 * Prints the result of a run, and returns the exit code.
 *
 * @param first number of iterations before this run
 */
function reportRun(cli: Cli, options: TrainFlags, run: RunResult, first: number): number {
  const expectations = judge(options.expect ?? [], measuresOf(run));
  if (options.json) printJson(cli, { ...run, expectations });
  else {
    if (run.testAccuracy !== null)
      print(cli, `train accuracy  ${run.trainAccuracy}\ntest accuracy   ${run.testAccuracy}`);
    print(cli, `weights sha256  ${run.sha256}`);
    const { gradient } = run.hyperParameters;
    const steps = plural(run.iterations - first, 'iteration');
    note(cli, `${steps} of ${gradient} in ${formatDuration(run.seconds)}`);
    if (run.saved !== null) note(cli, `saved to ${run.saved}`);
    if (run.kept !== null) for (const line of keptLines(run.kept, options)) note(cli, line);
  }
  printProblems(cli, run);
  return exitCode(cli, options, [run], expectations);
}

/** Command lines that use a net that was kept as the last one, copy it, and, for a new run, save it from the start. */
function keptLines(kept: string, { data, resume }: TrainFlags): string[] {
  const file = freeName(data === undefined ? 'mnist' : 'net');
  const copy = process.platform === 'win32' ? 'copy' : 'cp';
  const use = ['predict', LAST, '--index', '7', ...(data === undefined ? [] : ['--data', data])];
  return [
    `kept until the next run: ${commandLine(use)}`,
    `to keep it for good: ${[copy, kept, file].map((word) => quoteWord(word)).join(' ')}`,
    ...(resume === undefined
      ? [`to save it next time: ${commandLine([...process.argv.slice(2), '--save', file])}`]
      : []),
  ];
}

/** The measures of --expect, by their keys in the --json object. */
function measuresOf({ testAccuracy, trainAccuracy, loss }: RunResult): Record<string, number | null> {
  return { testAccuracy, trainAccuracy, loss };
}

/** Prints what went wrong in a run that has a result: values that are not finite, outputs that were not written. */
function printProblems(cli: Cli, { stopped, iterations, loss, hyperParameters, refusals }: RunResult): void {
  if (stopped === 'not-finite') {
    printError(
      cli,
      `loss, gradient or weights would no longer be finite at step ${iterations} (loss ${loss}); the net is as it was before that step: try a smaller --lr than ${hyperParameters.learningRate}`,
    );
  }
  for (const refusal of refusals) printError(cli, refusal);
}

/**
 * The exit code of the first case that applies: stopped by a signal, not finite, an output that was not written, an
 * expectation that is not met. With --record, a run that is not finite is a result, not an error.
 */
function exitCode(
  cli: Cli,
  { record }: TrainFlags,
  runs: readonly RunResult[],
  expectations: readonly ExpectationResult[],
): number {
  for (const { stopped } of runs) if (stopped !== null && stopped !== 'not-finite') return STOP_CODES[stopped];
  const line = unmet(expectations);
  if (line !== undefined) printError(cli, line);
  if (record === undefined && runs.some(({ stopped }) => stopped === 'not-finite')) return EXIT.notFinite;
  if (runs.some(({ refusals }) => refusals.length > 0)) return EXIT.failed;
  return line === undefined ? EXIT.done : EXIT.notMet;
}
