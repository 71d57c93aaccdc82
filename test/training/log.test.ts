import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/run.js';
import { InputError } from '#src/errors.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { openTrainingLog, readTrainingLog } from '#src/training/log.js';
import { newTraining, type Training } from '#src/training/train.js';

const file = join(temporaryFolder(), 'log');
const training = newTraining({ ...DEFAULTS, hiddenSize: 1 }, 1);
const at = (iteration: number): Training => ({ ...training, iteration });
const line = (step: number) => `${JSON.stringify({ step, loss: 1 / (step + 1), lossBefore: 2 / (step + 1) })}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, step) => line(step)).join('');

/** Writes these steps, like a run that begins or is resumed at an iteration. */
async function write(iteration: number, ...steps: number[]): Promise<string> {
  const log = await openTrainingLog(file, at(iteration));
  for (const step of steps) {
    await log.event({ type: 'step', step, loss: 2 / (step + 1), lossAfter: 1 / (step + 1) });
  }
  await log.close();
  return readFileSync(file, 'utf8');
}

test('a new run replaces the log, and a resumed run appends to it', async () => {
  writeFileSync(file, lines(9));
  expect(await write(0, 0, 1, 2)).toBe(lines(3));
  expect(await write(3, 3, 4)).toBe(lines(5));
  expect(await write(2, 2)).toBe(lines(3));
});

// Lines of about 60 bytes are read in blocks of 65,536, so the borders of blocks are at many places within lines.
test.each([1, 2, 1000, 1091, 1092, 1093, 4999, 5000])('resumed at %i of 5,000 lines', async (iteration) => {
  writeFileSync(file, lines(5000));
  expect(await write(iteration)).toBe(lines(iteration));
});

test('lines that cross the border of two blocks stay whole', async () => {
  for (let length = 0; length < 70; length++) {
    const filler = `{"step":1500,"lossBefore":0,"x":"${'x'.repeat(length)}"}\n`;
    writeFileSync(file, lines(1500) + filler + line(1501));
    expect(await write(1500)).toBe(lines(1500));
  }
});

test.each([
  ['a line that was cut off', '{"step":3,"lo'],
  ['zeros after a crash', '\0'.repeat(100_000)],
  ['zeros and a line', `${'\0'.repeat(70_000)}\n${line(4)}`],
  ['other text', 'my notes\n\n'],
])('%s after the valid lines is dropped', async (_, rest) => {
  writeFileSync(file, lines(3) + rest);
  expect(await write(3, 3)).toBe(lines(4));
});

test.each(['my notes\n', 'a\n'.repeat(40_000), '{"a":1}\n', '\n'])(
  'a file that is not a log is refused and not changed',
  async (text) => {
    writeFileSync(file, text);
    await expect(openTrainingLog(file, at(3))).rejects.toThrow(InputError);
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);

test('a log of more than 512 MB, the longest string, is resumed and read in little memory', () => {
  const big = join(temporaryFolder(), 'big');
  const count = 60_000;
  const long = (step: number) => `${JSON.stringify({ step, loss: 1, lossBefore: 2, filler: 'x'.repeat(9_000) })}\n`;
  writeFileSync(big, '');
  for (let step = 0; step < count; step += 1000) {
    appendFileSync(big, Array.from({ length: 1000 }, (_, i) => long(step + i)).join(''));
  }
  expect(statSync(big).size).toBeGreaterThan(2 ** 29);
  const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
  const script = `
    const { openTrainingLog, readTrainingLog } = await import(${source('dist/training/log.js')});
    const { peakMemory } = await import(${source('test/helpers/resident.js')});
    const { loss, iterations } = readTrainingLog(${JSON.stringify(big)});
    const log = await openTrainingLog(${JSON.stringify(big)}, { iteration: 59990 });
    await log.close();
    console.log(JSON.stringify([iterations, peakMemory()]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const [iterations, bytes] = JSON.parse(stdout) as [number, number];
  expect(iterations).toBe(count);
  expect(bytes).toBeLessThan(250e6);
  expect(statSync(big).size).toBe(
    Array.from({ length: 59_990 }, (_, step) => long(step).length).reduce((a, b) => a + b),
  );
  truncateSync(big);
});

