import { createHash } from 'node:crypto';
import { type Dataset, loadDataset } from '#src/dataset/mnist.js';
import { kernelsFor } from '#src/kernels/limits.js';
import { FIRST_PACE, type Mode, nextPace, openPacer, type Pace, windowOf } from '#src/kernels/pace.js';
import { openThreadPool } from '#src/kernels/thread-pool.js';
import { createWasmNet } from '#src/kernels/wasm-net.js';
import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';

// The decision is a pure function, which is tested with simulated times. It changes no bit of the results.

/** Milliseconds of an iteration in each mode, as a function of the time that has passed. */
type Machine = (mode: Mode, now: number, iteration: number) => number;

/** Runs iterations on a simulated machine. Returns the milliseconds that they take, and their modes. */
function simulate(machine: Machine, iterations: number) {
  const pacer = openPacer();
  let now = 0;
  const modes: Mode[] = [];
  for (let i = 0; i < iterations; i++) {
    const { mode } = pacer;
    const ms = machine(mode, now, i);
    modes.push(mode);
    pacer.record(ms);
    now += ms;
  }
  return { ms: now, modes };
}
const total = (machine: Machine, mode: Mode, iterations: number) => {
  let now = 0;
  for (let i = 0; i < iterations; i++) now += machine(mode, now, i);
  return now;
};

/** Shared and solo iterations without other work: 0.24 and 0.41 ms, each a little longer or shorter. */
const quiet: Machine = (mode, _, i) => (mode === 'shared' ? 0.24 : 0.41) * (1 + ((i * 7) % 11) / 100);
/** Most shared iterations wait for a time slice now and then. */
const busy: Machine = (mode, _, i) => (mode === 'shared' ? (i % 8 === 0 ? 3.6 : 0.25) : 0.42);

test.each([4000, 10_000, 100_000])('a quiet machine loses less than 2 %% in %d iterations', (iterations) => {
  expect(simulate(quiet, iterations).ms / total(quiet, 'shared', iterations)).toBeLessThan(1.02);
});

test('a slow start of the threads does not affect the decision', () => {
  const slowStart: Machine = (mode, now, i) => (now < 30 ? 5 : quiet(mode, now, i));
  const { modes } = simulate(slowStart, 4000);
  expect(modes.filter((mode) => mode === 'solo').length).toBeLessThan(60);
});

test.each([2000, 4000, 40_000])('a busy machine takes at most 1.1 times as long as one thread, %d', (iterations) => {
  expect(simulate(busy, iterations).ms / total(busy, 'solo', iterations)).toBeLessThan(1.1);
});

test('sharing that never pays is given up, even if all shared iterations take the same time', () => {
  const tiny: Machine = (mode) => (mode === 'shared' ? 0.03 : 0.01);
  expect(simulate(tiny, 100_000).ms / total(tiny, 'solo', 100_000)).toBeLessThan(1.3);
  expect(simulate(tiny, 1_000_000).ms / total(tiny, 'solo', 1_000_000)).toBeLessThan(1.1);
});

test('the mode follows the machine when other work begins and when it ends', () => {
  const changing: Machine = (mode, now, i) => (now > 1000 && now < 3000 ? busy : quiet)(mode, now, i);
  const { modes } = simulate(changing, 20_000);
  const share = (from: number, to: number) =>
    modes.slice(from, to).filter((mode) => mode === 'solo').length / (to - from);
  expect(share(0, 3500)).toBeLessThan(0.05);
  expect(share(5000, 8000)).toBeGreaterThan(0.8);
  expect(share(16_000, 20_000)).toBeLessThan(0.05);
});

test('a trial has one iteration if iterations are longer than a window', () => {
  const slow: Machine = (mode) => (mode === 'shared' ? 1000 : 1900);
  const { modes } = simulate(slow, 100);
  expect(modes.filter((mode) => mode === 'solo').length).toBeLessThanOrEqual(3);
});

test('trials become rarer while they fail', () => {
  let pace: Pace = { ...FIRST_PACE, countdown: 0.01 };
  const waits: number[] = [];
  for (let trial = 0; trial < 8; trial++) {
    let windows = 0;
    for (; pace.other === undefined; windows++) pace = nextPace(pace, 1, 0.5); // not calm
    waits.push(windows);
    expect(windowOf(pace)).toBeLessThan(windowOf(FIRST_PACE));
    pace = nextPace(pace, 0.99, 0.5); // 1 % faster: not enough
    expect(pace.mode).toBe('shared');
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 32, 32]);
});

describe('modes that change at random', () => {
  const all = loadDataset().test;
  const count = 500;
  const images: Dataset = {
    ...all,
    count,
    images: all.images.subarray(0, count * 784),
    labels: all.labels.subarray(0, count),
  };

  async function descend(threads: number, precision: 'f64' | 'f32', phase: 'backward' | 'differences', seed?: number) {
    const random = randomStream(5);
    const net = create(784, 90, 10, random);
    const kernels = kernelsFor({ net, precision, batchSize: 64, images: count, threads, phase, h: 1e-4 });
    if ('why' in kernels) throw new Error(kernels.why);
    const { module } = kernels;
    const kernel = createWasmNet({ module, sizes: net, precision, phase, threads, images: count, capacity: 64 });
    kernel.addImages(images);
    kernel.setParameters(net.all);
    const coins = randomStream(seed ?? 0);
    let mode: Mode = 'shared';
    let changes = 0;
    const pacer = {
      get mode() {
        return mode;
      },
      record() {
        const before = mode;
        if (seed !== undefined) mode = coins.choice(2, 1)[0] === 0 ? 'shared' : 'solo';
        if (mode !== before) changes++;
      },
    };
    const pool = openThreadPool(kernel, threads, pacer);
    await pool.ready;
    kernel.setDescent(20, 0.1, 1e-4);
    const results = [];
    for (let step = 0; step < (phase === 'backward' ? 60 : 8); step++) {
      await pool.run(phase, random.choice(count, 20));
      results.push(kernel.loss());
      if (step % 20 !== 7) continue;
      await pool.settle();
      kernel.setClassification(0, count);
      await pool.classify();
      results.push(createHash('sha256').update(kernel.digits(0, count)).digest('hex'));
    }
    await pool.settle();
    kernel.getParameters(net.all);
    await pool.close();
    results.push(createHash('sha256').update(net.all).digest('hex'));
    return { results, changes };
  }

  test.each([
    ['f64', 'backward'],
    ['f32', 'backward'],
    ['f64', 'differences'],
  ] as const)('the same bits in %s, %s', async (precision, phase) => {
    const { results } = await descend(1, precision, phase);
    for (const threads of [2, 3]) {
      for (const seed of [1, 2]) {
        const switching = await descend(threads, precision, phase, seed);
        expect(switching.changes).toBeGreaterThan(1);
        expect(switching.results).toEqual(results);
      }
    }
  });
});
