import { loadDataset } from '../../dataset/mnist.js';
import { gather } from '../../dataset/mini-batch.js';
import { engines, openEngine } from '../../gradients/engine.js';
import { InputError } from '../../input-error.js';
import { loss, parameterCount } from '../../network/two-layer-net.js';
import { loadTraining, saveTraining, weightsDigest } from '../../training/checkpoint.js';
import { checkWritable } from '../../training/save-file.js';
import { newTraining, train, type Training, type TrainingEvent } from '../../training/train.js';
import { note, print, printJson, type Cli } from '../cli.js';
import { EXIT } from '../errors.js';
import { interruptedName, resumeCommand } from '../interrupted.js';
import type { DefineCommand } from '../main.js';
import { oneOf, positive, whole } from '../options.js';
import { openProgress } from '../progress.js';
import { listenForStop } from '../signals.js';
import { chooseHyperParameters, type TrainFlags } from '../train-options.js';
import { openTrainReport } from '../train-report.js';
import { openTrainingLog } from '../training-log.js';
import { formatCount, formatDuration } from '../units.js';

export const defineTrain: DefineCommand = (command, run) =>
  command
    .addOption(positive('--lr <rate>', 'learning rate (default: 0.1)'))
    .addOption(whole('--iters <n>', 'iterations in all, resumed ones included (default: 10000)', 1, 1e9))
    .addOption(whole('--batch <n>', 'images a mini-batch (default: 100)', 1, 1e6))
    .addOption(whole('--hidden <n>', 'hidden units (default: 100)', 1, 1e6))
    .addOption(whole('--seed <n>', 'seed of weights and mini-batches, as np.random.seed (default: 0)', 0, 2 ** 32 - 1))
    .addOption(oneOf('--gradient <engine>', 'default backprop', Object.keys(engines)))
    .addOption(positive('--h <step>', 'step of the numerical gradient (default: 1e-4)'))
    .addOption(
      oneOf('--precision <type>', 'of weights and arithmetic; f32 with backprop only, default f64', ['f64', 'f32']),
    )
    .addOption(
      whole('--threads <n>', 'most threads to use; no result depends on it (default: all processors)', 1, 1024),
    )
    .option('--data <folder>', 'the four IDX files, raw or .gz (default: MNIST, installed with gd-train)')
    .option('--save <file>', 'write the trained net there (safetensors)')
    .option('--resume <file>', 'go on with a saved net, with its options unless given anew')
    .option('--log <file>', 'loss of every iteration, one JSON object a line')
    .option('--report <file>', 'a page about the run, to open in a browser (HTML)')
    .addOption(whole('--eval-every <n>', 'iterations between accuracies (default: an epoch)', 1, 1e9))
    .addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors')
    .action(run(trainCommand));

