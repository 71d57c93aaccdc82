import { partialDerivative } from '../calculus/gradient.js';
import type { MiniBatch } from '../dataset/mini-batch.js';
import { incrementalDifferences } from '../engines/numerical.js';
import { type EngineName, engines, openEngine, PRECISIONS } from '../engines/registry.js';
import { MachineError } from '../errors.js';
import { kernelsFor } from '../kernels/limits.js';
import { EPSILON } from '../network/functions.js';
import { randomStream } from '../network/random.js';
import {
  backward,
  loss,
  parameterCount,
  type Parameters,
  shapes,
  TENSORS,
  type TwoLayerNet,
  zeroParameters,
} from '../network/two-layer-net.js';
import { compare, type Comparison, isDecisive } from './compare.js';
import { backwardPass, differenceError, forwardPass, UNIT } from './error-analysis.js';
import type { TensorName } from './tensors.js';

type Places = Readonly<Record<TensorName, Uint32Array>>;

/** The gradient of one engine, or why there is none. */
export interface EngineResult {
  readonly name: string;
  readonly gradient: Parameters | undefined;
  /** Why there is no gradient: what it lacks on this machine. */
  readonly missing: string | undefined;
  /** Whether it takes differences, and in which arithmetic it computes. */
  readonly isDifference: boolean;
  readonly precision: 'f64' | 'f32';
  /** The flat indices that it was computed at, if not at all. */
  readonly places: Places | undefined;
}

/** Two engines side by side in one tensor. */
export interface PairComparison extends Comparison {
  readonly engines: readonly [string, string];
  readonly tensor: TensorName;
  /** `undecided`: they agree, but within a tolerance so large beside the gradient that it means nothing. */
  readonly verdict: 'agree' | 'differ' | 'undecided';
}

export interface EngineCheck {
  /** In nats. */
  readonly loss: number;
  readonly agree: boolean;
  readonly contenders: readonly EngineResult[];
  readonly comparisons: readonly PairComparison[];
}

export interface EngineCheckOptions {
  /** Step of the differences. */
  readonly h: number;
  /** Draws the parameters that the naive engine is asked for. */
  readonly seed: number;
  /** How many a tensor; Infinity: all, which takes minutes. */
  readonly sample: number;
  readonly engines: readonly EngineName[];
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with the reason when plain TypeScript computes instead of the SIMD kernels. */
  readonly onFallback?: (why: string) => void;
}

/**
 * Checks all engines against each other, and the kernels against their plain twins, on one mini-batch.
 *
 * Two engines may differ by what rounding makes of both, and if just one of them takes differences, by the truncation
 * error of these: see forward-pass.ts and difference-error.ts. Engines that take the same differences have the same
 * truncation error, and may differ by rounding alone.
 */
export async function checkEngines(
  net: TwoLayerNet,
  batch: MiniBatch,
  options: EngineCheckOptions,
): Promise<EngineCheck> {
  const { h } = options;
  const pass = forwardPass(net, batch, EPSILON);
  const { gradient, error } = backwardPass(pass);
  const { truncation, rounding } = differenceError(pass, gradient, h);
  const errorOf = ({ isDifference, precision }: EngineResult, name: TensorName, i: number) =>
    UNIT[precision] * error[name][i] + (isDifference ? rounding[name][i] : 0);

  const places = options.sample < Infinity ? drawPlaces(error, options) : undefined;
  const contenders: EngineResult[] = [];
  for (const name of options.engines) contenders.push(await run(name, net, batch, options, places));
  const pairs = contenders.flatMap((a, i) => contenders.slice(i + 1).map((b) => [a, b] as const));
  for (const [kernel, plain] of twins(contenders, net, batch, h)) {
    contenders.push(plain);
    pairs.push([kernel, plain]);
  }
  const comparisons = pairs
    .filter(([a, b]) => a.gradient && b.gradient)
    .flatMap(([a, b]) =>
      TENSORS.map((tensor): PairComparison => {
        const [numbersA, numbersB] = [a.gradient![tensor], b.gradient![tensor]];
        const tolerance = truncation[tensor].map(
          (cut, i) => errorOf(a, tensor, i) + errorOf(b, tensor, i) + (a.isDifference === b.isDifference ? 0 : cut),
        );
        const places = a.places?.[tensor] ?? b.places?.[tensor];
        const comparison = compare(numbersA, numbersB, tolerance, shapes(net)[tensor], places);
        const means = comparison.difference === 0 || isDecisive(gradient[tensor], tolerance);
        const verdict = !comparison.agrees ? 'differ' : means ? 'agree' : 'undecided';
        return { engines: [a.name, b.name], tensor, ...comparison, verdict };
      }),
    );
  const agree = comparisons.every(({ verdict }) => verdict === 'agree');
  return { loss: loss(net, batch.x, batch.t), agree, contenders, comparisons };
}

