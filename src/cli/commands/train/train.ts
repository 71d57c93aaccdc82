import { checkInputSize } from '../../../dataset/mnist.js';
import { engines } from '../../../engines/registry.js';
import { MOST } from '../../../training/hyper-parameters.js';
import { loadTraining } from '../../../training/model-file.js';
import { newTraining } from '../../../training/train.js';
import { type Cli, note } from '../../command.js';
import type { DefineCommand } from '../../command.js';
import { loadData } from '../../dataset.js';
import { dataOption, expectOption, oneOf, positive, seedsOption, integer } from '../../options.js';
import { listenForStop } from '../../signals.js';
import { checkTrainFlags, chooseHyperParameters, MEASURES, type TrainFlags } from './options.js';
import { costWarning } from './progress.js';
import { reportRun, runTraining } from './run.js';
import { trainSeeds } from './seeds.js';

export const defineTrain: DefineCommand = (command, run) =>
  command
    .addOption(positive('--lr <rate>', 'learning rate (default: 0.1)'))
    .addOption(integer('--iters <n>', 'iterations in all, resumed ones included (default: 10000)', 1, MOST.iterations))
    .addOption(integer('--batch <n>', 'images a mini-batch (default: 100)', 1, MOST.batchSize))
    .addOption(integer('--hidden <n>', 'hidden units (default: 100)', 1, MOST.hiddenSize))
    .addOption(
      integer('--seed <n>', 'seed of weights and mini-batches, as np.random.seed (default: 0)', 0, 2 ** 32 - 1),
    )
    .addOption(oneOf('--gradient <engine>', 'default backprop', Object.keys(engines)))
    .addOption(positive('--h <step>', 'step of the numerical gradient (default: 1e-4)'))
    .addOption(oneOf('--precision <type>', 'of weights and arithmetic; default f64, with tfjs f32', ['f64', 'f32']))
    .addOption(
      integer('--threads <n>', 'most threads to use; no result depends on it (default: all processors)', 1, 1024),
    )
    .addOption(dataOption())
    .option('--save <file>', 'write the trained net there (safetensors)')
    .addOption(integer('--checkpoint-every <n>', 'iterations between two savings (default: an epoch)', 1, 1e9))
    .option('--resume <file>', 'go on with a saved net, with its options unless given anew')
    .option('--log <file>', 'loss of every iteration, one JSON object a line')
    .option('--report <file>', 'a page about the run, to open in a browser (HTML)')
    .addOption(integer('--eval-every <n>', 'iterations between accuracies (default: an epoch)', 1, 1e9))
    .addOption(expectOption(MEASURES))
    .addOption(seedsOption())
    .addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors')
    .action(run(trainCommand));

async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  checkTrainFlags(options);
  const { resume, seeds } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const hyperParameters = chooseHyperParameters(options, resumed);
  const data = loadData(cli, options);
  const training = resumed ? { ...resumed, hyperParameters } : newTraining(hyperParameters, data.train.inputSize);
  checkInputSize(resume ?? 'the net', training.net, data.train);
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
