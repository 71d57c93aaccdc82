/* global setTimeout */
import { spawn } from 'node:child_process';
import { DEFAULTS, loadDataset, newTraining, openEngine, train } from '../dist/index.js';
import { collectUpdate } from '../dist/report/collect.js';
import { openLivePage } from '../dist/report/live.js';
import { collectHistory } from '../dist/training/history.js';

// Measures the cost of `train --live` while a page is connected. In one run, segments with updates alternate with
// segments without, so that other work on the machine slows both alike. The page is another process that discards what
// it reads.

const PAIRS = Number(process.argv[2] ?? 20);
const SEGMENT_MS = 3000;

const data = loadDataset();
const training = newTraining({ ...DEFAULTS, iterations: 1e9 }, data.train.inputSize);
const engine = await openEngine('backprop', {});
const history = collectHistory();
const live = await openLivePage({ page: '', onStop: () => undefined });
const reader = spawn(process.execPath, [
  '-e',
  `fetch('${live.url}events').then(async (r) => { for await (const _ of r.body); })`,
]);
while (!live.isWanted()) await new Promise((resolve) => setTimeout(resolve, 50));

const controller = new AbortController();
let isOn = false;
let updates = 0;
const steps = [];
let count = 0;
let start = 0;
const wantsNet = () => isOn && live.isWanted();
for await (const event of train(training, data, engine, { evalEvery: 1e9, wantsNet, signal: controller.signal })) {
  if (event.type === 'snapshot') {
    live.send(collectUpdate(training, data, history.history()));
    updates++;
  }
  if (event.type !== 'step') continue;
  history.event(event);
  const now = performance.now();
  if (start === 0 || now - start >= SEGMENT_MS) {
    if (start > 0) steps.push((count / (now - start)) * 1000);
    if (steps.length === 2 * PAIRS + 1) controller.abort();
    isOn = steps.length % 2 === 0;
    [start, count] = [now, 0];
  }
  count++;
}
live.close();
reader.kill();

// The first segment warms up. After it, each pair has a segment without updates and a segment with them.
const ratios = Array.from({ length: PAIRS }, (_, i) => steps[2 * i + 2] / steps[2 * i + 1]).sort((a, b) => a - b);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const [without, withPage] = [1, 0].map((odd) => mean(steps.slice(1).filter((_, i) => i % 2 === 1 - odd)));
console.log(`${without.toFixed(0)} it/s without a page, ${withPage.toFixed(0)} with one, ${updates} updates`);
console.log(`median ratio of ${PAIRS} pairs: ${ratios[Math.floor(PAIRS / 2)].toFixed(4)}`);
