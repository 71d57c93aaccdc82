import type { Axis } from './scale.js';

// A chart is data: what lies where in a unit square, x to the right, y up. drawSvg and drawText make a picture of it.

/** A place on a chart, 0 … 1 each; what lies beyond is off the chart. */
export type Place = readonly [x: number, y: number];

/** What a part of a chart stands for; each way of drawing has a look for every role. */
export type Role =
  | 'path'
  | 'curve'
  | 'train'
  | 'test'
  | 'theory'
  | 'start'
  | 'end'
  | 'best'
  | 'truncation'
  | 'cancellation'
  | 'absorption'
  | 'contour'
  | 'muted'
  | 'title';

export interface Line {
  readonly role: Role;
  /** In order; a line may be cut into pieces. */
  readonly pieces: readonly (readonly Place[])[];
  /** Named beside its end, or in the legend. */
  readonly label?: string;
  /** Points of a line that are shown as such. */
  readonly dots?: readonly Place[];
}

export interface Marker {
  readonly role: 'start' | 'end' | 'best';
  readonly at: Place;
  /** A word beside it. */
  readonly word: string;
  /** What the legend says. */
  readonly legend: string;
}

/** A contour line: where f has the same value. */
export interface Level {
  readonly label: string;
  /** Where f is at least that value, as rings. */
  readonly rings: readonly (readonly Place[])[];
  /** Where its label can stand, and the slope of the line there, in radians; none if there is no room. */
  readonly labelled: { readonly at: Place; readonly angle: number } | undefined;
}

/** A stretch of the x axis. */
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
  readonly levels?: readonly Level[];
  /** Where f has no finite value, as rings. */
  readonly gaps?: readonly (readonly Place[])[];
  readonly lines: readonly Line[];
  readonly markers: readonly Marker[];
  /** A magnified part, for a corner of the picture. */
  readonly inset?: Inset;
}

export interface Inset extends Pick<Chart, 'levels' | 'gaps' | 'lines' | 'markers'> {
  /** The part of the chart that it covers, 0 … 1. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly title: string;
  /** A length on it, 0 … 1, and what it measures. */
  readonly scale: { readonly length: number; readonly label: string };
}

/** One picture: a chart, or several side by side. */
export interface Figure {
  readonly title: string;
  /** The picture in words, for those who cannot see it. */
  readonly description: string;
  /** Width of each chart over its height. */
  readonly aspect: number;
  readonly charts: readonly Chart[];
}

/** How far beyond the edges a line is kept, so that it is seen to leave. */
const MARGIN = 0.05;
/** No two places nearer than this are told apart. */
const GRAIN = 1 / 2000;
/** Most segments that are drawn: a path of a million steps is a picture of some thousands. */
const MOST_SEGMENTS = 20_000;

/**
 * A line as it is drawn: what is off the chart is cut away, what is too near to be seen or was drawn before is left
 * out, and what has no place makes a gap.
 */
export function linePieces(line: readonly Place[]): Place[][] {
  const pieces: Place[][] = [];
  const drawn = new Set<string>();
  let from: Place | undefined;
  let isOpen = false;
  for (const place of line) {
    const to: Place = [near(place[0]), near(place[1])];
    if (!to.every(Number.isFinite)) {
      from = undefined;
      isOpen = false;
      continue;
    }
    if (from !== undefined) {
      if (Math.abs(to[0] - from[0]) < GRAIN && Math.abs(to[1] - from[1]) < GRAIN) continue;
      const piece = clip(from, to);
      const key = piece && segmentKey(piece);
      if (piece && !drawn.has(key!) && drawn.size < MOST_SEGMENTS) {
        drawn.add(key!);
        const isJoined = isOpen && piece[0] === from;
        if (isJoined) pieces[pieces.length - 1].push(piece[1]);
        else pieces.push([piece[0], piece[1]]);
        isOpen = piece[1] === to;
      } else isOpen = false;
    }
    from = to;
  }
  return pieces;
}

/** So far off the chart that nothing is seen of the difference, and near enough to be calculated with. */
const FAR = 1e6;
const near = (value: number) => (Number.isFinite(value) ? Math.max(-FAR, Math.min(FAR, value)) : NaN);

/** The part of a segment that is on the chart or just beyond it (Liang and Barsky 1984). */
function clip(from: Place, to: Place): [Place, Place] | undefined {
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
  const along = (share: number): Place => [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  return [enter === 0 ? from : along(enter), leave === 1 ? to : along(leave)];
}

function segmentKey(segment: readonly [Place, Place]): string {
  const ends = segment.map((place) => place.map((value) => Math.round(value / GRAIN)).join()).sort();
  return ends.join(' ');
}

/** Text in lines of at most `width` characters, broken between words; a word that is longer is cut. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}
