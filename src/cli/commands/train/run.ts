import type { Data } from '../../../engines/engine.js';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { openEngine } from '../../../engines/registry.js';
import { formatCount, InputError } from '../../../errors.js';
import { checkWritable } from '../../../files/atomic-write.js';
import { collectHistory, type History } from '../../../training/history.js';
import { openTrainingLog, readTrainingLog, type TrainingLog } from '../../../training/log.js';
import { weightsDigest } from '../../../training/model-file.js';
import {
  iterationsPerEpoch,
  train,
  type Training,
  type TrainingEvent,
  type TrainOptions,
} from '../../../training/train.js';
import { type Cli, EXIT, toFailure, note, print, printJson } from '../../command.js';
import { judge, unmet, type Verdict } from '../../options.js';
import { type Stop, STOP_CODES, type StopSignal } from '../../signals.js';
import { formatDuration } from '../../terminal.js';
import { prepareTensorFlow } from '../../tensorflow-settings.js';
import { resumeCommand, type TrainFlags } from './options.js';
import { openProgress } from './progress.js';
import { openModelSaver } from './saver.js';

/** How a run went; `--json` prints it. */
export type Run = Awaited<ReturnType<typeof runTraining>>;

/**
 * Trains to the end, or until `stop` says so: shows progress, writes the log, saves at every checkpoint and at the end.
 * A disk that refuses does not end the run; what it refused is told at once and is in `refusals`.
 */
export async function runTraining(cli: Cli, options: TrainFlags, training: Training, data: Data, stop: Stop) {
  const { hyperParameters } = training;
  const first = training.iteration;
  const { threads } = options;
  if (hyperParameters.gradient === 'tfjs') prepareTensorFlow(process, options);
  const engine = await openEngine(hyperParameters.gradient, {
    ...hyperParameters,
    ...(threads && { threads }),
    onProgress: (done, total) => progress?.within(done, total),
  });
  const start = performance.now();
  const refusals: string[] = [];
  const say = (text: string) => progress?.note(text);
  const keeper = openModelSaver(options.save, say);
  const report = options.report === undefined ? undefined : openTrainReport(options.report, options);
  let log = options.log === undefined ? undefined : openTrainingLog(options.log, training);
  const progress = options.quiet ? undefined : openProgress(cli, first, hyperParameters.iterations);
  const onStop = () => say(`${stop.received()!}: finishing this step; once more ends at once`);
  stop.signal.addEventListener('abort', onStop, { once: true });

  function toLog(action: (log: TrainingLog) => void): void {
    try {
      if (log) action(log);
    } catch (error) {
      log = undefined;
      const { message } = toFailure(error);
      refusals.push(message);
      say(`${message}; training goes on without it`);
    }
  }

  const last: Partial<{ [E in TrainingEvent as E['type']]: E }> = {};
  let failure: unknown;
  try {
    for await (const event of train(training, data, engine, trainOptions(options, training, data, stop))) {
      Object.assign(last, { [event.type]: event });
      if (event.type === 'start') {
        const { threads, fallback, fewerThreads } = event;
        if (fallback !== undefined) note(cli, options, `plain TypeScript computes, slower: ${fallback}`);
        else if (fewerThreads !== undefined) note(cli, options, `threads: ${threads}, because ${fewerThreads}`);
      }
      progress?.event(event);
      report?.event(event);
      toLog((log) => log.event(event));
      if (event.type === 'checkpoint' && event.iteration < hyperParameters.iterations) keeper.checkpoint(training);
    }
  } catch (error) {
    failure = error;
  } finally {
    progress?.end();
    toLog((log) => log.close());
    stop.signal.removeEventListener('abort', onStop);
  }

  const isWhole = training.iteration >= hyperParameters.iterations;
  const stopped: StopSignal | 'not-finite' | null = last['not-finite']
    ? 'not-finite'
    : isWhole || failure
      ? null
      : stop.received()!;
  // Nothing was learned, nothing is written over; what was learned before a failure is kept.
  const isWanted = training.iteration > first || stopped === 'not-finite';
  const { saved, refusal } = isWanted
    ? keeper.finish(training, stopped !== 'not-finite' && !isWhole)
    : { saved: undefined, refusal: undefined };
  if (refusal !== undefined)
    refusals.push(`${refusal}; ${saved === undefined ? 'the net is lost' : `the net is in ${saved}`}`);
  if (saved !== undefined && !isWhole && stopped !== 'not-finite') {
    cli.err.write(`to go on: ${resumeCommand(saved, options)}\n`);
  }
  if (failure !== undefined) throw failure;
  try {
    await report?.write(cli, training, data, saved);
  } catch (error) {
    refusals.push(toFailure(error).message);
  }

  const accuracy = last.accuracy?.iteration === training.iteration ? last.accuracy : undefined;
  return {
    iterations: training.iteration,
    threads: last.start?.threads ?? null,
    fallback: training.fallback ?? null,
    loss: last['not-finite']?.loss ?? last.step?.loss ?? null,
    trainAccuracy: accuracy?.train ?? null,
    testAccuracy: accuracy?.test ?? null,
    seconds: (performance.now() - start) / 1000,
    sha256: weightsDigest(training),
    saved: saved ?? null,
    stopped,
    hyperParameters,
    refusals,
  };
}

