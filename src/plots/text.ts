import {
  type Cell,
  type Chart,
  isPath,
  type Marker,
  type PathRole,
  type Point,
  type Role,
  translateChart,
  wrapText,
} from './chart.js';
import type { Axis, Tick } from './scale.js';
import { toAscii, typeset } from './typography.js';

export interface TextStyle {
  /** Width of the whole, ≥ 5, and height of what is within the axes, ≥ 1, in characters. */
  readonly columns: number;
  readonly rows: number;
  /** True: only ASCII characters. */
  readonly isAscii: boolean;
  /** Gives text its colour. */
  readonly paint: (text: string, role: Role) => string;
  /** Puts what the chart says into the user's language, as wide as it is long. */
  readonly translate?: (text: string) => string;
}

const SYMBOLS = {
  braille: {
    point: '●',
    start: '○',
    end: '●',
    best: '◆',
    path: '•',
    path2: '■',
    path3: '▲',
    path4: '◆',
    path5: '▼',
    path6: '✚',
    down: '│',
    corner: '└',
    across: '─',
    tick: '┬',
    side: '┤',
    arrows: '→↗↑↖←↙↓↘',
    solid: '⠤⠤',
    dotted: '⠄⠄',
    shades: [' ', '░', '▒', '▓'],
  },
  ascii: {
    point: 'o',
    start: 'S',
    end: 'E',
    best: '*',
    path: 'o',
    path2: '#',
    path3: '^',
    path4: 'x',
    path5: 'v',
    path6: '%',
    down: '|',
    corner: '+',
    across: '-',
    tick: '+',
    side: '+',
    arrows: '>/^\\</v\\',
    solid: '--',
    dotted: '..',
    shades: [' ', '.', ':', '#'],
  },
} as const;

/** A narrower plot than this is not worth drawing. */
const LEAST_COLUMNS = 8;

/** A chart as lines of text, none wider than `columns`; the curves in braille dots. Words alone if there is no room. */
export function drawText(given: Chart, style: TextStyle): string[] {
  const { columns, rows, isAscii, paint } = style;
  const chart = translateChart(given, style.translate);
  const spell = isAscii ? toAscii : typeset;
  const symbols = SYMBOLS[isAscii ? 'ascii' : 'braille'];
  const write = (text: string, role: Role) =>
    wrapText(spell(text), columns).map((line) => paint(line, role) + ' '.repeat(columns - line.length));
  const legend = (symbol: string, text: string, role: Role) => {
    const [first, ...rest] = wrapText(spell(text), Math.max(1, columns - symbol.length - 1));
    return [`${paint(symbol, role)} ${first}`, ...rest.map((line) => `${' '.repeat(symbol.length + 1)}${line}`)];
  };
  const heading = [
    ...(chart.title === '' ? [] : write(chart.title, 'title')),
    ...chart.notes.flatMap((note) => write(note, 'muted')),
    ...chart.lines.flatMap(({ role, label, letter }) =>
      label === undefined ? [] : legend(letter ?? (role === 'theory' ? symbols.dotted : symbols.solid), label, role),
    ),
    ...chart.markers.flatMap((marker) => legend(symbols[marker.role], marker.legend, marker.role)),
  ];
  const ticksUp = chart.y.ticks(Math.max(2, Math.min(7, Math.floor(rows / 2))));
  const labels = new Map(ticksUp.map((tick) => [rowOf(tick, rows), spell(tick.label)]));
  const margin = Math.max(spell(chart.y.name).length, ...[...labels.values()].map((label) => label.length)) + 1;
  const inside = columns - margin - 1;
  if (inside < LEAST_COLUMNS) return heading;

  const canvas = dotCanvas(inside, rows, isAscii);
  drawContents(canvas, chart, { columns: inside, rows }, spell, symbols);
  const gutter = (text: string) => paint(text.padStart(margin - 1), 'muted');
  const body = canvas.rows().map((spans, row) => {
    const label = labels.get(row);
    const side = paint(label === undefined ? symbols.down : symbols.side, 'muted');
    return `${gutter(label ?? '')} ${side}${spans.map((span) => painted(span, paint)).join('')}`;
  });
  const { line, marks } = axisAcross(chart.x, inside, spell);
  const base = [...line].map((c) => (c === 'x' ? symbols.tick : symbols.across)).join('');
  return [
    ...heading,
    ...(chart.y.name === '' ? [] : [gutter(spell(chart.y.name))]),
    ...body,
    `${' '.repeat(margin)}${paint(`${symbols.corner}${base}`, 'muted')}`,
    `${' '.repeat(margin + 1)}${paint(marks, 'muted')}`,
    ...(chart.x.name === '' ? [] : [paint(spell(chart.x.name).padStart(margin + 1 + Math.ceil(inside / 2)), 'muted')]),
  ];
}

