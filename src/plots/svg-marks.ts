import {
  type Band,
  type Cell,
  type Chart,
  type Inset,
  isPath,
  type Level,
  type Line,
  type Marker,
  type PathRole,
  type Point,
  type Rectangle,
} from './chart.js';
import { DIGIT, onClass, SIZE } from './svg-style.js';
import { typeset } from './typography.js';

/** A place in the picture, in pixels, y down. */
type Pixel = readonly [x: number, y: number];
type ToPicture = (place: Point) => Pixel;

/** The inside of a chart's frame. */
export function plotContents(chart: Chart, area: Rectangle, id: string): string {
  const { bands = [], cells = [], levels = [], markers, inset } = chart;
  const to = toPicture(area);
  return [
    ...bands.map(({ role, from, to: end }) => {
      const [x] = to([from, 0]);
      return element('rect', { class: role, ...area, x, width: (end - from) * area.width });
    }),
    ...cells.map((cell) => mapCell(cell, to)),
    contents(chart, to),
    ...levels.map((level) => levelLabel(level, to, area)),
    ...bands.map((band) => bandLabel(band, area)),
    ...markers.map((marker) => markerWord(marker, chart, to, area)),
    inset ? insetPicture(inset, area, id) : '',
  ].join('');
}

function toPicture({ x, y, width, height }: Rectangle): ToPicture {
  return ([u, v]) => [x + u * width, y + (1 - v) * height];
}

/** Lines and markers, without words. */
function contents({ levels = [], gaps = [], lines, markers }: Chart | Inset, to: ToPicture): string {
  const shape = (className: string, rings: readonly (readonly Point[])[]) =>
    rings.length === 0
      ? ''
      : element('path', { class: className, d: rings.map((ring) => pathData(ring.map(to), true)).join('') });
  return [
    ...levels.map(({ rings }) => shape('contour', rings)),
    shape('gap', gaps),
    ...lines.map((line) => drawnLine(line, to)),
    ...markers.filter(({ at }) => isOnChart(at)).map((marker) => markerSymbol(marker.role, to(marker.at))),
  ].join('');
}

/** Points far outside are clipped anyway, and their coordinates may have many digits. */
function isOnChart(point: Point): boolean {
  return point.every((value) => value >= -0.1 && value <= 1.1);
}

/** If a line has more dots than this, they are drawn smaller. */
const MANY_DOTS = 60;

function drawnLine({ role, pieces, dots = [], bars = [], isArrow = false }: Line, to: ToPicture): string {
  const d = pieces
    .map((piece) => piece.map(to))
    .map((piece) => pathData(piece) + (isArrow ? arrowHead(piece) : ''))
    .join('');
  if (d === '' && dots.length === 0) return '';
  return [
    ...bars.map((bar) => errorBar(bar.map(to), role)),
    isPath(role) ? element('path', { class: 'halo', d }) : '',
    d && element('path', { class: `line ${role}${dots.length > MANY_DOTS ? ' fine' : ''}`, d }),
    ...dots.filter(isOnChart).map((dot) => {
      const radius = dots.length > MANY_DOTS ? 1.8 : 2.6;
      if (isPath(role)) return pathSymbol(role, to(dot), radius);
      return circle(role.startsWith('series') ? `${role}-mark` : 'onCurve', to(dot), radius);
    }),
  ].join('');
}

/** Angle between an arrow's head and its shaft, in radians, and the head's length as a share of the arrow's. */
const HEAD = { angle: 0.45, share: 0.45, longest: 9 };

function arrowHead(piece: readonly Pixel[]): string {
  const [from, tip] = [piece[0], piece[piece.length - 1]];
  const direction = Math.atan2(tip[1] - from[1], tip[0] - from[0]);
  const length = Math.min(HEAD.longest, HEAD.share * Math.hypot(tip[0] - from[0], tip[1] - from[1]));
  const [left, right] = [-HEAD.angle, HEAD.angle].map((turn): Pixel => [
    tip[0] - length * Math.cos(direction + turn),
    tip[1] - length * Math.sin(direction + turn),
  ]);
  return pathData([left, tip, right]);
}

