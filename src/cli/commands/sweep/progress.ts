import { formatCount, printable } from '../../../errors.js';
import type { Run } from '../../../sweep/record.js';
import type { RunRecord } from '../../../sweep/record.js';
import type { SweepEvent } from '../../../sweep/run.js';
import { describeSettings, eachNamed, namedSettings, variedSettings } from '../../../sweep/summary.js';
import { type Cli, note } from '../../command.js';
import { barLine, openRows, styleOf } from '../../rows.js';
import { formatDuration, isLiveTerminal, terminalSize } from '../../terminal.js';

/** Shows a sweep as it goes: a bar on a terminal, a line per run elsewhere. */
interface SweepProgress {
  event(event: SweepEvent): void;
  /** A line above the bar. */
  note(text: string): void;
  end(): void;
}

/**
 * Opens it.
 *
 * @param runs that are going to be made
 * @param before the results that are there already
 */
export function openSweepProgress(cli: Cli, runs: readonly Run[], before: readonly RunRecord[]): SweepProgress {
  const names = variedSettings(eachNamed(runs));
  const total = runs.reduce((sum, run) => sum + workOf(run), 0);
  const start = performance.now();
  const running = new Map<string, number>();
  let work = 0; // of the runs that have ended
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

/** About how much there is to compute in a run. */
function workOf({ settings: { iterations, batchSize, hiddenSize } }: Run): number {
  return iterations * batchSize * (hiddenSize + 10);
}

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
