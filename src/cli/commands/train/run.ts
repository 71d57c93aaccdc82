import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Data } from '../../../engines/engine.js';
import { openEngine } from '../../../engines/registry.js';
import { formatCount, plural } from '../../../errors.js';
import { collectHistory, type History } from '../../../training/history.js';
import { type Waiting } from '../../../files/special.js';
import { openTrainingLog, readTrainingLog, type TrainingLog } from '../../../training/log.js';
import { version } from '../../../files/package.js';
import { keepRecord } from '../../../sweep/folder.js';
import { runOf } from '../../../sweep/plan.js';
import { openRecorder } from '../../../sweep/run.js';
import { weightsDigest } from '../../../training/model-file.js';
import { iterationsPerEpoch, train, type Training, type TrainingEvent } from '../../../training/train.js';
import { identifyDataset } from '../../../training/trained-on.js';
import { type Cli, EXIT, note, print, printJson, toFailure, printError } from '../../command.js';
import { keepNet, LAST } from '../../last-net.js';
import { judge, unmet, type Verdict } from '../../options.js';
import { type Stop, STOP_CODES, type StopSignal } from '../../signals.js';
import { commandLine, quoteWord } from '../../shell.js';
import { formatDuration } from '../../terminal.js';
import { prepareTensorFlow } from '../../../tensorflow/load.js';
import type { LiveRun } from '../report.js';
import { resumeCommand, type TrainFlags } from './options.js';
import { openProgress } from './progress.js';
import { freeName, openModelSaver } from './saver.js';

/** How a run went; `--json` prints it. */
export type Run = Awaited<ReturnType<typeof runTraining>>;

/** Trains as `trainToEnd` does, with a page about the run if --live wants one. */
export async function runTraining(cli: Cli, options: TrainFlags, training: Training, data: Data, stop: Stop) {
  if (!options.live) return trainToEnd(cli, options, training, data, stop);
  const { serveRun } = await import('../report.js');
  const live = await serveRun(options, { training, data, folder: options.data }, stop.request);
  note(cli, {}, `live page: ${live.url}`); // also with --quiet: its token is known from here only
  try {
    return await trainToEnd(cli, options, training, data, stop, live);
  } finally {
    live.close();
  }
}

/**
 * Trains to the end, or until `stop` says so: shows progress, writes the log, saves at every checkpoint and at the end.
 * A file that is not writable does not end the run: a note says so at once, and `refusals` has it.
 */
