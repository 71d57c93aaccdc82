import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine } from '#src/engines/registry.js';
import { sweepPage } from '#src/report/sweep-page.js';
import { keepRecord, lockFolder, openRecordFolder, readFolder } from '#src/sweep/folder.js';
import { localExecutor, shareData } from '#src/sweep/local.js';
import {
  checkSameResult,
  encodeRecord,
  parseRecord,
  runOf,
  type RunRecord,
  type RunSettings,
} from '#src/sweep/record.js';
import { runOne, type SweepEvent } from '#src/sweep/run.js';
import { groupRuns, groupSettings, notFiniteNote, sortGroups } from '#src/sweep/summary.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { identifyDataset, weightsDigest } from '#src/training/model-file.js';
import { newTraining, train } from '#src/training/train.js';

const images = temporaryFolder();
writeDataset(images);
const data = shareData(loadDataset(images));
const identity = identifyDataset(data);
const runWith = (over: Partial<RunSettings> = {}) =>
  runOf(
    { ...DEFAULTS, hiddenSize: 6, batchSize: 5, iterations: 60, learningRate: 1, evalEvery: 20, ...over },
    identity,
    '0.0.0',
  );
/** Settings with which some initial weights are infinite. */
const DIVERGING = { weightInit: 1e308 } as const;

const record = await runOne(runWith(), data);

describe('a run', () => {
  test('has the weights, losses and accuracies of train', async () => {
    const { settings } = runWith();
    const training = newTraining(settings, data.train.inputSize);
    const engine = await openEngine('backprop', { ...settings, threads: 1 });
    const losses: number[] = [];
    const accuracies: [number, number][] = [];
    for await (const event of train(training, data, engine, { evalEvery: 20 })) {
      if (event.type === 'step') losses.push(event.loss);
      if (event.type === 'accuracy') accuracies.push([event.iteration, event.test]);
    }
    expect(record.weights).toBe(weightsDigest(training));
    expect(record.outcome).toMatchObject({ iterations: 60, notFiniteAt: null, loss: losses.at(-1) });
    expect(record.outcome.testAccuracy).toBe(accuracies.at(-1)![1]);
    expect(record.outcome.bestTestAccuracy).toBe(Math.max(...accuracies.map(([, test]) => test)));
    expect(record.curves.test).toEqual(accuracies.map(([at, test]) => [at, Number(test.toPrecision(6))]));
    expect(record.curves.loss).toEqual(losses.map((loss, step) => [step, Number(loss.toPrecision(6))]));
  });
  test('that diverges has a result', async () => {
    const { outcome } = await runOne(runWith(DIVERGING), data);
    expect([outcome.notFiniteAt, outcome.iterations]).toEqual([0, 0]);
    expect([outcome.loss, outcome.testAccuracy, outcome.trainAccuracy]).toEqual([null, null, null]);
  });
  test('of a hundred thousand iterations has a record of less than 4 kB', async () => {
    const long = await runOne(runWith({ iterations: 100_000, evalEvery: 100, hiddenSize: 1 }), data);
    expect(long.curves.loss.length).toBeGreaterThan(31);
    expect(encodeRecord(long).length).toBeLessThan(4096);
  });
});

