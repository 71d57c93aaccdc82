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

// The command train. Here: load, then one run, or one per seed, and what is printed in the end. options.ts: what a user
// may give. run.ts: one run from the first step to the last, and the files that it writes; saver.ts saves the net, and
// progress.ts shows how far the run is.

export const defineTrain: DefineCommand = (command, run) => {
  for (const { option } of Object.values(TRAIN_OPTIONS)) command.addOption(option);
  command.addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors').action(
    run((cli: Cli, given: TrainFlags) => {
      checkTrainFlags(given);
      return trainCommand(cli, withModelPaths(cli, given));
    }),
  );
};

/** Load, fit, evaluate, save, print. */
async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  const data = loadData(cli, options.data);
  const training = openTraining(options, data);
  await openFiles(cli, options);
  if (training.hyperParameters.gradient === 'naive') note(cli, costWarning(training, data));
  const first = training.iteration;
  const stop = listenForStop();
  try {
    if (options.seeds) return await trainSeeds(cli, options, options.seeds, training.hyperParameters, data, stop);
    const run = await runTraining(cli, options, training, data, stop);
    return reportRun(cli, options, run, first);
  } finally {
    stop.ignore();
  }
}

/** Resolves `--resume last`. A run that is resumed saves to where it came from, unless --save names another file. */
function withModelPaths(cli: Cli, options: TrainFlags): TrainFlags {
  const { resume: name, save } = options;
  if (name === undefined) return options;
  const resume = modelPath(cli, name);
  return { ...options, resume, save: save ?? (resume === lastNetFile() || isSpecial(resume) ? undefined : resume) };
}

/** A new run, or the one that is resumed. */
function openTraining(options: TrainFlags, data: Data): Training {
  const { resume, otherData } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const hyperParameters = chooseHyperParameters(options, resumed, data.train);
  if (resume === undefined || resumed === undefined) return newTraining(hyperParameters, data.train.inputSize);
  checkTrainedOn(resume, resumed, data, otherData);
  return { ...resumed, hyperParameters };
}

/** Makes sure that the files of all runs can be written, before any work is done. */
async function openFiles(cli: Cli, options: TrainFlags): Promise<void> {
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
 * Makes sure that --save replaces a file of another run only if that is wanted: asks in a terminal.
 *
 * @throws InputError if the answer is no, or if there is neither --force nor a terminal
 */
async function confirmReplacing(
  { err, translate }: Cli,
  { force }: { readonly force?: boolean | undefined },
  outputs: readonly Output[],
): Promise<void> {
  const taken = force ? [] : takenOutputs(outputs.filter(({ option }) => option === '--save'));
  if (taken.length === 0) return;
  const [{ path }] = taken;
  const names = printable(taken.map((output) => output.path).join(', '));
  if (process.stdin.isTTY && err.isTTY) {
    const { createInterface } = await import('node:readline');
    // Not `terminal`: Ctrl-C stays the signal that ends the process.
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

/** Estimates the duration of the notebook's loop from a few losses timed now. */
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
 * Trains once per seed, and prints a line for each, then mean and sample standard deviation of the accuracies over the
 * runs that were finished. A signal ends the current run and begins no other.
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
 * Prints how a run went, and returns the exit code that says so.
 *
 * @param first iterations done before this run
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

/** How to use a net that was kept as the last one, how to keep it for good, and, if it is a new one, how to save it at once. */
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

/** Measures of a run, by the names that --expect and --json have. */
function measuresOf({ testAccuracy, trainAccuracy, loss }: RunResult): Record<string, number | null> {
  return { testAccuracy, trainAccuracy, loss };
}

/** Says what went wrong in a run that ended all the same. */
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
 * In this order: stopped by a signal, not finite, a file that could not be written, an expectation not met. With
 * --record, a run that is no longer finite is a result like others.
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