function rowOf({ at }: Tick, rows: number): number {
  return Math.round((1 - at) * (4 * rows - 1)) >> 2;
}

function painted({ text, role }: Span, paint: TextStyle['paint']): string {
  return role === undefined ? text : paint(text, role);
}

/** The x axis: an x for every tick, and the labels below them. */
function axisAcross(axis: Axis, columns: number, spell: (text: string) => string) {
  const room = (ticks: Tick[]) => {
    let free = -1;
    return ticks.map(({ at, label }) => {
      const text = spell(label);
      const column = Math.round(at * (2 * columns - 1)) >> 1;
      const start = Math.max(0, Math.min(columns - text.length, column - (text.length >> 1)));
      const fits = start > free;
      free = start + text.length;
      return { column, start, text, fits };
    });
  };
  const choices = [8, 7, 6, 5, 4, 3, 2].map((count) => room(axis.ticks(count)));
  const marks = choices.find((choice) => choice.every(({ fits }) => fits)) ?? [];
  const line = new Array<string>(columns).fill('-');
  let text = '';
  for (const mark of marks) {
    line[mark.column] = 'x';
    text = text.padEnd(mark.start) + mark.text;
  }
  return { line: line.join(''), marks: text.padEnd(columns) };
}

/** Least distance between the dots of one path, in characters, where others would be hidden by them. */
const SPARSE = 5;

type Symbols = (typeof SYMBOLS)['braille' | 'ascii'];

function drawContents(
  canvas: DotCanvas,
  { cells = [], levels = [], bands = [], lines, markers }: Chart,
  { columns, rows }: { columns: number; rows: number },
  spell: (text: string) => string,
  symbols: Symbols,
): void {
  for (const cell of cells) fillCell(canvas, cell, { columns, rows }, symbols);
  const hasArrows = lines.some(({ isArrow }) => isArrow);
  const every = Math.ceil(((hasArrows ? 4 : 2) * levels.length) / rows); // more lines than rows are a blur
  const shown = levels.filter((_, i) => i % every === 0);
  for (const { rings } of shown) for (const ring of rings) canvas.line(ring, 'contour', hasArrows ? 5 : 3);
  for (const { from } of bands.filter(({ from }) => from > 0))
    canvas.line(
      [
        [from, 0],
        [from, 1],
      ],
      'muted',
      4,
    );
  const front = ['theory', 'curve'];
  const order = [...lines].sort((a, b) => front.indexOf(a.role) * -1 + front.indexOf(b.role));
  for (const { pieces, bars = [], role } of order) {
    for (const piece of [...pieces, ...bars]) canvas.line(piece, role, role === 'theory' ? 3 : 1);
  }

  for (const { pieces, role } of lines.filter(({ isArrow }) => isArrow)) {
    for (const [from, tip] of pieces) {
      const cell = canvas.cell(tip);
      if (cell) canvas.write(cell.column, cell.row, symbols.arrows[canvas.direction(from, tip)], role);
    }
  }
  const spacing = lines.filter(({ role }) => isPath(role)).length > 1 ? SPARSE : 0;
  for (const { dots = [], role, letter } of lines) {
    if (!isPath(role) && letter === undefined) continue;
    let last = { column: -Infinity, row: -Infinity };
    for (const dot of dots) {
      const cell = canvas.cell(dot);
      if (!cell || Math.hypot(cell.column - last.column, 2 * (cell.row - last.row)) < spacing) continue;
      canvas.write(cell.column, cell.row, letter ?? symbols[role as PathRole], role);
      last = cell;
    }
  }
  for (const { at, role } of markers.filter(({ word }) => word !== '')) {
    const cell = canvas.cell(at);
    if (cell) canvas.write(cell.column, cell.row, symbols[role], role);
  }
  for (const marker of markers) writeBeside(canvas, marker);
  const widest = [...bands].sort((a, b) => b.to - b.from - (a.to - a.from));
  for (const { label, role, from, to } of widest) {
    const middle = canvas.cell([(from + to) / 2, 1]);
    if (!middle || label === '') continue;
    const column = Math.max(0, Math.min(columns - label.length, middle.column - (label.length >> 1)));
    [0, 1, 2].some((row) => canvas.write(column, row, label, role, true));
  }
  for (const { label, labelled } of shown) {
    const cell = labelled && canvas.cell(labelled.at);
    const text = spell(label);
    if (cell) canvas.write(cell.column - (text.length >> 1), cell.row, text, 'contour', true);
  }

  function writeBeside(on: DotCanvas, { at, word: name, role }: Marker): void {
    const word = spell(name);
    const cell = on.cell(at);
    if (!cell || word === '') return;
    const { column, row } = cell;
    const points: Point[] = [
      [column + 2, row],
      [column - 1 - word.length, row],
      [column - (word.length >> 1), row - 1],
      [column - (word.length >> 1), row + 1],
    ];
    points.some(([x, y]) => y >= 0 && y < rows && on.write(x, y, word, role, true));
  }
}

