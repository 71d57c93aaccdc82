import type { Axis } from './axis.js';
import type { Line, Marker, Place } from './chart.js';
import type { DrawnRun } from './descent-chart.js';
import { linePieces } from './line-pieces.js';
import type { Columns } from './path-window.js';

/** More dots than this are a line. */
const MOST_DOTS = 150;
/** Steps shorter than this are no dots. */
const DOT_DISTANCE = 0.012;

/**
 * The line of a path, and where it starts and ends.
 *
 * @param grain how many times smaller than a chart it is drawn
 */
export function pathOverlay(
  { legend }: DrawnRun,
  columns: Columns,
  x: Axis,
  y: Axis,
  grain = 1,
): { line: Line; markers: Marker[] } {
  const places = Array.from(columns[0], (value, k): Place => [x.at(value), y.at(columns[1][k])]);
  const visible = places.filter((place) => place.every(Number.isFinite));
  const [first = [0.5, 0.5], last = first] = [visible[0], visible[visible.length - 1]];
  const isOne = Math.hypot(first[0] - last[0], first[1] - last[1]) < 0.01;
  const isLost = visible[visible.length - 1] !== places[places.length - 1];
  const end = isLost ? 'last finite f' : 'end';
  return {
    line: { role: 'path', pieces: linePieces(places), dots: dotsOf(visible, DOT_DISTANCE * grain) },
    markers: [
      { role: 'start', at: first, word: isOne ? '' : 'start', legend: legend.start },
      { role: 'end', at: last, word: isOne ? `start, ${end}` : end, legend: legend.end },
    ],
  };
}

/** The steps as dots, but for those that are too near to the one before; none if they are too many to be seen. */
function dotsOf(places: readonly Place[], distance: number): Place[] {
  const dots = places.filter(
    (place, k) => k > 0 && Math.hypot(place[0] - places[k - 1][0], place[1] - places[k - 1][1]) >= distance,
  );
  return dots.length > MOST_DOTS ? [] : dots;
}
