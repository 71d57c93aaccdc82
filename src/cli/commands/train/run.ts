import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Data } from '../../../engines/engine.js';
import { openEngine } from '../../../engines/registry.js';
import { formatCount, plural } from '../../../errors.js';
import { version } from '../../../files/read.js';
import type { Waiting } from '../../../files/write.js';
import { collectHistory, type History, type HistoryCollector } from '../../../training/history.js';
import { openTrainingLog, readTrainingLog, type TrainingLog } from '../../../training/log.js';
import { identifyDataset, weightsDigest } from '../../../training/model-file.js';
import {
  iterationsPerEpoch,
  type LatestEvents,
  train,
  type Training,
  type TrainingEvent,
  type TrainOptions,
} from '../../../training/train.js';
import { type Cli, note, toFailure } from '../../command.js';
import type { Stop, StopSignal } from '../../process.js';
import { resumeCommand, type TrainFlags } from './options.js';
import { openProgress } from './progress.js';
import { openModelSaver } from './saver.js';

/** The result of a run, which --json prints. */
export type RunResult = Awaited<ReturnType<typeof runTraining>>;

/**
 * Trains to the last iteration or to a stop, shows the progress, and writes the outputs.
 *
 * @param training changed in place
 * @throws as `openTrainingLog`; an error of `train`, after the net is saved
 */
export async function runTraining(cli: Cli, options: TrainFlags, training: Training, data: Data, stop: Stop) {
  const { hyperParameters, iteration: first } = training;
  const { gradient, iterations } = hyperParameters;
  const { threads, evalEvery } = options;
  const start = performance.now();
  const history = collectHistory();
  const engine = await openEngine(gradient, {
    ...hyperParameters,
    ...(threads !== undefined && { threads }),
    onProgress: (done, total) => progress.partOfStep(done, total),
  });
  // The display opens after the outputs, because opening an output may fail, or wait for the reader of a pipe.
  let say = (text: string) => note(cli, text);
  const outputs = await openOutputs(cli, options, { training, data, history, stop, say: (text) => say(text) });
  const progress = await openProgress(cli, { first, last: iterations, history: history.history });
  say = progress.note;
  const onStop = () => say(`${stop.received()!}: finishing this step; a second signal ends the run at once`);
  stop.signal.addEventListener('abort', onStop, { once: true });

  const latest: LatestEvents = {};
  let failure: unknown;
  try {
    const wanted = { ...outputs.wanted, signal: stop.signal, ...(evalEvery !== undefined && { evalEvery }) };
    for await (const event of train(training, data, engine, wanted)) {
      Object.assign(latest, { [event.type]: event });
      if (event.type === 'start') {
        const { threads: used, fallback, fewerThreads } = event;
        if (fallback !== undefined) say(`plain TypeScript is used, which is slower: ${fallback}`);
        else if (fewerThreads !== undefined) say(`threads: ${used}, because ${fewerThreads}`);
      }
      history.event(event);
      progress.event(event);
      await outputs.event(event);
    }
  } catch (error) {
    failure = error;
  }
  await outputs.closeLog();
  progress.end();
  stop.signal.removeEventListener('abort', onStop);

  const isWhole = training.iteration >= iterations;
  const stopped: Stopped = latest['not-finite'] ? 'not-finite' : isWhole || failure ? null : stop.received()!;
  const { saved, kept, refusals } = await outputs.finish(stopped, failure);
  const accuracy = latest.accuracy?.iteration === training.iteration ? latest.accuracy : undefined;
  return {
    iterations: training.iteration,
    threads: latest.start?.threads ?? null,
    fallback: training.fallback ?? null,
    loss: latest['not-finite']?.loss ?? latest.step?.loss ?? null,
    trainAccuracy: accuracy?.train ?? null,
    testAccuracy: accuracy?.test ?? null,
    seconds: (performance.now() - start) / 1000,
    sha256: weightsDigest(training),
    saved: saved ?? null,
    kept: kept ?? null,
    // A signal after the last step may have ended the wait for the reader of a pipe.
    stopped: stopped ?? (refusals.length > 0 ? (stop.received() ?? null) : null),
    hyperParameters,
    refusals,
  };
}

