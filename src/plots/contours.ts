import { contours } from 'd3-contour';
import { distance, type Level, type Point } from './chart.js';
import { type Axis, valueAxis } from './scale.js';

/** Samples of f along each side of the chart. */
const SAMPLES = 161;
const LEVELS = 12;
/** Values that span more decades than this get levels at equal ratios. */
const DECADES = 1;
/** Least distances of a label from other labels and from the edge of the chart. */
const LABEL_ROOM = 0.075;
const LABEL_EDGE = 0.06;

/** A map of a function of two variables: contour lines at round values, and the regions without a finite value. */
interface ContourMap {
  readonly levels: Level[];
  readonly gaps: Point[][];
  /** Why contour lines are missing, as sentences. */
  readonly notes: string[];
}

/**
 * Maps f over a chart.
 *
 * @param avoid points near which no label is placed
 */
export function contourMap(
  f: (x: number, y: number) => number,
  x: Axis,
  y: Axis,
  avoid: readonly Point[] = [],
): ContourMap {
  const values: number[] = [];
  for (let row = 0; row < SAMPLES; row++) {
    const v = y.value(coordinate(row));
    for (let column = 0; column < SAMPLES; column++) values.push(f(x.value(coordinate(column)), v));
  }
  const broken = values.map((value) => (Number.isFinite(value) ? 0 : 1));
  const gaps = isRoughAt(broken, 0.5) ? [] : ringsAt(broken, 0.5).map(simplify);
  const mapOf = (levels: Level[]) => {
    if (gaps.length > 0) return { levels, gaps, notes: ['In part of the picture f has no finite value.'] };
    return { levels, gaps, notes: levels.length === 0 ? ['f is the same everywhere here.'] : [] };
  };
  if (new Set(values.filter(Number.isFinite)).size < 2) return mapOf([]);

  // d3-contour interpolates linearly between samples, so the samples are on the scale of the levels.
  const scale = valueAxis('f', values, DECADES, false);
  const heights = values.map((value) => scale.at(value));
  const ticks = scale.ticks(LEVELS);
  if (ticks.some(({ at }) => isRoughAt(heights, at))) {
    return { levels: [], gaps, notes: ['f changes too fast for contour lines.'] };
  }
  const taken = [...avoid];
  const levels = ticks.map(({ at, label }) => {
    const rings = ringsAt(heights, at);
    const labelled = labelPosition(rings, taken);
    if (labelled) taken.push(labelled.at);
    return { label, rings: rings.map(simplify), labelled };
  });
  return mapOf(levels);
}

/** The coordinate of a sample on the chart. */
const coordinate = (index: number) => index / (SAMPLES - 1);

/** Largest share of neighbouring samples that a contour line may separate; above it, the line shows the grid, not f. */
const ROUGH = 0.25;

/** True if the samples cross `height` too often; this also bounds the work, quadratic in the number of rings. */
function isRoughAt(heights: number[], height: number): boolean {
  let crossings = 0;
  for (let i = 1; i < heights.length; i++) {
    const isAbove = heights[i] >= height;
    if (i % SAMPLES > 0 && heights[i - 1] >= height !== isAbove) crossings++;
    if (i >= SAMPLES && heights[i - SAMPLES] >= height !== isAbove) crossings++;
  }
  return crossings > ROUGH * 2 * heights.length;
}

/** The rings around the samples that are at least `height`. */
function ringsAt(heights: number[], height: number): Point[][] {
  return contours()
    .size([SAMPLES, SAMPLES])
    .contour(heights, height)
    .coordinates.flat()
    .map((points) => points.map(([column, row]): Point => [coordinate(column - 0.5), coordinate(row - 0.5)]));
}

/** The point of a contour line with most room to the points in `taken`, preferring parts that are nearly horizontal. */
function labelPosition(rings: readonly Point[][], taken: readonly Point[]): Level['labelled'] {
  let best: Level['labelled'];
  let most = 0;
  for (const ring of rings) {
    for (let i = 3; i < ring.length - 3; i += 2) {
      const at = ring[i];
      if (at.some((value) => value < LABEL_EDGE || value > 1 - LABEL_EDGE)) continue;
      const room = Math.min(...taken.map((other) => distance(other, at)), 0.3);
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

/** Invisible distance from a line: a tenth of a pixel of an SVG. */
const TOLERANCE = 1.5e-4;

/** Leaves out points of a ring that are within the tolerance of the remaining line (Douglas and Peucker 1973). */
export function simplify(ring: readonly Point[]): Point[] {
  const isKept = new Uint8Array(ring.length);
  // Both ends of a ring are one point, so the first split is at the point farthest from it.
  const spans: [from: number, to: number][] = [[0, ring.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    isKept[from] = isKept[to] = 1;
    let farthest = from;
    let most = TOLERANCE;
    for (let i = from + 1; i < to; i++) {
      const distance = distanceToSegment(ring[i], ring[from], ring[to]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest > from) spans.push([from, farthest], [farthest, to]);
  }
  return ring.filter((_, i) => isKept[i]);
}

function distanceToSegment([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1);
  const share = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}
