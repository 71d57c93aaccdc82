import type { Data, Trainer } from '../engines/engine.js';
import { gather } from '../dataset/mini-batch.js';
import { CLASSES } from '../dataset/mnist.js';
import { referenceTrainer } from '../engines/reference-trainer.js';
import { type EngineName, openEngine } from '../engines/registry.js';
import type { Precision } from '../kernels/wasm-net.js';
import { randomStream } from '../network/random.js';
import { create, loss, parameterCount } from '../network/two-layer-net.js';
import { DEFAULTS } from './hyper-parameters.js';

/** A way to make a step, and the sizes of net and mini-batch. */
export interface BenchCase {
  readonly gradient: EngineName;
  readonly precision: Precision;
  /** Number of threads; 0 stands for plain TypeScript without the kernels. */
  readonly threads: number;
  readonly hiddenSize: number;
  readonly batchSize: number;
}

export interface Timing extends BenchCase {
  /** Time of an iteration (draw, gather, gradient, update) in ms; median over the rounds. */
  readonly milliseconds: number;
  /** Time relative to the first contender: 2 is twice as long. */
  readonly ratio: number;
  /** Time of an iteration in ms, round by round. */
  readonly rounds: number[];
  /** True if no step was made: the time is that of the forward passes that a step would take. */
  readonly isEstimate: boolean;
}

/** Time for which a contender runs in a round: enough for hundreds of quick steps, or one slow one. */
const ROUND_MS = 250;

/**
 * Times contenders side by side: after a round to warm up, they take turns, so that a slow spell of the machine
 * affects all of them.
 *
 * @param onRound called after each turn
 */
export async function bench(
  contenders: readonly BenchCase[],
  data: Data,
  rounds: number,
  onRound: (done: number, total: number) => void = () => undefined,
): Promise<Timing[]> {
  const runners = await Promise.all(contenders.map((contender) => openRunner(contender, data)));
  const times = runners.map((): number[] => []);
  const turns = runners.length * (rounds + 1);
  for (let turn = 0; turn < turns; turn++) {
    const i = turn % runners.length;
    const milliseconds = await runners[i].round();
    if (turn >= runners.length) times[i].push(milliseconds);
    onRound(turn + 1, turns);
  }
  await Promise.all(runners.map(({ close }) => close()));
  return contenders.map((contender, i) => ({
    ...contender,
    milliseconds: median(times[i]),
    ratio: median(times[i]) / median(times[0]),
    rounds: times[i],
    isEstimate: contender.gradient === 'naive',
  }));
}

interface Runner {
  /** Runs for a while; resolves to the time of an iteration in ms. */
  round(): Promise<number>;
  close(): Promise<void>;
}

async function openRunner(contender: BenchCase, data: Data): Promise<Runner> {
  const { gradient, hiddenSize, batchSize } = contender;
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
  const trainer = await openTrainer(contender, net, data);
  return { round: () => timeOf(async () => void (await trainer.step(draw()))), close: trainer.close };
}

async function openTrainer(
  { gradient, precision, threads, batchSize }: BenchCase,
  net: ReturnType<typeof create>,
  data: Data,
): Promise<Trainer> {
  const { learningRate, h } = DEFAULTS;
  const settings = { learningRate, batchSize };
  if (threads > 0) {
    const engine = await openEngine(gradient, { h, precision, threads });
    return engine.trainer?.(net, data, settings) ?? referenceTrainer(engine, net, data, settings);
  }
  const { backprop } = await import('../engines/backprop.js');
  const { incrementalDifferences } = await import('../engines/numerical.js');
  const gradients = gradient === 'backprop' ? backprop : incrementalDifferences;
  return referenceTrainer({ gradients: (net, batch) => gradients(net, batch, h) }, net, data, settings);
}

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