/** Why a run ended before its last iteration; null if it did not. */
type Stopped = StopSignal | 'not-finite' | null;

/** The parts of a run that its outputs use. */
interface RunSource {
  readonly training: Training;
  readonly data: Data;
  readonly history: HistoryCollector;
  readonly stop: Stop;
  /** Prints a note during the run. */
  readonly say: (text: string) => void;
}

/** The outputs of a run: net, log, record, page and live page. An error in one of them does not end the run. */
interface Outputs {
  /** The options of `train` that the outputs need. */
  readonly wanted: Pick<TrainOptions, 'lossAfter' | 'checkpointEvery' | 'wantsNet'>;
  event(event: TrainingEvent): Promise<void>;
  closeLog(): Promise<void>;
  /**
   * Saves the net, and after that writes the other outputs.
   *
   * @param failure the error that ended the run, if one did
   * @throws failure, after the net is saved
   */
  finish(stopped: Stopped, failure?: unknown): Promise<Written>;
}

/** The outputs that were written. */
interface Written {
  /** Path of the net, if it was saved. */
  readonly saved?: string | undefined;
  /** Path of the net in the user's cache, if it was kept there. */
  readonly kept?: string | undefined;
  /** A message for each output that could not be written. */
  readonly refusals: readonly string[];
}

/**
 * Opens the outputs of a run.
 *
 * @throws as `openTrainingLog`, unless the run was told to stop while it waited for the reader of a pipe
 */
