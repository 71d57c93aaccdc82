import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { namingPath } from '../naming-path.js';
import { checkWritable, writeWhole } from '../training/save-file.js';
import type { Training, TrainingEvent } from '../training/train.js';

/** The notebook's "Step i -> Loss" as a file: one JSON object a line, one line an iteration. */
export interface TrainingLog {
  event(event: TrainingEvent): void;
  close(): void;
}

/**
 * Starts a log, or goes on with that of the run that is resumed: lines from its current iteration on are dropped,
 * since those steps are about to be made again.
 *
 * @throws the system's error if the file cannot be written
 */
export function openTrainingLog(path: string, { iteration }: Training): TrainingLog {
  checkWritable(path);
  if (iteration > 0 && existsSync(path)) writeWhole(path, Buffer.from(linesBefore(path, iteration)));
  const file = openSync(path, iteration > 0 ? 'a' : 'w');
  let line: Record<string, number> | undefined; // held back until its accuracy has had a chance to join it
  const flush = () => {
    const text = `${JSON.stringify(line)}\n`;
    if (line) namingPath(path, () => writeSync(file, text));
    line = undefined;
  };
  return {
    event(event) {
      if (event.type === 'step') {
        flush();
        // The notebook prints the loss after the update, on the same batch.
        line = { step: event.step, loss: event.lossAfter!, lossBefore: event.loss };
      } else if (event.type === 'accuracy') {
        line = { ...line, trainAccuracy: event.train, testAccuracy: event.test };
      }
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

function linesBefore(path: string, iteration: number): string {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((text) => stepOf(text) < iteration)
    .map((text) => `${text}\n`)
    .join('');
}

/** Infinity for a line that was cut off. */
function stepOf(text: string): number {
  try {
    return (JSON.parse(text) as { step: number }).step;
  } catch {
    return Infinity;
  }
}
