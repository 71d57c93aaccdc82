import { type Chart, type Figure, figureOf, type Marker, PATHS, type Point, shortFormula } from './chart.js';
import { contourMap } from './contours.js';
import { alongPiece, type DescentRun, type DrawnRun, prepare } from './descent.js';
import { curveLine, heightAxis, sampleCurve } from './function-curve.js';
import { type Columns, isGrowing, pathOverlay, sharedWindow } from './path.js';
import { type Axis, linearAxis, valueAxis } from './scale.js';
import { formatNumber, raisePowers } from './typography.js';

/** A descent that is drawn with others. */
interface NamedRun extends DescentRun {
  /** Its name in the legend, and a short one beside its end. */
  readonly name: string;
  readonly word: string;
}

/**
 * Several descents of one function from one point in one chart, each with a colour and a shape (book, figures 6-3 to 6-8):
 * over contour lines if f has two variables, along the curve of f if it has one, and as f against the step if it has more.
 *
 * @param runs at most as many as `PATHS`, with one init and one number of steps
 */
export function pathsFigure(fn: string, runs: readonly NamedRun[], aspect: number): Figure {
  const title = `Paths down ${shortFormula(fn)}`;
  const chart = pathsChart(runs, aspect);
  return figureOf(title, `${title}: ${runs.map(({ name }) => name).join('; ')}.`, [chart], aspect);
}

interface NamedPath extends DrawnRun {
  readonly named: NamedRun;
}

function pathsChart(runs: readonly NamedRun[], aspect: number): Chart {
  const drawn = runs.map((run): NamedPath => ({ ...prepare(run), named: run }));
  const [{ names, run }] = drawn;
  const steps = `${run.steps} ${run.steps === 1 ? 'step' : 'steps'}`;
  const chart =
    names.length === 1 ? alongCurve(drawn) : names.length === 2 ? overContours(drawn, aspect) : bySteps(drawn);
  return {
    ...chart,
    title: `${steps} from (${Array.from(run.init.subarray(0, 6), (value) => formatNumber(value)).join(', ')})`,
  };
}

type Untitled = Omit<Chart, 'title'>;

/** The coordinates of a path that are shown. */
function columnsOf({ run, points, count, coordinates }: DrawnRun): Float64Array[] {
  const n = run.init.length;
  return coordinates.map((c) => Float64Array.from({ length: count }, (_, k) => points[k * n + c]));
}

/** f of the coordinates that are shown, the others as at the start. */
function shownField({ run, coordinates }: DrawnRun): (...values: number[]) => number {
  const point = run.init.slice();
  return (...values) => {
    values.forEach((value, i) => (point[coordinates[i]] = value));
    return run.f(point);
  };
}

function overContours(drawn: readonly NamedPath[], aspect: number): Untitled {
  const paths = drawn.map((one) => ({ path: columnsOf(one), outcome: one.run.verdict.outcome }));
  const [x, y] = sharedWindow(paths, drawn[0].names, aspect);
  const overlay = overlays(
    drawn,
    paths.map(({ path }) => path),
    x,
    y,
  );
  const avoid = [
    ...overlay.lines.flatMap(({ pieces }) => pieces.flatMap(alongPiece)),
    ...overlay.markers.map(({ at }) => at),
  ];
  const map = contourMap(shownField(drawn[0]), x, y, avoid);
  return { x, y, levels: map.levels, gaps: map.gaps, ...overlay, notes: map.notes };
}

/** Values of paths that span more decades than this are shown logarithmically. */
const DECADES = { curve: 4, steps: 2 };

function alongCurve(drawn: readonly NamedPath[]): Untitled {
  const paths = drawn.map((one) => ({ path: columnsOf(one), outcome: one.run.verdict.outcome }));
  const f = shownField(drawn[0]);
  const [x] = sharedWindow(paths, drawn[0].names, 1);
  const curve = sampleCurve(f, x);
  const withHeights = paths.map(({ path: [column] }): Columns => [column, column.map((value) => f(value))]);
  const level = paths.flatMap(({ path, outcome }, i) =>
    isGrowing(path, outcome) ? [] : Array.from(withHeights[i][1]),
  );
  const y =
    level.length > 0
      ? heightAxis(curve.values, level)
      : valueAxis('f', [...curve.values, ...withHeights.flatMap(([, heights]) => Array.from(heights))], DECADES.curve);
  const overlay = overlays(drawn, withHeights, x, y);
  return { x, y, ...overlay, lines: [curveLine(curve, x, y), ...overlay.lines], notes: [] };
}

function bySteps(drawn: readonly NamedPath[]): Untitled {
  const paths = drawn.map(({ run, points, count }): Columns => {
    const n = run.init.length;
    const steps = Float64Array.from({ length: count }, (_, k) => k);
    return [steps, steps.map((k) => run.f(points.subarray(k * n, (k + 1) * n)))];
  });
  const { steps } = drawn[0].run;
  const x = linearAxis('step', -0.03 * steps, 1.03 * steps);
  const y = valueAxis(
    'f',
    paths.flatMap(([, values]) => Array.from(values)),
    DECADES.steps,
  );
  return { x, y, ...overlays(drawn, paths, x, y), notes: [] };
}

/** Ends nearer than this to another one get no word of their own. */
const CROWD = 0.05;

/** The lines of all paths, their start, and the end of each in its own shape. */
function overlays(
  drawn: readonly NamedPath[],
  paths: readonly Columns[],
  x: Axis,
  y: Axis,
): Pick<Chart, 'lines' | 'markers'> {
  const taken: Point[] = [];
  const all = drawn.map(({ named, legend, run }, i) => {
    const { line, markers } = pathOverlay(legend, paths[i], x, y);
    const [start, end] = markers;
    const isFree = taken.every((other) => Math.hypot(other[0] - end.at[0], other[1] - end.at[1]) > CROWD);
    taken.push(end.at);
    const role = PATHS[i];
    const isOff = !end.at.every((value) => value >= 0 && value <= 1);
    const where = `${legend.end}${isOff ? ', outside the picture' : ''}`;
    const ended: Marker = {
      role,
      at: end.at,
      word: isFree ? raisePowers(named.word) : '',
      legend: `${raisePowers(named.name)}: ${run.verdict.outcome}; ${where}`,
    };
    return { line: { ...line, role }, start, ended };
  });
  const [{ start }] = all;
  return {
    lines: all.map(({ line }) => line),
    markers: [{ ...start, word: 'start' }, ...all.map(({ ended }) => ended)],
  };
}
