import {
  type DiffMethod,
  methods,
  type RealFunction,
  type Regime,
  type StepSweep,
  type SweepRow,
} from '../calculus/differences.js';
import {
  type Band,
  type Chart,
  type Figure,
  figureOf,
  type Line,
  linePieces,
  type Marker,
  type Point,
} from './chart.js';
import { curveLine, heightAxis, type SampledCurve, sampleCurve, spanOf, windowAround } from './function-curve.js';
import { type Axis, extent, linearAxis, logAxis } from './scale.js';
import { capitalized, formatNumber, raisePowers, shortFormula } from './typography.js';

// Difference quotients: the curve with tangent and secant, and the error of a quotient against its step.

/** A difference quotient of a function of one variable. */
interface Difference {
  readonly formula: string;
  /** The name of its variable. */
  readonly variable: string;
  readonly f: RealFunction;
  readonly at: number;
  readonly h: number;
  readonly method: DiffMethod;
  /** The quotient. */
  readonly value: number;
  /** The derivative; NaN if it is not known. */
  readonly exact: number;
}

/** The pairs of points between which a method takes the slope, in units of h from x. */
const PAIRS: Record<DiffMethod, readonly (readonly [number, number])[]> = {
  central: [[-1, 1]],
  forward: [[0, 1]],
  richardson: [
    [-1, 1],
    [-1 / 2, 1 / 2],
  ],
};

/**
 * A difference quotient as a figure (book, figures 4-5 to 4-7): the curve, the tangent with the slope of the quotient,
 * and the secant through the points of the difference. Where these points look like one, a second chart magnifies them.
 */
export function differenceFigure(difference: Difference, aspect: number): Figure {
  const { formula, at } = difference;
  const title = `Numerical derivative of ${shortFormula(formula)} at ${raisePowers(String(at))}`;
  const { overview, isNarrow } = differenceChart(difference);
  const charts = isNarrow ? [overview, ...magnified(difference)] : [overview];
  const description = `${title}: the curve, its tangent and the secant of the difference.`;
  return figureOf(title, description, charts, charts.length === 1 ? aspect : 1);
}

/** Several difference quotients side by side. */
export function differencesFigure(differences: readonly Difference[]): Figure {
  const charts = differences.map((difference) => {
    const { overview } = differenceChart(difference);
    return { ...overview, title: `${shortFormula(difference.formula)} at ${difference.at}: ${overview.title}` };
  });
  return figureOf('Numerical derivatives', 'Curves with their tangents.', charts, 1);
}

/** If the points of a difference span less than this share of the chart, they look like one. */
const POINT = 0.06;

/** The curve around x; `isNarrow` is true if the points of the difference look like one. */
function differenceChart(difference: Difference): { overview: Chart; isNarrow: boolean } {
  const { variable, f, at, h, method, value, exact } = difference;
  const x = windowAround(variable, f, at, 2 * h);
  const isNarrow = (2 * h) / (x.value(1) - x.value(0)) < POINT;
  const curve = sampleCurve(f, x);
  const y = heights('f', curve.values, [f(at), ...(isNarrow ? [] : offsetsOf(method).map((k) => f(at + k * h)))]);
  const known = Number.isNaN(exact) ? '' : `, the derivative ${spell(exact)}`;
  const overview = {
    title: `${method} difference, h = ${spell(h)}`,
    notes: [`The slope of the difference is ${spell(value)}${known}.`, ...why(difference)],
    ...drawDifference(difference, curve, x, y, { x: 0, y: 0 }, !isNarrow),
  };
  return { overview, isNarrow };
}

/** A note on why a chart has no tangent or no secant. */
function why({ f, at, h, method, value }: Difference): string[] {
  const offsets = offsetsOf(method);
  if (offsets.every((k) => at + k * h === at)) return ['x ± h rounds to x: all points of the difference are x itself.'];
  if (Number.isFinite(value) && Number.isFinite(f(at))) return [];
  const broken = [0, ...offsets].filter((k) => !Number.isFinite(f(at + k * h)));
  return [`There is no tangent: ${broken.map((k) => `f(${pointName(k)}) is ${spell(f(at + k * h))}`).join(', ')}.`];
}

/** Half the width of the magnified chart, in units of h; a round number would put a label at the edge. */
const ZOOM = 1.9;

