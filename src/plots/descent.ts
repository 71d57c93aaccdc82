import type { Descent } from '../calculus/descent.js';
import { coordinateOf } from '../calculus/expression.js';
import type { ScalarField } from '../calculus/gradient.js';
import {
  between,
  type Chart,
  distance,
  type Figure,
  figureOf,
  type Inset,
  type Line,
  type Marker,
  PATHS,
  type Point,
  type Rectangle,
} from './chart.js';
import { contourMap } from './contours.js';
import { curveLine, heightAxis, restrict, sampleCurve } from './function-curve.js';
import { type Columns, type DrawnPath, drawPath, isGrowing, pathWindow, reach, startSize } from './path.js';
import { type Axis, countAxis, linearAxis, valueAxis } from './scale.js';
import { capitalized, formatList, formatNumber, raisePowers, shortFormula } from './typography.js';

// Descents of a function: side by side in a chart each, or compared in one chart. The path is drawn over contour lines
// if f has two variables, along the curve of f if it has one, and as f against the step if it has more.

/** A descent and the function that it minimised. */
interface DescentRun extends Pick<Descent, 'x' | 'history' | 'verdict'> {
  readonly f: ScalarField;
  /** The variables that f uses, in order: "x" alone, or some of x0, x1 … */
  readonly variables: readonly string[];
  readonly init: Float64Array;
  readonly learningRate: number;
  readonly steps: number;
  /** The name of the optimizer, if one was chosen. */
  readonly optimizer?: string;
}

/** The names of a descent that is compared with others: in the legend, and a short one beside its end. */
interface Name {
  readonly name: string;
  readonly word: string;
}

/**
 * Descents of one function from one point, as a figure with a chart per learning rate.
 *
 * @param aspect width of a chart over its height
 */
export function descentFigure(fn: string, runs: readonly DescentRun[], aspect: number): Figure {
  const description = `Gradient descent on f = ${fn} from (${formatList(runs[0].init)}).`;
  const charts = runs.map((run) => descentChart(run, aspect));
  return figureOf(`Gradient descent on ${shortFormula(fn)}`, description, charts, aspect);
}

/**
 * Several descents of one function from one point in one chart, each with a colour and a shape (book, figures 6-3 to
 * 6-8).
 *
 * @param runs two or more, at most as many as `PATHS`, with one init and one number of steps
 */
export function pathsFigure(fn: string, runs: readonly (DescentRun & Name)[], aspect: number): Figure {
  const [{ init }] = runs;
  const paths = runs.map((run) => pathOf(run, run));
  const drawing = drawPaths(paths, aspect);
  const chart = { ...drawing, title: `${stepsOf(runs[0])} from (${formatList(init.subarray(0, 6))})` };
  const title = `Paths down ${shortFormula(fn)}`;
  return figureOf(title, `${title}: ${runs.map(({ name }) => name).join('; ')}.`, [chart], aspect);
}

/** A chart of one descent, with the verdict on it. */
export function descentChart(run: DescentRun, aspect: number): Chart {
  const { learningRate, steps, optimizer, verdict } = run;
  const path = pathOf(run);
  const drawing = drawPaths([path], aspect);
  const lost = path.count <= steps ? [`From step ${path.count} on x is not finite.`] : [];
  return {
    ...drawing,
    title: `${optimizer ? `${optimizer}, ` : ''}learning rate ${raisePowers(String(learningRate))}, ${stepsOf(run)}: ${verdict.outcome}`,
    notes: [raisePowers(`${sentence(verdict.because)}.`), ...lost, ...drawing.notes],
  };
}

const stepsOf = ({ steps }: DescentRun) => `${steps} ${steps === 1 ? 'step' : 'steps'}`;

/** The text with a capital first letter, unless it begins with a symbol such as f. */
function sentence(text: string): string {
  return /^\w\b/.test(text) ? text : capitalized(text);
}

/** The drawn part of a descent. */
interface Path extends Name {
  /** Number of points: all steps before the first one with a coordinate that is not finite. */
  readonly count: number;
  readonly steps: number;
  /** The names of the variables that are drawn, and the coordinates of the points. */
  readonly names: readonly string[];
  readonly columns: Columns;
  /** f at every point. */
  readonly heights: () => Float64Array;
  /** f of the variables that are drawn; the others are as at the start. */
  readonly f: (...values: number[]) => number;
  readonly outcome: Descent['verdict']['outcome'];
  /** The legend's texts for both ends. */
  readonly start: string;
  readonly end: string;
}

