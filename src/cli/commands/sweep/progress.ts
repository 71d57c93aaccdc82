import { formatCount, printable } from '../../../errors.js';
import type { Run, RunRecord } from '../../../sweep/record.js';
import type { SweepEvent } from '../../../sweep/run.js';
import { describeSettings, eachNamed, namedSettings, variedSettings } from '../../../sweep/summary.js';
import { type Cli, note } from '../../command.js';
import { barLine, openRows, styleOf } from '../../rows.js';
import { formatDuration, isLiveTerminal, terminalSize } from '../../terminal.js';

/** Shows the progress of a sweep: a bar on a terminal, otherwise a line per run. */
interface SweepProgress {
  event(event: SweepEvent): void;
  /** Prints a line, above the bar if there is one. */
  note(text: string): void;
  end(): void;
}

/**
 * Opens the display of the progress.
 *
 * @param runs the runs to make
 * @param before the results of earlier runs
 */
export function openSweepProgress(cli: Cli, runs: readonly Run[], before: readonly RunRecord[]): SweepProgress {
  const names = variedSettings(eachNamed(runs));
  const total = runs.reduce((sum, run) => sum + workOf(run), 0);
  const start = performance.now();
  const running = new Map<string, number>();
  let work = 0; // of the runs that have ended, as `workOf` measures it
  let ended = 0;
  let best = before.reduce<RunRecord | undefined>(better, undefined);

  function follow(event: SweepEvent): void {
    const { id } = event.run;
    if (event.type === 'started') running.set(id, 0);
    else if (event.type === 'progress') running.set(id, event.share * workOf(event.run));
    else {
      running.delete(id);
      work += workOf(event.run);
      ended++;
      if (event.type === 'done') best = better(best, event.record);
    }
  }

  function figures(): { share: number; texts: string[] } {
    const done = [...running.values()].reduce((sum, part) => sum + part, work);
    const share = Math.min(1, done / total);
    const seconds = (performance.now() - start) / 1000;
    const eta = share > 0 ? formatDuration((seconds * (1 - share)) / share) : '…';
    const texts = [
      `${Math.floor(100 * share)}%`,
      `${formatCount(ended)}/${formatCount(runs.length)} runs`,
      `${running.size} running`,
      `ETA ${eta}`,
      best ? `best ${best.outcome.testAccuracy!.toFixed(4)} (${describeSettings(namedSettings(best), names)})` : '',
      `elapsed ${formatDuration(seconds)}`,
    ];
    return { share, texts: texts.filter(Boolean) };
  }

  if (cli.quiet) return { event: () => undefined, note: () => undefined, end: () => undefined };
  if (!isLiveTerminal(cli.err)) {
    return {
      event(event) {
        follow(event);
        if (event.type !== 'done' && event.type !== 'failed') return;
        const { texts } = figures();
        const what = describeSettings(namedSettings(event.run), names);
        note(cli, `${texts[1]}  ${what}: ${event.type === 'done' ? resultOf(event.record) : event.reason}`);
      },
      note: (text) => note(cli, text),
      end: () => undefined,
    };
  }
  const style = styleOf(cli);
  const rows = openRows(cli.err, () => {
    const { share, texts } = figures();
    return [barLine(share, texts, terminalSize(cli.err).columns - 1, style)];
  });
  return { event: follow, note: (text) => rows.note(cli.translate(printable(text))), end: () => rows.end() };
}

/** The approximate cost of a run: per image of an iteration, a unit for each hidden unit, and 10 for all the rest. */
function workOf({ settings: { iterations, batchSize, hiddenSize } }: Run): number {
  return iterations * batchSize * (hiddenSize + 10);
}

/** The record with the higher test accuracy; the earlier one if both are equal. */
function better(best: RunRecord | undefined, record: RunRecord): RunRecord | undefined {
  const accuracy = record.outcome.testAccuracy ?? -1;
  return accuracy > (best?.outcome.testAccuracy ?? -1) ? record : best;
}

function resultOf({ outcome, seconds }: RunRecord): string {
  const { notFiniteAt, testAccuracy } = outcome;
  const result =
    notFiniteAt === null ? `test accuracy ${testAccuracy?.toFixed(4)}` : `not finite at step ${notFiniteAt}`;
  return `${result}, ${formatDuration(seconds)}`;
}
