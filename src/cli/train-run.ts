import type { Data } from '../gradients/descent.js';
import { openEngine } from '../gradients/engine.js';
import { weightsDigest } from '../training/checkpoint.js';
import { iterationsPerEpoch, train, type Training, type TrainingEvent, type TrainOptions } from '../training/train.js';
import { note, type Cli } from './cli.js';
import { explain } from './errors.js';
import { keepNet } from './keep-net.js';
import { openProgress } from './progress.js';
import { resumeCommand } from './resume-command.js';
import type { Stop, StopSignal } from './signals.js';
import type { TrainFlags } from './train-options.js';
import { openTrainReport } from './train-report.js';
import { openTrainingLog, type TrainingLog } from './training-log.js';

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
  const engine = await openEngine(hyperParameters.gradient, {
    ...hyperParameters,
    ...(threads && { threads }),
    onProgress: (done, total) => progress?.within(done, total),
  });
  const start = performance.now();
  const refusals: string[] = [];
  const say = (text: string) => progress?.note(text);
  const keeper = keepNet(options.save, say);
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
      const { message } = explain(error);
      refusals.push(message);
      say(`${message}; training goes on without it`);
    }
  }

  const last: Partial<{ [E in TrainingEvent as E['type']]: E }> = {};
  let failure: unknown;
  try {
    for await (const event of train(training, data, engine, trainOptions(options, training, data, stop))) {
      Object.assign(last, { [event.type]: event });
      if (event.type === 'start' && event.fallback !== undefined) {
        note(cli, options, `plain TypeScript computes, slower: ${event.fallback}`);
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
    refusals.push(explain(error).message);
  }

  const accuracy = last.accuracy?.iteration === training.iteration ? last.accuracy : undefined;
  return {
    iterations: training.iteration,
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