async function run(
  name: EngineName,
  net: TwoLayerNet,
  batch: MiniBatch,
  { h, onProgress, onFallback }: EngineCheckOptions,
  places: Places | undefined,
): Promise<EngineResult> {
  const contender = {
    ...{ name, missing: undefined, places: undefined },
    isDifference: name === 'numerical' || name === 'naive',
    precision: PRECISIONS[name][0],
  };
  if (name === 'naive' && places) {
    return { ...contender, gradient: differencesAt(net, batch, places, h), places };
  }
  try {
    const engine = await openEngine(name, {
      h,
      ...(onProgress && { onProgress }),
      ...(onFallback && { onFallback }),
    });
    return { ...contender, gradient: await engine.gradients(net, batch) };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return { ...contender, gradient: undefined, missing: error.message };
  }
}

/** The plain TypeScript that each kernel must agree with, where the kernels compute at all. */
function twins(contenders: readonly EngineResult[], net: TwoLayerNet, batch: MiniBatch, h: number) {
  const plain: Partial<Record<string, () => Parameters>> = {
    backprop: () => backward(net, batch.x, batch.t),
    numerical: () => incrementalDifferences(net, batch, h),
  };
  const { count } = batch;
  const task = { net, precision: 'f64', batchSize: count, images: count, phase: 'differences', h } as const;
  if ('why' in kernelsFor(task)) return [];
  return contenders.flatMap((kernel) => {
    const gradient = plain[kernel.name]?.();
    return gradient ? [[kernel, { ...kernel, name: `${kernel.name} (plain)`, gradient }] as const] : [];
  });
}

/**
 * `sample` parameters of each tensor, drawn with replacement, among those that move the loss at all; all of them if
 * there are no more.
 */
function drawPlaces(error: Parameters, { seed, sample }: EngineCheckOptions): Places {
  const random = randomStream(seed);
  const draw = (errors: Float64Array) => {
    const moving = Uint32Array.from(errors.keys()).filter((i) => errors[i] > 0);
    return moving.length <= sample
      ? moving
      : random
          .choice(moving.length, sample)
          .map((k) => moving[k])
          .sort();
  };
  return Object.fromEntries(TENSORS.map((name) => [name, draw(error[name])])) as Places;
}

/** The naive engine's differences of some parameters. */
function differencesAt(net: TwoLayerNet, { x, t }: MiniBatch, places: Places, h: number): Parameters {
  const gradient = zeroParameters(net);
  for (const name of TENSORS) {
    for (const i of places[name]) gradient[name][i] = partialDerivative(() => loss(net, x, t), net[name], i, h);
  }
  return gradient;
}

/** Every engine there is. */
export const ENGINE_NAMES = Object.keys(engines) as EngineName[];

/** Parameters that the naive engine was asked for, and how many there are. */
export function sampled({ places }: EngineResult, net: TwoLayerNet): [number, number] {
  const all = parameterCount(net);
  return [places ? TENSORS.reduce((sum, name) => sum + places[name].length, 0) : all, all];
}
