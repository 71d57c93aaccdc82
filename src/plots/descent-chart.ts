import { coordinateOf } from '../calculus/expression.js';
import type { Descent } from '../calculus/gradient-descent.js';
import type { ScalarField } from '../calculus/numerical-gradient.js';
import type { Chart } from './chart.js';
import { contourChart } from './descent-contours.js';
import { curveChart } from './descent-curve.js';
import { stepsChart } from './descent-steps.js';
import { formatNumber, raisePowers } from './number-label.js';

/** A descent, and what it went down. */
export interface DescentRun extends Pick<Descent, 'x' | 'history' | 'verdict'> {
  readonly f: ScalarField;
  /** The variables that f uses, in order: "x" alone, or some of x0, x1 … */
  readonly variables: readonly string[];
  readonly init: Float64Array;
  readonly learningRate: number;
  readonly steps: number;
}

/** What every picture of a descent needs. */
export interface DrawnRun {
  readonly run: DescentRun;
  /** The path, (points, n) row-major: every step up to the last one whose coordinates are all finite. */
  readonly points: Float64Array;
  readonly count: number;
  /** The variables that are shown, and the coordinates that they are. */
  readonly names: readonly string[];
  readonly coordinates: readonly number[];
  /** What all the charts share. */
  readonly heading: Pick<Chart, 'title' | 'notes'>;
  readonly legend: { readonly start: string; readonly end: string };
}

/**
 * A descent as a picture: over contour lines if f has two variables, along its curve if it has one, and as f against
 * the step if it has more.
 *
 * @param aspect width of the chart over its height
 */
export function descentChart(run: DescentRun, aspect: number): Chart {
  const drawn = prepare(run);
  const dimensions = drawn.names.length;
  return dimensions === 1 ? curveChart(drawn) : dimensions === 2 ? contourChart(drawn, aspect) : stepsChart(drawn);
}

function prepare(run: DescentRun): DrawnRun {
  const { init, history, x, steps, learningRate, verdict, f } = run;
  const n = init.length;
  const points = new Float64Array((steps + 1) * n);
  points.set(history);
  points.set(x, steps * n);
  const broken = points.findIndex((value) => !Number.isFinite(value));
  const count = broken < 0 ? steps + 1 : Math.max(1, Math.floor(broken / n));
  const names = run.variables.length > 0 ? run.variables : [n === 1 ? 'x' : 'x0'];
  const describe = (k: number, digits: number) => {
    const point = points.subarray(k * n, (k + 1) * n);
    const shown = Array.from(point.subarray(0, 6), (value) => formatNumber(value, digits)).join(', ');
    return `(${shown}${n > 6 ? ', …' : ''}), f = ${formatNumber(f(point), digits)}`;
  };
  // As few digits as tell the two ends apart.
  const digits = [3, 6, 9, 12, 15].find((some) => describe(0, some) !== describe(count - 1, some)) ?? 3;
  const say = (k: number) => describe(k, digits);
  const lost = count <= steps ? [`From step ${count} on x is not finite.`] : [];
  return {
    run,
    points: points.subarray(0, count * n),
    count,
    names,
    coordinates: names.map(coordinateOf),
    heading: {
      title: `learning rate ${raisePowers(String(learningRate))}, ${steps} ${steps === 1 ? 'step' : 'steps'}: ${verdict.outcome}`,
      notes: [raisePowers(`${sentence(verdict.because)}.`), ...lost],
    },
    legend: {
      start: `start ${say(0)}`,
      end: count <= steps ? `last finite point ${say(count - 1)}` : `end ${say(count - 1)}`,
    },
  };
}

/** With a capital, unless it begins with a symbol. */
function sentence(text: string): string {
  return /^\w\b/.test(text) ? text : `${text[0].toUpperCase()}${text.slice(1)}`;
}
