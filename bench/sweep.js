/* global AbortSignal */
import { availableParallelism } from 'node:os';
import { loadDataset } from '../dist/dataset/mnist.js';
import { localExecutor, shareData } from '../dist/sweep/local.js';
import { runOf } from '../dist/sweep/record.js';
import { DEFAULTS } from '../dist/training/hyper-parameters.js';
import { identifyDataset } from '../dist/training/model-file.js';

// Measures the runs of a sweep per second, one run at a time and one per processor, alternately:
// `node bench/sweep.js [ROUNDS] [ITERATIONS]`. The fastest round of each counts. On a quiet machine the ratio should be
// at least 0.9 times the number of processors. The processor time per run shows, on a busy machine too, how much
// simultaneous runs slow each other.

const [rounds = 3, iterations = 1000] = process.argv.slice(2).map(Number);
const processors = availableParallelism();
const data = shareData(loadDataset());
const identity = identifyDataset(data);
const runs = Array.from({ length: 4 * processors }, (_, seed) =>
  runOf({ ...DEFAULTS, hiddenSize: 50, iterations, evalEvery: 600, seed }, identity, 'bench'),
);

async function time(count, threads) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let done = 0;
  for await (const { type } of localExecutor(data, threads)(runs.slice(0, count), AbortSignal.timeout(1e9))) {
    if (type === 'done') done++;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { rate: done / ((performance.now() - start) / 1000), cost: (user + system) / 1e6 / done };
}

const best = (a, b) => ({ rate: Math.max(a.rate, b.rate), cost: Math.min(a.cost, b.cost) });
let [alone, together] = [1, 2].map(() => ({ rate: 0, cost: Infinity }));
await time(1, 1); // warm up
for (let round = 0; round < rounds; round++) {
  alone = best(alone, await time(4, 1));
  together = best(together, await time(runs.length, processors));
}
const ratio = together.rate / alone.rate;
const show = ({ rate, cost }) => `${rate.toFixed(2)} runs/s, ${cost.toFixed(3)} s of a processor each`;
console.log(`one at a time: ${show(alone)}`);
console.log(`${processors} at a time: ${show(together)}`);
console.log(`${ratio.toFixed(2)} times as many, ${(ratio / processors).toFixed(2)} of the ${processors} processors`);
console.log(`resident memory: ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
if (ratio < 0.9 * processors) process.exitCode = 4;
