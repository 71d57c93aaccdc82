import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Data } from '../gradients/descent.js';
import { InputError } from '../input-error.js';
import { collectHistory, type History } from '../plots/history.js';
import { checkWritable } from '../training/save-file.js';
import type { Training, TrainingEvent } from '../training/train.js';
import type { Cli } from './cli.js';
import { readTrainingLog } from './read-training-log.js';
import type { TrainFlags } from './train-options.js';

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
      const { writeReport } = await import('./write-report.js');
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
