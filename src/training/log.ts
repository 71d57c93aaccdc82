import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { InputError, MachineError, preview } from '../errors.js';
import { checkWritable, isSpecial, openSpecial, removeTemporaries, type Waiting } from '../files/write.js';
import { MOST_PIPED, withErrorPath, withParts } from '../files/read.js';
import { collectHistory, type History } from './history.js';
import type { Training, TrainingEvent } from './train.js';

/**
 * A file with the loss of every iteration, the notebook's "Step i -> Loss". A line is a JSON object, or, if the file
 * name ends in .csv, a record of RFC 4180, after a header with the same names.
 */
export interface TrainingLog {
  /** Records an event. After a `checkpoint` event, all lines so far are on the disk. */
  event(event: TrainingEvent): Promise<void>;
  /** Writes the last line and closes the file. */
  close(): Promise<void>;
}

/** The open file of a log. */
interface LogFile {
  /** True if no lines of an earlier run are left in the file. */
  readonly isEmpty: boolean;
  write(bytes: Uint8Array): void | Promise<void>;
  /** Forces all lines to the disk, and checks that no other program replaced or wrote the file. */
  sync(): void;
  close(): void;
}

/**
 * Opens the log of a run. For a run that is resumed, an existing log is continued: its lines from the current iteration
 * on are removed, because those steps are made again. The methods of the log throw if a write fails; the file then ends
 * with a complete line.
 *
 * @param waiting how to wait for the reader, if the log is a pipe
 * @throws InputError if the run is resumed and the file is not a log; the system's error if the file is not writable
 */
export async function openTrainingLog(path: string, { iteration }: Training, waiting?: Waiting): Promise<TrainingLog> {
  checkWritable(path);
  const format = path.toLowerCase().endsWith('.csv') ? CSV : JSON_LINES;
  const file = isSpecial(path)
    ? { ...(await openSpecial(path, waiting)), isEmpty: true, sync: () => undefined }
    : withErrorPath(path, () => openLogFile(path, iteration, format));
  let line: Partial<LogLine> | undefined; // of the last step; held back, because its accuracies may follow
  let start = file.isEmpty ? format.header : '';

  async function flush(): Promise<void> {
    if (line === undefined) return;
    const text = start + format.encode(line);
    start = '';
    line = undefined;
    await file.write(Buffer.from(text));
  }

  return {
    async event(event) {
      if (event.type === 'step') {
        await flush();
        // The notebook prints the loss after the update, on the same batch.
        line = { step: event.step, loss: event.lossAfter!, lossBefore: event.loss };
      } else if (event.type === 'accuracy') {
        line = { ...line, trainAccuracy: event.train, testAccuracy: event.test };
      } else if (event.type === 'checkpoint') {
        await flush(); // before the net is saved: a run that is resumed from it needs all earlier lines
        file.sync();
      }
    },
    async close() {
      try {
        await flush();
        file.sync();
      } finally {
        file.close();
      }
    },
  };
}

/** Opens the file of a log that is not a pipe or a device, cut after the lines of steps before `iteration`. */
function openLogFile(path: string, iteration: number, format: LogFormat): LogFile {
  removeTemporaries(path);
  let size = iteration > 0 && statSync(path, { throwIfNoEntry: false }) ? lengthBefore(path, iteration, format) : 0;
  const file = openSync(path, 'a');
  ftruncateSync(file, size);
  return {
    isEmpty: size === 0,
    write(bytes) {
      try {
        for (let done = 0; done < bytes.length;) done += withErrorPath(path, () => writeSync(file, bytes, done));
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
      size += bytes.length;
    },
    sync() {
      const { ino } = fstatSync(file);
      const named = statSync(path, { throwIfNoEntry: false });
      if (named?.ino !== ino) throw new MachineError(`${path} was removed or replaced while it was written`);
      if (named.size !== size) throw new MachineError(`${path} is written by another program too`);
      withErrorPath(path, () => fsyncSync(file));
    },
    close: () => closeSync(file),
  };
}

/** A line with more characters is not from a log, whose lines are far shorter. */
const LONGEST_LINE = 10_000;
/** Bytes that are read at once. */
const BLOCK = 2 ** 16;
const NEWLINE = 0x0a;

/**
 * The length, in bytes, of the part of a log with the steps before `iteration`. Searches backwards, because this part
 * usually ends near the end of the file. An incomplete last line, as a killed run leaves it, is not part of it.
 *
 * @throws InputError if the file is not a log
 */
function lengthBefore(path: string, iteration: number, format: LogFormat): number {
  return withParts(path, ({ size, read }) => {
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - BLOCK);
      const bytes = Buffer.from(read(start, end));
      let lineEnd = bytes.lastIndexOf(NEWLINE);
      while (lineEnd >= 0) {
        const before = lineEnd === 0 ? -1 : bytes.lastIndexOf(NEWLINE, lineEnd - 1);
        if (before < 0 && start > 0) break; // the line begins in the block before
        const line = parseLine(bytes.toString('utf8', before + 1, lineEnd), format);
        if (line !== undefined && line.step < iteration) return start + lineEnd + 1;
        lineEnd = before;
      }
      end = lineEnd >= 0 && lineEnd + 1 < bytes.length ? start + lineEnd + 1 : start;
    }
    const first = Buffer.from(read(0, LONGEST_LINE)).toString().split('\n')[0];
    const isLog = isHeader(first, format) || parseLine(first, format) !== undefined;
    if (size > 0 && !isLog) throw notALog(path, 1, first);
    return 0;
  });
}

