import { partialDerivative } from '../calculus/gradient.js';
import type { MiniBatch } from '../dataset/mini-batch.js';
import { incrementalDifferences } from '../engines/numerical.js';
import { type EngineName, openEngine, PRECISIONS } from '../engines/registry.js';
import { MachineError } from '../errors.js';
import { kernelsFor } from '../kernels/limits.js';
import { EPSILON } from '../network/functions.js';
import { randomStream } from '../network/random.js';
import {
  backward,
  loss,
  type Parameters,
  shapes,
  TENSORS,
  type TwoLayerNet,
  zeroParameters,
} from '../network/two-layer-net.js';
import { backwardPass, differenceError, forwardPass, UNIT } from './error-analysis.js';
import { compare, type Comparison, isDecisive, perTensor, type TensorName } from './tensors.js';

/** Flat indices of the parameters that an engine computes if it does not compute all. */
type SampleIndices = Readonly<Record<TensorName, Uint32Array>>;

/** The gradient of one engine, or why there is none. */
export interface EngineResult {
  readonly name: string;
  readonly gradient: Parameters | undefined;
  /** Why there is no gradient. */
  readonly missing: string | undefined;
  /** Whether it takes differences. */
  readonly isDifference: boolean;
  readonly precision: 'f64' | 'f32';
  readonly sampleIndices: SampleIndices | undefined;
}

/** Two engines side by side in one tensor. */
export interface PairComparison extends Comparison {
  readonly engines: readonly [string, string];
  readonly tensor: TensorName;
  /** `undecided`: they agree, but the tolerance is too large relative to the gradient to be meaningful. */
  readonly verdict: 'agree' | 'differ' | 'undecided';
}

export interface EngineCheck {
  /** In nats. */
  readonly loss: number;
  readonly agree: boolean;
  readonly engines: readonly EngineResult[];
  readonly comparisons: readonly PairComparison[];
}

export interface EngineCheckOptions {
  /** Step of the differences. */
  readonly h: number;
  /** Seed of the sample of parameters that the naive engine computes. */
  readonly seed: number;
  /** Size of that sample per tensor; Infinity for all parameters, which takes minutes. */
  readonly sample: number;
  readonly engines: readonly EngineName[];
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with the reason if plain TypeScript computes instead of the SIMD kernels. */
  readonly onFallback?: (why: string) => void;
}

/**
 * Checks all engines against each other, and the kernels against their references in plain TypeScript, on one
 * mini-batch.
 *
 * Two engines may differ by the rounding errors of both; if just one of them takes differences, also by the truncation
 * error of these (error-analysis.ts). Engines that both take differences have the same truncation error.
 */
export async function checkEngines(
  net: TwoLayerNet,
  batch: MiniBatch,
  options: EngineCheckOptions,
): Promise<EngineCheck> {
  const { h } = options;
  const pass = forwardPass(net, batch, EPSILON);
  const back = backwardPass(pass);
  const { gradient } = back;
  const error = back.error();
  const { truncation, rounding } = differenceError(pass, gradient, h);
  const errorOf = ({ isDifference, precision }: EngineResult, name: TensorName, i: number) =>
    UNIT[precision] * error[name][i] + (isDifference ? rounding[name][i] : 0);

  const sampleIndices = options.sample < Infinity ? drawSample(error, options) : undefined;
  const results: EngineResult[] = [];
  for (const name of options.engines) results.push(await run(name, net, batch, options, sampleIndices));
  const pairs = results.flatMap((a, i) => results.slice(i + 1).map((b) => [a, b] as const));
  for (const [kernel, reference] of references(results, net, batch, h)) {
    results.push(reference);
    pairs.push([kernel, reference]);
  }
  const comparisons = pairs
    .filter(([a, b]) => a.gradient && b.gradient)
    .flatMap(([a, b]) =>
      TENSORS.map((tensor): PairComparison => {
        const [numbersA, numbersB] = [a.gradient![tensor], b.gradient![tensor]];
        const tolerance = truncation[tensor].map(
          (cut, i) => errorOf(a, tensor, i) + errorOf(b, tensor, i) + (a.isDifference === b.isDifference ? 0 : cut),
        );
        const indices = a.sampleIndices?.[tensor] ?? b.sampleIndices?.[tensor];
        const comparison = compare(numbersA, numbersB, tolerance, shapes(net)[tensor], indices);
        const isMeaningful = comparison.difference === 0 || isDecisive(gradient[tensor], tolerance);
        const verdict = !comparison.agrees ? 'differ' : isMeaningful ? 'agree' : 'undecided';
        return { engines: [a.name, b.name], tensor, ...comparison, verdict };
      }),
    );
  const agree = comparisons.every(({ verdict }) => verdict === 'agree');
  return { loss: loss(net, batch.x, batch.t), agree, engines: results, comparisons };
}

async function run(
  name: EngineName,
  net: TwoLayerNet,
  batch: MiniBatch,
  { h, onProgress, onFallback }: EngineCheckOptions,
  sampleIndices: SampleIndices | undefined,
): Promise<EngineResult> {
  const result = {
    name,
    missing: undefined,
    sampleIndices: undefined,
    isDifference: name === 'numerical' || name === 'naive',
    precision: PRECISIONS[name][0],
  };
  if (name === 'naive' && sampleIndices) {
    return { ...result, gradient: differencesAt(net, batch, sampleIndices, h), sampleIndices };
  }
  try {
    const engine = await openEngine(name, { h, ...(onProgress && { onProgress }), ...(onFallback && { onFallback }) });
    return { ...result, gradient: await engine.gradients(net, batch) };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return { ...result, gradient: undefined, missing: error.message };
  }
}

/** The plain implementation that each kernel must agree with; none if the kernels are not used. */
function references(results: readonly EngineResult[], net: TwoLayerNet, batch: MiniBatch, h: number) {
  const plain: Partial<Record<string, () => Parameters>> = {
    backprop: () => backward(net, batch.x, batch.t),
    numerical: () => incrementalDifferences(net, batch, h),
  };
  const { count } = batch;
  const task = { net, precision: 'f64', batchSize: count, images: count, phase: 'differences', h } as const;
  if ('why' in kernelsFor(task)) return [];
  return results.flatMap((kernel) => {
    const gradient = plain[kernel.name]?.();
    return gradient ? [[kernel, { ...kernel, name: `${kernel.name} (plain)`, gradient }] as const] : [];
  });
}

/**
 * `sample` parameters of each tensor, drawn with replacement from those that affect the loss; all of these if there are
 * no more.
 */
function drawSample(error: Parameters, { seed, sample }: EngineCheckOptions): SampleIndices {
  const random = randomStream(seed);
  const draw = (errors: Float64Array) => {
    const moving: number[] = [];
    errors.forEach((error, i) => error > 0 && moving.push(i));
    if (moving.length <= sample) return Uint32Array.from(moving);
    const drawn = random.choice(moving.length, sample);
    return drawn.map((k) => moving[k]).sort();
  };
  return perTensor((name) => draw(error[name]));
}

/** The central differences of some parameters, as the naive engine computes them. */
function differencesAt(net: TwoLayerNet, { x, t }: MiniBatch, sampleIndices: SampleIndices, h: number): Parameters {
  const gradient = zeroParameters(net);
  for (const name of TENSORS) {
    for (const i of sampleIndices[name]) gradient[name][i] = partialDerivative(() => loss(net, x, t), net[name], i, h);
  }
  return gradient;
}
