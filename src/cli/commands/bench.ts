import { availableParallelism, cpus } from 'node:os';
import { ENGINE_NAMES, type EngineName, PRECISIONS } from '../../engines/registry.js';
import { plural } from '../../errors.js';
import { loadKernels } from '../../kernels/limits.js';
import { bench, type BenchCase, type Timing } from '../../training/bench.js';
import { DEFAULTS } from '../../training/hyper-parameters.js';
import { type Cli, type DefineCommand, fallbackNote, note, print, printJson } from '../command.js';
import { loadData } from '../inputs.js';
import { addOptions, dataOption, integer, integers, oneOf, type ValuesOf } from '../options.js';
import { alignTable, formatDuration } from '../terminal.js';

/** The engines that are timed by default. Not tfjs: its threads spin after their work and slow down the next case. */
const SIDE_BY_SIDE = ['backprop', 'numerical', 'naive'] as const;
/** Iterations whose duration the last column of the table has. */
const ITERATIONS = 10_000;

const OPTIONS = {
  gradient: oneOf('--gradient <engine>', 'default all but tfjs', ENGINE_NAMES),
  hidden: integers('--hidden <list>', 'hidden units, one or several numbers (default: 100)', 1, 1e5),
  batch: integers('--batch <list>', 'images per mini-batch, one or several numbers (default: 100)', 1, 1e5),
  rounds: integer('--rounds <n>', 'timed rounds per way, after one to warm up (default: 5)', 1, 1000),
  threads: integer('--threads <n>', 'most threads to use (default: all processors)', 1, 1024),
  data: dataOption(),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd bench`: times a training step of each engine, in turns. */
export const defineBench: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText('after', '\nExample: gd-train bench --gradient numerical --hidden 25,50,100,200,400,800')
    .action(run(benchCommand));

async function benchCommand(cli: Cli, options: Options): Promise<number> {
  const { err } = cli;
  const { gradient, hidden = [DEFAULTS.hiddenSize], batch = [DEFAULTS.batchSize], rounds = 5 } = options;
  const threads = options.threads ?? availableParallelism();
  const wanted = gradient === undefined ? SIDE_BY_SIDE : [gradient];
  const kernels = loadKernels();
  if ('missing' in kernels) fallbackNote(cli)(kernels.missing);
  const cases = wanted.flatMap((engine) =>
    hidden.flatMap((hiddenSize) =>
      batch.flatMap((batchSize) =>
        ways(engine, threads, 'module' in kernels).map((way) => ({ ...way, hiddenSize, batchSize })),
      ),
    ),
  );
  const showProgress = err.isTTY && !cli.quiet;
  const onRound = (done: number, total: number) => {
    if (showProgress) err.write(done === total ? '\r\u001b[K' : `\r${cli.translate(`${done}/${total} turns`)}`);
  };
  const limits = new Set<string>();
  const timings = await bench(cases, loadData(cli, options.data), rounds, onRound, (why) => limits.add(why));
  for (const why of limits) note(cli, `some cases run on fewer threads or without the kernels: ${why}`);
  const machine = `${cpus()[0]?.model.trim() ?? process.arch}, ${plural(availableParallelism(), 'processor')}, Node ${process.version}`;
  if (options.json) printJson(cli, { machine, rounds, timings });
  else {
    if (!cli.quiet) print(cli, `${machine}; median of ${plural(rounds, 'alternating round')}\n`);
    print(cli, table(cli, timings));
  }
  return 0;
}

/** How an engine is timed: in each precision on one thread and on all, and in plain TypeScript (0 threads). */
function ways(
  gradient: EngineName,
  threads: number,
  hasKernels: boolean,
): Pick<BenchCase, 'gradient' | 'precision' | 'threads'>[] {
  if (gradient === 'naive') return [{ gradient, precision: 'f64', threads: 0 }];
  if (gradient === 'tfjs') return [{ gradient, precision: 'f32', threads }]; // cannot change after TensorFlow is loaded
  if (!hasKernels) return [{ gradient, precision: 'f64', threads: 0 }];
  const numbers = threads > 1 ? [1, threads] : [1];
  return [
    ...PRECISIONS[gradient].flatMap((precision) => numbers.map((threads) => ({ gradient, precision, threads }))),
    { gradient, precision: 'f64', threads: 0 },
  ];
}

function table(cli: Cli, timings: readonly Timing[]): string {
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
  return [...alignTable(cli, [header, ...rows], (column) => column === 0), '', ...notes].join('\n');
}

/** At least three significant digits, and all digits before the decimal point. */
function digits(value: number): string {
  return value >= 100 ? value.toLocaleString('en-US', { maximumFractionDigits: 0 }) : value.toPrecision(3);
}
