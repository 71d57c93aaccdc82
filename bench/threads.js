// Measures how an iteration of backpropagation divides among p threads: node bench/threads.js [ITERATIONS] [HIDDEN]
// [BATCH]. The shares of all threads are computed one after the other on one processor and timed separately, so that
// the number of processors does not matter. The time of a step is that of its longest share, the time of an iteration
// the sum of its steps. The fastest of many iterations counts. The simulation leaves out the waiting at the barriers
// between steps, and the transfer of data between the caches of processors. Therefore one and two real threads are
// timed too, if the machine has as many processors. One line in Markdown per precision and number of threads goes to
// stdout.
import { availableParallelism } from 'node:os';
import { loadDataset } from '../dist/dataset/mnist.js';
import { kernelsFor } from '../dist/kernels/limits.js';
import { joinNet } from '../dist/kernels/wasm-instance.js';
import { createWasmNet } from '../dist/kernels/wasm-net.js';
import { openThreadPool } from '../dist/kernels/thread-pool.js';
import { randomStream } from '../dist/network/random.js';
import { create } from '../dist/network/two-layer-net.js';

const [iterations, hiddenSize, batchSize] = [3000, 100, 100].map((value, i) => Number(process.argv[i + 2] ?? value));
const THREADS = [1, 2, 4, 8, 16];
const NAMES = ['gather', 'forward', 'output', 'descend'];
const { train } = loadDataset();

function openNet(precision, threads) {
  const net = create(784, hiddenSize, 10, randomStream(1));
  const phase = 'backward';
  const kernels = kernelsFor({ net, precision, batchSize, images: train.count, threads, phase });
  if (!('module' in kernels)) throw new Error(kernels.why);
  const { module } = kernels;
  const kernel = createWasmNet({
    ...{ module, sizes: net, precision, phase, threads },
    ...{ images: train.count, capacity: batchSize },
  });
  kernel.addImages(train);
  kernel.setParameters(net.all);
  kernel.setDescent(batchSize, 0.1, 1e-4);
  return kernel;
}

/** Microseconds of the longest share of each step. The fastest of all iterations counts for each share. */
function timeShares(precision, threads) {
  const kernel = openNet(precision, threads);
  const random = randomStream(2);
  const members = Array.from({ length: threads }, (_, thread) =>
    thread ? joinNet(kernel.shared, thread) : kernel.member,
  );
  const steps = kernel.member.stagesOf('backward');
  const fastest = Array.from({ length: steps }, () => members.map(() => Infinity));
  for (let i = 0; i < iterations; i++) {
    kernel.setIndices(random.choice(train.count, batchSize));
    for (const [step, times] of fastest.entries()) {
      for (const [thread, member] of members.entries()) {
        const start = performance.now();
        member.runStage('backward', step);
        times[thread] = Math.min(times[thread], performance.now() - start);
      }
    }
  }
  return fastest.map((times) => 1000 * Math.max(...times));
}

/** Microseconds of an iteration by this many real threads. */
async function timePool(precision, threads) {
  const kernel = openNet(precision, threads);
  const random = randomStream(2);
  const pool = openThreadPool(kernel, threads, { mode: 'shared', record: () => undefined });
  await pool.ready;
  let fastest = Infinity;
  for (let i = 0; i < iterations; i++) {
    const indices = random.choice(train.count, batchSize);
    const start = performance.now();
    await pool.run('backward', indices);
    fastest = Math.min(fastest, performance.now() - start);
  }
  await pool.settle();
  await pool.close();
  return 1000 * fastest;
}

/** Least-squares fit of T = shared + rest / p for p <= 8. With more threads, vectors of hidden units are shared unevenly. */
function fit(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = points.map(([p]) => 1 / p);
  const y = points.map(([, T]) => T);
  const [mx, my] = [mean(x), mean(y)];
  const rest = mean(x.map((value, i) => (value - mx) * (y[i] - my))) / mean(x.map((value) => (value - mx) ** 2));
  return { shared: my - rest * mx, rest };
}

const µs = (value) => value.toFixed(1);
for (const precision of ['f64', 'f32']) {
  const rows = [];
  for (const threads of THREADS) {
    const steps = timeShares(precision, threads);
    const total = steps.reduce((sum, time) => sum + time, 0);
    const real = threads <= availableParallelism() ? µs(await timePool(precision, threads)) : '';
    rows.push({ threads, steps, total, real });
  }
  const { shared, rest } = fit(
    rows.filter(({ threads }) => threads <= 8).map(({ threads, total }) => [threads, total]),
  );
  const names = rows[0].steps.map((_, i) => (rows[0].steps.length === NAMES.length ? NAMES[i] : String(i)));
  console.log(`${precision}: T(p) = ${µs(shared)} µs + ${µs(rest)} µs / p\n`);
  console.log(`| p | ${names.join(' | ')} | T(p) | model | speed | real threads |`);
  console.log(`|${' ---: |'.repeat(names.length + 5)}`);
  for (const { threads, steps, total, real } of rows) {
    const cells = [...steps.map(µs), µs(total), µs(shared + rest / threads), (rows[0].total / total).toFixed(2), real];
    console.log(`| ${threads} | ${cells.join(' | ')} |`);
  }
  console.log();
}
