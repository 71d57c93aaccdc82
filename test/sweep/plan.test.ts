import {
  listOf,
  parseList,
  planRuns,
  type SweepAxes,
  type SweepSettings,
  type ValueKind,
  type ValueList,
  valuesOf,
} from '#src/sweep/plan.js';
import { runOf } from '#src/sweep/record.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';

const numbers: ValueKind<number> = {
  what: 'a number',
  ranges: 'numbers',
  read: (text) => (text !== '' && Number(text) > 0 ? Number(text) : undefined),
};
const integers: ValueKind<number> = {
  what: 'a whole number',
  ranges: 'integers',
  read: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
};
const values = (text: string, kind = numbers) => valuesOf(parseList('--x', text, kind));

describe('lists and ranges', () => {
  test('have values, integers between two bounds, and equal ratios', () => {
    expect(values('0.1,0.3, 1e-3')).toEqual([0.1, 0.3, 0.001]);
    expect(values('0..3,7', integers)).toEqual([0, 1, 2, 3, 7]);
    expect(values('2-4', integers)).toEqual([2, 3, 4]);
    expect(values('5..5', integers)).toEqual([5]);
    expect(values('0.001..1 x4')).toEqual([0.001, 0.01, 0.1, 1]);
    expect(values('1e-3..1x7')).toEqual([0.001, 0.00316228, 0.01, 0.0316228, 0.1, 0.316228, 1]); // np.geomspace
    expect(values('10..1000x3', integers)).toEqual([10, 100, 1000]);
  });
  test('have each value once', () => {
    expect(values('0.1,0.01..1x3,0.1')).toEqual([0.1, 0.01, 1]);
    expect(values('1..3 x5', integers)).toEqual([1, 2, 3]);
  });
  test.each([
    ['', numbers, '--x "" has no values'],
    ['1,,2', numbers, 'an empty place between its commas'],
    ['fast', numbers, 'got "fast"'],
    ['1..0.1 x3', numbers, 'ends before it begins: write 0.1..1'],
    ['5..2', integers, 'ends before it begins: write 2..5'],
    ['0.1..1', numbers, 'does not say how many values'],
    ['0.1..1 x1', numbers, 'at least two values'],
    ['0..4 x3', integers, 'above 0'],
    ['1..', integers, 'got "1.."'],
  ])('%j is refused', (text, kind, message) => {
    expect(() => values(text, kind)).toThrow(message);
  });
  test('are counted without being enumerated', () => {
    const axis = parseList('--x', '0..4294967295', integers);
    expect([axis.count, axis.at(4294967295)]).toEqual([2 ** 32, 2 ** 32 - 1]);
  });
});

const MNIST = { count: 60_000, identity: { train: 'a'.repeat(64), test: 'b'.repeat(64) } };
const axes = (over: Partial<SweepAxes> = {}): SweepAxes => ({
  learningRate: listOf([0.1]),
  hiddenSize: listOf([100]),
  batchSize: listOf([100]),
  weightInit: listOf([0.01]),
  gradient: listOf(['backprop' as const]),
  precision: undefined,
  seed: listOf([0]),
  ...over,
});
const plan = (over: Partial<SweepAxes>, rest: Partial<SweepSettings> = {}) =>
  planRuns({ axes: axes(over), length: { iterations: 1000 }, ...rest }, MNIST, '1.2.3');
const counted = (count: number): ValueList<number> => ({ count, at: (i) => i + 1 });

