import { datasetFiles } from '../../../dataset/mnist.js';
import { checkOutputs, type Input } from '../../../files/outputs.js';
import { openRecordFolder } from '../../../sweep/folder.js';
import { loadTraining } from '../../../training/model-file.js';
import { newTraining } from '../../../training/train.js';
import { checkTrainedOn } from '../../../training/trained-on.js';
import { type Cli, note } from '../../command.js';
import type { DefineCommand } from '../../command.js';
import { loadData } from '../../dataset.js';
import { listenForStop } from '../../signals.js';
import {
  checkTrainFlags,
  chooseHyperParameters,
  flagsOfSeed,
  TRAIN_OPTIONS,
  type TrainFlags,
  trainOutputs,
} from './options.js';
import { costWarning } from './progress.js';
import { reportRun, runTraining } from './run.js';
import { trainSeeds } from './seeds.js';

// The command train. Here: load, and choose between one run and several. options.ts: what a user may give. run.ts: one
// run from the first step to the saved file, with progress.ts, which shows it, and saver.ts. seeds.ts: several runs.

export const defineTrain: DefineCommand = (command, run) => {
  for (const { option } of Object.values(TRAIN_OPTIONS)) command.addOption(option);
  command
    .addHelpText('after', '\nExample: gd-train train --lr 0.1 --iters 10000 --save mnist.safetensors')
    .action(run(trainCommand));
};

async function trainCommand(cli: Cli, options: TrainFlags): Promise<number> {
  checkTrainFlags(options);
  const { resume, seeds, data: folder, otherData } = options;
  const resumed = resume === undefined ? undefined : loadTraining(resume);
  const data = loadData(cli, options);
  const hyperParameters = chooseHyperParameters(options, resumed, data.train);
  const training = resumed ? { ...resumed, hyperParameters } : newTraining(hyperParameters, data.train.inputSize);
  if (resume !== undefined) checkTrainedOn(resume, training, data, { folder, otherData });
  const runs = seeds?.map((seed) => flagsOfSeed(options, seed)) ?? [options];
  checkOutputs(runs.flatMap(trainOutputs), inputsOf(options));
  if (options.record !== undefined) openRecordFolder(options.record);
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

function inputsOf({ resume, data }: TrainFlags): Input[] {
  const files = datasetFiles(data).map((path) => ({ what: 'a file of the data set', path }));
  return resume === undefined ? files : [{ what: 'the model of --resume', path: resume }, ...files];
}
