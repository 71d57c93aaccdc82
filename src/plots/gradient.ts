import { coordinateOf } from '../calculus/expression.js';
import { partialDerivative, type ScalarField } from '../calculus/gradient.js';
import { type Chart, type Figure, figureOf, type Line, type Marker, type Point } from './chart.js';
import { contourMap } from './contours.js';
import { curveLine, heightAxis, sampleCurve, windowAround } from './function-curve.js';
import { pathWindow } from './path.js';
import { quantile } from './scale.js';
import { formatList, formatNumber, shortFormula } from './typography.js';

/** A function, and points at which its gradient was asked for. */
interface GradientField {
  readonly formula: string;
  /** The variables that f uses, in order; one or two. */
  readonly variables: readonly string[];
  readonly f: ScalarField;
  readonly points: readonly Float64Array[];
  /** Step of the central difference. */
  readonly h: number;
}

/**
 * A gradient as a figure (book, figure 4-9): arrows along -∇f, over contour lines if f has two variables, on the curve if
 * it has one.
 */
export function gradientFigure(field: GradientField, aspect: number): Figure {
  const title = `Gradient of ${shortFormula(field.formula)}`;
  const chart = field.variables.length === 2 ? contourChart(field, aspect) : curveChart(field);
  return figureOf(title, `${title}: arrows point where f falls fastest.`, [chart], aspect);
}

/** Rows of arrows. */
const ROWS = 9;

function contourChart({ variables, f, points, h }: GradientField, aspect: number): Chart {
  const coordinates = variables.map(coordinateOf);
  const around = coordinates.map((c) => Float64Array.from(points, (point) => point[c]));
  const [x, y] = pathWindow([{ columns: around, outcome: 'slow' }], variables, aspect);
  const point = points[0].slice();
  const moveTo = (a: number, b: number) => {
    point[coordinates[0]] = a;
    point[coordinates[1]] = b;
  };
  const slopeAt = ([u, v]: Point) => {
    moveTo(x.value(u), y.value(v));
    return coordinates.map((c) => -partialDerivative(f, point, c, h));
  };
  const columns = Math.max(1, Math.round(ROWS * aspect));
  const grid = Array.from({ length: columns * ROWS }, (_, i): Point => [
    ((i % columns) + 0.5) / columns,
    (Math.floor(i / columns) + 0.5) / ROWS,
  ]);
  const from = points.map((_, i): Point => [x.at(around[0][i]), y.at(around[1][i])]);
  const arrow = arrowsOf(grid.map(slopeAt), 0.9 / ROWS);
  const toPoint = ([u, v]: Point, [across, up]: Point): Point => [u + across / aspect, v + up];
  const map = contourMap((a, b) => (moveTo(a, b), f(point)), x, y, from);
  return {
    title: TITLE,
    notes: [arrow.note, ...map.notes],
    x,
    y,
    levels: map.levels,
    gaps: map.gaps,
    lines: [
      arrowLine('arrow', grid, (at) => toPoint(at, arrow.shape(slopeAt(at)))),
      arrowLine('path', from, (at) => toPoint(at, arrow.shape(slopeAt(at), LONG))),
    ],
    markers: points.map((at, i) => marker(at, coordinates, f, h, from[i])),
  };
}

const TITLE = 'arrows along -∇f';

/** Arrows of the points that were asked for are longer by this factor. */
const LONG = 2;

/** Number of arrows on the curve of a function of one variable. */
const ALONG = 24;

function curveChart({ variables, f, points, h }: GradientField): Chart {
  const name = variables[0] ?? 'x';
  const c = coordinateOf(name);
  const point = points[0].slice();
  const along = (value: number) => {
    point[c] = value;
    return f(point);
  };
  const at = points[0][c];
  const x = windowAround(name, along, at, 2 * h);
  const curve = sampleCurve(along, x);
  const y = heightAxis(curve.values, [along(at)]);
  const slopeAt = ([u]: Point) => {
    point[c] = x.value(u);
    return [-partialDerivative(f, point, c, h)];
  };
  const onCurve = (u: number): Point => [u, y.at(along(x.value(u)))];
  const places = Array.from({ length: ALONG }, (_, i) => onCurve((i + 0.5) / ALONG)).filter(([, v]) => v > 0 && v < 1);
  const arrow = arrowsOf(places.map(slopeAt), 0.9 / ALONG);
  const ahead = (place: Point, longer?: number): Point => [place[0] + arrow.shape(slopeAt(place), longer)[0], place[1]];
  const from = onCurve(x.at(at));
  return {
    title: TITLE,
    notes: [arrow.note],
    x,
    y,
    lines: [
      { ...curveLine(curve, x, y), label: 'f' },
      arrowLine('arrow', places, (place) => ahead(place)),
      arrowLine('path', [from], (place) => ahead(place, LONG)),
    ],
    markers: [marker(points[0], [c], f, h, from)],
  };
}

/** If the steepest slope is more than this many times the typical one, lengths show its cube root. */
const UNEVEN = 20;
/** Shorter arrows, as a share of the longest, would not show where they point. */
const SHORTEST = 0.15;
/** Smaller slopes, as a share of the largest, are rounding errors. */
const FLAT = 1e-9;

/**
 * How arrows are drawn: their length grows with the slope, up to `longest`, a share of the picture's height.
 *
 * @param slopes all slopes of the picture
 */
function arrowsOf(slopes: readonly (readonly number[])[], longest: number) {
  const sizes = slopes.map((slope) => Math.hypot(...slope)).filter((size) => size > 0 && size < Infinity);
  const sorted = Float64Array.from(sizes).sort();
  const [typical, most] = sorted.length === 0 ? [1, 1] : [quantile(sorted, 0.5), quantile(sorted, 0.95)];
  const isUneven = most > UNEVEN * typical;
  return {
    note: `Arrows point where f falls fastest; their lengths show the ${isUneven ? 'cube root of the ' : ''}slope, up to ${formatNumber(most)}.`,
    /** The vector of an arrow; zero where there is no slope. */
    shape(slope: readonly number[], longer = 1): Point {
      const size = Math.hypot(...slope);
      if (!(size > FLAT * most && size < Infinity)) return [0, 0];
      const share = Math.min(1, (size / most) ** (isUneven ? 1 / 3 : 1));
      const length = longer * longest * Math.max(SHORTEST, share);
      return [(length * slope[0]) / size, (length * (slope[1] ?? 0)) / size];
    },
  };
}

function arrowLine(role: Line['role'], from: readonly Point[], tip: (from: Point) => Point): Line {
  const pieces = from.map((at) => [at, tip(at)]).filter(([[x0, y0], [x1, y1]]) => x0 !== x1 || y0 !== y1);
  return { role, pieces, isArrow: true };
}

/** A point that was asked for, with its gradient in the legend. */
function marker(point: Float64Array, coordinates: readonly number[], f: ScalarField, h: number, at: Point): Marker {
  const list = (values: readonly number[]) =>
    values.length === 1 ? formatNumber(values[0], 6) : `(${formatList(values, 6)})`;
  const place = list(coordinates.map((c) => point[c]));
  const gradient = list(coordinates.map((c) => partialDerivative(f, point.slice(), c, h)));
  return { role: 'point', at, word: place, legend: `${place}: f = ${formatNumber(f(point), 6)}, ∇f = ${gradient}` };
}
