import { coordinateOf } from '../calculus/expression.js';
import { numericalGradient, type ScalarField } from '../calculus/gradient.js';
import { type Chart, type Figure, figureOf, type Line, type Marker, type Point } from './chart.js';
import { contourMap } from './contours.js';
import { curveLine, heightAxis, restrict, sampleCurve, windowAround } from './function-curve.js';
import { pathWindow } from './path.js';
import { type Axis, quantile } from './scale.js';
import { formatList, formatNumber, shortFormula } from './typography.js';

/** A function, and the points at which its gradient is drawn. */
interface GradientField {
  readonly formula: string;
  /** The variables that f uses, in order; one or two. */
  readonly variables: readonly string[];
  readonly f: ScalarField;
  readonly points: readonly Float64Array[];
  /** Step of the central difference. */
  readonly h: number;
}

/** f as a function of the variables that are drawn, and their values at the points. */
interface Shown {
  readonly names: readonly string[];
  readonly f: (...values: number[]) => number;
  readonly points: readonly Float64Array[];
  readonly gradientAt: (values: Float64Array) => Float64Array;
}

/**
 * A gradient as a figure (book, figure 4-9): arrows along -∇f, over contour lines if f has two variables, on the curve
 * if it has one.
 */
export function gradientFigure({ formula, variables, f, points, h }: GradientField, aspect: number): Figure {
  const names = variables.length > 0 ? variables : ['x'];
  const coordinates = names.map(coordinateOf);
  const shown: Shown = {
    names,
    f: restrict(f, points[0], coordinates),
    points: points.map((point) => Float64Array.from(coordinates, (c) => point[c])),
    gradientAt: (values) => numericalGradient((some) => shown.f(...some), values, h),
  };
  const title = `Gradient of ${shortFormula(formula)}`;
  const chart = names.length === 2 ? contourChart(shown, aspect) : curveChart(shown, h);
  return figureOf(title, `${title}: arrows point where f falls fastest.`, [chart], aspect);
}

const TITLE = 'arrows along -∇f';

/** Rows of arrows. */
const ROWS = 9;

function contourChart(shown: Shown, aspect: number): Chart {
  const { names, f, points } = shown;
  const columns = names.map((_, i) => Float64Array.from(points, (point) => point[i]));
  const [x, y] = pathWindow([{ columns, outcome: 'slow' }], names, aspect);
  const across = Math.max(1, Math.round(ROWS * aspect));
  const grid = Array.from({ length: across * ROWS }, (_, i): Point => [
    ((i % across) + 0.5) / across,
    (Math.floor(i / across) + 0.5) / ROWS,
  ]);
  const from = points.map(([a, b]): Point => [x.at(a), y.at(b)]);
  const { note, lines } = arrows(shown, [x, y], grid, from, 0.9 / ROWS, aspect);
  const { levels, gaps, notes } = contourMap(f, x, y, from);
  return {
    title: TITLE,
    notes: [note, ...notes],
    x,
    y,
    levels,
    gaps,
    lines,
    markers: points.map((point, i) => marker(shown, point, from[i])),
  };
}

/** Number of arrows on the curve of a function of one variable. */
const ALONG = 24;

/** The curve of a function of one variable, with arrows along it and at the first point. */
function curveChart(shown: Shown, h: number): Chart {
  const { names, f, points } = shown;
  const [[at]] = points;
  const x = windowAround(names[0], f, at, 2 * h);
  const curve = sampleCurve(f, x);
  const y = heightAxis(curve.values, [f(at)]);
  const onCurve = (u: number): Point => [u, y.at(f(x.value(u)))];
  const places = Array.from({ length: ALONG }, (_, i) => onCurve((i + 0.5) / ALONG)).filter(([, v]) => v > 0 && v < 1);
  const from = onCurve(x.at(at));
  const { note, lines } = arrows(shown, [x], places, [from], 0.9 / ALONG, 1);
  return {
    title: TITLE,
    notes: [note],
    x,
    y,
    lines: [{ ...curveLine(curve, x, y), label: 'f' }, ...lines],
    markers: [marker(shown, points[0], from)],
  };
}

/** Arrows at the given points are longer by this factor. */
const LONG = 2;
/** If the 0.95 quantile of the slopes is more than this many times the median, the lengths show cube roots. */
const UNEVEN = 20;
/** Least length of an arrow, as a share of the longest: shorter ones would not show a direction. */
const SHORTEST = 0.15;
/** Smaller slopes, as a share of the largest, are rounding errors. */
const FLAT = 1e-9;

/**
 * Arrows at the points of a grid and at the given points. Their length grows with the slope, up to `longest`, a share
 * of the chart's height; there is none where the slope is negligible or not finite.
 *
 * @param axes an axis per variable
 * @param aspect width of the chart over its height
 */
function arrows(
  { gradientAt }: Shown,
  axes: readonly Axis[],
  grid: readonly Point[],
  points: readonly Point[],
  longest: number,
  aspect: number,
): { note: string; lines: Line[] } {
  const downhill = (at: Point) => gradientAt(Float64Array.from(axes, (axis, i) => axis.value(at[i]))).map((d) => -d);
  const sizes = grid.map((at) => Math.hypot(...downhill(at))).filter((size) => size > 0 && size < Infinity);
  const sorted = Float64Array.from(sizes).sort();
  const [typical, most] = sorted.length === 0 ? [1, 1] : [quantile(sorted, 0.5), quantile(sorted, 0.95)];
  const isUneven = most > UNEVEN * typical;

  const line = (role: Line['role'], from: readonly Point[], longer: number): Line => {
    const pieces = from.flatMap((at): Point[][] => {
      const [across, up = 0] = downhill(at);
      const size = Math.hypot(across, up);
      if (!(size > FLAT * most && size < Infinity)) return [];
      const share = Math.min(1, (size / most) ** (isUneven ? 1 / 3 : 1));
      const length = longer * longest * Math.max(SHORTEST, share);
      return [[at, [at[0] + (length * across) / size / aspect, at[1] + (length * up) / size]]];
    });
    return { role, pieces, isArrow: true };
  };
  return {
    note: `Arrows point where f falls fastest; their lengths show the ${isUneven ? 'cube root of the ' : ''}slope, up to ${formatNumber(most)}.`,
    lines: [line('arrow', grid, 1), line('path', points, LONG)],
  };
}

/** The marker of a given point, with its gradient in the legend. */
function marker({ f, gradientAt }: Shown, values: Float64Array, at: Point): Marker {
  const list = (some: Float64Array) => (some.length === 1 ? formatNumber(some[0], 6) : `(${formatList(some, 6)})`);
  const place = list(values);
  const legend = `${place}: f = ${formatNumber(f(...values), 6)}, ∇f = ${list(gradientAt(values))}`;
  return { role: 'point', at, word: place, legend };
}
