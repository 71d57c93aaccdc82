import { availableParallelism, cpus } from 'node:os';
import { type EngineName, engines, PRECISIONS } from '../../engines/registry.js';
import { bench, type BenchCase, type Timing } from '../../training/bench.js';
import { DEFAULTS } from '../../training/hyper-parameters.js';
import { type Cli, type CommonOptions, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';
import { loadData } from '../dataset.js';
import { dataOption, oneOf, integer, integers } from '../options.js';
import { alignTable, formatDuration } from '../terminal.js';

interface Options extends CommonOptions {
  gradient?: EngineName;
  hidden?: number[];
  batch?: number[];
  rounds?: number;
  threads?: number;
  data?: string;
}

/** TensorFlow's threads go on turning for a while after their work, at the expense of whoever is next. */
const SIDE_BY_SIDE = ['backprop', 'numerical', 'naive'] as const;
const ITERATIONS = 10_000;

export const defineBench: DefineCommand = (command, run) =>
  command
    .addOption(oneOf('--gradient <engine>', 'default all but tfjs', Object.keys(engines)))
    .addOption(integers('--hidden <list>', 'hidden units, one or several numbers (default: 100)', 1, 1e5))
    .addOption(integers('--batch <list>', 'images a mini-batch, one or several numbers (default: 100)', 1, 1e5))
    .addOption(integer('--rounds <n>', 'turns that each way gets after warming up (default: 5)', 1, 1000))
    .addOption(integer('--threads <n>', 'most threads to use (default: all processors)', 1, 1024))
    .addOption(dataOption())
    .addHelpText('after', '\nExample: gd-train bench --gradient numerical --hidden 25,50,100,200,400,800')
    .action(run(benchCommand));

async function benchCommand(cli: Cli, options: Options): Promise<number> {
  const { err } = cli;
  const { gradient, hidden = [DEFAULTS.hiddenSize], batch = [DEFAULTS.batchSize], rounds = 5 } = options;
  const threads = options.threads ?? availableParallelism();
  const wanted = gradient === undefined ? SIDE_BY_SIDE : [gradient];
  const contenders = wanted.flatMap((engine) =>
    hidden.flatMap((hiddenSize) =>
      batch.flatMap((batchSize) => ways(engine, threads).map((way) => ({ ...way, hiddenSize, batchSize }))),
    ),
  );
  const showProgress = err.isTTY && !options.quiet;
  const timings = await bench(contenders, loadData(cli, options), rounds, (done, total) => {
    if (showProgress) err.write(done === total ? '\r\u001b[K' : `\r${done}/${total} turns`);
  });
  const machine = `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} processors, Node ${process.version}`;
  if (options.json) printJson(cli, { machine, rounds, timings });
  else {
    if (!options.quiet) print(cli, `${machine}; median of ${rounds} alternating rounds\n`);
    print(cli, table(timings));
  }
  return 0;
}

/** One thread, all of them, and without the kernels. */
function ways(gradient: EngineName, threads: number): Pick<BenchCase, 'gradient' | 'precision' | 'threads'>[] {
  if (gradient === 'naive') return [{ gradient, precision: 'f64', threads: 0 }];
  if (gradient === 'tfjs') return [{ gradient, precision: 'f32', threads }]; // TensorFlow has one number for a process
  const numbers = threads > 1 ? [1, threads] : [1];
  return [
    ...PRECISIONS[gradient].flatMap((precision) => numbers.map((threads) => ({ gradient, precision, threads }))),
    { gradient, precision: 'f64', threads: 0 },
  ];
}

function table(timings: readonly Timing[]): string {
  const header = ['gradient', 'hidden', 'batch', 'threads', 'ms/iteration', 'ratio', '10,000 iterations'];
  const rows = timings.map((timing) => {
    const { gradient, precision, hiddenSize, batchSize, threads, milliseconds, ratio, isEstimate } = timing;
    return [
      `${gradient} ${precision}`,
      String(hiddenSize),
      String(batchSize),
      threads === 0 ? 'plain' : String(threads),
      `${isEstimate ? '~' : ''}${digits(milliseconds)}`,
      digits(ratio),
      formatDuration((milliseconds / 1000) * ITERATIONS),
    ];
  });
  const notes = [
    ...(timings.some(({ threads }) => threads === 0) ? ['plain: TypeScript without the SIMD kernels'] : []),
    ...(timings.some(({ isEstimate }) => isEstimate) ? ['~: estimated from single forward passes'] : []),
  ];
  return [...alignTable([header, ...rows], (column) => column === 0), '', ...notes].join('\n');
}

/** Three digits; more only in front of the point. */
function digits(value: number): string {
  return value >= 100 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : value.toPrecision(3);
}
