import { gather } from '../dataset/mini-batch.js';
import { CLASSES } from '../dataset/mnist.js';
import type { Data, Trainer } from '../engines/engine.js';
import { incrementalDifferences } from '../engines/numerical.js';
import { referenceTrainer } from '../engines/trainer.js';
import { type EngineName, openEngine } from '../engines/registry.js';
import type { Precision } from '../kernels/wasm-net.js';
import { randomStream } from '../network/random.js';
import { backward, create, loss, parameterCount, type TwoLayerNet } from '../network/two-layer-net.js';
import { DEFAULTS } from './hyper-parameters.js';

/** A case to time: the training step of an engine, for a net and a mini-batch of given sizes. */
export interface BenchCase {
  readonly gradient: EngineName;
  readonly precision: Precision;
  /** Threads of the kernels or of TensorFlow; 0 for plain TypeScript. */
  readonly threads: number;
  readonly hiddenSize: number;
  readonly batchSize: number;
}

/** A case with its time. */
export interface Timing extends BenchCase {
  /** Milliseconds per iteration (draw, gather, gradient, update): the median over the rounds. */
  readonly milliseconds: number;
  /** `milliseconds` divided by those of the first case. */
  readonly ratio: number;
  /** Milliseconds per iteration in each round. */
  readonly rounds: number[];
  /** True if no step was made, and the time is that of one forward pass times the number of passes in a step. */
  readonly isEstimate: boolean;
}

/** Least time of a case per round, in ms: enough for hundreds of fast steps. */
const ROUND_MS = 250;

/**
 * Times cases in turns, so that a slow phase of the machine affects all of them. A first round warms up, untimed.
 *
 * @param rounds timed rounds, in each of which every case has one turn
 * @param onRound called after each turn, with the number of turns so far and in all
 * @param onLimit called with the reason if a case gets fewer threads than it asks for, or no kernels
 */
export async function bench(
  cases: readonly BenchCase[],
  data: Data,
  rounds: number,
  onRound: (done: number, total: number) => void,
  onLimit: (why: string) => void,
): Promise<Timing[]> {
  const runners = await Promise.all(cases.map((benchCase) => openRunner(benchCase, data, onLimit)));
  const times = runners.map((): number[] => []);
  const turns = runners.length * (rounds + 1);
  for (let turn = 0; turn < turns; turn++) {
    const i = turn % runners.length;
    const milliseconds = await runners[i].round();
    if (turn >= runners.length) times[i].push(milliseconds);
    onRound(turn + 1, turns);
  }
  await Promise.all(runners.map(({ close }) => close()));
  return cases.map((benchCase, i) => ({
    ...benchCase,
    milliseconds: median(times[i]),
    ratio: median(times[i]) / median(times[0]),
    rounds: times[i],
    isEstimate: benchCase.gradient === 'naive',
  }));
}

/** A case that is ready to run. */
interface Runner {
  /** Runs for at least `ROUND_MS`; resolves to milliseconds per iteration. */
  round(): Promise<number>;
  close(): Promise<void>;
}

async function openRunner(benchCase: BenchCase, data: Data, onLimit: (why: string) => void): Promise<Runner> {
  const { gradient, hiddenSize, batchSize } = benchCase;
  const random = randomStream(DEFAULTS.seed);
  const net = create(data.train.inputSize, hiddenSize, CLASSES, random);
  const draw = () => random.choice(data.train.count, batchSize);
  if (gradient === 'naive') {
    const { x, t } = gather(data.train, draw());
    return {
      round: async () => 2 * parameterCount(net) * (await timeOf(async () => void loss(net, x, t))),
      close: async () => undefined,
    };
  }
  const trainer = await openTrainer(benchCase, net, data);
  const limit = trainer.fallback ?? trainer.fewerThreads;
  if (limit !== undefined) onLimit(limit);
  return { round: () => timeOf(async () => void (await trainer.step(draw()))), close: trainer.close };
}

async function openTrainer(
  { gradient, precision, threads, batchSize }: BenchCase,
  net: TwoLayerNet,
  data: Data,
): Promise<Trainer> {
  const { learningRate, h } = DEFAULTS;
  const settings = { learningRate, batchSize };
  if (threads > 0) return (await openEngine(gradient, { h, precision, threads })).trainer(net, data, settings);
  if (gradient === 'backprop') return referenceTrainer((net, { x, t }) => backward(net, x, t), net, data, settings);
  return referenceTrainer((net, batch) => incrementalDifferences(net, batch, h), net, data, settings);
}

/** Repeats a function for at least `ROUND_MS`; resolves to milliseconds per call. */
async function timeOf(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let count = 1; ; count++) {
    await run();
    const elapsed = performance.now() - start;
    if (elapsed >= ROUND_MS) return elapsed / count;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
