import type { Data } from '../../../engines/engine.js';
import { plural } from '../../../errors.js';
import type { HyperParameters } from '../../../training/hyper-parameters.js';
import { spread } from '../../../training/metrics.js';
import { newTraining } from '../../../training/train.js';
import { type Cli, note, print, printJson } from '../../command.js';
import { judge } from '../../options.js';
import type { Stop } from '../../signals.js';
import { flagsOfSeed, type TrainFlags } from './options.js';
import { complain, exitCode, measuresOf, type Run, runTraining } from './run.js';

/**
 * Trains once per seed, and prints a line for each, then mean and sample standard deviation of the accuracies over the
 * runs that were finished. A signal ends the current run and begins no other.
 */
export async function trainSeeds(
  cli: Cli,
  options: TrainFlags & { seeds: number[] },
  hyperParameters: HyperParameters,
  data: Data,
  stop: Stop,
): Promise<number> {
  const { seeds, json } = options;
  const flags = seeds.map((seed) => flagsOfSeed(options, seed));

  const runs: Run[] = [];
  for (const [i, seed] of seeds.entries()) {
    if (stop.signal.aborted) break;
    note(cli, options, `seed ${seed}, ${i + 1} of ${seeds.length}`);
    const training = newTraining({ ...hyperParameters, seed }, data.train.inputSize);
    const run = await runTraining(cli, flags[i], training, data, stop);
    runs.push(run);
    if (!json) print(cli, row(`seed ${seed}`, run.trainAccuracy, run.testAccuracy) + aside(run));
    complain(cli, run);
  }

  const finished = runs.filter(({ stopped }) => stopped === null);
  const over = (measure: string) => spread(finished.map((run) => measuresOf(run)[measure]!));
  const [train, test, loss] = [over('trainAccuracy'), over('testAccuracy'), over('loss')];
  const means = { trainAccuracy: train.mean, testAccuracy: test.mean, loss: loss.mean };
  const expectations = judge(options.expect ?? [], means);
  if (json) {
    const summary = { trainAccuracy: train, testAccuracy: test, loss };
    printJson(cli, { seeds, finished: finished.length, ...summary, runs, expectations });
  } else {
    print(cli, row(`mean of ${finished.length}`, train.mean, test.mean));
    print(cli, row('std (n - 1)', train.std, test.std));
  }
  return exitCode(cli, options, runs, expectations);
}

function row(label: string, train: number | null, test: number | null): string {
  return `${label.padEnd(15)}  train accuracy ${String(train ?? '-').padEnd(20)}  test accuracy ${test ?? '-'}`;
}

function aside({ stopped, iterations }: Run): string {
  return stopped === null ? '' : `  (${stopped} after ${plural(iterations, 'iteration')}: not in the mean)`;
}
