// Times the WebAssembly kernels against peers/same_instructions.c, the same iteration in C with the same 128-bit
// instructions. Spells of steps alternate, and the fastest counts. At the end the bits of the weights are compared.
// node bench/same-instructions.js [SPELLS] [STEPS]. CC names the C compiler (default cc).
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../dist/dataset/mnist.js';
import { openThreadPool } from '../dist/kernels/thread-pool.js';
import { compileKernels } from '../dist/kernels/wasm-instance.js';
import { createWasmNet } from '../dist/kernels/wasm-net.js';
import { randomStream } from '../dist/network/random.js';
import { create } from '../dist/network/two-layer-net.js';

const SPELLS = Number(process.argv[2] ?? 100);
const STEPS = Number(process.argv[3] ?? 20);
const BATCH = 100;
const RATE = 0.1;
const SOURCE = fileURLToPath(new URL('./peers/same_instructions.c', import.meta.url));

const { train } = loadDataset();
const folder = mkdtempSync(join(tmpdir(), 'gd-train-c-'));

/** Compiles the C program; undefined and a message if it does not compile. */
function compileC(real) {
  const program = join(folder, real);
  const width = process.arch === 'x64' ? ['-mavx'] : [];
  const options = ['-O3', ...width, '-ffp-contract=off', `-DREAL=${real}`, SOURCE, '-o', program, '-lm', '-pthread'];
  const { status, error, stderr } = spawnSync(process.env.CC ?? 'cc', options, { encoding: 'utf8' });
  if (status !== 0) console.log(`Skipped: ${process.env.CC ?? 'cc'}: ${error?.message ?? stderr}`);
  return status === 0 ? program : undefined;
}

/** Starts the C program on a net. `run` resolves to milliseconds per iteration, `end` to the weights. */
function openC(program, threads, net) {
  const child = spawn(program, [String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = child.stdout[Symbol.asyncIterator]();
  child.stdin.write(Uint32Array.of(net.hiddenSize, BATCH, train.count));
  child.stdin.write(Float64Array.of(RATE, ...net.all));
  child.stdin.write(train.images);
  child.stdin.write(train.labels);
  return {
    async run(batches) {
      child.stdin.write(Uint32Array.of(STEPS));
      for (const batch of batches) child.stdin.write(batch);
      return (await output.next()).value.readDoubleLE() / STEPS;
    },
    async end() {
      child.stdin.end(Uint32Array.of(0));
      const parts = [];
      for (let next = await output.next(); !next.done; next = await output.next()) parts.push(next.value);
      return Buffer.concat(parts);
    },
  };
}

/** The same interface for the kernels. Their threads share every iteration. */
async function openKernels(precision, threads, net) {
  const kernels = compileKernels();
  if ('missing' in kernels) throw new Error(kernels.missing);
  const kernel = createWasmNet({
    ...{ module: kernels.module, sizes: net, precision, phase: 'backward', threads },
    ...{ images: train.count, capacity: BATCH },
  });
  const pool = openThreadPool(kernel, threads, { mode: 'shared', record: () => undefined });
  kernel.addImages(train);
  kernel.setParameters(net.all);
  kernel.setDescent(BATCH, RATE, 0);
  await pool.ready;
  return {
    async run(batches) {
      const start = performance.now();
      for (const batch of batches) await pool.run('backward', batch);
      await pool.settle();
      return (performance.now() - start) / STEPS;
    },
    async end() {
      const all = new Float64Array(net.all.length);
      kernel.getParameters(all);
      await pool.close();
      return Buffer.from(all.buffer);
    },
  };
}

async function compare(program, precision, threads) {
  const random = randomStream(0);
  const net = create(784, 100, 10, random);
  const contenders = [await openKernels(precision, threads, net), openC(program, threads, net)];
  const fastest = [Infinity, Infinity];
  for (let spell = 0; spell < SPELLS; spell++) {
    const batches = Array.from({ length: STEPS }, () => random.choice(train.count, BATCH));
    for (const [i, contender] of contenders.entries()) {
      fastest[i] = Math.min(fastest[i], await contender.run(batches));
    }
  }
  const [ours, theirs] = [await contenders[0].end(), await contenders[1].end()];
  const [ms, msOfC] = fastest;
  const cells = [ms.toFixed(4), msOfC.toFixed(4), (ms / msOfC).toFixed(3), ours.equals(theirs) ? 'equal' : 'DIFFERENT'];
  console.log(`| ${precision}, ${threads} thread${threads === 1 ? '' : 's'} | ${cells.join(' | ')} |`);
}

console.log(
  `${cpus()[0].model.trim()}, Node ${process.version}; minima of ${SPELLS} alternating spells of ${STEPS} steps\n`,
);
console.log('| ms an iteration | WebAssembly | C | ratio | weights |\n| --- | ---: | ---: | ---: | --- |');
for (const [precision, real] of [
  ['f64', 'double'],
  ['f32', 'float'],
]) {
  const program = compileC(real);
  for (const threads of program ? new Set([1, Math.min(2, availableParallelism())]) : []) {
    await compare(program, precision, threads);
  }
}
rmSync(folder, { recursive: true });
