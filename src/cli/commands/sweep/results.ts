import { basename, resolve } from 'node:path';
import { plural } from '../../../errors.js';
import { writeOutput } from '../../../files/write.js';
import type { FolderContents } from '../../../sweep/folder.js';
import { type Group, groupRuns, groupSettings, notFiniteNote, sortGroups } from '../../../sweep/summary.js';
import type { Spread } from '../../../training/metrics.js';
import { type Cli, EXIT, judge, note, print, printError, printJson, unmet } from '../../command.js';
import { ALONE, BESIDE_OTHERS, type Plot } from '../../plot.js';
import { alignTable } from '../../terminal.js';
import type { SweepFlags } from './options.js';

/** The results of a sweep. */
interface Results {
  readonly folder: string;
  readonly found: FolderContents;
  /** Number of runs of the sweep that the folder does not have. */
  readonly missing: number;
  /** A line per run that failed, with the reason. */
  readonly failures: readonly string[];
  readonly plot: Plot | undefined;
}

/** Prints the results of a sweep, writes the plot and the page, and returns the exit code. */
export async function showResults(cli: Cli, options: SweepFlags, results: Results): Promise<number> {
  const { folder, found, missing, failures, plot } = results;
  const groups = groupRuns(found.records.values());
  const expectations = judge(options.expect ?? [], measuresOf(groups));
  const shown = options.sort === undefined ? groups : sortGroups(groups, options.sort);
  if (options.json) {
    const { records, damaged } = found;
    printJson(cli, {
      folder,
      runs: records.size,
      missing,
      failures,
      damaged,
      groups: shown.map(asJson),
      expectations,
    });
  } else if (groups.length > 0) printTable(cli, shown);
  for (const problem of found.damaged) note(cli, problem);
  if (missing > 0) note(cli, `${plural(missing, 'run')} missing: the same command without --summary makes them`);
  if (plot !== undefined && groups.length > 0) {
    const { hasMap, accuracyFigure } = await import('../../../sweep/figure.js');
    await plot(hasMap(groups) ? BESIDE_OTHERS : ALONE, async (aspect) => accuracyFigure(groups, aspect));
  }
  if (options.report !== undefined && groups.length > 0) {
    const [{ sweepPage }, { loadPageLanguage }, { loadAssets }] = await Promise.all([
      import('../../../report/sweep-page.js'),
      import('../../../report/page-language.js'),
      import('../report.js'),
    ]);
    const language = await loadPageLanguage(cli.language);
    const page = Buffer.from(sweepPage(groups, basename(resolve(folder)), loadAssets('sweep.js'), language));
    await writeOutput(options.report, page);
    note(cli, `${options.report}: ${(page.length / 1e6).toFixed(2)} MB; open it in a browser`);
  }
  const line = unmet(expectations);
  if (line !== undefined) printError(cli, line);
  if (failures.length > 0) return EXIT.failed;
  return line === undefined ? EXIT.done : EXIT.notMet;
}

/** The measures of --expect, by their names. */
function measuresOf(groups: readonly Group[]): Record<string, number | null> {
  const means = (measure: 'test' | 'train' | 'loss') => groups.flatMap((group) => group[measure].mean ?? []);
  const most = (values: number[]) => (values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b)));
  const least = (values: number[]) => (values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b)));
  return {
    bestTestAccuracy: most(means('test')),
    bestTrainAccuracy: most(means('train')),
    lowestLoss: least(means('loss')),
  };
}

function asJson({ runs, finished, test, train, peak, loss, seconds }: Group) {
  const [{ settings, version, data }] = runs;
  return {
    settings: { ...settings, seed: runs.map((run) => run.settings.seed) },
    version,
    data,
    n: finished.length,
    testAccuracy: test,
    trainAccuracy: train,
    bestTestAccuracy: peak,
    loss,
    seconds,
    notFinite: runs.flatMap(({ settings, outcome }) =>
      outcome.notFiniteAt === null ? [] : { seed: settings.seed, step: outcome.notFiniteAt },
    ),
    runs: runs.map(({ id }) => id),
  };
}

/** Most rows of the table. --json has all. */
const MOST_ROWS = 100;

function printTable(cli: Cli, groups: readonly Group[]): void {
  const names = groupSettings(groups);
  const rows = groups
    .slice(0, MOST_ROWS)
    .map((group) => [
      ...names.map((name) => String(group.settings[name])),
      String(group.finished.length),
      formatStatistic(group.test.mean),
      formatStatistic(group.test.std),
      formatStatistic(group.peak.mean),
      formatStatistic(group.train.mean),
      formatStatistic(group.loss.mean),
      notFiniteNote(group) ?? '',
    ]);
  const head = [...names, 'n', 'test accuracy', 'std', 'peak', 'train accuracy', 'loss', ''];
  for (const line of alignTable(cli, [head, ...rows], (column) => column === head.length - 1)) print(cli, line);
  const { length } = groups;
  if (length > MOST_ROWS) note(cli, `and ${plural(length - MOST_ROWS, 'setting')} more: --json has all`);
}

const formatStatistic = (value: Spread['mean']) => (value === null ? '-' : value.toFixed(4));
