import type { Descent } from '../calculus/descent.js';
import { coordinateOf } from '../calculus/expression.js';
import type { ScalarField } from '../calculus/gradient.js';
import { type Chart, type Figure, figureOf, type Inset, type Point, shortFormula } from './chart.js';
import { contourMap } from './contours.js';
import { curveLine, heightAxis, sampleCurve } from './function-curve.js';
import { type Columns, isGrowing, pathOverlay, pathWindow, reach } from './path.js';
import { type Axis, linearAxis, valueAxis } from './scale.js';
import { formatNumber, raisePowers } from './typography.js';

/** A descent and the function that it minimised. */
export interface DescentRun extends Pick<Descent, 'x' | 'history' | 'verdict'> {
  readonly f: ScalarField;
  /** The variables that f uses, in order: "x" alone, or some of x0, x1 … */
  readonly variables: readonly string[];
  readonly init: Float64Array;
  readonly learningRate: number;
  readonly steps: number;
  /** Its name, where one was chosen. */
  readonly optimizer?: string;
}

/** Descents of one function from one point as a figure, a chart per learning rate. */
export function descentFigure(fn: string, runs: readonly DescentRun[], aspect: number): Figure {
  const charts = runs.map((run) => descentChart(run, aspect));
  const from = Array.from(runs[0].init, (value) => formatNumber(value)).join(', ');
  const description = `Gradient descent on f = ${fn} from (${from}).`;
  return figureOf(`Gradient descent on ${shortFormula(fn)}`, description, charts, aspect);
}

/** What every picture of a descent needs. */
export interface DrawnRun {
  readonly run: DescentRun;
  /** The path, (count, n) row-major: every step up to the last one whose coordinates are all finite. */
  readonly points: Float64Array;
  readonly count: number;
  /** The variables that are shown, and their coordinates. */
  readonly names: readonly string[];
  readonly coordinates: readonly number[];
  /** What all charts of a descent have in common. */
  readonly heading: Pick<Chart, 'title' | 'notes'>;
  readonly legend: { readonly start: string; readonly end: string };
}

/**
 * A descent as a chart: over contour lines if f has two variables, along the curve of f if it has one, and as f against
 * the step if it has more.
 *
 * @param aspect width of the chart over its height
 */
export function descentChart(run: DescentRun, aspect: number): Chart {
  const drawn = prepare(run);
  const dimensions = drawn.names.length;
  return dimensions === 1 ? curveChart(drawn) : dimensions === 2 ? contourChart(drawn, aspect) : stepsChart(drawn);
}

export function prepare(run: DescentRun): DrawnRun {
  const { init, history, x, steps, learningRate, optimizer, verdict, f } = run;
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
  // The fewest digits that tell the two ends apart.
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
      title: `${optimizer ? `${optimizer}, ` : ''}learning rate ${raisePowers(String(learningRate))}, ${steps} ${steps === 1 ? 'step' : 'steps'}: ${verdict.outcome}`,
      notes: [raisePowers(`${sentence(verdict.because)}.`), ...lost],
    },
    legend: {
      start: `start ${say(0)}`,
      end: count <= steps ? `last finite point ${say(count - 1)}` : `end ${say(count - 1)}`,
    },
  };
}

/** With a capital letter, unless it begins with a symbol. */
function sentence(text: string): string {
  return /^\w\b/.test(text) ? text : `${text[0].toUpperCase()}${text.slice(1)}`;
}

/** A function of the two coordinates that are shown. */
type Field = (a: number, b: number) => number;

/** A path shorter than this share of the chart looks like a point; it is magnified in a corner. */
const POINT = 0.06;

/** The path of a descent over the contour lines of a function of two variables. */
function contourChart(drawn: DrawnRun, aspect: number): Chart {
  const { run, points, count, names, coordinates, heading } = drawn;
  const n = run.init.length;
  const columns = coordinates.map((c) => Float64Array.from({ length: count }, (_, k) => points[k * n + c]));
  const point = run.init.slice();
  const f = (a: number, b: number) => {
    point[coordinates[0]] = a;
    point[coordinates[1]] = b;
    return run.f(point);
  };
  const { outcome } = run.verdict;
  const [x, y] = pathWindow(columns, names, outcome, aspect);
  const overlay = pathOverlay(drawn.legend, columns, x, y);
  const length = reach(columns);
  const isPoint = length > 0 && !isGrowing(columns, outcome) && sizeOn(columns, x, y) < POINT;
  const isVisible = isPoint && length > 1e-11 * Math.max(...columns.map((column) => Math.abs(column[0])));
  const notes = isPoint ? [`The path is ${formatNumber(length)} long, a point at this scale.`] : [];
  const inset = isVisible
    ? magnified(drawn, columns, f, x, highestCorner(f, x, y, aspect, overlay.markers[0].at))
    : undefined;
  const avoid = [
    ...overlay.line.pieces.flatMap(alongPiece),
    ...overlay.markers.map(({ at }) => at),
    ...(inset ? within(inset.box) : []),
  ];
  const map = contourMap(f, x, y, avoid);
  return {
    title: heading.title,
    notes: [...heading.notes, ...notes, ...map.notes],
    x,
    y,
    levels: map.levels,
    gaps: map.gaps,
    lines: [overlay.line],
    markers: overlay.markers,
    ...(inset && { inset }),
  };
}

