import { contours } from 'd3-contour';
import type { Level, Place } from './chart.js';
import { type Axis, valueAxis } from './scale.js';

/** Samples of f along each side of the chart. */
const SAMPLES = 161;
const LEVELS = 12;
/** Values that span more decades than this are levelled by factors. */
const DECADES = 1;
/** A label needs this much room around it, and this much to the edge. */
const LABEL_ROOM = 0.075;
const LABEL_EDGE = 0.06;

/** A function of two variables as a map: its contour lines at round values, and where it has no finite value. */
export interface ContourMap {
  readonly levels: Level[];
  readonly gaps: Place[][];
}

/**
 * Maps f over a chart.
 *
 * @param avoid places that labels must keep away from
 */
export function contourMap(
  f: (x: number, y: number) => number,
  x: Axis,
  y: Axis,
  avoid: readonly Place[] = [],
): ContourMap {
  const values: number[] = [];
  for (let row = 0; row < SAMPLES; row++) {
    const v = y.value(share(row));
    for (let column = 0; column < SAMPLES; column++) values.push(f(x.value(share(column)), v));
  }
  const broken = values.map((value) => (Number.isFinite(value) ? 0 : 1));
  const gaps = broken.includes(1) ? ringsAt(broken, 0.5).map(withoutStraights) : [];
  if (new Set(values.filter(Number.isFinite)).size < 2) return { levels: [], gaps };

  // Lines are interpolated between samples on the scale of the levels, or decades would make them ragged.
  const scale = valueAxis('f', values, DECADES, false);
  const heights = values.map((value) => scale.at(value));
  const taken = [...avoid];
  const levels = scale.ticks(LEVELS).map(({ at, label }): Level => {
    const rings = ringsAt(heights, at);
    const labelled = labelPlace(rings, taken);
    if (labelled) taken.push(labelled.at);
    return { label, rings: rings.map(withoutStraights), labelled };
  });
  return { levels, gaps };
}

/** Where a sample lies on its side of the chart. */
const share = (index: number) => index / (SAMPLES - 1);

/** What surrounds the samples that are at least `height`. */
function ringsAt(heights: number[], height: number): Place[][] {
  return contours()
    .size([SAMPLES, SAMPLES])
    .contour(heights, height)
    .coordinates.flat()
    .map((points) => points.map(([column, row]): Place => [share(column - 0.5), share(row - 0.5)]));
}

/** The place on a contour line that is farthest from all that is there already, flat lines first. */
function labelPlace(rings: readonly Place[][], taken: readonly Place[]): Level['labelled'] {
  let best: Level['labelled'];
  let most = 0;
  for (const ring of rings) {
    for (let i = 3; i < ring.length - 3; i += 2) {
      const at = ring[i];
      if (at.some((value) => value < LABEL_EDGE || value > 1 - LABEL_EDGE)) continue;
      const room = Math.min(...taken.map((other) => Math.hypot(other[0] - at[0], other[1] - at[1])), 0.3);
      const [from, to] = [ring[i - 3], ring[i + 3]];
      const angle = Math.atan((to[1] - from[1]) / (to[0] - from[0] || 1e-12));
      const score = room * (1 - Math.abs(angle) / 1.8);
      if (room > LABEL_ROOM && score > most) {
        best = { at, angle };
        most = score;
      }
    }
  }
  return best;
}

/** A point as near as this to the line between its neighbours says nothing. */
const STRAIGHT = 2e-4;

function withoutStraights(ring: readonly Place[]): Place[] {
  const kept: Place[] = [];
  ring.forEach((point, i) => {
    const before = kept[kept.length - 1];
    const after = ring[i + 1];
    if (!before || !after) return kept.push(point);
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const distance = Math.abs(dx * (point[1] - before[1]) - dy * (point[0] - before[0])) / (Math.hypot(dx, dy) || 1);
    if (distance > STRAIGHT) kept.push(point);
  });
  return kept;
}
