import { note, print, printJson, type Cli } from './cli.js';
import { EXIT } from './errors.js';
import { judge, unmet, type Verdict } from './expectation.js';
import { STOP_CODES } from './signals.js';
import type { TrainFlags } from './train-options.js';
import type { Run } from './train-run.js';
import { formatCount } from '../format-count.js';
import { formatDuration } from './units.js';

/** Prints how a run went, and returns the exit code that says so. */
export function reportRun(cli: Cli, options: TrainFlags, run: Run, first: number): number {
  const expectations = judge(options.expect ?? [], measuresOf(run));
  if (options.json) printJson(cli, { ...run, expectations });
  else {
    if (run.testAccuracy !== null)
      print(cli, `train accuracy  ${run.trainAccuracy}\ntest accuracy   ${run.testAccuracy}`);
    print(cli, `weights sha256  ${run.sha256}`);
    const { gradient } = run.hyperParameters;
    const steps = formatCount(run.iterations - first);
    note(cli, options, `${steps} iterations of ${gradient} in ${formatDuration(run.seconds)}`);
    if (run.saved !== null) note(cli, options, `saved to ${run.saved}`);
  }
  complain(cli, run);
  return exitCode(cli, [run], expectations);
}

/** What --expect may speak of. */
export function measuresOf({ testAccuracy, trainAccuracy, loss }: Run): Record<string, number | null> {
  return { test_accuracy: testAccuracy, train_accuracy: trainAccuracy, loss };
}

/** Says what went wrong in a run that ended all the same. */
export function complain({ err }: Cli, { stopped, iterations, loss, hyperParameters, refusals }: Run): void {
  if (stopped === 'not-finite') {
    err.write(
      `gd-train: loss, gradient or weights would no longer be finite at step ${iterations} (loss ${loss}); the net is kept as it was before it: try a smaller --lr than ${hyperParameters.learningRate}\n`,
    );
  }
  for (const refusal of refusals) err.write(`gd-train: ${refusal}\n`);
}

/** Of runs: stopped by a signal, before not finite, before refused by the machine, before an expectation not met. */
export function exitCode(cli: Cli, runs: readonly Run[], expectations: readonly Verdict[]): number {
  for (const { stopped } of runs) if (stopped !== null && stopped !== 'not-finite') return STOP_CODES[stopped];
  const line = unmet(expectations);
  if (line !== undefined) cli.err.write(`gd-train: ${line}\n`);
  if (runs.some(({ stopped }) => stopped === 'not-finite')) return EXIT.notFinite;
  if (runs.some(({ refusals }) => refusals.length > 0)) return EXIT.failed;
  return line === undefined ? EXIT.done : EXIT.notMet;
}