test('reading returns what was written', async () => {
  await write(0, 0, 1, 2);
  expect(readTrainingLog(file)).toMatchObject({ iterations: 3, loss: [{ mean: 2 }, { mean: 1 }, { mean: 2 / 3 }] });
  expect(readTrainingLog(file, 2).iterations).toBe(2);
});

describe('CSV, by the ending of the name', () => {
  const csv = join(temporaryFolder(), 'log.CSV');
  const header = 'step,loss,lossBefore,trainAccuracy,testAccuracy\r\n';
  const record = (step: number) => `${step},${1 / (step + 1)},${2 / (step + 1)},,\r\n`;
  const records = (count: number) => header + Array.from({ length: count }, (_, step) => record(step)).join('');

  async function writeCsv(iteration: number, ...steps: number[]): Promise<string> {
    const log = await openTrainingLog(csv, at(iteration));
    for (const step of steps) {
      await log.event({ type: 'step', step, loss: 2 / (step + 1), lossAfter: 1 / (step + 1) });
    }
    await log.close();
    return readFileSync(csv, 'utf8');
  }

  test('a new run writes a header, and a resumed run appends, from any iteration', async () => {
    writeFileSync(csv, 'my notes');
    expect(await writeCsv(0, 0, 1, 2)).toBe(records(3));
    expect(await writeCsv(3, 3, 4)).toBe(records(5));
    expect(await writeCsv(2, 2)).toBe(records(3));
    for (const iteration of [1, 1500, 2999]) {
      writeFileSync(csv, `${records(3000)}3000,0.5`); // the last line is cut off, as after a kill
      expect(await writeCsv(iteration)).toBe(records(iteration));
    }
    writeFileSync(csv, header + record(5));
    expect(await writeCsv(3, 3)).toBe(header + record(3)); // nothing before it
  });

  test.each(['my notes\n', lines(4), 'step,loss\r\n0,1\r\n'])(
    'a file that is not a CSV log is refused and not changed',
    async (text) => {
      writeFileSync(csv, text);
      await expect(openTrainingLog(csv, at(3))).rejects.toThrow(InputError);
      expect(readFileSync(csv, 'utf8')).toBe(text);
    },
  );

  test('it is read like the JSON lines of the same run', async () => {
    for (const path of [csv, file]) {
      const log = await openTrainingLog(path, at(0));
      for (let step = 0; step < 700; step++) {
        await log.event({ type: 'step', step, loss: 2.5e-7 * step, lossAfter: 0.1 });
        if (step % 100 === 99)
          await log.event({ type: 'accuracy', iteration: step + 1, train: 0.9, test: step / 1000 });
      }
      await log.close();
    }
    expect(readTrainingLog(csv)).toEqual(readTrainingLog(file));
    expect(readTrainingLog(csv, 350)).toEqual(readTrainingLog(file, 350));
    appendFileSync(csv, '700,0.1,0.2,,0.'); // cut off, but with five fields
    expect(readTrainingLog(csv)).toEqual(readTrainingLog(file));
    appendFileSync(csv, '\r\nx,y,z,,\r\n');
    expect(() => readTrainingLog(csv)).toThrow('log.CSV, line 703, is not of a training log: "x,y,z,,\\r"');

    const script = 'import csv, json, sys; print(json.dumps(list(csv.DictReader(open(sys.argv[1], newline="")))[699]))';
    const { stdout, status } = spawnSync('python3', ['-c', script, csv], { encoding: 'utf8' });
    if (status !== 0) return void console.log('skipped: the CSV reader of python3 is missing');
    const [step, loss, lossBefore] = ['699', '0.1', String(2.5e-7 * 699)];
    expect(JSON.parse(stdout)).toEqual({ step, loss, lossBefore, trainAccuracy: '0.9', testAccuracy: '0.699' });
  });
});
