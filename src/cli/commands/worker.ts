import { availableParallelism } from 'node:os';
import { MachineError, plural } from '../../errors.js';
import { version } from '../../files/read.js';
import { loadKernels } from '../../kernels/limits.js';
import { shareData } from '../../sweep/local.js';
import { serveQueue } from '../../sweep/queue-worker.js';
import type { RunRecord } from '../../sweep/record.js';
import { identifyDataset } from '../../training/model-file.js';
import { type Cli, type DefineCommand, note, printJson } from '../command.js';
import { loadData } from '../inputs.js';
import { addOptions, dataOption, integer, type ValuesOf } from '../options.js';
import { queueOption, readQueueOption } from './sweep/options.js';
import { listenForStop, STOP_CODES } from '../process.js';

const OPTIONS = {
  queue: queueOption(),
  data: dataOption(),
  threads: integer('--threads <n>', 'runs at once, each on one thread (default: all processors)', 1, 1024),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd worker`: makes runs of sweeps that come through a queue. */
export const defineWorker: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText('after', '\nExample: gd-train worker --queue redis://host')
    .action(run(workerCommand));

/** Makes runs until a signal arrives. */
async function workerCommand(cli: Cli, options: Options): Promise<number> {
  const address = readQueueOption(options.queue, 'worker');
  const { threads = availableParallelism() } = options;
  const kernels = loadKernels();
  if ('missing' in kernels) {
    throw new MachineError(`no worker on this machine, where results would have other last bits: ${kernels.missing}`);
  }
  const data = loadData(cli, options.data);
  const identity = identifyDataset(data);
  const stop = listenForStop();
  const ended = { made: 0, failed: 0 };
  const say = (text: string) => note(cli, text);
  say(
    `worker of gd-train ${version()} for the training images ${identity.train.slice(0, 8)} (${identity.name}), ${plural(threads, 'run')} at once, from ${address.label}`,
  );
  await serveQueue(address, {
    data: shareData(data),
    identity,
    version: version(),
    threads,
    signal: stop.signal,
    say,
    onRecord: (record) => {
      ended.made++;
      say(lineOf(record));
    },
    onFailure: ({ id }, reason) => {
      ended.failed++;
      say(`run ${id.slice(0, 8)}  failed: ${reason}`);
    },
  });
  const stopped = stop.received()!;
  stop.release();
  say(`${stopped}: ${plural(ended.made, 'run')} made; those in the middle were given back`);
  if (options.json) printJson(cli, { ...ended, stopped });
  return STOP_CODES[stopped];
}

function lineOf({ id, settings, outcome, seconds }: RunRecord): string {
  const { learningRate, hiddenSize, batchSize, seed } = settings;
  const result =
    outcome.notFiniteAt === null ? `test ${outcome.testAccuracy}` : `not finite at step ${outcome.notFiniteAt}`;
  return `run ${id.slice(0, 8)}  lr ${learningRate}  hidden ${hiddenSize}  batch ${batchSize}  seed ${seed}  ${result}  ${seconds} s`;
}
