import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { excerpt } from '../excerpt.js';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';
import { collectHistory, type History } from '../plots/history.js';

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
    `${path}, line ${number}, is not of a training log: ${excerpt(text)}; name a file that train --log wrote`,
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
      const length = namingPath(path, () => readSync(file, bytes));
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