describe('a record', () => {
  test('is read back as it was written', async () => {
    for (const one of [record, await runOne(runWith(DIVERGING), data)]) {
      expect(parseRecord(encodeRecord(one), 'a')).toEqual(one);
    }
  });
  type Json = Record<string, never> & { settings: object; outcome: object; curves: object; data: object };
  const changed = (change: (json: Json) => unknown) => {
    const json = JSON.parse(encodeRecord(record)) as Json;
    return JSON.stringify({ ...json, ...(change(json) as object) });
  };
  test.each<[string, string, string]>([
    ['nothing', '', 'is not the record of a run'],
    ['half of it', encodeRecord(record).slice(0, 300), 'is not the record of a run'],
    ['a list', '[]', 'its format is undefined'],
    ['null', 'null', 'its format is undefined'],
    ['another format', changed(() => ({ format: 'gd-train run 9' })), '"gd-train run 9"'],
    ['far too much', ' '.repeat(1e6), '1000000 characters'],
    ['another learning rate', changed((j) => ({ settings: { ...j.settings, learningRate: 2 } })), 'is not that of its'],
    ['a learning rate of -1', changed((j) => ({ settings: { ...j.settings, learningRate: -1 } })), 'learningRate'],
    ['an id that steers a terminal', changed(() => ({ id: '\u001b[2J' })), String.raw`\u001b[2J`],
    ['no data', changed(() => ({ data: 3 })), 'data is out of range: 3'],
    ['a digest that is none', changed((j) => ({ data: { ...j.data, test: 'x' } })), 'data is out of range'],
    ['weights that are no digest', changed(() => ({ weights: '..' })), 'weights is out of range'],
    ['an accuracy of 1.5', changed((j) => ({ outcome: { ...j.outcome, testAccuracy: 1.5 } })), 'testAccuracy'],
    ['a step past the end', changed((j) => ({ outcome: { ...j.outcome, notFiniteAt: 61 } })), 'notFiniteAt'],
    ['a curve of words', changed((j) => ({ curves: { ...j.curves, loss: [['a', 'b']] } })), 'curve loss'],
    ['a long curve', changed((j) => ({ curves: { ...j.curves, loss: Array(65).fill([1, 2]) } })), 'curve loss'],
    ['a machine that is a number', changed(() => ({ machine: 7 })), 'machine is out of range'],
    ['negative seconds', changed(() => ({ seconds: -1 })), 'seconds is out of range'],
  ])('that is %s is refused in one line', (_, text, message) => {
    expect(() => parseRecord(text, 'runs/x.json')).toThrow(message);
    try {
      parseRecord(text, 'runs/x.json');
    } catch (error) {
      expect((error as Error).name).toBe('InputError');
      expect((error as Error).message).toMatch(/^runs\/x\.json .{1,250}$/);
    }
  });
  test('drops unknown fields', () => {
    const parsed = parseRecord(
      changed((j) => ({ evil: 1, settings: { ...j.settings, evil: 1 } })),
      'a',
    );
    expect(parsed).toEqual(record);
  });
  test('has the same result as another with other machine and seconds', () => {
    expect(() => checkSameResult(record, { ...record, machine: 'b', seconds: 9 })).not.toThrow();
    expect(() => checkSameResult(record, { ...record, weights: '0'.repeat(64) })).toThrow('has two results');
  });
});

async function all(events: AsyncIterable<SweepEvent>): Promise<SweepEvent[]> {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

describe('runs in worker threads', () => {
  const runs = [0, 1, 2, 3, 4].map((seed) => runWith({ seed }));
  test('have the results of this thread; each is started and done once', async () => {
    const events = await all(localExecutor(data, 2)(runs, new AbortController().signal));
    const done = events.flatMap((event) => (event.type === 'done' ? event.record : []));
    expect(done.map(({ id }) => id).sort()).toEqual(runs.map(({ id }) => id).sort());
    expect(events.filter(({ type }) => type === 'started')).toHaveLength(5);
    for (const record of done) {
      const { outcome, weights, curves } = await runOne(
        runs.find(({ id }) => id === record.id)!,
        data,
      );
      expect(record).toMatchObject({ outcome, weights, curves });
    }
  });
  test('end during a run when aborted', async () => {
    const controller = new AbortController();
    const events: SweepEvent[] = [];
    const endless = [...runs.slice(0, 1), ...runs.map((_, seed) => runWith({ seed, iterations: 1e9 }))];
    for await (const event of localExecutor(data, 2)(endless, controller.signal)) {
      events.push(event);
      if (event.type === 'done') controller.abort();
    }
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'failed')).toHaveLength(0);
  });
  test('end when the consumer stops', async () => {
    const endless = [0, 1, 2].map((seed) => runWith({ seed, iterations: 1e9 }));
    for await (const event of localExecutor(data, 2)(endless, new AbortController().signal)) {
      if (event.type === 'progress') break;
    }
  });
  test('fail separately, with the reason', async () => {
    const impossible = runWith({ gradient: 'numerical', precision: 'f32' });
    const events = await all(localExecutor(data, 1)([impossible, runs[0]], new AbortController().signal));
    expect(events.filter(({ type }) => type === 'failed' || type === 'done')).toMatchObject([
      { type: 'failed', run: { id: impossible.id }, reason: expect.stringContaining('needs float64') },
      { type: 'done', run: { id: runs[0].id } },
    ]);
  });
});