/** Half the width of the cap of an error bar. */
const CAP = 4;

function errorBar([[x, low], [, high]]: Pixel[], role: string): string {
  const d = [low, high].map((y) => `M${round(x - CAP)},${round(y)}h${2 * CAP}`).join('');
  return element('path', { class: `bar ${role}`, d: `M${round(x)},${round(low)}V${round(high)}${d}` });
}

/** Opacities of the lightest and the darkest cell of a map. */
const SHADES = { least: 0.06, most: 0.8 };

function mapCell({ from, to: end, shade, label, isBest }: Cell, to: ToPicture): string {
  const [[left, bottom], [right, top]] = [to(from), to(end)];
  const [width, height] = [right - left, bottom - top];
  const opacity = (SHADES.least + shade * (SHADES.most - SHADES.least)).toFixed(3);
  const fits = label.length * SIZE.label * DIGIT < width && SIZE.label * 1.3 < height;
  return [
    element('rect', { class: 'cell', 'fill-opacity': opacity, x: left, y: top, width, height }),
    isBest ? element('rect', { class: 'chosen', x: left + 2, y: top + 2, width: width - 4, height: height - 4 }) : '',
    fits ? textAt('name ink', [(left + right) / 2, (top + bottom) / 2 + 4], label, 'middle') : '',
  ].join('');
}

export function markerSymbol(role: Marker['role'], at: Pixel): string {
  if (role === 'start') return circle('ring', at, 5.5);
  if (role === 'best') return element('path', { class: 'best', d: polygon(4, 0, at, 6.5) });
  return pathSymbol(role === 'end' || role === 'point' ? 'path' : role, at, 5.5);
}

/** Corners of a path's symbol, and the direction of the first one in eighths of a turn, clockwise from up. */
const SHAPES: Record<Exclude<PathRole, 'path'>, readonly [corners: number, turn: number]> = {
  path2: [4, 1],
  path3: [3, 0],
  path4: [4, 0],
  path5: [3, 4],
  path6: [6, 0],
};

/** A point of a path: a circle for the first path, and another shape for each of the others. */
function pathSymbol(role: PathRole, at: Pixel, radius: number): string {
  if (role === 'path') return circle('onPath', at, radius);
  return element('path', { class: onClass(role), d: polygon(...SHAPES[role], at, 1.25 * radius) });
}

const circle = (className: string, [cx, cy]: Pixel, r: number) => element('circle', { class: className, cx, cy, r });

function polygon(corners: number, turn: number, [x, y]: Pixel, radius: number): string {
  const points = Array.from({ length: corners }, (_, i): Pixel => {
    const angle = 2 * Math.PI * (i / corners + turn / 8);
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)];
  });
  return pathData(points, true);
}

/** The label of a contour line, parallel to the line and never upside down. */
function levelLabel({ label, labelled }: Level, to: ToPicture, { width, height }: Rectangle): string {
  if (!labelled) return '';
  const [x, y] = to(labelled.at);
  const angle = (Math.atan((Math.tan(labelled.angle) * height) / width) * -180) / Math.PI;
  const transform = `translate(${round(x)} ${round(y)}) rotate(${round(angle)})`;
  return element('text', { class: 'name level', transform, y: 4, 'text-anchor': 'middle' }, markup(label));
}

/** The name of a band, at its top; vertical if the band is narrow. */
function bandLabel({ label, from, to }: Band, area: Rectangle): string {
  const room = (to - from) * area.width;
  if (label === '' || room < SIZE.label * 1.2) return '';
  const x = area.x + ((from + to) / 2) * area.width;
  const isNarrow = room < label.length * SIZE.label * DIGIT;
  return isNarrow
    ? textUpwards('name ink', [x + 4, area.y + 10], label, 'end')
    : textAt('name ink', [x, area.y + 18], label, 'middle');
}

