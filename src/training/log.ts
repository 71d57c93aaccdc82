import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { preview, InputError, MachineError } from '../errors.js';
import { checkWritable, removeTemporaries, writeFileAtomic } from '../files/atomic-write.js';
import { withErrorPath } from '../files/error-path.js';
import { collectHistory, type History } from './history.js';
import type { Training, TrainingEvent } from './train.js';

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
  if (iteration > 0 && existsSync(path)) writeFileAtomic(path, Buffer.from(linesBefore(path, iteration)));
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
    if (line) withErrorPath(path, () => write(Buffer.from(text)));
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
          withErrorPath(path, () => fsyncSync(file));
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

/** A line of a log is far shorter: a longer one is something else. */
const LONGEST_LINE = 10_000;

/**
 * Reads a file that `train --log` wrote, in bounded memory. A last line that was cut off, as a run that was killed leaves
 * it, does not count.
 *
 * @param iterations only that many are read: what comes after is not the model's past
 * @throws InputError naming the first line that cannot be of a log; the system's error if the file cannot be read
 */
export function readTrainingLog(path: string, iterations = Infinity): History {
  const collector = collectHistory();
  let lastStep = -1;
  let number = 0;
  for (const { text, isWhole } of linesOf(path)) {
    number++;
    if (text.trim() === '') continue;
    const line = parseLine(text);
    if (line === undefined) {
      if (!isWhole && number > 1) break;
      throw notALog(path, number, text);
    }
    const { step, lossBefore, trainAccuracy, testAccuracy } = line;
    if (step <= lastStep) {
      throw new InputError(`${path}, line ${number}: step ${step} comes after step ${lastStep}; a log is of one run`);
    }
    if (step >= iterations) break;
    lastStep = step;
    collector.loss(step, lossBefore);
    if (trainAccuracy !== undefined && testAccuracy !== undefined) {
      collector.accuracy(step + 1, trainAccuracy, testAccuracy);
    }
  }
  if (number === 0) throw new InputError(`${path} is empty: name a file that train --log wrote`);
  return collector.history();
}

interface LogLine {
  readonly step: number;
  readonly lossBefore: number;
  readonly trainAccuracy?: number;
  readonly testAccuracy?: number;
}

function parseLine(text: string): LogLine | undefined {
  let line: Partial<LogLine> | null;
  try {
    line = JSON.parse(text) as Partial<LogLine> | null;
  } catch {
    return undefined;
  }
  const isShare = (value: number | undefined) => value === undefined || (value >= 0 && value <= 1);
  const isRight =
    Number.isSafeInteger(line?.step) &&
    line!.step! >= 0 &&
    Number.isFinite(line!.lossBefore) &&
    isShare(line!.trainAccuracy) &&
    isShare(line!.testAccuracy);
  return isRight ? (line as LogLine) : undefined;
}

function notALog(path: string, number: number, text: string): InputError {
  return new InputError(
    `${path}, line ${number}, is not of a training log: ${preview(text)}; name a file that train --log wrote`,
  );
}

/** The lines of a file, one after the other; one without an end is the last, or too long. */
function* linesOf(path: string): Generator<{ text: string; isWhole: boolean }> {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(2 ** 16);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const length = withErrorPath(path, () => readSync(file, bytes));
      if (length === 0) break;
      const lines = (rest + decoder.write(bytes.subarray(0, length))).split('\n');
      rest = lines.pop()!;
      for (const text of lines) yield { text, isWhole: true };
      if (rest.length > LONGEST_LINE) yield { text: rest, isWhole: true };
    }
    if (rest !== '') yield { text: rest, isWhole: false };
  } finally {
    closeSync(file);
  }
}