function trainOptions(
  { evalEvery, log, save, checkpointEvery }: TrainFlags,
  { hyperParameters }: Training,
  data: Data,
  { signal }: Stop,
): TrainOptions {
  return {
    signal,
    lossAfter: log !== undefined,
    ...(evalEvery && { evalEvery }),
    ...(save !== undefined && {
      checkpointEvery: checkpointEvery ?? iterationsPerEpoch(data.train, hyperParameters),
    }),
  };
}

/** Prints how a run went, and returns the exit code that says so. */
export function reportRun(cli: Cli, options: TrainFlags, run: Run, first: number): number {
  const expectations = judge(options.expect ?? [], measuresOf(run));
  if (options.json) printJson(cli, { ...run, expectations });
  else {
    if (run.testAccuracy !== null)
      print(cli, `train accuracy  ${run.trainAccuracy}\ntest accuracy   ${run.testAccuracy}`);
    print(cli, `weights sha256  ${run.sha256}`);
    const { gradient } = run.hyperParameters;
    const steps = formatCount(run.iterations - first);
    note(cli, options, `${steps} iterations of ${gradient} in ${formatDuration(run.seconds)}`);
    if (run.saved !== null) note(cli, options, `saved to ${run.saved}`);
  }
  complain(cli, run);
  return exitCode(cli, [run], expectations);
}

/** What --expect may speak of. */
export function measuresOf({ testAccuracy, trainAccuracy, loss }: Run): Record<string, number | null> {
  return { test_accuracy: testAccuracy, train_accuracy: trainAccuracy, loss };
}

/** Says what went wrong in a run that ended all the same. */
export function complain({ err }: Cli, { stopped, iterations, loss, hyperParameters, refusals }: Run): void {
  if (stopped === 'not-finite') {
    err.write(
      `gd-train: loss, gradient or weights would no longer be finite at step ${iterations} (loss ${loss}); the net is kept as it was before it: try a smaller --lr than ${hyperParameters.learningRate}\n`,
    );
  }
  for (const refusal of refusals) err.write(`gd-train: ${refusal}\n`);
}

/** Of runs: stopped by a signal, before not finite, before refused by the machine, before an expectation not met. */
export function exitCode(cli: Cli, runs: readonly Run[], expectations: readonly Verdict[]): number {
  for (const { stopped } of runs) if (stopped !== null && stopped !== 'not-finite') return STOP_CODES[stopped];
  const line = unmet(expectations);
  if (line !== undefined) cli.err.write(`gd-train: ${line}\n`);
  if (runs.some(({ stopped }) => stopped === 'not-finite')) return EXIT.notFinite;
  if (runs.some(({ refusals }) => refusals.length > 0)) return EXIT.failed;
  return line === undefined ? EXIT.done : EXIT.notMet;
}

/** The page that `train --report` writes: watches the run, then is written. */
export interface TrainReport {
  event(event: TrainingEvent): void;
  /** @param saved where the net is, if it was saved */
  write(cli: Cli, training: Training, data: Data, saved: string | undefined): Promise<void>;
}

/**
 * Begins the page of a run.
 *
 * @throws InputError if it is standard output; the system's error if it cannot be written
 */
export function openTrainReport(path: string, options: TrainFlags): TrainReport {
  if (path === '-') throw new InputError('--report cannot be "-": results go to standard output; name a file');
  checkWritable(path);
  const collector = collectHistory();
  return {
    event(event) {
      if (event.type === 'step') collector.loss(event.step, event.loss);
      if (event.type === 'accuracy') collector.accuracy(event.iteration, event.train, event.test);
    },
    async write(cli, training, data, saved) {
      const { writeReport } = await import('../report.js');
      const history = longer(collector.history(), options.log, training.iteration);
      const model = saved === undefined ? 'a net that was not saved' : basename(saved);
      writeReport(cli, options, path, { training, data, model, folder: options.data, history });
    },
  };
}

/** The log also knows what came before a run was resumed; if the disk refused it, it knows less. */
function longer(collected: History, log: string | undefined, iterations: number): History {
  if (log === undefined || !statSync(log, { throwIfNoEntry: false })?.isFile()) return collected;
  const logged = readTrainingLog(log, iterations);
  return logged.iterations >= collected.iterations ? logged : collected;
}