/** The word of a marker, on the side with most room. */
function markerWord({ word, at }: Marker, chart: Chart, to: ToPicture, area: Rectangle): string {
  if (word === '' || !isOnChart(at)) return '';
  const [x, y] = to(at);
  const width = word.length * SIZE.text * DIGIT;
  const reach = width / 2 + 11;
  const sides: Pixel[] = [
    [reach, 0],
    [-reach, 0],
    [0, -17],
    [0, 17],
    [reach, -13],
    [-reach, -13],
    [reach, 13],
    [-reach, 13],
  ];
  const others = [
    ...chart.lines.flatMap(({ pieces }) => pieces.flat()),
    ...chart.markers.map((marker) => marker.at),
  ].map(to);
  const room = ([dx, dy]: Pixel) => {
    const [left, right, middle] = [x + dx - width / 2, x + dx + width / 2, y + dy];
    const [above, below] = [middle - 8 - area.y, area.y + area.height - middle - 8];
    const edge = Math.min(left - area.x, area.x + area.width - right, above, below);
    if (edge < 2) return edge - 1000;
    const gap = others.map(([ox, oy]) => Math.hypot(Math.max(left - ox, 0, ox - right), oy - middle));
    return Math.min(24, ...gap);
  };
  const [dx, dy] = sides.reduce((best, side) => (room(side) > room(best) + 1 ? side : best));
  return textAt('name note ink', [x + dx, y + dy + 4], word, 'middle');
}

function insetPicture(inset: Inset, area: Rectangle, id: string): string {
  const { box, title, scale } = inset;
  const frame = {
    x: area.x + box.x * area.width,
    y: area.y + (1 - box.y - box.height) * area.height,
    width: box.width * area.width,
    height: box.height * area.height,
  };
  const [left, bottom] = [frame.x + 12, frame.y + frame.height - 14];
  const bar = pathData([
    [left, bottom],
    [left + scale.length * frame.width, bottom],
  ]);
  const clip = `${id}-inset`;
  return [
    element('clipPath', { id: clip }, element('rect', frame)),
    element('rect', { class: 'paper', ...frame }),
    element('g', { 'clip-path': `url(#${clip})` }, contents(inset, toPicture(frame))),
    element('rect', { class: 'frame', ...frame }),
    textAt('name ink', [frame.x + 10, frame.y + 17], title),
    element('path', { class: 'frame', 'stroke-width': 2, d: bar }),
    textAt('name ink', [left, bottom - 6], scale.label),
  ].join('');
}

type Anchor = 'middle' | 'end';

export function textAt(className: string, [x, y]: Pixel, text: string, anchor?: Anchor): string {
  return element('text', { class: className, x, y, ...(anchor && { 'text-anchor': anchor }) }, markup(text));
}

/** Text rotated by 90 degrees, from bottom to top. */
export function textUpwards(className: string, [x, y]: Pixel, text: string, anchor: Anchor): string {
  const transform = `translate(${round(x)} ${round(y)}) rotate(-90)`;
  return element('text', { class: className, transform, 'text-anchor': anchor }, markup(text));
}

/** Typeset and escaped text. */
const markup = (text: string) => escapeText(typeset(text));

/** An SVG element. Attributes are escaped here; children are markup, so text must have gone through `escapeText`. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeText(typeof value === 'number' ? round(value) : value)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Escapes text for XML; forbidden characters become question marks. */
export function escapeText(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
      // eslint-disable-next-line no-control-regex -- these are what XML forbids
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/g, '?')
  );
}

/** The `d` of a path through points, in the picture's units; `close` makes it a ring. */
export function pathData(points: readonly Pixel[], close = false): string {
  return `M${points.map(([x, y]) => `${round(x)},${round(y)}`).join('L')}${close ? 'Z' : ''}`;
}

/** A coordinate as text, rounded to a tenth of a pixel. */
export function round(value: number): string {
  const text = value.toFixed(1).replace(/\.0$/, '');
  return text === '-0' ? '0' : text;
}