describe('a plan', () => {
  test('has every combination once, and a whole grid before the next seed', () => {
    const runs = plan({ learningRate: listOf([0.1, 1]), hiddenSize: listOf([3, 5, 3]), seed: listOf([0, 1]) });
    expect(runs.map(({ settings: s }) => [s.learningRate, s.hiddenSize, s.seed])).toEqual(
      [0, 1].flatMap((seed) => [3, 5].flatMap((hidden) => [0.1, 1].map((lr) => [lr, hidden, seed]))),
    );
    expect(new Set(runs.map(({ id }) => id)).size).toBe(8);
  });
  test('has an id that depends on all settings that decide the result, and on nothing else', () => {
    const [{ id, settings, data, version }] = plan({});
    expect(runOf({ ...settings }, data, version).id).toBe(id);
    expect(runOf(Object.fromEntries(Object.entries(settings).reverse()) as never, data, version).id).toBe(id);
    const others = [
      ...Object.entries({ ...DEFAULTS, evalEvery: 1 }).map(([name]) =>
        runOf({ ...settings, [name]: 77 }, data, version),
      ),
      runOf(settings, { ...data, test: 'c'.repeat(64) }, version),
      runOf(settings, { ...data, train: 'c'.repeat(64) }, version),
      runOf(settings, data, '1.2.4'),
    ];
    expect(new Set([id, ...others.map((run) => run.id)]).size).toBe(1 + 10 + 3);
  });
  test('converts epochs to the nearest number of iterations for each batch size, with the accuracy measured every epoch', () => {
    const runs = plan({ batchSize: listOf([100, 64, 7]) }, { length: { epochs: 2.5 } });
    expect(runs.map(({ settings: s }) => [s.iterations, s.evalEvery])).toEqual([
      [1500, 600],
      [2344, 938], // 2343.75, 937.5
      [21429, 8571],
    ]);
    expect(() => plan({}, { length: { epochs: 1e7 } })).toThrow('6000000000 iterations; 1000000000 are the most');
    expect(plan({}, { evalEvery: 50 })[0].settings.evalEvery).toBe(50);
  });
  test("has the engine's default precision unless another is chosen, which the engine must support", () => {
    const gradient = listOf(['numerical' as const, 'backprop' as const]);
    expect(plan({ gradient }).map(({ settings }) => settings.precision)).toEqual(['f64', 'f64']);
    expect(() => plan({ gradient, precision: listOf(['f32' as const]) })).toThrow('numerical does not have');
  });
  test('has samples of the grid with each run once; a larger sample of the same seed begins with the smaller', () => {
    const over = { learningRate: counted(40), seed: counted(25) };
    const grid = new Set(plan(over).map(({ id }) => id));
    const ids = (count: number, seed: number) => plan(over, { sample: { count, seed } }).map(({ id }) => id);
    const twenty = ids(20, 1);
    expect(new Set(twenty).size).toBe(20);
    expect(twenty.every((id) => grid.has(id))).toBe(true);
    expect(ids(50, 1).slice(0, 20)).toEqual(twenty);
    expect(ids(20, 2)).not.toEqual(twenty);
    expect(new Set(ids(1000, 3))).toEqual(grid);
  });
  test('has uniform samples: every run of a small grid comes first equally often', () => {
    const firsts = new Map<number, number>();
    for (let seed = 0; seed < 1000; seed++) {
      const [run] = plan({ hiddenSize: counted(5) }, { sample: { count: 1, seed } });
      firsts.set(run.settings.hiddenSize, (firsts.get(run.settings.hiddenSize) ?? 0) + 1);
    }
    // 200 are expected of each. χ² with 4 degrees of freedom exceeds 18.5 once in a thousand; the seeds are fixed.
    expect([...firsts.values()].reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0)).toBeLessThan(18.5);
  });
  test.each<[string, Partial<SweepAxes>, Partial<SweepSettings>, string]>([
    ['too many', { learningRate: counted(1001), seed: counted(1000) }, {}, '1,001,000 runs (1,001 x 1,000)'],
    ['far too many', { seed: counted(2 ** 32) }, {}, '4,294,967,296 runs;'],
    ['a list too long to draw from', { seed: counted(2 ** 32) }, { sample: { count: 3, seed: 0 } }, 'of one list'],
    ['more drawn than there are', { seed: counted(3) }, { sample: { count: 4, seed: 0 } }, 'these lists make 3 runs'],
  ])('%s is refused, with the reason', (_, over, rest, message) => {
    expect(() => plan(over, rest)).toThrow(message);
  });
});
