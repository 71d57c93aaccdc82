import { loadDataset } from '../../dataset/mnist.js';
import { engines } from '../../gradients/engine.js';
import { InputError } from '../../input-error.js';
import { loadTraining } from '../../training/checkpoint.js';
import { MOST } from '../../training/hyper-parameters.js';
import { newTraining } from '../../training/train.js';
import { note, type Cli } from '../cli.js';
import { costWarning } from '../cost-warning.js';
import { expectOption } from '../expectation.js';
import type { DefineCommand } from '../main.js';
import { oneOf, positive, whole } from '../options.js';
import { seedsOption } from '../seeds.js';
import { listenForStop } from '../signals.js';
import { checkTrainFlags, chooseHyperParameters, MEASURES, type TrainFlags } from '../train-options.js';
import { reportRun } from '../train-outcome.js';
import { runTraining } from '../train-run.js';
import { trainSeeds } from '../train-seeds.js';

export const defineTrain: DefineCommand = (command, run) =>
  command
    .addOption(positive('--lr <rate>', 'learning rate (default: 0.1)'))
    .addOption(whole('--iters <n>', 'iterations in all, resumed ones included (default: 10000)', 1, MOST.iterations))
    .addOption(whole('--batch <n>', 'images a mini-batch (default: 100)', 1, MOST.batchSize))
    .addOption(whole('--hidden <n>', 'hidden units (default: 100)', 1, MOST.hiddenSize))
    .addOption(whole('--seed <n>', 'seed of weights and mini-batches, as np.random.seed (default: 0)', 0, 2 ** 32 - 1))
    .addOption(oneOf('--gradient <engine>', 'default backprop', Object.keys(engines)))
    .addOption(positive('--h <step>', 'step of the numerical gradient (default: 1e-4)'))
    .addOption(oneOf('--precision <type>', 'of weights and arithmetic; default f64, with tfjs f32', ['f64', 'f32']))
    .addOption(
      whole('--threads <n>', 'most threads to use; no result depends on it (default: all processors)', 1, 1024),
    )
    .option('--data <folder>', 'the four IDX files, raw or .gz (default: MNIST, installed with gd-train)')
    .option('--save <file>', 'write the trained net there (safetensors)')
    .addOption(whole('--checkpoint-every <n>', 'iterations between two savings (default: an epoch)', 1, 1e9))
    .option('--resume <file>', 'go on with a saved net, with its options unless given anew')
    .option('--log <file>', 'loss of every iteration, one JSON object a line')
    .option('--report <file>', 'a page about the run, to open in a browser (HTML)')
    .addOption(whole('--eval-every <n>', 'iterations between accuracies (default: an epoch)', 1, 1e9))
    .addOption(expectOption(MEASURES))
    .addOption(seedsOption())
    .addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors')
    .action(run(trainCommand));

async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  checkTrainFlags(options);
  const { resume, seeds } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const hyperParameters = chooseHyperParameters(options, resumed);
  const data = loadDataset(options.data);
  const training = resumed ? { ...resumed, hyperParameters } : newTraining(hyperParameters, data.train.inputSize);
  if (training.net.inputSize !== data.train.inputSize) {
    throw new InputError(
      `${resume} was trained on images of ${training.net.inputSize} pixels, these have ${data.train.inputSize}`,
    );
  }
  if (hyperParameters.gradient === 'naive') note(cli, options, costWarning(training, data));

  const first = training.iteration;
  const stop = listenForStop();
  try {
    if (seeds !== undefined) return await trainSeeds(cli, { ...options, seeds }, hyperParameters, data, stop);
    return reportRun(cli, options, await runTraining(cli, options, training, data, stop), first);
  } finally {
    stop.ignore();
  }
}