/** Fills a rectangle of a map with its shade, and writes its label into the middle, if that has room. */
function fillCell(
  canvas: DotCanvas,
  { from, to, shade, label, isBest }: Cell,
  { columns, rows }: { columns: number; rows: number },
  { shades }: Symbols,
): void {
  const [left, right] = [from[0], to[0]].map((x) => Math.round(x * columns));
  const [top, bottom] = [to[1], from[1]].map((y) => Math.round((1 - y) * rows));
  const fill = shades[Math.round(shade * (shades.length - 1))];
  for (let row = top; row < bottom; row++) canvas.write(left, row, fill.repeat(right - left), 'contour');
  const text = ` ${label}${isBest ? '*' : ''} `;
  const column = Math.floor((left + right - text.length) / 2);
  if (column >= left) canvas.write(column, (top + bottom) >> 1, text, isBest ? 'best' : 'muted');
}

/** A stretch of one line in one role. */
interface Span {
  readonly text: string;
  readonly role: Role | undefined;
}

/** A rectangle of characters that holds two by four dots in each, and characters over them. */
interface DotCanvas {
  /** A line through points on the canvas; `every` above 1 leaves dots out. */
  line(points: readonly Point[], role: Role, every?: number): void;
  /** The column and row of a place; undefined off the canvas. */
  cell(place: Point): { column: number; row: number } | undefined;
  /** The direction from one place to another in eighths of a turn: 0 is to the right, 2 is up. */
  direction(from: Point, to: Point): number;
  /** Writes over the dots; what does not fit, or would touch other words if `isShy`, is not written. */
  write(column: number, row: number, text: string, role: Role, isShy?: boolean): boolean;
  rows(): Span[][];
}

/** The bit of each dot in a braille character, U+2800 plus bits: [row][column]. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const UPPER = 0x1b;
const LOWER = 0xe4;

/** @param isAscii draws with . ' and : instead of braille */
function dotCanvas(columns: number, rows: number, isAscii: boolean): DotCanvas {
  const bits = new Uint8Array(columns * rows);
  const roles = new Array<Role | undefined>(columns * rows).fill(undefined);
  const words = new Array<string | undefined>(columns * rows).fill(undefined);
  const [width, height] = [2 * columns, 4 * rows];
  const toDot = ([x, y]: Point): Point => [x * (width - 1), (1 - y) * (height - 1)];

  function dot(x: number, y: number, role: Role): void {
    if (x < 0 || x > width - 1 || y < 0 || y > height - 1) return;
    const [column, line] = [Math.round(x), Math.round(y)];
    const index = (line >> 2) * columns + (column >> 1);
    bits[index] |= BITS[line & 3][column & 1];
    roles[index] = role;
  }

  return {
    line(points, role, every = 1) {
      let count = 0;
      for (let i = 0; i < points.length; i++) {
        const to = toDot(points[i]);
        const from = i === 0 ? to : toDot(points[i - 1]);
        const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))));
        for (let step = i === 0 ? steps : 1; step <= steps; step++) {
          const share = step / steps;
          const x = from[0] + share * (to[0] - from[0]);
          const y = from[1] + share * (to[1] - from[1]);
          if (count++ % every === 0) dot(x, y, role);
        }
      }
    },
    cell([x, y]) {
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return undefined;
      const [px, py] = toDot([x, y]);
      return { column: Math.round(px) >> 1, row: Math.round(py) >> 2 };
    },
    direction(from, to) {
      const [[x0, y0], [x1, y1]] = [toDot(from), toDot(to)];
      return (Math.round(Math.atan2(y0 - y1, x1 - x0) / (Math.PI / 4)) + 8) % 8;
    },
    write(column, row, text, role, isShy = false) {
      if (column < 0 || column + text.length > columns || row < 0 || row >= rows) return false;
      const at = row * columns + column;
      if (isShy && words.slice(Math.max(row * columns, at - 1), at + text.length + 1).some(Boolean)) return false;
      [...text].forEach((c, i) => {
        words[at + i] = c;
        roles[at + i] = role;
      });
      return true;
    },
    rows: () =>
      Array.from({ length: rows }, (_, row) => {
        const spans: Span[] = [];
        for (let index = row * columns; index < (row + 1) * columns; index++) {
          const text = words[index] ?? character(bits[index], isAscii);
          const role = text === ' ' ? undefined : roles[index];
          const last = spans[spans.length - 1];
          if (last && last.role === role) spans[spans.length - 1] = { text: last.text + text, role };
          else spans.push({ text, role });
        }
        return spans;
      }),
  };
}

function character(bits: number, isAscii: boolean): string {
  if (bits === 0) return ' ';
  if (!isAscii) return String.fromCharCode(0x2800 + bits);
  if (!(bits & LOWER)) return "'";
  return bits & UPPER ? ':' : '.';
}
