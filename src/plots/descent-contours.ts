import { linearAxis, type Axis } from './axis.js';
import type { Chart, Inset, Place } from './chart.js';
import { contourMap } from './contours.js';
import type { DrawnRun } from './descent-chart.js';
import { formatNumber } from './number-label.js';
import { pathOverlay } from './path-overlay.js';
import { isGrowing, pathWindow, reach, type Columns } from './path-window.js';

type Field = (a: number, b: number) => number;

/** A path shorter than this, as a share of the picture, is a point; it gets a picture of its own in a corner. */
const POINT = 0.06;

/** The path of a descent over the contour lines of a function of two variables. */
export function contourChart(drawn: DrawnRun, aspect: number): Chart {
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
  const overlay = pathOverlay(drawn, columns, x, y);
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
  if (map.gaps.length > 0) notes.push('In part of the picture f has no finite value.');
  else if (map.levels.length === 0) notes.push('f is the same everywhere here.');
  return {
    title: heading.title,
    notes: [...heading.notes, ...notes],
    x,
    y,
    ...map,
    lines: [overlay.line],
    markers: overlay.markers,
    ...(inset && { inset }),
  };
}

/** Height of the inset, as a share of the chart's. */
const INSET = 0.4;
const INSET_MARGIN = 0.03;

/** The corner that shows least of where a descent would go, and does not hide the path. */
function highestCorner(f: Field, x: Axis, y: Axis, aspect: number, path: Place): Inset['box'] {
  const [width, height] = [INSET / aspect, INSET];
  const [left, bottom] = [INSET_MARGIN / aspect, INSET_MARGIN];
  const corners = [left, 1 - width - left].flatMap((u) =>
    [bottom, 1 - height - bottom].map((v) => ({ x: u, y: v, width, height })),
  );
  const mean = (box: Inset['box']) => {
    const places = within(box);
    const nearest = Math.min(...places.map(([u, v]) => Math.hypot(u - path[0], v - path[1])));
    return nearest < 0.1 ? -Infinity : places.reduce((sum, [u, v]) => sum + f(x.value(u), y.value(v)), 0);
  };
  return corners.reduce((best, corner) => (mean(corner) > mean(best) ? corner : best));
}

/** Places all over a box. */
function within({ x, y, width, height }: Inset['box']): Place[] {
  const steps = Array.from({ length: 11 }, (_, i) => i / 10);
  return steps.flatMap((across) => steps.map((up): Place => [x + across * width, y + up * height]));
}

/** The path and nothing else, as large as it can be. */
function magnified(drawn: DrawnRun, columns: Columns, f: Field, outer: Axis, box: Inset['box']): Inset {
  const [x, y] = pathWindow(columns, drawn.names, 'converged', 1);
  const width = x.value(1) - x.value(0);
  const scale = linearAxis('', 0, width / 2).ticks(3)[1].value;
  const factor = ((outer.value(1) - outer.value(0)) * box.width) / width;
  const { line, markers } = pathOverlay(drawn, columns, x, y, 1 / INSET);
  return {
    box,
    title: `zoom ${formatNumber(factor, 2)}`,
    ...contourMap(f, x, y),
    lines: [line],
    markers,
    scale: { length: scale / width, label: formatNumber(scale) },
  };
}

/** How large the path is on the picture, 0 … 1. */
function sizeOn(columns: Columns, x: Axis, y: Axis): number {
  let largest = 0;
  for (let k = 1; k < columns[0].length; k++) {
    const across = Math.abs(x.at(columns[0][k]) - x.at(columns[0][0]));
    const up = Math.abs(y.at(columns[1][k]) - y.at(columns[1][0]));
    largest = Math.max(largest, across, up);
  }
  return largest;
}

/** Places all along a piece of a line, not only where it bends. */
function alongPiece(piece: readonly Place[]): Place[] {
  return piece.slice(1).flatMap((to, i) => {
    const from = piece[i];
    const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 0.04);
    return Array.from({ length: steps }, (_, k): Place => {
      const share = k / steps;
      return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    });
  });
}
