import type { TrainFlags } from './train-options.js';

/** The command that goes on with a run that was stopped and saved. */
export function resumeCommand(saved: string, options: TrainFlags): string {
  const { data, save, log, report, evalEvery, checkpointEvery, threads } = options;
  const flags = { data, save, log, report, 'eval-every': evalEvery, 'checkpoint-every': checkpointEvery, threads };
  const text = Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${quote(String(value))}`);
  return `gd-train train --resume ${quote(saved)}${text.join('')}`;
}

/** As a shell wants it. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