async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  const { save, log, data: folder, json, quiet, evalEvery } = options;
  if (save !== undefined && save === log)
    throw new InputError(`--save and --log both name ${save}: they need a file each`);
  const resumed = options.resume === undefined ? undefined : loadTraining(options.resume);
  const hyperParameters = chooseHyperParameters(options, resumed);
  const data = loadDataset(folder);
  const training = resumed ? { ...resumed, hyperParameters } : newTraining(hyperParameters, data.train.inputSize);
  if (training.net.inputSize !== data.train.inputSize) {
    throw new InputError(
      `${options.resume} was trained on images of ${training.net.inputSize} pixels, these have ${data.train.inputSize}`,
    );
  }
  if (save !== undefined) checkWritable(save);
  const logFile = log === undefined ? undefined : openTrainingLog(log, training);
  const report = options.report === undefined ? undefined : openTrainReport(options.report, options);
  if (hyperParameters.gradient === 'naive') warnOfCost(cli, options, training, data);

  const first = training.iteration;
  const start = performance.now();
  const progress = quiet ? undefined : openProgress(cli, first, hyperParameters.iterations);
  const stop = listenForStop((name) => progress?.note(`${name}: finishing this step; once more ends at once`));
  const engine = await openEngine(hyperParameters.gradient, {
    ...hyperParameters,
    ...(options.threads && { threads: options.threads }),
    ...(progress && { onProgress: progress.within }),
  });
  const last: Partial<{ [E in TrainingEvent as E['type']]: E }> = {};
  const steps = train(training, data, engine, {
    signal: stop.signal,
    lossAfter: logFile !== undefined,
    ...(evalEvery && { evalEvery }),
  });
  try {
    for await (const event of steps) {
      Object.assign(last, { [event.type]: event });
      if (event.type === 'start' && event.fallback !== undefined) {
        note(cli, options, `plain TypeScript computes, slower: ${event.fallback}`);
      }
      progress?.event(event);
      logFile?.event(event);
      report?.event(event);
      if (event.type === 'accuracy' && save !== undefined) saveTraining(save, training); // not even kill -9 loses it all
    }
  } catch (error) {
    if (save !== undefined) saveTraining(save, training); // what was learned before the failure is kept
    throw error;
  } finally {
    progress?.end();
    logFile?.close();
    stop.ignore();
  }

  const seconds = (performance.now() - start) / 1000;
  const stopped = last['not-finite']
    ? 'not-finite'
    : training.iteration < hyperParameters.iterations
      ? stop.received()
      : undefined;
  const saved = stopped === undefined || stopped === 'not-finite' ? save : (save ?? interruptedName());
  if (saved !== undefined) saveTraining(saved, training);

  await report?.write(cli, training, data);

  const accuracy = last.accuracy?.iteration === training.iteration ? last.accuracy : undefined;
  const result = {
    iterations: training.iteration,
    loss: last['not-finite']?.loss ?? last.step?.loss ?? null,
    trainAccuracy: accuracy?.train ?? null,
    testAccuracy: accuracy?.test ?? null,
    seconds,
    sha256: weightsDigest(training),
    saved: saved ?? null,
    stopped: stopped === undefined ? null : stopped === 'not-finite' ? stopped : stopped.name,
    hyperParameters,
  };
  if (json) printJson(cli, result);
  else {
    if (accuracy) print(cli, `train accuracy  ${accuracy.train}\ntest accuracy   ${accuracy.test}`);
    print(cli, `weights sha256  ${result.sha256}`);
    note(
      cli,
      options,
      `${formatCount(training.iteration - first)} iterations of ${hyperParameters.gradient} in ${formatDuration(seconds)}`,
    );
    if (saved !== undefined) note(cli, options, `saved to ${saved}`);
  }
  if (stopped === undefined) return EXIT.done;
  if (stopped === 'not-finite') {
    cli.err.write(
      `gd-train: loss, gradient or weights would no longer be finite at step ${training.iteration} (loss ${result.loss}); the net is kept as it was before it: try a smaller --lr than ${hyperParameters.learningRate}\n`,
    );
    return EXIT.notFinite;
  }
  cli.err.write(`to go on: ${resumeCommand(saved!, options)}\n`);
  return stopped.exitCode;
}

/** Says what the notebook's loop will take, from a few losses timed here and now. */
function warnOfCost(
  cli: Cli,
  options: TrainFlags,
  { net, hyperParameters, iteration }: Training,
  data: ReturnType<typeof loadDataset>,
): void {
  const indices = Uint32Array.from({ length: hyperParameters.batchSize }, (_, i) => i % data.train.count);
  const { x, t } = gather(data.train, indices);
  const time = () => {
    const start = performance.now();
    loss(net, x, t);
    return (performance.now() - start) / 1000;
  };
  const passes = 2 * parameterCount(net);
  const step = passes * Math.min(time(), time(), time(), time(), time());
  const steps = hyperParameters.iterations - iteration;
  note(
    cli,
    options,
    `--gradient naive makes ${formatCount(passes)} forward passes a step: about ${formatDuration(step)} a step, ` +
      `${formatDuration(step * steps)} for ${formatCount(steps)}; --gradient numerical gets the same gradient faster`,
  );
}
