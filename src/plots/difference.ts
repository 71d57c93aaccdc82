import type { DiffMethod, RealFunction } from '../calculus/differences.js';
import { type Chart, type Figure, figureOf, type Line, linePieces, type Marker, type Point } from './chart.js';
import { curveLine, heightAxis, type SampledCurve, sampleCurve, spanOf, windowAround } from './function-curve.js';
import { type Axis, extent, linearAxis } from './scale.js';
import { formatNumber, raisePowers, shortFormula } from './typography.js';

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
  /** The derivative, NaN where it is not known. */
  readonly exact: number;
}

/** The pairs of points that a method takes the slope between, in units of h from x. */
const PAIRS: Record<DiffMethod, readonly (readonly [number, number])[]> = {
  central: [[-1, 1]],
  forward: [[0, 1]],
  richardson: [
    [-1, 1],
    [-1 / 2, 1 / 2],
  ],
};

/**
 * A difference quotient as a figure (book, figures 4-5 to 4-7): the curve, the tangent with the slope of the quotient, and
 * the secant through the points of the difference. Where these points look like one, a second chart magnifies them.
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

/** The points of a narrower difference, as a share of the chart, look like one. */
const POINT = 0.06;

/** The curve around x; `isNarrow` tells that the points of the difference look like one. */
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

/** Why a picture has no tangent, or no secant. */
function why({ f, at, h, method, value }: Difference): string[] {
  const offsets = offsetsOf(method);
  if (offsets.every((k) => at + k * h === at)) return ['x ± h rounds to x: all points of the difference are x itself.'];
  if (Number.isFinite(value) && Number.isFinite(f(at))) return [];
  const broken = [0, ...offsets].filter((k) => !Number.isFinite(f(at + k * h)));
  return [`There is no tangent: ${broken.map((k) => `f(${pointName(k)}) is ${spell(f(at + k * h))}`).join(', ')}.`];
}

/** Half the width of the magnified picture, in units of h; not a round number, which would be a label at the edge. */
const ZOOM = 1.9;

/** The points around x again, on axes that count from x and from f(x). None if there is nothing between them. */
function magnified(difference: Difference): Chart[] {
  const { variable, f, at, h, method } = difference;
  const base = Number.isFinite(f(at)) ? f(at) : 0;
  const offsets = offsetsOf(method);
  const values = offsets.map((k) => f(at + k * h) - base);
  if (offsets.every((k) => at + k * h === at) || !values.some(Number.isFinite)) return [];
  const x = linearAxis(at === 0 ? variable : `${variable} - ${formatNumber(at, 6)}`, -ZOOM * h, ZOOM * h);
  const curve = sampleCurve((offset) => f(at + offset) - base, x);
  // x + offset is rounded: the curve goes through the points that there are.
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

/** A curve is shown whole if its range is at most this many times that of most of its values. */
const WHOLE = 4;

/** An axis for the whole curve; where it has poles, for the part around the points. */
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
 * @param origin what the axes count from
 * @param isWide true where its points can be told apart
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
  // The halves keep the sides of the largest charts finite.
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

/** Every point of a method but x itself, in units of h from x, ascending. */
function offsetsOf(method: DiffMethod): number[] {
  return [...new Set(PAIRS[method].flat())].filter((k) => k !== 0).sort((a, b) => a - b);
}

/** x + h, x - h/2 */
function pointName(k: number): string {
  if (k === 0) return 'x';
  return `x ${k < 0 ? '-' : '+'} h${Math.abs(k) === 1 ? '' : '/2'}`;
}

/** The line with a derivative through a point, from one edge of the chart to another; none if it has no slope. */
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