/** Height of the inset, as a share of the chart's. */
const INSET = 0.4;
const INSET_MARGIN = 0.03;

/** The corner where f is largest, so that the inset hides neither the valley nor the path. */
function highestCorner(f: Field, x: Axis, y: Axis, aspect: number, path: Point): Inset['box'] {
  const [width, height] = [INSET / aspect, INSET];
  const [left, bottom] = [INSET_MARGIN / aspect, INSET_MARGIN];
  const corners = [left, 1 - width - left].flatMap((u) =>
    [bottom, 1 - height - bottom].map((v) => ({ x: u, y: v, width, height })),
  );
  const mean = (box: Inset['box']) => {
    const points = within(box);
    const nearest = Math.min(...points.map(([u, v]) => Math.hypot(u - path[0], v - path[1])));
    return nearest < 0.1 ? -Infinity : points.reduce((sum, [u, v]) => sum + f(x.value(u), y.value(v)), 0);
  };
  return corners.reduce((best, corner) => (mean(corner) > mean(best) ? corner : best));
}

/** A grid of points in a box. */
function within({ x, y, width, height }: Inset['box']): Point[] {
  const steps = Array.from({ length: 11 }, (_, i) => i / 10);
  return steps.flatMap((across) => steps.map((up): Point => [x + across * width, y + up * height]));
}

/** An inset that the path fills. */
function magnified(drawn: DrawnRun, columns: Columns, f: Field, outer: Axis, box: Inset['box']): Inset {
  const [x, y] = pathWindow(columns, drawn.names, 'converged', 1);
  const width = x.value(1) - x.value(0);
  const scale = linearAxis('', 0, width / 2).ticks(3)[1]?.value ?? width / 4;
  const factor = ((outer.value(1) - outer.value(0)) * box.width) / width;
  const { line, markers } = pathOverlay(drawn.legend, columns, x, y, INSET);
  const { levels, gaps } = contourMap(f, x, y);
  return {
    box,
    title: `zoom ${formatNumber(factor, 2)}`,
    levels,
    gaps,
    lines: [line],
    markers,
    scale: { length: scale / width, label: formatNumber(scale) },
  };
}

/** The largest distance of the path from its start on the chart, 0 to 1. */
function sizeOn(columns: Columns, x: Axis, y: Axis): number {
  let largest = 0;
  for (let k = 1; k < columns[0].length; k++) {
    const across = Math.abs(x.at(columns[0][k]) - x.at(columns[0][0]));
    const up = Math.abs(y.at(columns[1][k]) - y.at(columns[1][0]));
    largest = Math.max(largest, across, up);
  }
  return largest;
}

/** Points all along a piece of a line, not only its corners. */
export function alongPiece(piece: readonly Point[]): Point[] {
  return piece.slice(1).flatMap((to, i) => {
    const from = piece[i];
    const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 0.04);
    return Array.from({ length: steps }, (_, k): Point => {
      const share = k / steps;
      return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    });
  });
}

/** Values of a growing path that span more decades than this are shown logarithmically. */
const CURVE_DECADES = 4;

/** The path of a descent along the curve of a function of one variable. */
function curveChart(drawn: DrawnRun): Chart {
  const { run, points, count, names, coordinates, heading } = drawn;
  const [coordinate] = coordinates;
  const n = run.init.length;
  const column = Float64Array.from({ length: count }, (_, k) => points[k * n + coordinate]);
  const point = run.init.slice();
  const f = (value: number) => {
    point[coordinate] = value;
    return run.f(point);
  };
  const { outcome } = run.verdict;
  const [x] = pathWindow([column], names, outcome, 1);
  const values = column.map(f);
  const curve = sampleCurve(f, x);
  const y = isGrowing([column], outcome)
    ? valueAxis('f', [...curve.values, ...values], CURVE_DECADES)
    : heightAxis(curve.values, values);
  const { line, markers } = pathOverlay(drawn.legend, [column, values], x, y);
  return {
    ...heading,
    x,
    y,
    lines: [curveLine(curve, x, y), line],
    markers,
  };
}

/** Values that span more decades than this are shown logarithmically. */
const STEPS_DECADES = 2;

/** The value of f at every step, for three and more variables. */
function stepsChart(drawn: DrawnRun): Chart {
  const { run, points, count, heading } = drawn;
  const n = run.init.length;
  const values = Float64Array.from({ length: count }, (_, k) => run.f(points.subarray(k * n, (k + 1) * n)));
  const steps = Float64Array.from({ length: count }, (_, k) => k);
  const x = linearAxis('step', -0.03 * run.steps, 1.03 * run.steps);
  const y = valueAxis('f', Array.from(values), STEPS_DECADES);
  const { line, markers } = pathOverlay(drawn.legend, [steps, values], x, y);
  return { ...heading, x, y, lines: [line], markers };
}
