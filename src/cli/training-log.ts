import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { MachineError } from '../machine-error.js';
import { namingPath } from '../naming-path.js';
import { checkWritable, removeTemporaries, writeWhole } from '../training/save-file.js';
import type { Training, TrainingEvent } from '../training/train.js';

/** The notebook's "Step i -> Loss" as a file: one JSON object a line, one line an iteration. */
export interface TrainingLog {
  /** At a checkpoint, all lines so far are on the disk. */
  event(event: TrainingEvent): void;
  close(): void;
}

/**
 * Starts a log, or goes on with that of the run that is resumed: lines from its current iteration on are dropped,
 * since those steps are about to be made again. Its methods throw once it cannot be written; it ends with a whole line
 * then.
 *
 * @throws the system's error if the file cannot be written
 */
export function openTrainingLog(path: string, { iteration }: Training): TrainingLog {
  checkWritable(path);
  removeTemporaries(path);
  if (iteration > 0 && existsSync(path)) writeWhole(path, Buffer.from(linesBefore(path, iteration)));
  const file = openSync(path, 'a');
  const isOrdinary = fstatSync(file).isFile();
  if (iteration === 0 && isOrdinary) ftruncateSync(file);
  let size = fstatSync(file).size;
  let line: Record<string, number> | undefined; // held back until its accuracy has had a chance to join it

  function write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    } catch (error) {
      if (isOrdinary) ftruncateSync(file, size);
      throw error;
    }
    size += bytes.length;
  }
  const flush = () => {
    const text = `${JSON.stringify(line)}\n`;
    if (line) namingPath(path, () => write(Buffer.from(text)));
    line = undefined;
  };
  /** Nobody else writes to the file, and it still has its name. */
  function checkOurs(): void {
    const { ino } = fstatSync(file);
    const named = statSync(path, { throwIfNoEntry: false });
    if (named?.ino !== ino) throw new MachineError(`${path} was removed or replaced while it was written`);
    if (named.size !== size) throw new MachineError(`${path} is written by another program too`);
  }

  return {
    event(event) {
      if (event.type === 'step') {
        flush();
        // The notebook prints the loss after the update, on the same batch.
        line = { step: event.step, loss: event.lossAfter!, lossBefore: event.loss };
      } else if (event.type === 'accuracy') {
        line = { ...line, trainAccuracy: event.train, testAccuracy: event.test };
      } else if (event.type === 'checkpoint') {
        flush(); // before the net: a run that goes on from there must find all lines up to there
        if (isOrdinary) {
          checkOurs();
          namingPath(path, () => fsyncSync(file));
        }
      }
    },
    close() {
      try {
        flush();
        if (isOrdinary) checkOurs();
      } finally {
        closeSync(file);
      }
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