async function openOutputs(cli: Cli, options: TrainFlags, source: RunSource): Promise<Outputs> {
  const { training, data, history, stop, say } = source;
  const { save, log: logFile, record, report } = options;
  const { hyperParameters } = training;
  const epoch = iterationsPerEpoch(data.train, hyperParameters.batchSize);
  const first = training.iteration;
  const isKept = save === undefined && record === undefined && options.keep !== false;
  const refusals: string[] = [];
  const refuse = (error: unknown) => void refusals.push(toFailure(error).message);
  /** How to wait for the program that reads from a pipe: until a signal arrives. */
  const waitFor = (path: string): Waiting => ({
    signal: stop.signal,
    onWait: () => say(`waiting for a program that reads from ${path}`),
  });

  const recorder = record === undefined ? undefined : (await import('../../../sweep/run.js')).openRecorder();
  const saver = openModelSaver({ path: save, isKept }, say, waitFor);
  const log = logFile === undefined ? undefined : await openLog(logFile, training, waitFor(logFile), onLogFailure);
  const live = options.live ? await openLive() : undefined;

  function onLogFailure(error: unknown): void {
    refuse(error);
    say(`${refusals.at(-1)}; training goes on without it`);
  }

  async function openLive() {
    const { serveRun } = await import('../report.js');
    const page = await serveRun(cli, { training, data }, stop.request);
    note({ ...cli, quiet: false }, `live page: ${page.url}`); // with --quiet too: only this line tells the token
    return page;
  }

  /** Saves the net, after a failure too. A run that made no step saves nothing, so that it replaces no other net. */
  async function saveNet(stopped: Stopped): Promise<Pick<Written, 'saved' | 'kept'>> {
    if (training.iteration === first && stopped !== 'not-finite') return {};
    const isInterrupted = stopped !== 'not-finite' && training.iteration < hyperParameters.iterations;
    if (save !== undefined || isInterrupted) training.dataset = identifyDataset(data);
    const { problem, ...where } = await saver.finish(training, isInterrupted);
    if (problem !== undefined) refusals.push(problem);
    if (where.saved !== undefined && isInterrupted) {
      note({ ...cli, quiet: false }, `to go on: ${resumeCommand(where.saved, options)}`);
    }
    return where;
  }

  async function writeRecord(folder: string): Promise<void> {
    const [{ keepRecord }, { runOf }] = await Promise.all([
      import('../../../sweep/folder.js'),
      import('../../../sweep/record.js'),
    ]);
    try {
      const settings = { ...hyperParameters, evalEvery: options.evalEvery ?? epoch };
      keepRecord(folder, recorder!.record(runOf(settings, identifyDataset(data), version()), training));
    } catch (error) {
      refuse(error);
    }
  }

  /** Writes the page of --report and returns its HTML; undefined if that fails. */
  async function writePage(path: string, saved: string | undefined): Promise<string | undefined> {
    try {
      const { writeReport } = await import('../report.js');
      const model = saved === undefined ? cli.translate('a net that was not saved') : basename(saved);
      const whole = historyWithLog(history.history(), logFile, training.iteration);
      const { page } = await writeReport(cli, path, { training, data, model, history: whole }, waitFor(path));
      return page;
    } catch (error) {
      refuse(error);
      return undefined;
    }
  }

  return {
    wanted: {
      lossAfter: log !== undefined,
      ...(save !== undefined && { checkpointEvery: options.checkpointEvery ?? epoch }),
      ...(live && { wantsNet: live.isWanted }),
    },
    async event(event) {
      // Hashing the images takes time, which costs nothing while the threads start.
      if (event.type === 'start' && (save !== undefined || isKept)) training.dataset = identifyDataset(data);
      recorder?.event(event);
      await log?.event(event); // before the net is saved: a run that is resumed from it needs all lines
      if (event.type === 'checkpoint' && event.iteration < hyperParameters.iterations) saver.checkpoint(training);
      if (event.type === 'snapshot') live?.update(history.history());
    },
    closeLog: async () => log?.close(),
    async finish(stopped, failure) {
      try {
        const { saved, kept } = await saveNet(stopped);
        if (failure !== undefined) throw failure;
        const hasEnded = stopped === null || stopped === 'not-finite';
        if (record !== undefined && hasEnded) await writeRecord(record);
        const page = report === undefined ? undefined : await writePage(report, saved);
        live?.update(history.history());
        await live?.end(endSentence(training, stopped), page);
        return { saved, kept, refusals };
      } finally {
        live?.close();
      }
    },
  };
}

/** How a run ended, for the live page. */
function endSentence({ iteration, hyperParameters: { iterations } }: Training, stopped: Stopped): string {
  const done = `The run ended after ${formatCount(iteration)} of ${plural(iterations, 'iteration')}`;
  return stopped === 'not-finite' ? `${done}: the loss is no longer finite.` : `${done}.`;
}

/**
 * Opens the log of a run. The first error closes the log, and the run goes on without it.
 *
 * @param report called with this error
 * @throws as `openTrainingLog`, unless the run was told to stop while it waited for the reader of a pipe
 */
async function openLog(
  path: string,
  training: Training,
  waiting: Waiting,
  report: (error: unknown) => void,
): Promise<TrainingLog> {
  let log: TrainingLog | undefined;
  try {
    log = await openTrainingLog(path, training, waiting);
  } catch (error) {
    if (!waiting.signal?.aborted) throw error;
    report(error);
  }
  async function attempt(action: (log: TrainingLog) => Promise<void>): Promise<void> {
    if (log === undefined) return;
    try {
      await action(log);
    } catch (error) {
      report(error);
      await log.close().catch(() => undefined);
      log = undefined;
    }
  }
  return { event: (event) => attempt((log) => log.event(event)), close: () => attempt((log) => log.close()) };
}

/** The longer history: of the log, which has the steps before a run was resumed, or of the run, if the log failed. */
function historyWithLog(collected: History, log: string | undefined, iterations: number): History {
  if (log === undefined || !statSync(log, { throwIfNoEntry: false })?.isFile()) return collected;
  const logged = readTrainingLog(log, iterations);
  return logged.iterations >= collected.iterations ? logged : collected;
}
