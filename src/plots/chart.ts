import type { Axis } from './axis.js';

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
  | 'underflow'
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