async function trainToEnd(cli: Cli, options: TrainFlags, training: Training, data: Data, stop: Stop, live?: LiveRun) {
  const { hyperParameters } = training;
  const { iterations } = hyperParameters;
  const { threads, data: folder, save, evalEvery } = options;
  const first = training.iteration;
  const isKept = save === undefined && options.record === undefined && options.keep !== false;
  if (hyperParameters.gradient === 'tfjs') prepareTensorFlow(process, options);
  const start = performance.now();
  const refusals: string[] = [];

  // Open
  const history = collectHistory();
  const recorder = options.record === undefined ? undefined : openRecorder();
  const engine = await openEngine(hyperParameters.gradient, {
    ...hyperParameters,
    ...(threads !== undefined && { threads }),
    onProgress: (done, total) => progress.within(done, total),
  });
  const progress = openProgress(cli, options, { first, last: iterations, history: history.history });
  const say = progress.note;
  /** How to wait for a program that reads from a pipe: signals are heard meanwhile. */
  const waitFor = (path: string) => ({
    signal: stop.signal,
    onWait: () => say(`waiting for a program that reads from ${path}`),
  });
  const saver = openModelSaver(save, say, waitFor);
  const onStop = () => say(`${stop.received()!}: finishing this step; a second signal ends the run at once`);
  stop.signal.addEventListener('abort', onStop, { once: true });

  // Fit and evaluate
  const last: Partial<{ [E in TrainingEvent as E['type']]: E }> = {};
  let log: TrainingLog | undefined;
  let failure: unknown;
  try {
    if (options.log !== undefined) {
      log = await openLog(options.log, training, waitFor(options.log), (problem) => {
        refusals.push(problem);
        say(`${problem}; training goes on without it`);
      });
    }
    const events = train(training, data, engine, {
      signal: stop.signal,
      lossAfter: options.log !== undefined,
      ...(evalEvery !== undefined && { evalEvery }),
      ...(live && { wantsNet: live.isWanted }),
      ...(save !== undefined && {
        checkpointEvery: options.checkpointEvery ?? iterationsPerEpoch(data.train, hyperParameters.batchSize),
      }),
    });
    for await (const event of events) {
      Object.assign(last, { [event.type]: event });
      if (event.type === 'start') {
        const { threads: used, fallback, fewerThreads } = event;
        if (fallback !== undefined) say(`plain TypeScript is used, which is slower: ${fallback}`);
        else if (fewerThreads !== undefined) say(`threads: ${used}, because ${fewerThreads}`);
        if (save !== undefined || isKept) training.dataset = identifyDataset(data, folder); // now, while threads start
      }
      progress.event(event);
      if (event.type === 'step') history.loss(event.step, event.loss);
      else if (event.type === 'accuracy') history.accuracy(event.iteration, event.train, event.test);
      recorder?.event(event);
      await log?.event(event);
      if (event.type === 'snapshot') live?.update(history.history());
      if (event.type === 'checkpoint' && event.iteration < iterations) saver.checkpoint(training);
    }
  } catch (error) {
    failure = error;
  } finally {
    await log?.close();
    progress.end();
    stop.signal.removeEventListener('abort', onStop);
  }

  // Save
  const isWhole = training.iteration >= iterations;
  const stopped: StopSignal | 'not-finite' | null = last['not-finite']
    ? 'not-finite'
    : isWhole || failure
      ? null
      : stop.received()!;
  let saved: string | undefined;
  let kept: string | undefined;
  // A run that learned nothing overwrites nothing; what was learned before a failure is kept.
  if (training.iteration > first || stopped === 'not-finite') {
    const isInterrupted = stopped !== 'not-finite' && !isWhole;
    if (save !== undefined || isInterrupted) training.dataset = identifyDataset(data, folder);
    const result = await saver.finish(training, isInterrupted);
    saved = result.saved;
    if (result.problem !== undefined) refusals.push(result.problem);
    if (saved === undefined && isKept && result.problem === undefined) {
      kept = keepNet(training, (text) => note(cli, options, text));
    }
    if (saved !== undefined && isInterrupted) note(cli, {}, `to go on: ${resumeCommand(saved, options)}`);
  }
  if (failure !== undefined) throw failure;

  // Record
  if (recorder !== undefined && (isWhole || stopped === 'not-finite')) {
    try {
      const identity = identifyDataset(data, folder);
      const settings = {
        ...hyperParameters,
        evalEvery: evalEvery ?? iterationsPerEpoch(data.train, hyperParameters.batchSize),
      };
      keepRecord(options.record!, recorder.record(runOf(settings, identity, version()), training));
    } catch (error) {
      refusals.push(toFailure(error).message);
    }
  }

  // Report
  let page: string | undefined;
  if (options.report !== undefined) {
    try {
      const { writeReport } = await import('../report.js');
      const model = saved === undefined ? cli.translate('a net that was not saved') : basename(saved);
      const whole = longer(history.history(), options.log, training.iteration);
      const source = { training, data, model, folder, history: whole };
      ({ page } = await writeReport(cli, options, options.report, source, waitFor(options.report)));
    } catch (error) {
      refusals.push(toFailure(error).message);
    }
  }

  const seconds = (performance.now() - start) / 1000;
  if (live) {
    live.update(history.history());
    const done = `The run ended after ${formatCount(training.iteration)} of ${plural(iterations, 'iteration')}`;
    await live.end(stopped === 'not-finite' ? `${done}: the loss is no longer finite.` : `${done}.`, page);
  }

  const accuracy = last.accuracy?.iteration === training.iteration ? last.accuracy : undefined;
  return {
    iterations: training.iteration,
    threads: last.start?.threads ?? null,
    fallback: training.fallback ?? null,
    loss: last['not-finite']?.loss ?? last.step?.loss ?? null,
    trainAccuracy: accuracy?.train ?? null,
    testAccuracy: accuracy?.test ?? null,
    seconds,
    sha256: weightsDigest(training),
    saved: saved ?? null,
    kept: kept ?? null,
    // A signal may also have come after the last step, while a pipe was waited for.
    stopped: stopped ?? (refusals.length > 0 ? (stop.received() ?? null) : null),
    hyperParameters,
    refusals,
  };
}

/**
 * Opens the log of a run. Its first error ends it, but not the run.
 *
 * @param report gets that error
 * @throws as `openTrainingLog`, unless the run was told to stop while it waited for the reader of a pipe
 */
