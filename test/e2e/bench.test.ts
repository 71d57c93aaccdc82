import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';

const tiny = temporaryFolder();
writeDataset(tiny);
const BENCH = ['bench', '--data', tiny, '--hidden', '3,5', '--batch', '4', '--rounds', '1', '--threads', '2'];

interface Timing {
  gradient: string;
  precision: string;
  threads: number;
  hiddenSize: number;
  batchSize: number;
  milliseconds: number;
  ratio: number;
  rounds: number[];
  isEstimate: boolean;
}

test('all engines are timed with all settings, with ratios to the first', () => {
  const { status, stdout, stderr } = run([...BENCH, '--json']);
  expect([status, stderr]).toEqual([0, '']);
  const { timings } = JSON.parse(stdout) as { timings: Timing[] };
  const ways = timings.filter(({ hiddenSize }) => hiddenSize === 5);
  expect(ways.map(({ gradient, precision, threads }) => `${gradient} ${precision} ${threads}`)).toEqual([
    ...['backprop f64 1', 'backprop f64 2', 'backprop f32 1', 'backprop f32 2', 'backprop f64 0'],
    ...['numerical f64 1', 'numerical f64 2', 'numerical f64 0', 'naive f64 0'],
  ]);
  expect(timings).toHaveLength(2 * ways.length);
  for (const { milliseconds, ratio, rounds, isEstimate, gradient } of timings) {
    expect(milliseconds).toBeGreaterThan(0);
    expect(rounds).toEqual([milliseconds]);
    expect(ratio).toBeCloseTo(milliseconds / timings[0].milliseconds, 12);
    expect(isEstimate).toBe(gradient === 'naive');
  }
});

test('without --json a table is printed', () => {
  const { stdout } = run([...BENCH, '--gradient', 'numerical']);
  expect(stdout).toMatch(/Node v\d.*; median of 1 alternating round\n\ngradient .*ratio/);
  expect(stdout).toMatch(/^numerical f64 +3 +4 +1 .* 1\.00 /m);
  expect(stdout).toMatch(/^numerical f64 +5 +4 +plain /m);
});

test.each([
  ['--hidden', '0', '--hidden must be whole numbers from 1 to 100000, such as 1, 1,3 or 1..4; got "0"'],
  ['--batch', '3,x', 'such as 1, 1,3 or 1..4; got "3,x"'],
  ['--gradient', 'tf', 'one of backprop, numerical, naive, tfjs, got "tf"'],
])('%s %s is refused', (flag, value, why) => {
  const { status, stderr } = run(['bench', flag, value]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
});
