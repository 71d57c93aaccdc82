import { statSync } from 'node:fs';
import type { Data } from '../gradients/descent.js';
import { InputError } from '../input-error.js';
import { collectHistory } from '../report/history.js';
import { checkWritable } from '../training/save-file.js';
import type { Training, TrainingEvent } from '../training/train.js';
import type { Cli } from './cli.js';
import { readTrainingLog } from './read-training-log.js';
import type { TrainFlags } from './train-options.js';

/** The page that `train --report` writes: watches the run, then is written. */
export interface TrainReport {
  event(event: TrainingEvent): void;
  write(cli: Cli, training: Training, data: Data): Promise<void>;
}

/**
 * Begins the page of a run.
 *
 * @throws InputError if it is standard output; the system's error if it cannot be written
 */
export function openTrainReport(path: string, options: TrainFlags): TrainReport {
  const { save, log, data: folder } = options;
  if (path === '-') throw new InputError('--report cannot be "-": results go to standard output; name a file');
  checkWritable(path);
  const collector = collectHistory();
  return {
    event(event) {
      if (event.type === 'step') collector.loss(event.step, event.loss);
      if (event.type === 'accuracy') collector.accuracy(event.iteration, event.train, event.test);
    },
    async write(cli, training, data) {
      // The log also knows what came before a run was resumed.
      const logged = log !== undefined && statSync(log).isFile() ? readTrainingLog(log, training.iteration) : undefined;
      const history = logged ?? collector.history();
      const { writeReport } = await import('./write-report.js');
      writeReport(cli, options, path, { training, data, model: save ?? 'a net that was not saved', folder, history });
    },
  };
}