/**
 * Reads a file that `train --log` wrote, in bounded memory. Ignores an incomplete last line, as a killed run leaves it.
 *
 * @param iterations steps to read: later ones are not part of the model
 * @throws InputError with the number of the first invalid line; the system's error if reading fails
 */
export function readTrainingLog(path: string, iterations = Infinity): History {
  const history = collectHistory();
  let lastStep = -1;
  let number = 0;
  let format = JSON_LINES;
  for (const { text, isWhole } of linesOf(path)) {
    number++;
    if (text.trim() === '') continue;
    if (number === 1 && isHeader(text, CSV)) {
      format = CSV;
      continue;
    }
    if (!isWhole && format === CSV) break; // its last number may be cut off, which does not show
    const line = parseLine(text, format);
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
    history.event({ type: 'step', step, loss: lossBefore });
    if (trainAccuracy !== undefined && testAccuracy !== undefined) {
      history.event({ type: 'accuracy', iteration: step + 1, train: trainAccuracy, test: testAccuracy });
    }
  }
  if (number === 0) throw new InputError(`${path} is empty: name a file that train --log wrote`);
  return history.history();
}

/** The values of one line of a log. */
interface LogLine {
  /** Counted from 0. */
  readonly step: number;
  /** Loss of the mini-batch after the update, in nats. */
  readonly loss: number;
  /** Loss of the same mini-batch before the update, in nats. */
  readonly lossBefore: number;
  /** Accuracies after the update, 0 … 1; missing if they were not measured. */
  readonly trainAccuracy?: number | undefined;
  readonly testAccuracy?: number | undefined;
}

/** A format of the lines of a log. */
interface LogFormat {
  /** Text before the first line, or an empty string. */
  readonly header: string;
  readonly encode: (line: Partial<LogLine>) => string;
  /** The unchecked values of a line. For text in another format it may throw SyntaxError. */
  readonly decode: (text: string) => Partial<LogLine> | null;
}

const JSON_LINES: LogFormat = {
  header: '',
  encode: (line) => `${JSON.stringify(line)}\n`,
  decode: (text) => JSON.parse(text) as Partial<LogLine> | null,
};

const COLUMNS = ['step', 'loss', 'lossBefore', 'trainAccuracy', 'testAccuracy'] as const;

/** All fields are numbers, which need no quotes. The field of a value that was not measured is empty. */
const CSV: LogFormat = {
  header: `${COLUMNS.join()}\r\n`,
  encode: (line) => `${COLUMNS.map((name) => line[name] ?? '').join()}\r\n`,
  decode(text) {
    const fields = text.replace(/\r$/, '').split(',');
    if (fields.length !== COLUMNS.length) return null;
    const number = (field: string) => (field === '' ? undefined : Number(field));
    return Object.fromEntries(COLUMNS.map((name, i) => [name, number(fields[i])]));
  },
};

const isHeader = (text: string, { header }: LogFormat) => header !== '' && text.trimEnd() === header.trimEnd();

/** The values of a line; undefined if the text is not a line of a log. */
function parseLine(text: string, { decode }: LogFormat): LogLine | undefined {
  let line: Partial<LogLine> | null;
  try {
    line = decode(text);
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

/**
 * The lines of a file. `isWhole` is false for a last line without a newline. The beginning of a line that is too long
 * comes before its end is read, so that the reader of the lines can reject it.
 */
function* linesOf(path: string): Generator<{ text: string; isWhole: boolean }> {
  const file = openSync(path, 'r');
  try {
    const most = fstatSync(file).isFile() ? Infinity : MOST_PIPED;
    const bytes = Buffer.allocUnsafe(BLOCK);
    const decoder = new TextDecoder();
    let rest = '';
    for (let total = 0; ;) {
      const length = withErrorPath(path, () => readSync(file, bytes));
      if (length === 0) break;
      if ((total += length) > most)
        throw new InputError(`${path} has more than 256 MiB and is not a file: save it first`);
      const lines = (rest + decoder.decode(bytes.subarray(0, length), { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const text of lines) yield { text, isWhole: true };
      if (rest.length > LONGEST_LINE) yield { text: rest, isWhole: true };
    }
    if (rest !== '') yield { text: rest, isWhole: false };
  } finally {
    closeSync(file);
  }
}
