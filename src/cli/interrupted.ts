import type { TrainFlags } from './train-options.js';

/** A new name for the net of a run that was stopped and has no --save. */
export function interruptedName(): string {
  return `gd-train-interrupted-${new Date().toISOString().replace(/[:.]/g, '-')}.safetensors`;
}

/** The command that goes on with a run that was stopped and saved. */
export function resumeCommand(saved: string, { data, save, log, report }: TrainFlags): string {
  const flags = Object.entries({ data, save, log, report }).filter(([, value]) => value !== undefined);
  const text = flags.map(([name, value]) => ` --${name} ${quote(value!)}`).join('');
  return `gd-train train --resume ${quote(saved)}${text}`;
}

/** As a shell wants it. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
