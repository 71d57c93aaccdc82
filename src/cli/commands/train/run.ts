import type { Data } from '../../../engines/engine.js';
import { openEngine } from '../../../engines/registry.js';
import { collectHistory } from '../../../training/history.js';
import { weightsDigest } from '../../../training/model-file.js';
import { train, type Training, type TrainingEvent } from '../../../training/train.js';
import { type Cli, note } from '../../command.js';
import type { Stop } from '../../process.js';
import type { TrainFlags } from './options.js';
import { openOutputs, type Stopped } from './outputs.js';
import { openProgress } from './progress.js';

/** How a run went; `--json` prints it. */
export type Run = Awaited<ReturnType<typeof runTraining>>;

/** One run: trains to the end, or until `stop` says so, and shows and writes what comes of it. */
export async function runTraining(cli: Cli, options: TrainFlags, training: Training, data: Data, stop: Stop) {
  const { hyperParameters, iteration: first } = training;
  const { gradient, iterations } = hyperParameters;
  const { threads, evalEvery } = options;
  if (gradient === 'tfjs') (await import('../../../tensorflow/load.js')).prepareTensorFlow(process, options);
  const start = performance.now();
  const history = collectHistory();
  const engine = await openEngine(gradient, {
    ...hyperParameters,
    ...(threads !== undefined && { threads }),
    onProgress: (done, total) => progress.within(done, total),
  });
  let say = (text: string) => note(cli, options, text);
  const outputs = await openOutputs(cli, options, { training, data, history, stop, say: (text) => say(text) });
  const progress = await openProgress(cli, options, { first, last: iterations, history: history.history });
  say = progress.note;
  const onStop = () => say(`${stop.received()!}: finishing this step; a second signal ends the run at once`);
  stop.signal.addEventListener('abort', onStop, { once: true });

  const last: Partial<{ [E in TrainingEvent as E['type']]: E }> = {};
  let failure: unknown;
  try {
    const wanted = { ...outputs.wanted, signal: stop.signal, ...(evalEvery !== undefined && { evalEvery }) };
    for await (const event of train(training, data, engine, wanted)) {
      Object.assign(last, { [event.type]: event });
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
  const stopped: Stopped = last['not-finite'] ? 'not-finite' : isWhole || failure ? null : stop.received()!;
  const { saved, kept, refusals } = await outputs.finish(stopped, failure);
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
    kept: kept ?? null,
    // A signal may also have come after the last step, while a pipe was waited for.
    stopped: stopped ?? (refusals.length > 0 ? (stop.received() ?? null) : null),
    hyperParameters,
    refusals,
  };
}
