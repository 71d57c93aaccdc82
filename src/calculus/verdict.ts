import { isFrozen, roundingError } from './differences.js';
import { alongAxis, numericalGradient, partialDerivative, type ScalarField } from './gradient.js';
import type { OptimizerName } from './optimizers.js';

/** The outcome of a descent. */
export type Outcome =
  /** f did not rise, and the last gradient is negligible. */
  | 'converged'
  /** f falls, but has not converged yet. */
  | 'slow'
  /** Each step jumps across the valley, and the gradient shrinks little or not at all. */
  | 'oscillating'
  /** f rose, or became infinite or NaN. */
  | 'diverged'
  /** f falls faster and faster, or without end: it has no minimum in this direction. */
  | 'unbounded'
  /** x is so large that x ± h rounds to x. */
  | 'frozen'
  /** f is constant around the point. */
  | 'flat'
  /** The gradient is 0 at a maximum or a saddle. */
  | 'stationary'
  /** f or its gradient is not finite at the start. */
  | 'undefined'
  /** Rounding hides the gradient. */
  | 'undecided';

export interface Verdict {
  readonly outcome: Outcome;
  /** The evidence, and what to try, as a clause without a period. */
  readonly because: string;
}

/** A descent that has ended. */
interface Run {
  readonly steps: number;
  /** The point (n) after 0 … `steps` steps. */
  readonly pointAt: (step: number) => Float64Array;
  readonly learningRate: number;
  readonly h: number;
  readonly optimizer: OptimizerName;
}

/** A gradient whose norm is below this fraction of the first counts as 0. */
const CONVERGED = 1e-6;
/** A remaining distance below this fraction of the distance travelled counts as 0. */
const ARRIVED = 1e-3;
/** A gradient of up to this many estimated rounding errors may be 0. The estimates are right to a factor of about two. */
const DOUBT = 4;
/** Number of the last steps that are examined for turns. */
const TAIL = 10;

/**
 * Judges the point where a descent ended. The rules have no absolute thresholds: f, x and the gradient are compared with
 * their earlier values and with their rounding errors. So the verdict on c·f with learning rate η/c is that on f with η.
 */
export function judge(f: ScalarField, run: Run): Verdict {
  const { steps, pointAt, learningRate, h, optimizer } = run;
  const [init, x] = [pointAt(0), pointAt(steps)];
  const [start, value] = [f(init), f(x)];
  const counted = `${steps} ${steps === 1 ? 'step' : 'steps'}`;

  const first = measure(f, init, h);
  if (!Number.isFinite(start)) return verdict('undefined', `f is ${start} at the start`);
  if (!Number.isFinite(first.norm)) return verdict('undefined', `the gradient is ${first.norm} at the start`);
  const last = measure(f, x, h);
  if (!Number.isFinite(value) || !Number.isFinite(last.norm)) return judgeLost(f, run, start, first.norm);

  const travelled = distance(x, init);
  const [was, is] = tellApart(start, value);
  const stuck = stuckCoordinates(f, x, h);
  if (stuck.length > 0) {
    if (value < start && fallsForEver(f, x, coarseGradient(f, x, h), travelled)) return unbounded(was, is);
    const names = stuck.map((i) => `x${i}`).join(', ');
    return verdict(
      'frozen',
      `no step moves ${names} any more, so large that x ± ${h} rounds to x and the gradient reads 0; f went from ${was} to ${is}; ${TRY_SMALLER}, or a larger h`,
    );
  }
  if (last.isHidden && first.isHidden) return judgeLevel(f, x, value, h, last);

  const previous = measure(f, pointAt(steps - 1), h);
  const earlier = steps === 1 ? undefined : measure(f, pointAt(steps - 2), h);
  const turns = isTurning(f, run);
  const noise = Number.EPSILON * DOUBT * (Math.abs(start) + Math.abs(value)) + drift(first, last, run);
  const isGrowing = !earlier || last.norm > earlier.norm + DOUBT * (last.rounding + earlier.rounding);
  if (value > start + noise && !(turns && !isGrowing)) {
    return verdict('diverged', `f rose from ${was} to ${is} in ${counted}; ${TRY_SMALLER}`);
  }
  const small = CONVERGED * (first.isHidden ? previous.norm : first.norm);
  const remaining =
    optimizer === 'sgd' ? remainingDistance(learningRate, last.norm, previous.norm) : recentDistance(run);
  const hasArrived = last.isHidden || remaining <= ARRIVED * travelled;
  if (Math.max(last.norm, last.rounding) <= small && hasArrived) {
    if (last.curvature < 0) return stationary(last);
    return verdict('converged', `the gradient fell from ${size(first.norm)} to ${size(last.norm)} in ${counted}`);
  }
  if (last.isHidden) return undecided(last);
  if (turns) {
    return verdict(
      'oscillating',
      `each step jumps across the valley, and the gradient is still ${size(last.norm)} after ${counted}; ${TRY_SMALLER}`,
    );
  }
  const isShrinking = last.norm < previous.norm - DOUBT * (last.rounding + previous.rounding);
  if (value < start && !isShrinking && fallsForEver(f, x, last.gradient, travelled)) return unbounded(was, is);
  const still = `the gradient is still ${size(last.norm)} after ${counted} (it began at ${size(first.norm)})`;
  if (travelled === 0) {
    return verdict('slow', `no step moves x: the steps are smaller than its last digit; ${TRY_LARGER}`);
  }
  // Other optimizers use earlier gradients: theirs may grow on the way, and the learning rate is not the only cause.
  if (optimizer !== 'sgd') return verdict('slow', `${still}; try more steps, or another learning rate`);
  if (last.norm > previous.norm) return verdict('slow', `${still} and grows: the slope gets steeper; try more steps`);
  return verdict('slow', `${still}; ${TRY_LARGER}, or more steps`);
}

