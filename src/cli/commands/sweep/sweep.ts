import { availableParallelism } from 'node:os';
import { formatCount, InputError, plural, preview, printable } from '../../../errors.js';
import { checkOutputs } from '../../../files/outputs.js';
import { version } from '../../../files/read.js';
import {
  findRecord,
  type FolderContents,
  keepRecord,
  lockFolder,
  openRecordFolder,
  readFolder,
} from '../../../sweep/folder.js';
import { localExecutor, shareData } from '../../../sweep/local.js';
import { planRuns } from '../../../sweep/plan.js';
import { type Run } from '../../../sweep/record.js';
import { queueExecutor } from '../../../sweep/queue-executor.js';
import type { Executor } from '../../../sweep/run.js';
import { describeSettings, eachNamed, namedSettings, variedSettings } from '../../../sweep/summary.js';
import { identifyDataset } from '../../../training/model-file.js';
import { type Cli, type DefineCommand, EXIT, note, print, printError } from '../../command.js';
import { dataInputs, loadData } from '../../inputs.js';
import { commandLine, listenForStop, STOP_CODES, type StopSignal } from '../../process.js';
import { addOptions } from '../../options.js';
import { openPlot } from '../../plot.js';
import {
  checkSweepFlags,
  DEFAULT_FOLDER,
  namesRuns,
  readQueueOption,
  SWEEP_OPTIONS,
  type SweepFlags,
  sweepSettings,
  trainCommandOf,
  withoutPassword,
} from './options.js';
import { openSweepProgress } from './progress.js';
import { showResults } from './results.js';

// The command sweep. This file plans the runs, makes those that are missing, and keeps each result as soon as there is
// one. options.ts has the options, progress.ts the progress display, results.ts the table, JSON, plot and page of the
// results.

/** `gd sweep`: trains once for every combination of settings, and summarises the results. */
export const defineSweep: DefineCommand = (command, run) =>
  addOptions(command, SWEEP_OPTIONS)
    .addHelpText(
      'after',
      '\nExample: gd-train sweep --lr 0.01,0.1,1 --hidden 50,100 --seeds 0..2 --iters 1000 --out runs',
    )
    .action(run(sweepCommand));

/** The command, which Commander passes after the options. */
interface Invoked {
  readonly parent: { readonly rawArgs: readonly string[] };
}

async function sweepCommand(cli: Cli, options: SweepFlags, { parent }: Invoked): Promise<number> {
  checkSweepFlags(options);
  const { out: folder = DEFAULT_FOLDER, report, summary, data: dataFolder } = options;
  const inputs = dataInputs(dataFolder);
  if (report !== undefined) checkOutputs([{ option: '--report', path: report, format: 'HTML' }], inputs);
  const plot = await openPlot(cli, options, inputs);

  if (summary && !namesRuns(options)) {
    const found = readFolder(folder);
    if (found.records.size === 0) throw new InputError(`${folder} has no results: name the folder with --out`);
    return showResults(cli, options, { folder, found, missing: 0, failures: [], plot });
  }

  const { runs, executor } = planSweep(cli, options);
  const ids = new Set(runs.map(({ id }) => id));
  if (options.print) {
    const { records } = readIfThere(folder, ids);
    for (const run of runs) if (!records.has(run.id)) print(cli, printable(trainCommandOf(run, folder, dataFolder)));
    return EXIT.done;
  }
  if (summary) {
    const found = readFolder(folder, ids);
    return showResults(cli, options, { folder, found, missing: runs.length - found.records.size, failures: [], plot });
  }

  openRecordFolder(folder);
  const unlock = lockFolder(folder, process.pid, isAlive);
  try {
    const { done, failures, stopped } = await makeMissing(cli, folder, runs, executor);
    if (stopped !== undefined) {
      const state = `${formatCount(done)} of ${formatCount(runs.length)} runs are in ${folder}`;
      note(
        { ...cli, quiet: false },
        `${stopped}: ${state}\nto go on: ${commandLine(parent.rawArgs.map(withoutPassword))}`,
      );
      return STOP_CODES[stopped];
    }
    const found = readFolder(folder, ids);
    return await showResults(cli, options, { folder, found, missing: 0, failures, plot });
  } finally {
    unlock();
  }
}

/** Opens what makes the runs, on this machine or through a queue. `say` prints a note. */
type OpenExecutor = (folder: string, say: (text: string) => void) => Executor;

/** The runs of the sweep that the options describe, and what makes them. */
function planSweep(cli: Cli, options: SweepFlags): { runs: Run[]; executor: OpenExecutor } {
  const address = options.queue === undefined ? undefined : readQueueOption(options.queue, 'sweep');
  const settings = sweepSettings(options);
  const images = loadData(cli, options.data);
  const identity = identifyDataset(images);
  const runs = planRuns(settings, { count: images.train.count, identity }, version());
  const executor: OpenExecutor = (folder, say) =>
    address === undefined
      ? localExecutor(shareData(images), options.threads ?? availableParallelism())
      : queueExecutor(address, { recorded: (id) => findRecord(folder, id), say });
  return { runs, executor };
}

/** As `readFolder`, but a folder that does not exist is empty. */
function readIfThere(folder: string, ids: ReadonlySet<string>): FolderContents {
  try {
    return readFolder(folder, ids);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { records: new Map(), damaged: [] };
    throw error;
  }
}

/** True if this machine has a process with this id. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The outcome of a sweep. */
interface SweepOutcome {
  /** Number of runs whose records the folder has. */
  readonly done: number;
  /** A line per run that failed, with the reason. */
  readonly failures: readonly string[];
  /** The signal that stopped the sweep before its end. */
  readonly stopped: StopSignal | undefined;
}

/** Makes the runs whose records the folder does not have. Writes each record to the folder, to keep memory bounded. */
async function makeMissing(
  cli: Cli,
  folder: string,
  runs: readonly Run[],
  executor: OpenExecutor,
): Promise<SweepOutcome> {
  const { records, damaged } = readFolder(folder, new Set(runs.map(({ id }) => id)));
  for (const problem of damaged) note(cli, problem);
  let done = records.size;
  const failures: string[] = [];
  const missing = runs.filter(({ id }) => !records.has(id));
  const there = done === 0 ? '' : `, ${formatCount(done)} of them there already`;
  note(cli, `${plural(runs.length, 'run')} in ${preview(folder)}${there}`);
  if (missing.length === 0) return { done, failures, stopped: undefined };

  const stop = listenForStop();
  const names = variedSettings(eachNamed(runs));
  const progress = openSweepProgress(cli, missing, [...records.values()]);
  try {
    for await (const event of executor(folder, progress.note)(missing, stop.signal)) {
      progress.event(event);
      if (event.type === 'done') {
        keepRecord(folder, event.record);
        done++;
      } else if (event.type === 'failed') {
        failures.push(`${describeSettings(namedSettings(event.run), names)}: ${event.reason}`);
      }
    }
  } finally {
    progress.end();
    stop.release();
  }
  for (const failure of failures) printError(cli, failure);
  const stopped = stop.received();
  return { done, failures, stopped: done < runs.length ? stopped : undefined };
}