/** A magnified chart with axes relative to x and f(x); none if all points round to x or f is finite at none of them. */
function magnified(difference: Difference): Chart[] {
  const { variable, f, at, h, method } = difference;
  const base = Number.isFinite(f(at)) ? f(at) : 0;
  const offsets = offsetsOf(method);
  const values = offsets.map((k) => f(at + k * h) - base);
  if (offsets.every((k) => at + k * h === at) || !values.some(Number.isFinite)) return [];
  const x = linearAxis(at === 0 ? variable : `${variable} - ${formatNumber(at, 6)}`, -ZOOM * h, ZOOM * h);
  const curve = sampleCurve((offset) => f(at + offset) - base, x);
  // x + offset is rounded, so the curve is drawn at the rounded points.
  const rounded = { ...curve, points: curve.points.map((offset) => at + offset - at) };
  const y = heights(base === 0 ? 'f' : `f - ${formatNumber(base, 6)}`, curve.values, [0, ...values]);
  return [
    {
      title: 'the points of the difference, magnified',
      notes: [`This picture is ${formatNumber(2 * ZOOM * h)} wide.`],
      ...drawDifference(difference, rounded, x, y, { x: at, y: base }, true),
    },
  ];
}

/** A curve is shown whole if its range is at most this many times the range of most of its values. */
const WHOLE = 4;

/** An axis for the whole curve, or if it has poles, for the part around the points. */
function heights(name: string, curve: readonly number[], points: readonly number[]): Axis {
  const [low, high] = extent([...curve, ...points].filter(Number.isFinite));
  const span = high - low;
  if (!(span > 0 && span <= WHOLE * spanOf(curve.filter(Number.isFinite)))) return heightAxis(curve, points, name);
  return linearAxis(name, low - MARGIN * span, high + MARGIN * span);
}

/** Room above and below the curve, as a share of its height. */
const MARGIN = 0.07;

/** Angles that differ by less, in radians, look like one. */
const SAME_ANGLE = 0.01;

/**
 * The curve, and the lines and points of a difference.
 *
 * @param origin the point that the axes are relative to
 * @param isWide true if the points of the difference can be told apart
 */
function drawDifference(
  { f, at, h, method, value, exact }: Difference,
  curve: SampledCurve,
  x: Axis,
  y: Axis,
  origin: { x: number; y: number },
  isWide: boolean,
): Pick<Chart, 'x' | 'y' | 'lines' | 'markers'> {
  const pointAt = (k: number): Point => [x.at(at + k * h - origin.x), y.at(f(at + k * h) - origin.y)];
  const middle = pointAt(0);
  // Each end is halved, because the difference of huge ends overflows.
  const scale = (x.value(1) / 2 - x.value(0) / 2) / (y.value(1) / 2 - y.value(0) / 2);
  const isOff = Math.abs(Math.atan(value * scale) - Math.atan(exact * scale)) > SAME_ANGLE;
  const secants = PAIRS[method].map((pair): Line => {
    const ends = pair.map(pointAt);
    const label = `secant from ${pair.map(pointName).join(' to ')}`;
    return { role: 'path', pieces: linePieces(ends), dots: ends.filter(isFinitePoint), label };
  });
  const marker = (k: number): Marker => ({
    role: k === 0 ? 'best' : 'point',
    at: pointAt(k),
    word: pointName(k),
    legend: `${pointName(k)} = ${spell(at + k * h)}, f = ${spell(f(at + k * h))}`,
  });
  return {
    x,
    y,
    lines: [
      { ...curveLine(curve, x, y), label: 'f' },
      ...lineThrough(middle, value, scale, 'tangent', 'numerical tangent'),
      ...(isOff ? lineThrough(middle, exact, scale, 'theory', 'exact tangent') : []),
      ...(isWide ? secants : []),
    ],
    markers: [...(isWide ? offsetsOf(method) : []), 0].map(marker).filter(({ at }) => isFinitePoint(at)),
  };
}

const isFinitePoint = (point: Point) => point.every(Number.isFinite);

const spell = (value: number) => raisePowers(Number.isFinite(value) ? String(value) : formatNumber(value));

/** The points of a method except x, in units of h from x, ascending. */
function offsetsOf(method: DiffMethod): number[] {
  return [...new Set(PAIRS[method].flat())].filter((k) => k !== 0).sort((a, b) => a - b);
}

/** x + h, x - h/2 */
function pointName(k: number): string {
  if (k === 0) return 'x';
  return `x ${k < 0 ? '-' : '+'} h${Math.abs(k) === 1 ? '' : '/2'}`;
}

/** The line through a point with a derivative, across the chart; none if one of the numbers is not finite. */
function lineThrough([u, v]: Point, derivative: number, scale: number, role: Line['role'], label: string): Line[] {
  if (![u, v, derivative].every(Number.isFinite)) return [];
  const slope = derivative * scale;
  const [across, up] = Number.isFinite(slope)
    ? [2 / Math.hypot(1, slope), (2 * slope) / Math.hypot(1, slope)]
    : [0, 2 * Math.sign(slope)];
  const ends: Point[] = [
    [u - across, v - up],
    [u + across, v + up],
  ];
  return [{ role, pieces: linePieces(ends), label }];
}