function pathOf(run: DescentRun, { name, word }: Name = { name: '', word: '' }): Path {
  const { init, history, x, steps, verdict, variables, f } = run;
  const n = init.length;
  const points = new Float64Array((steps + 1) * n);
  points.set(history);
  points.set(x, steps * n);
  const broken = points.findIndex((value) => !Number.isFinite(value));
  const count = broken < 0 ? steps + 1 : Math.max(1, Math.floor(broken / n));
  const pointAt = (k: number) => points.subarray(k * n, (k + 1) * n);
  const names = variables.length > 0 ? variables : [n === 1 ? 'x' : 'x0'];
  const coordinates = names.map(coordinateOf);
  const describe = (k: number, digits: number) => {
    const point = pointAt(k);
    return `(${formatList(point.subarray(0, 6), digits)}${n > 6 ? ', …' : ''}), f = ${formatNumber(f(point), digits)}`;
  };
  const last = count - 1;
  // The fewest digits with which the two ends differ.
  const digits = [3, 6, 9, 12, 15].find((some) => describe(0, some) !== describe(last, some)) ?? 3;
  return {
    name,
    word,
    count,
    steps,
    names,
    columns: coordinates.map((c) => Float64Array.from({ length: count }, (_, k) => pointAt(k)[c])),
    heights: () => Float64Array.from({ length: count }, (_, k) => f(pointAt(k))),
    f: restrict(f, init, coordinates),
    outcome: verdict.outcome,
    start: `start ${describe(0, digits)}`,
    end: `${count <= steps ? 'last finite point' : 'end'} ${describe(last, digits)}`,
  };
}

/** The markers of a single path. */
function endMarkers({ start, end, isLost }: DrawnPath, path: Path): Marker[] {
  const isOne = distance(start, end) < 0.01;
  const word = isLost ? 'last finite f' : 'end';
  return [
    { role: 'start', at: start, word: isOne ? '' : 'start', legend: path.start },
    { role: 'end', at: end, word: isOne ? `start, ${word}` : word, legend: path.end },
  ];
}

/** An end closer than this to an earlier one has no word of its own. */
const CROWD = 0.05;

/** The markers of several paths: their common start, and the end of each in its own shape. */
function comparedMarkers(drawn: readonly DrawnPath[], paths: readonly Path[]): Marker[] {
  const ends = drawn.map(({ end }, i): Marker => {
    const isFree = drawn.slice(0, i).every((other) => distance(other.end, end) > CROWD);
    const isOff = !end.every((value) => value >= 0 && value <= 1);
    const { name, word, outcome, end: place } = paths[i];
    return {
      role: PATHS[i],
      at: end,
      word: isFree ? raisePowers(word) : '',
      legend: `${raisePowers(name)}: ${outcome}; ${place}${isOff ? ', outside the picture' : ''}`,
    };
  });
  return [{ role: 'start', at: drawn[0].start, word: 'start', legend: paths[0].start }, ...ends];
}

type Drawing = Omit<Chart, 'title'>;

function drawPaths(paths: readonly Path[], aspect: number): Drawing {
  const dimensions = paths[0].names.length;
  if (dimensions === 2) return overContours(paths, aspect);
  return dimensions === 1 ? alongCurve(paths) : againstSteps(paths);
}

/** The lines and markers of paths; `columns` are the values of each on both axes. */
function overlay(paths: readonly Path[], columns: readonly Columns[], x: Axis, y: Axis, size = 1) {
  const drawn = columns.map((path) => drawPath(path, x, y, size));
  return {
    lines: drawn.map(({ line }, i): Line => ({ role: PATHS[i], ...line })),
    markers: paths.length === 1 ? endMarkers(drawn[0], paths[0]) : comparedMarkers(drawn, paths),
  };
}

const joined = (arrays: readonly Float64Array[]) => arrays.flatMap((values) => Array.from(values));

/** Values that span more decades than this have a logarithmic axis. */
const DECADES = { curve: 4, steps: 2 };

/** f against the step, for three and more variables. */
function againstSteps(paths: readonly Path[]): Drawing {
  const columns = paths.map(({ heights }): Columns => {
    const values = heights();
    return [Float64Array.from(values.keys()), values];
  });
  const { steps } = paths[0];
  const x = countAxis('step', -0.03 * steps, 1.03 * steps);
  const y = valueAxis('f', joined(columns.map(([, values]) => values)), DECADES.steps);
  return { x, y, ...overlay(paths, columns, x, y), notes: [] };
}

