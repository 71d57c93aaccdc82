import type { Regime } from '../calculus/differences.js';
import type { Axis } from './scale.js';

// Charts of the program's results. A chart is plain data: lines, markers and contour levels in a unit square, x to the
// right, y up. difference.ts, gradient.ts, descent.ts, curves.ts and src/sweep/figure.ts make charts, with the axes of
// scale.ts, the lines of path.ts and function-curve.ts, and the contour lines of contours.ts. svg.ts (with svg-marks.ts and
// svg-style.ts), png.ts and text.ts draw them, with the numbers and formulas of typography.ts.

/** A point of a chart, both coordinates 0 to 1; points outside are off the chart. */
export type Point = readonly [x: number, y: number];

/** Roles of lines of equal rank: paths differ in colour and shape; series in colour, dashes and, in text, letters. */
export const PATHS = ['path', 'path2', 'path3', 'path4', 'path5', 'path6'] as const;
export const SERIES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'] as const;

export type PathRole = (typeof PATHS)[number];

export const isPath = (role: Role): role is PathRole => PATHS.includes(role as PathRole);

/** The meaning of a part of a chart. SVG and text have a style for every role. */
export type Role =
  | PathRole
  | (typeof SERIES)[number]
  | Regime
  | 'curve'
  | 'train'
  | 'test'
  | 'theory'
  | 'tangent'
  | 'arrow'
  | 'point'
  | 'start'
  | 'end'
  | 'best'
  | 'contour'
  | 'muted'
  | 'title';

export interface Line {
  readonly role: Role;
  /** The connected pieces of the line, in order. */
  readonly pieces: readonly (readonly Point[])[];
  /** Its name in the legend. */
  readonly label?: string;
  /** Points of the line that are drawn as dots. */
  readonly dots?: readonly Point[];
  /** True if every piece is an arrow. */
  readonly isArrow?: boolean;
  /** Upright error bars. */
  readonly bars?: readonly (readonly [Point, Point])[];
}

/** A rectangle of a map. */
export interface Cell {
  readonly from: Point;
  readonly to: Point;
  /** 0 … 1, from light to dark. */
  readonly shade: number;
  readonly label: string;
  readonly isBest: boolean;
}

export interface Marker {
  readonly role: PathRole | 'point' | 'start' | 'end' | 'best';
  readonly at: Point;
  /** The word beside it. */
  readonly word: string;
  /** Its text in the legend. */
  readonly legend: string;
}

/** A contour line: the points at which f has one value. */
export interface Level {
  readonly label: string;
  /** The region where f is at least that value, as rings. */
  readonly rings: readonly (readonly Point[])[];
  /** The position of its label, and the direction of the line there in radians; undefined if there is no room. */
  readonly labelled: { readonly at: Point; readonly angle: number } | undefined;
}