describe('the folder of a sweep', () => {
  const fresh = () => join(temporaryFolder(), 'runs');

  test('has a file per run; a damaged file is named, and its run counts as missing', () => {
    const folder = fresh();
    openRecordFolder(folder);
    keepRecord(folder, record);
    openRecordFolder(folder); // a second time
    expect(readdirSync(folder).sort()).toEqual([`${record.id}.json`, 'gd-train-sweep.json'].sort());
    const other = `${'0'.repeat(32)}.json`;
    writeFileSync(join(folder, other), encodeRecord(record));
    writeFileSync(join(folder, `${'1'.repeat(32)}.json`), '{');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { records, damaged } = readFolder(folder);
    expect([...records]).toEqual([[record.id, record]]);
    expect(damaged).toEqual([expect.stringContaining('is the record of run'), expect.stringContaining('delete it')]);
    expect(readFolder(folder, new Set(['f'.repeat(32)])).records.size).toBe(0);
  });
  test('is not accepted if it holds other files', () => {
    const folder = fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.tex'), '');
    expect(() => openRecordFolder(folder)).toThrow('holds "thesis.tex": name a new folder');
    expect(() => readFolder(folder)).toThrow('holds "thesis.tex"');
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
    expect(() => openRecordFolder(join(folder, 'thesis.tex'))).toThrow('is a file: name a folder');
    expect(() => openRecordFolder(join(folder, 'no', 'where'))).toThrow('a folder that is missing');
  });
  test('keeps no second result of a run that differs', () => {
    const folder = fresh();
    openRecordFolder(folder);
    keepRecord(folder, { ...record, machine: 'alpha' });
    keepRecord(folder, { ...record, machine: 'beta' });
    const different: RunRecord = { ...record, machine: 'gamma', weights: 'f'.repeat(64) };
    expect(() => keepRecord(folder, different)).toThrow(/"beta" got weights .*, "gamma" got weights ffffffffffff/);
    writeFileSync(join(folder, `${record.id}.json`), 'damaged');
    keepRecord(folder, record);
    expect(readFolder(folder).records.get(record.id)).toEqual(record);
  });
  test('has one sweep at a time; the lock of an ended process is taken over', () => {
    const folder = fresh();
    openRecordFolder(folder);
    const lockFile = join(folder, 'lock');
    const [alive, dead] = [() => true, () => false];
    const releaseFirst = lockFolder(folder, 100, alive);
    expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toEqual({ pid: 100, host: hostname() });
    expect(() => lockFolder(folder, 200, alive)).toThrow(/in use by another sweep, process 100 on .*delete .*lock$/);
    const releaseSecond = lockFolder(folder, 200, dead);
    releaseFirst(); // the lock belongs to another process now
    expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toMatchObject({ pid: 200 });
    releaseSecond();
    lockFolder(folder, 300, alive)();
    writeFileSync(lockFile, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    expect(() => lockFolder(folder, 300, dead)).toThrow('process 1 on "elsewhere"');
    writeFileSync(lockFile, '');
    expect(() => lockFolder(folder, 300, dead)).toThrow('a process that has just begun');
    rmSync(lockFile);
    expect(readdirSync(folder)).toEqual(['gd-train-sweep.json']);
  });
});

describe('a summary', () => {
  const with_ = (over: Partial<RunSettings>, testAccuracy: number | null): RunRecord => ({
    ...record,
    ...runWith(over),
    outcome: { ...record.outcome, testAccuracy, notFiniteAt: testAccuracy === null ? 12 : null },
  });
  const groups = groupRuns([
    with_({ learningRate: 0.1, seed: 1 }, 0.5),
    with_({ learningRate: 0.1, seed: 0 }, 0.7),
    with_({ learningRate: 3 }, null),
    with_({ learningRate: 1, seed: 0 }, 0.9),
    with_({ learningRate: 1, seed: 1 }, null),
  ]);
  test('has means over the finished seeds, the best first, settings without a mean last', () => {
    expect(groups.map(({ settings, test, finished }) => [settings.lr, test.mean, finished.length])).toEqual([
      [1, 0.9, 1],
      [0.1, 0.6, 2],
      [3, null, 0],
    ]);
    expect(groups[1].test.std).toBeCloseTo(Math.sqrt(0.02), 15);
    expect(groups[1].runs.map(({ settings }) => settings.seed)).toEqual([0, 1]);
    expect(groups.map(notFiniteNote)).toEqual(['1 of 2 not finite at step 12', undefined, 'not finite at step 12']);
    expect(groupSettings(groups)).toEqual(['lr']);
  });
  test('is sorted by a setting or a measure', () => {
    expect(sortGroups(groups, 'lr').map(({ settings }) => settings.lr)).toEqual([0.1, 1, 3]);
    expect(sortGroups(groups, 'loss').at(-1)!.settings.lr).toBe(3);
  });
  test('is a page that first shows accuracies, or losses if each accuracy is a single point', async () => {
    const once = await runOne(runWith({ evalEvery: 60 }), data);
    const firstOf = (run: RunRecord) => {
      const page = sweepPage(groupRuns([run, { ...run, ...runWith({ seed: 1 }) }]), 'runs', { script: '', style: '' });
      return [...page.matchAll(/name="measure" value="(\w+)"\s+checked/g)].map(([, measure]) => measure);
    };
    expect([record.curves.test.length, firstOf(record)]).toEqual([3, ['test']]);
    expect([once.curves.test.length, firstOf(once)]).toEqual([1, ['loss']]);
  });
});