/** The curve of a function of one variable. Paths that grow by decades determine the axes only if all do. */
function alongCurve(paths: readonly Path[]): Drawing {
  const [{ names, f }] = paths;
  const [x] = pathWindow(paths, names, 1);
  const curve = sampleCurve(f, x);
  const heights = paths.map((path) => path.heights());
  const steady = heights.filter((_, i) => !isGrowing(paths[i]));
  const y =
    steady.length > 0
      ? heightAxis(curve.values, joined(steady))
      : valueAxis('f', [...curve.values, ...joined(heights)], DECADES.curve);
  const columns = paths.map((path, i) => [path.columns[0], heights[i]]);
  const drawn = overlay(paths, columns, x, y);
  return { x, y, ...drawn, lines: [curveLine(curve, x, y), ...drawn.lines], notes: [] };
}

/** The contour lines of a function of two variables. A single path that looks like a point is magnified in a corner. */
function overContours(paths: readonly Path[], aspect: number): Drawing {
  const [{ names, f }] = paths;
  const [x, y] = pathWindow(paths, names, aspect);
  const columns = paths.map((path) => path.columns);
  const drawn = overlay(paths, columns, x, y);
  const { note, inset } = paths.length === 1 ? magnified(paths[0], x, y, aspect) : {};
  const avoid = [
    ...drawn.lines.flatMap(({ pieces }) => pieces.flatMap(alongPiece)),
    ...drawn.markers.map(({ at }) => at),
    ...(inset ? within(inset.box) : []),
  ];
  const { levels, gaps, notes } = contourMap(f, x, y, avoid);
  return { x, y, levels, gaps, ...drawn, notes: [...(note ? [note] : []), ...notes], ...(inset && { inset }) };
}

/** Points at small distances along a piece of a line. */
function alongPiece(piece: readonly Point[]): Point[] {
  return piece.slice(1).flatMap((to, i) => {
    const steps = Math.ceil(distance(piece[i], to) / 0.04);
    return Array.from({ length: steps }, (_, k) => between(piece[i], to, k / steps));
  });
}

/** A path shorter than this share of the chart looks like a point. */
const POINT = 0.06;
/** Steps shorter than this share of the coordinates are rounding errors. */
const VISIBLE = 1e-11;

/** A note on a path that looks like a point, and an inset that magnifies it, unless its steps are rounding errors. */
function magnified(path: Path, x: Axis, y: Axis, aspect: number): { note?: string; inset?: Inset } {
  const { names, columns, f } = path;
  const length = reach(columns);
  const sizes = columns.map((column, i) => column.map((value) => [x, y][i].at(value)));
  if (length === 0 || isGrowing(path) || !(reach(sizes) < POINT)) return {};
  const note = `The path is ${formatNumber(length)} long, a point at this scale.`;
  if (length <= VISIBLE * startSize(columns)) return { note };

  const box = highestCorner(f, x, y, aspect, drawPath(columns, x, y).start);
  const [across, up] = pathWindow([{ columns, outcome: 'converged' }], names, 1);
  const width = across.value(1) - across.value(0);
  const scale = linearAxis('', 0, width / 2).ticks(3)[1]?.value ?? width / 4;
  const factor = ((x.value(1) - x.value(0)) * box.width) / width;
  const { levels, gaps } = contourMap(f, across, up);
  const inset = {
    box,
    title: `zoom ${formatNumber(factor, 2)}`,
    levels,
    gaps,
    ...overlay([path], [columns], across, up, INSET),
    scale: { length: scale / width, label: formatNumber(scale) },
  };
  return { note, inset };
}

/** Height of the inset, as a share of the chart's. */
const INSET = 0.4;
const INSET_MARGIN = 0.03;

/** The corner where f is largest, so that the inset hides neither the valley nor the path. */
function highestCorner(f: Path['f'], x: Axis, y: Axis, aspect: number, start: Point): Rectangle {
  const [width, height] = [INSET / aspect, INSET];
  const [left, bottom] = [INSET_MARGIN / aspect, INSET_MARGIN];
  const corners = [left, 1 - width - left].flatMap((u) =>
    [bottom, 1 - height - bottom].map((v) => ({ x: u, y: v, width, height })),
  );
  const mean = (box: Rectangle) => {
    const points = within(box);
    const nearest = Math.min(...points.map((point) => distance(point, start)));
    return nearest < 0.1 ? -Infinity : points.reduce((sum, [u, v]) => sum + f(x.value(u), y.value(v)), 0);
  };
  return corners.reduce((best, corner) => (mean(corner) > mean(best) ? corner : best));
}

/** A grid of points in a box. */
function within({ x, y, width, height }: Rectangle): Point[] {
  const steps = Array.from({ length: 11 }, (_, i) => i / 10);
  return steps.flatMap((across) => steps.map((up): Point => [x + across * width, y + up * height]));
}