/** An interval of the x axis. */
export interface Band {
  readonly role: Role;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface Chart {
  readonly title: string;
  /** Sentences under the title. */
  readonly notes: readonly string[];
  readonly x: Axis;
  readonly y: Axis;
  readonly bands?: readonly Band[];
  readonly cells?: readonly Cell[];
  readonly levels?: readonly Level[];
  /** The region where f has no finite value, as rings. */
  readonly gaps?: readonly (readonly Point[])[];
  readonly lines: readonly Line[];
  readonly markers: readonly Marker[];
  /** A magnified part, for a corner of the picture. */
  readonly inset?: Inset;
}

export interface Inset extends Pick<Chart, 'levels' | 'gaps' | 'lines' | 'markers'> {
  /** The part of the chart that it covers, in units of the chart. */
  readonly box: Rectangle;
  readonly title: string;
  /** The scale bar: its length, as a share of the inset's width, and its label. */
  readonly scale: { readonly length: number; readonly label: string };
}

/** In units of a chart, y up, or in pixels of a picture, y down. */
export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** One picture: a chart, or several side by side. */
export interface Figure {
  readonly title: string;
  /** The picture in words, for screen readers. */
  readonly description: string;
  /** Width of each chart over its height. */
  readonly aspect: number;
  readonly charts: readonly Chart[];
}

export function distance([x0, y0]: Point, [x1, y1]: Point): number {
  return Math.hypot(x1 - x0, y1 - y0);
}

/** The point at a share, 0 to 1, of the way from one to another. */
export function between([x0, y0]: Point, [x1, y1]: Point, share: number): Point {
  return [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
}

/** Lines are clipped this far beyond the edges, so that they visibly leave the chart. */
const MARGIN = 0.05;
/** Points closer than this in both coordinates look like one. */
const GRAIN = 1 / 2000;
/** Most segments of a line: a path of a million steps needs only some thousands. */
const MOST_SEGMENTS = 20_000;

/**
 * Prepares a line for drawing: clips it to the chart, leaves out invisibly short steps and repeated segments, and
 * breaks it at every point that is not finite.
 */
export function linePieces(line: readonly Point[]): Point[][] {
  const pieces: Point[][] = [];
  const drawn = new Set<string>();
  let from: Point | undefined;
  let isOpen = false;
  for (const [x, y] of line) {
    const to: Point | undefined = Number.isFinite(x) && Number.isFinite(y) ? [near(x), near(y)] : undefined;
    if (from && to && Math.abs(to[0] - from[0]) < GRAIN && Math.abs(to[1] - from[1]) < GRAIN) continue;
    const segment = from && to && drawn.size < MOST_SEGMENTS ? clip(from, to) : undefined;
    const key = segment && segmentKey(segment);
    if (segment && key !== undefined && !drawn.has(key)) {
      drawn.add(key);
      const [start, end] = segment;
      if (isOpen && start === from) pieces[pieces.length - 1].push(end);
      else pieces.push([start, end]);
      isOpen = end === to;
    } else isOpen = false;
    from = to;
  }
  return pieces;
}

/** Limit of coordinates, far outside the chart, so that no product of two overflows. */
const FAR = 1e6;
const near = (value: number) => Math.max(-FAR, Math.min(FAR, value));

/** The part of a segment on the chart or within the margin (Liang and Barsky 1984); undefined if there is none. */
function clip(from: Point, to: Point): [Point, Point] | undefined {
  let enter = 0;
  let leave = 1;
  for (const axis of [0, 1] as const) {
    const step = to[axis] - from[axis];
    const low = -MARGIN - from[axis];
    const high = 1 + MARGIN - from[axis];
    if (step === 0) {
      if (low > 0 || high < 0) return undefined;
      continue;
    }
    const [first, second] = step > 0 ? [low / step, high / step] : [high / step, low / step];
    enter = Math.max(enter, first);
    leave = Math.min(leave, second);
  }
  if (!(enter < leave)) return undefined;
  return [enter === 0 ? from : between(from, to, enter), leave === 1 ? to : between(from, to, leave)];
}

function segmentKey(segment: readonly [Point, Point]): string {
  const ends = segment.map((point) => point.map((value) => Math.round(value / GRAIN)).join()).sort();
  return ends.join(' ');
}

/** A figure of charts. Its description is a first sentence and the texts of each chart. */
export function figureOf(title: string, firstSentence: string, charts: readonly Chart[], aspect: number): Figure {
  const sentences = charts.map(({ title, notes, markers }) =>
    [`${title}.`, ...notes, ...markers.map(({ legend }) => `${legend}.`)].join(' '),
  );
  return { title, description: [firstSentence, ...sentences].join(' '), aspect, charts };
}

/** A chart with its texts translated; ticks and the labels of levels are numbers. */
export function translateChart(chart: Chart, translate = (text: string) => text): Chart {
  const { title, notes, x, y, bands, cells, lines, markers } = chart;
  return {
    ...chart,
    title: translate(title),
    notes: notes.map(translate),
    x: { ...x, name: translate(x.name) },
    y: { ...y, name: translate(y.name) },
    ...(bands && { bands: bands.map((band) => ({ ...band, label: translate(band.label) })) }),
    ...(cells && { cells: cells.map((cell) => ({ ...cell, label: translate(cell.label) })) }),
    lines: lines.map((line) => ({ ...line, ...(line.label && { label: translate(line.label) }) })),
    markers: markers.map((marker) => ({ ...marker, word: translate(marker.word), legend: translate(marker.legend) })),
  };
}