const TRY_SMALLER = 'try a smaller learning rate';
const TRY_LARGER = 'try a larger learning rate';

const verdict = (outcome: Outcome, because: string): Verdict => ({ outcome, because });

/** A value rounded to this many significant digits: 0.0052, 1310, 1.71e+17. */
function size(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) >= 10 ** Math.max(6, digits) ? rounded.toExponential() : String(rounded);
}

/** Two values with as few digits as suffice to show that they differ. */
function tellApart(a: number, b: number): [string, string] {
  const digits = [3, 6, 9, 12, 15, 17].find((some) => size(a, some) !== size(b, some)) ?? 3;
  return [size(a, digits), size(b, digits)];
}

const unbounded = (was: string, is: string) =>
  verdict(
    'unbounded',
    `f fell from ${was} to ${is}, and along the gradient it keeps falling as steeply however far one goes: it has no minimum this way`,
  );

/** The gradient at a point, with its rounding error and the curvature. */
interface Measurement {
  readonly gradient: Float64Array;
  readonly norm: number;
  /** Rounding error of the norm, estimated. */
  readonly rounding: number;
  /** True if the gradient may be rounding error alone. */
  readonly isHidden: boolean;
  /** The smallest second difference f(x + h eᵢ) + f(x - h eᵢ) - 2 f(x), 0 where rounding hides its sign. */
  readonly curvature: number;
}

function measure(f: ScalarField, point: Float64Array, h: number): Measurement {
  const value = f(point);
  const gradient = numericalGradient(f, point, h);
  const roundings = gradient.map((partial, i) => roundingError(() => value, point[i], h, partial));
  const norm = Math.hypot(...gradient);
  const rounding = Math.hypot(...roundings);
  const curvatures = gradient.map((_, i) => {
    const along = alongAxis(f, point, i);
    const second = along(point[i] + h) - value - (value - along(point[i] - h));
    return Math.abs(second) <= DOUBT * h * roundings[i] ? 0 : second;
  });
  return { gradient, norm, rounding, isHidden: norm <= DOUBT * rounding, curvature: Math.min(...curvatures) };
}

/** Judges a descent that ended where f or its gradient is not finite, by its last finite points. */
function judgeLost(f: ScalarField, { steps, pointAt, h }: Run, start: number, firstNorm: number): Verdict {
  const normAt = (point: Float64Array) => Math.hypot(...numericalGradient(f, point, h));
  let step = steps; // the last point where f and its gradient are finite; there is one, the start
  while (step > 0 && !(Number.isFinite(f(pointAt(step))) && Number.isFinite(normAt(pointAt(step))))) step--;
  const [value, norm] = [f(pointAt(step)), normAt(pointAt(step))];
  if (step === steps) step--;
  const next = pointAt(step + 1);
  const lost = f(next);
  const when = `after step ${step + 1}`;
  const isBeyond = lost === -Infinity || !next.every(Number.isFinite);
  if (isBeyond && value < start && norm > firstNorm) {
    const [was, is] = tellApart(start, value);
    return verdict(
      'unbounded',
      `f fell from ${was} to ${is} while the gradient grew from ${size(firstNorm)} to ${size(norm)}, and ${when} it is beyond float64: it has no minimum this way`,
    );
  }
  if (!next.every(Number.isFinite)) return verdict('diverged', `x is not finite ${when}; ${TRY_SMALLER}`);
  if (Number.isFinite(lost)) return verdict('diverged', `the gradient is not finite ${when}; ${TRY_SMALLER}`);
  const domain = Number.isNaN(lost) ? ', outside its domain' : '';
  return verdict('diverged', `f is ${lost} ${when}${domain}; ${TRY_SMALLER}`);
}