/** The errors of a difference quotient over many steps h. */
interface ErrorSweep extends StepSweep, Pick<Difference, 'formula' | 'at' | 'method'> {
  /** The derivative, or its best estimate. */
  readonly exact: number;
  /** The rounding error that is expected at a step h. */
  readonly rounding: (h: number) => number;
}

/** The line of the truncation error is drawn this factor above the errors, so that both are visible. */
const ABOVE = 5;
const REGIMES: readonly Regime[] = ['truncation', 'cancellation', 'absorption'];

/** The error of a difference quotient against its step, as a figure of one chart. */
export function sweepFigure(sweep: ErrorSweep, aspect: number): Figure {
  const { method, formula, at } = sweep;
  const title = `${capitalized(method)} difference of ${shortFormula(formula)} at ${at}`;
  return figureOf(title, `${title}: its error against the step h, both logarithmic.`, [sweepChart(sweep)], aspect);
}

/** Error against step, both logarithmic, with the bands where truncation, cancellation or absorption dominates. */
export function sweepChart({ method, exact, rows, best, rounding }: ErrorSweep): Chart {
  const visible = rows.filter(({ error }) => Number.isFinite(error));
  const steps = rows.map(({ h }) => h);
  const x = logAxis('h', Math.min(...steps) / 3, Math.max(...steps) * 3);
  const errors = visible.map(({ error }) => error).filter((error) => error > 0);
  const hasZero = visible.some(({ error }) => error === 0);
  const [low, high] = errors.length > 0 ? [Math.min(...errors), Math.max(...errors)] : [1e-16, 1];
  const y = logAxis('|error|', low / 30, high * 30, hasZero);
  const place = ({ h, error }: { h: number; error: number }): Point => [x.at(h), y.at(error)];
  const theory = (of: readonly SweepRow[], errorAt: (h: number) => number, label: string): Line => {
    const along = of.map(({ h }) => place({ h, error: errorAt(h) }));
    // The line ends at the edge of the chart.
    return { role: 'theory', pieces: linePieces(along.map(([u, v]) => [u, v >= 0 && v <= 1 ? v : NaN])), label };
  };

  const points = visible.map(place);
  const { order } = methods[method];
  const lines: Line[] = [{ role: 'curve', pieces: linePieces(points), dots: points, label: `${method} difference` }];
  const top = visible.find(({ regime, error }) => regime === 'truncation' && error > 0);
  if (top && rows.some(({ regime, h, error }) => regime === 'truncation' && h < top.h && error < top.error)) {
    const label = `truncation ∝ ${order === 1 ? 'h' : `h^${order}`}`;
    lines.push(theory(rows, (h) => ABOVE * top.error * (h / top.h) ** order, label));
  }
  if (rows.some(({ regime }) => regime === 'cancellation')) {
    const moved = rows.filter(({ regime }) => regime !== 'absorption');
    lines.push(theory(moved, (h) => rounding(h) || NaN, 'rounding ∝ 1/h'));
  }
  const absent = REGIMES.filter((regime) => !rows.some((row) => row.regime === regime));
  const notes =
    visible.length === 0
      ? ['No difference quotient is finite: f has no finite value there.']
      : absent.map((regime) => `${capitalized(regime)} dominates at no h.`);
  const bestLegend = (row: SweepRow) => `best h = ${row.h}: error ${formatNumber(row.error)}`;
  return {
    title: 'error against the step h',
    notes: [`The derivative is ${exact}.`, ...notes],
    x,
    y,
    bands: bandsOf(visible, (h) => Math.min(1, Math.max(0, x.at(h)))),
    lines,
    markers: best ? [{ role: 'best', at: place(best), word: 'best h', legend: bestLegend(best) }] : [],
  };
}

/** The runs of rows with one regime as bands; the longest band of each regime has its name. */
function bandsOf(rows: readonly SweepRow[], at: (h: number) => number): Band[] {
  const runs: { regime: Regime; from: number; to: number }[] = [];
  for (const { h, regime } of rows) {
    if (regime === null) continue;
    const last = runs[runs.length - 1];
    const edges = { from: at(h / Math.sqrt(10)), to: at(h * Math.sqrt(10)) };
    if (last?.regime === regime) last.from = edges.from;
    else runs.push({ regime, ...edges });
  }
  if (runs.length > 0) {
    runs[0].to = 1;
    runs[runs.length - 1].from = 0;
  }
  return runs.map(({ regime, from, to }) => {
    const longest = Math.max(...runs.filter((run) => run.regime === regime).map((run) => run.to - run.from));
    return { role: regime, from, to, label: to - from === longest ? regime : '' };
  });
}