async function openLog(
  path: string,
  training: Training,
  waiting: Waiting,
  report: (problem: string) => void,
): Promise<TrainingLog> {
  let log: TrainingLog | undefined;
  try {
    log = await openTrainingLog(path, training, waiting);
  } catch (error) {
    if (!waiting.signal?.aborted) throw error;
    report(toFailure(error).message);
  }
  async function attempt(action: (log: TrainingLog) => Promise<void>): Promise<void> {
    if (log === undefined) return;
    try {
      await action(log);
    } catch (error) {
      report(toFailure(error).message);
      await log.close().catch(() => undefined);
      log = undefined;
    }
  }
  return { event: (event) => attempt((log) => log.event(event)), close: () => attempt((log) => log.close()) };
}

/** The log also knows what came before a run was resumed; if it could not be written, it knows less. */
function longer(collected: History, log: string | undefined, iterations: number): History {
  if (log === undefined || !statSync(log, { throwIfNoEntry: false })?.isFile()) return collected;
  const logged = readTrainingLog(log, iterations);
  return logged.iterations >= collected.iterations ? logged : collected;
}

/**
 * Prints how a run went, and returns the exit code that says so.
 *
 * @param first iterations done before this run
 * @param argv the command line of this run
 */
export function reportRun(
  cli: Cli,
  options: TrainFlags,
  run: Run,
  { first, argv }: { readonly first: number; readonly argv: readonly string[] },
): number {
  const expectations = judge(options.expect ?? [], measuresOf(run));
  if (options.json) printJson(cli, { ...run, expectations });
  else {
    if (run.testAccuracy !== null)
      print(cli, `train accuracy  ${run.trainAccuracy}\ntest accuracy   ${run.testAccuracy}`);
    print(cli, `weights sha256  ${run.sha256}`);
    const { gradient } = run.hyperParameters;
    const steps = plural(run.iterations - first, 'iteration');
    note(cli, options, `${steps} of ${gradient} in ${formatDuration(run.seconds)}`);
    if (run.saved !== null) note(cli, options, `saved to ${run.saved}`);
    if (run.kept !== null) for (const line of keptLines(run.kept, options, argv)) note(cli, options, line);
  }
  complain(cli, run);
  return exitCode(cli, options, [run], expectations);
}

/** How to use a net that was kept as the last one, how to keep it for good, and how to save one from the start. */
function keptLines(kept: string, { data, resume }: TrainFlags, argv: readonly string[]): string[] {
  const file = freeName(data === undefined ? 'mnist' : 'net');
  const copy = process.platform === 'win32' ? 'copy' : 'cp';
  const use = ['predict', LAST, '--index', '7', ...(data === undefined ? [] : ['--data', data])];
  return [
    `kept until the next run: ${commandLine(use)}`,
    `to keep it for good: ${[copy, kept, file].map((word) => quoteWord(word)).join(' ')}`,
    ...(resume === undefined ? [`to save it next time: ${commandLine([...argv, '--save', file])}`] : []),
  ];
}

/** What --expect can compare. */
export function measuresOf({ testAccuracy, trainAccuracy, loss }: Run): Record<string, number | null> {
  return { testAccuracy, trainAccuracy, loss };
}

/** Says what went wrong in a run that ended all the same. */
export function complain(cli: Cli, { stopped, iterations, loss, hyperParameters, refusals }: Run): void {
  if (stopped === 'not-finite') {
    printError(
      cli,
      `loss, gradient or weights would no longer be finite at step ${iterations} (loss ${loss}); the net is as it was before that step: try a smaller --lr than ${hyperParameters.learningRate}`,
    );
  }
  for (const refusal of refusals) printError(cli, refusal);
}

/**
 * In this order: stopped by a signal, not finite, a file that could not be written, an expectation not met. That a run is
 * no longer finite is as good a result as any where results are recorded.
 */
export function exitCode(
  cli: Cli,
  { record }: TrainFlags,
  runs: readonly Run[],
  expectations: readonly Verdict[],
): number {
  for (const { stopped } of runs) if (stopped !== null && stopped !== 'not-finite') return STOP_CODES[stopped];
  const line = unmet(expectations);
  if (line !== undefined) printError(cli, line);
  if (record === undefined && runs.some(({ stopped }) => stopped === 'not-finite')) return EXIT.notFinite;
  if (runs.some(({ refusals }) => refusals.length > 0)) return EXIT.failed;
  return line === undefined ? EXIT.done : EXIT.notMet;
}