/** The coordinates that f depends on and that ±h does not change, because they are too large. */
function stuckCoordinates(f: ScalarField, x: Float64Array, h: number): number[] {
  const value = f(x);
  return [...x.keys()].filter((i) => {
    const along = alongAxis(f, x, i);
    return isFrozen(x[i], h) && [1 - 1e-3, 1 + 1e-3].some((factor) => along(x[i] * factor) !== value);
  });
}

/** Judges a descent whose gradient never exceeded rounding: a minimum, another stationary point, flat, or undecided. */
function judgeLevel(f: ScalarField, x: Float64Array, value: number, h: number, last: Measurement): Verdict {
  if (last.curvature < 0) return stationary(last);
  if (last.curvature > 0)
    return verdict('converged', `it began at a minimum: the gradient is ${size(last.norm)} there`);
  if (last.norm > 0 || !isLevel(f, x, value, h)) return undecided(last);
  return verdict('flat', `f does not change around x, it is ${size(value)} everywhere within h; try another start`);
}

/**
 * If the first visible change of f exceeds this many units in the last place, it is an edge and not a gradient that rounding
 * hides.
 */
const HIDDEN_CHANGE = 1e6;

/** True if f is constant around x, and does not merely seem so because of rounding. */
function isLevel(f: ScalarField, x: Float64Array, value: number, h: number): boolean {
  const unit = Number.EPSILON * Math.abs(value);
  return [...x.keys()].every((i) => {
    const along = alongAxis(f, x, i);
    for (let reach = h; reach < 1e16 * Math.max(h, Math.abs(x[i])); reach *= 10) {
      const changes = [-reach, reach].map((offset) => Math.abs(along(x[i] + offset) - value));
      const change = Math.max(...changes.filter(Number.isFinite));
      if (change > 0) return change > HIDDEN_CHANGE * unit;
    }
    return true;
  });
}

const stationary = ({ norm }: Measurement) =>
  verdict('stationary', `the gradient is ${size(norm)}, but f has a maximum or a saddle there; try another start`);

const undecided = ({ norm, rounding }: Measurement) =>
  verdict(
    'undecided',
    `the gradient, ${size(norm)}, is within its rounding error of about ${size(rounding)}, which hides whether this is a minimum; try a larger h`,
  );

/** The change of f that rounding errors of the gradients alone may cause, for example in a cycle. */
function drift(first: Measurement, last: Measurement, { steps, learningRate }: Run): number {
  const error = learningRate * Math.min(first.rounding, last.rounding) * Math.sqrt(steps);
  return DOUBT * error * Math.min(first.norm, last.norm);
}

/** True if most of the last gradients point against their predecessors. */
function isTurning(f: ScalarField, { steps, pointAt, h }: Run): boolean {
  const count = Math.min(TAIL, steps);
  const gradients = Array.from({ length: count + 1 }, (_, i) => numericalGradient(f, pointAt(steps - i), h));
  const turns = gradients.filter((gradient, i) => i > 0 && dot(gradient, gradients[i - 1]) < 0).length;
  return turns > count / 2;
}

/** The sum of all further steps if each is shorter than the one before by the same factor: a geometric series. */
function remainingDistance(learningRate: number, norm: number, before: number): number {
  if (norm === 0) return 0;
  return norm < before ? (learningRate * norm) / (1 - norm / before) : Infinity;
}

/** The length of the last steps. Momentum may carry x this far again, because its velocity falls by a tenth per step. */
function recentDistance({ steps, pointAt }: Run): number {
  const last = Array.from({ length: Math.min(TAIL, steps) }, (_, i) => steps - i);
  return last.reduce((sum, step) => sum + distance(pointAt(step), pointAt(step - 1)), 0);
}

/**
 * True if f falls against the gradient, at any distance, on average at least half as steeply as it does at x.
 *
 * @param travelled distance from the start to x, > 0
 */
function fallsForEver(f: ScalarField, x: Float64Array, gradient: Float64Array, travelled: number): boolean {
  const norm = Math.hypot(...gradient);
  const value = f(x);
  const farthest = 1e16 * Math.max(travelled, Math.hypot(...x));
  for (let reach = travelled; reach < farthest; reach *= 10) {
    const there = f(x.map((coordinate, i) => coordinate - (reach * gradient[i]) / norm));
    if (!((value - there) / reach >= norm / 2)) return false;
  }
  return travelled > 0;
}

/** The gradient by steps that are large enough to change each coordinate. */
function coarseGradient(f: ScalarField, x: Float64Array, h: number): Float64Array {
  const point = x.slice();
  return x.map((coordinate, i) => partialDerivative(f, point, i, Math.max(h, 1e-6 * Math.abs(coordinate))));
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
