import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadDataset } from '../dist/dataset/mnist.js';
import { version } from '../dist/files/read.js';
import { findRecord, keepRecord, openRecordFolder } from '../dist/sweep/folder.js';
import { queueExecutor } from '../dist/sweep/queue-executor.js';
import { queueAddress } from '../dist/sweep/queue.js';
import { runOf } from '../dist/sweep/record.js';
import { DEFAULTS } from '../dist/training/hyper-parameters.js';
import { identifyDataset } from '../dist/training/model-file.js';

// Runs a sweep of many tiny runs through a queue. Measures whether memory and speed of the sweep stay constant, and how
// many commands a run costs the Redis server. Needs redis-server.
// node bench/queue-soak.js [RUNS] [WORKERS] [RUNS AT ONCE IN EACH WORKER]

const [RUNS = 5000, WORKERS = 2, THREADS = 1] = process.argv.slice(2).map(Number);
const TENTH = RUNS / 10;
const MONITORED = 500;
const PORT = 16_379;

const root = mkdtempSync(join(tmpdir(), 'gd-train-soak-'));
const [redisFolder, dataFolder, out] = ['redis', 'data', 'out'].map((name) => join(root, name));
mkdirSync(redisFolder);
writeImages(dataFolder);
openRecordFolder(out);
const images = loadDataset(dataFolder);
const identity = identifyDataset(images);
const runsOf = (first, count) =>
  Array.from({ length: count }, (_, i) => {
    const settings = { ...DEFAULTS, hiddenSize: 10, batchSize: 10, iterations: 20, evalEvery: 20, seed: first + i };
    return runOf(settings, identity, version());
  });

const flags = ['--port', PORT, '--bind', '127.0.0.1', '--dir', redisFolder, '--appendonly', 'yes', '--save', ''];
const redis = spawn('redis-server', flags.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
for await (const line of createInterface(redis.stdout)) if (line.includes('Ready to accept')) break;
redis.stdout.resume();
const url = `redis://127.0.0.1:${PORT}`;
const bin = new URL('../bin/gd-train.js', import.meta.url).pathname;
const workerFlags = ['worker', '--queue', url, '--data', dataFolder, '--threads', String(THREADS), '--quiet'];
const workers = Array.from({ length: WORKERS }, () =>
  spawn(process.execPath, [bin, ...workerFlags], { stdio: 'inherit' }),
);

const megabytes = (bytes) => (bytes / 1e6).toFixed(1).padStart(6);
let start = performance.now();
let done = 0;

async function sweep(runs) {
  const execute = queueExecutor(queueAddress(url), {
    recorded: (id) => findRecord(out, id),
    say: console.log,
  });
  for await (const event of execute(runs, new AbortController().signal)) {
    if (event.type === 'failed') throw new Error(event.reason);
    if (event.type !== 'done') continue;
    keepRecord(out, event.record);
    if (++done % TENTH !== 0 || done > RUNS) continue;
    const seconds = (performance.now() - start) / 1000;
    const { rss, heapUsed } = process.memoryUsage();
    const server = Number(/used_memory:(\d+)/.exec(await info('memory'))[1]);
    console.log(
      `${String(done).padStart(6)} runs  ${(TENTH / seconds).toFixed(1).padStart(6)} runs/s  resident ${megabytes(rss)} MB  heap ${megabytes(heapUsed)} MB  Redis ${megabytes(server)} MB`,
    );
    start = performance.now();
  }
}

await sweep(runsOf(0, WORKERS * THREADS)); // warm up: start the workers and their threads
done = 0;
start = performance.now();
const before = await processorTime();
await sweep(runsOf(1e6, RUNS));
const perRun = (await processorTime()) - before;
console.log(`Redis: ${((perRun / RUNS) * 1e6).toFixed(0)} µs of one processor per run`);

const counts = new Map();
const monitor = connect(PORT, '127.0.0.1');
monitor.write('MONITOR\r\n');
createInterface(monitor).on('line', (line) => {
  const [, source, command] = /^\+[\d.]+ \[\d+ (\S+)\] "(\w+)"/.exec(line) ?? [];
  if (command && source !== 'lua') counts.set(command.toLowerCase(), (counts.get(command.toLowerCase()) ?? 0) + 1);
});
await sweep(runsOf(2e6, MONITORED));
monitor.destroy();
const total = [...counts.values()].reduce((a, b) => a + b, 0);
console.log(`requests per run: ${(total / MONITORED).toFixed(2)}`);
for (const [name, count] of [...counts].sort(([, a], [, b]) => b - a).slice(0, 8)) {
  console.log(`  ${name}  ${(count / MONITORED).toFixed(2)}`);
}

for (const child of [...workers, redis]) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
rmSync(root, { recursive: true });

/** Seconds of processor time that the server has used. */
async function processorTime() {
  const text = await info('cpu');
  return ['user', 'sys'].reduce((sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(text)[1]), 0);
}

/** A section of the output of the Redis command INFO. */
async function info(section) {
  const socket = connect(PORT, '127.0.0.1');
  socket.write(`INFO ${section}\r\nQUIT\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** Writes a data set of forty training and forty test images of 5 x 4 pixels. */
function writeImages(folder) {
  const [count, rows, columns] = [40, 5, 4];
  const idx = (shape, values) => {
    const header = Buffer.alloc(4 + 4 * shape.length);
    header.set([0, 0, 8, shape.length]);
    shape.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
    return Buffer.concat([header, Buffer.from(values)]);
  };
  const images = Array.from({ length: count * rows * columns }, (_, i) => (i * 37) % 256);
  const labels = Array.from({ length: count }, (_, i) => i % 10);
  mkdirSync(folder);
  for (const part of ['train', 't10k']) {
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, rows, columns], images));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
}
