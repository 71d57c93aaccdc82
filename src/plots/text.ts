import {
  between,
  type Cell,
  type Chart,
  isPath,
  type Line,
  type Point,
  type Role,
  SERIES,
  translateChart,
} from './chart.js';
import type { Axis, Tick } from './scale.js';
import { toAscii, typeset, wrapText } from './typography.js';

export interface TextStyle {
  /** Width of the drawing, ≥ 5, and height of the plot within the axes, ≥ 1, in characters. */
  readonly columns: number;
  readonly rows: number;
  /** Whether only ASCII characters are used. */
  readonly isAscii: boolean;
  /** Colours a text by its role. */
  readonly paint: (text: string, role: Role) => string;
  /** Translates the texts of the chart; the length of the result must be its width in columns. */
  readonly translate?: (text: string) => string;
}

/** Symbols for a terminal with braille dots, and for ASCII. */
const SYMBOLS = {
  point: ['●', 'o'],
  start: ['○', 'S'],
  end: ['●', 'E'],
  best: ['◆', '*'],
  path: ['•', 'o'],
  path2: ['■', '#'],
  path3: ['▲', '^'],
  path4: ['◆', 'x'],
  path5: ['▼', 'v'],
  path6: ['✚', '%'],
  down: ['│', '|'],
  corner: ['└', '+'],
  across: ['─', '-'],
  tick: ['┬', '+'],
  side: ['┤', '+'],
  arrows: ['→↗↑↖←↙↓↘', '>/^\\</v\\'],
  solid: ['⠤⠤', '--'],
  dotted: ['⠄⠄', '..'],
  shades: [' ░▒▓', ' .:#'],
} as const;

type Symbols = Record<keyof typeof SYMBOLS, string>;

/** The letter that marks the dots of a named series, because colours alone do not distinguish lines. */
function letterOf({ role, label }: Line): string | undefined {
  return label === undefined ? undefined : 'abcdef'[SERIES.findIndex((series) => series === role)];
}

/** Least width of a plot. */
const LEAST_COLUMNS = 8;

/** A chart as lines of text, none wider than `columns`, with curves of braille dots; without room, only its texts. */
export function drawText(given: Chart, { columns, rows, isAscii, paint, translate }: TextStyle): string[] {
  const chart = translateChart(given, translate);
  const spell = isAscii ? toAscii : typeset;
  const chosen = Object.entries(SYMBOLS).map(([name, [braille, ascii]]) => [name, isAscii ? ascii : braille]);
  const symbols = Object.fromEntries(chosen) as Symbols;
  const write = (text: string, role: Role) =>
    wrapText(spell(text), columns).map((line) => paint(line, role) + ' '.repeat(columns - line.length));
  const legend = (symbol: string, text: string, role: Role) => {
    const [first, ...rest] = wrapText(spell(text), Math.max(1, columns - symbol.length - 1));
    return [`${paint(symbol, role)} ${first}`, ...rest.map((line) => `${' '.repeat(symbol.length + 1)}${line}`)];
  };
  const heading = [
    ...(chart.title === '' ? [] : write(chart.title, 'title')),
    ...chart.notes.flatMap((note) => write(note, 'muted')),
    ...chart.lines.flatMap((line) => {
      const { role, label } = line;
      const symbol = letterOf(line) ?? (role === 'theory' ? symbols.dotted : symbols.solid);
      return label === undefined ? [] : legend(symbol, label, role);
    }),
    ...chart.markers.flatMap((marker) => legend(symbols[marker.role], marker.legend, marker.role)),
  ];
  const ticksUp = chart.y.ticks(Math.max(2, Math.min(7, Math.floor(rows / 2))));
  const labels = new Map(ticksUp.map(({ at, label }) => [Math.round((1 - at) * (4 * rows - 1)) >> 2, spell(label)]));
  const margin = Math.max(spell(chart.y.name).length, ...[...labels.values()].map((label) => label.length)) + 1;
  const inside = columns - margin - 1;
  if (inside < LEAST_COLUMNS) return heading;

  const canvas = dotCanvas(inside, rows, isAscii);
  const every = Math.ceil(((hasArrows(chart) ? 4 : 2) * (chart.levels?.length ?? 0)) / rows);
  const levels = (chart.levels ?? []).filter((_, i) => i % every === 0); // more lines than rows are a blur
  drawContents(canvas, { ...chart, levels }, symbols);
  writeWords(canvas, { ...chart, levels }, spell);
  const gutter = (text: string) => paint(text.padStart(margin - 1), 'muted');
  const body = canvas.spans().map((spans, row) => {
    const label = labels.get(row);
    const side = paint(label === undefined ? symbols.down : symbols.side, 'muted');
    const inner = spans.map(({ text, role }) => (role === undefined ? text : paint(text, role)));
    return `${gutter(label ?? '')} ${side}${inner.join('')}`;
  });
  const { line, words } = axisAcross(chart.x, inside, spell, symbols);
  return [
    ...heading,
    ...(chart.y.name === '' ? [] : [gutter(spell(chart.y.name))]),
    ...body,
    `${' '.repeat(margin)}${paint(`${symbols.corner}${line}`, 'muted')}`,
    `${' '.repeat(margin + 1)}${paint(words, 'muted')}`,
    ...(chart.x.name === '' ? [] : [paint(spell(chart.x.name).padStart(margin + 1 + Math.ceil(inside / 2)), 'muted')]),
  ];
}

/** The x axis with its ticks, and the labels below them: as many as fit without touching. */
function axisAcross(axis: Axis, columns: number, spell: (text: string) => string, { across, tick }: Symbols) {
  const place = (ticks: Tick[]) => {
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
  const choices = [8, 7, 6, 5, 4, 3, 2].map((count) => place(axis.ticks(count)));
  const marks = choices.find((choice) => choice.every(({ fits }) => fits)) ?? [];
  const line = new Array<string>(columns).fill(across);
  let words = '';
  for (const { column, start, text } of marks) {
    line[column] = tick;
    words = words.padEnd(start) + text;
  }
  return { line: line.join(''), words: words.padEnd(columns) };
}

const hasArrows = ({ lines }: Chart) => lines.some(({ isArrow }) => isArrow);

/** Least distance between the dots of one path in characters, if there are several paths that they could hide. */
const SPARSE = 5;

/** Draws everything except words, from back to front. */
function drawContents(canvas: DotCanvas, chart: Chart, symbols: Symbols): void {
  const { cells = [], levels = [], bands = [], lines, markers } = chart;
  const put = (at: Point, symbol: string, role: Role) => {
    const cell = canvas.cell(at);
    if (cell) canvas.write(cell.column, cell.row, symbol, role);
  };
  for (const cell of cells) fillCell(canvas, cell, symbols);
  for (const ring of levels.flatMap(({ rings }) => rings)) canvas.line(ring, 'contour', hasArrows(chart) ? 5 : 3);
  for (const { from } of bands) {
    const edge: Point[] = [
      [from, 0],
      [from, 1],
    ];
    if (from > 0) canvas.line(edge, 'muted', 4);
  }
  const behind = ['theory', 'curve'];
  const order = [...lines].sort((a, b) => behind.indexOf(b.role) - behind.indexOf(a.role));
  for (const { pieces, bars = [], role } of order) {
    for (const piece of [...pieces, ...bars]) canvas.line(piece, role, role === 'theory' ? 3 : 1);
  }
  for (const { pieces, role, isArrow } of lines) {
    for (const [from, tip] of isArrow ? pieces : []) put(tip, symbols.arrows[canvas.direction(from, tip)], role);
  }
  const spacing = lines.filter(({ role }) => isPath(role)).length > 1 ? SPARSE : 0;
  for (const line of lines) {
    const { role, dots = [] } = line;
    const symbol = isPath(role) ? symbols[role] : letterOf(line);
    if (symbol === undefined) continue;
    let last = { column: -Infinity, row: -Infinity };
    for (const dot of dots) {
      const cell = canvas.cell(dot);
      if (!cell || Math.hypot(cell.column - last.column, 2 * (cell.row - last.row)) < spacing) continue;
      canvas.write(cell.column, cell.row, symbol, role);
      last = cell;
    }
  }
  for (const { at, role, word } of markers) if (word !== '') put(at, symbols[role], role);
}

/** Fills a rectangle of a map with its shade, and writes its label into the middle if there is room. */
function fillCell(canvas: DotCanvas, { from, to, shade, label, isBest }: Cell, { shades }: Symbols): void {
  const [left, right] = [from[0], to[0]].map((x) => Math.round(x * canvas.columns));
  const [top, bottom] = [to[1], from[1]].map((y) => Math.round((1 - y) * canvas.rows));
  const fill = shades[Math.round(shade * (shades.length - 1))];
  for (let row = top; row < bottom; row++) canvas.write(left, row, fill.repeat(right - left), 'contour');
  const text = ` ${label}${isBest ? '*' : ''} `;
  const column = Math.floor((left + right - text.length) / 2);
  if (column >= left) canvas.write(column, (top + bottom) >> 1, text, isBest ? 'best' : 'muted');
}

/** Writes the names of markers, bands and contour lines where they touch no other. */
function writeWords(
  canvas: DotCanvas,
  { markers, bands = [], levels = [] }: Chart,
  spell: (text: string) => string,
): void {
  for (const { at, word, role } of markers) writeBeside(canvas, canvas.cell(at), spell(word), role);
  const widest = [...bands].sort((a, b) => b.to - b.from - (a.to - a.from));
  for (const { label, role, from, to } of widest) {
    const middle = canvas.cell([(from + to) / 2, 1]);
    if (!middle || label === '') continue;
    const column = Math.max(0, Math.min(canvas.columns - label.length, middle.column - (label.length >> 1)));
    [0, 1, 2].some((row) => canvas.write(column, row, label, role, true));
  }
  for (const { label, labelled } of levels) {
    const cell = labelled && canvas.cell(labelled.at);
    const text = spell(label);
    if (cell) canvas.write(cell.column - (text.length >> 1), cell.row, text, 'contour', true);
  }
}

/** Writes a word to the right of a cell, or to the left, above or below. */
function writeBeside(canvas: DotCanvas, cell: ReturnType<DotCanvas['cell']>, word: string, role: Role): void {
  if (!cell || word === '') return;
  const { column, row } = cell;
  const middle = column - (word.length >> 1);
  const places = [
    [column + 2, row],
    [column - 1 - word.length, row],
    [middle, row - 1],
    [middle, row + 1],
  ];
  places.some(([x, y]) => canvas.write(x, y, word, role, true));
}

type DotCanvas = ReturnType<typeof dotCanvas>;

/** The bit of each dot in a braille character, U+2800 plus bits: [row][column]. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];
const UPPER = 0x1b;
const LOWER = 0xe4;

/**
 * A rectangle of characters with two by four dots each, and text over the dots.
 *
 * @param isAscii whether dots are drawn as . ' and : instead of braille
 */
function dotCanvas(columns: number, rows: number, isAscii: boolean) {
  const bits = new Uint8Array(columns * rows);
  const roles = new Array<Role | undefined>(columns * rows).fill(undefined);
  const words = new Array<string | undefined>(columns * rows).fill(undefined);
  const [width, height] = [2 * columns, 4 * rows];
  const toDot = ([x, y]: Point): Point => [x * (width - 1), (1 - y) * (height - 1)];

  function dot([x, y]: Point, role: Role): void {
    if (x < 0 || x > width - 1 || y < 0 || y > height - 1) return;
    const [column, line] = [Math.round(x), Math.round(y)];
    const index = (line >> 2) * columns + (column >> 1);
    bits[index] |= BITS[line & 3][column & 1];
    roles[index] = role;
  }

  function character(index: number): string {
    const dots = bits[index];
    if (dots === 0) return ' ';
    if (!isAscii) return String.fromCharCode(0x2800 + dots);
    if (!(dots & LOWER)) return "'";
    return dots & UPPER ? ':' : '.';
  }

  return {
    columns,
    rows,
    /** Draws a line through points; only one in `every` dots is set. */
    line(points: readonly Point[], role: Role, every = 1): void {
      let count = 0;
      points.map(toDot).forEach((to, i, dots) => {
        const from = i === 0 ? to : dots[i - 1];
        const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))));
        for (let step = i === 0 ? steps : 1; step <= steps; step++) {
          if (count++ % every === 0) dot(between(from, to, step / steps), role);
        }
      });
    },
    /** The column and row of a point; undefined off the canvas. */
    cell([x, y]: Point): { column: number; row: number } | undefined {
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return undefined;
      const [px, py] = toDot([x, y]);
      return { column: Math.round(px) >> 1, row: Math.round(py) >> 2 };
    },
    /** The direction from one point to another in eighths of a turn: 0 is right, 2 is up. */
    direction(from: Point, to: Point): number {
      const [[x0, y0], [x1, y1]] = [toDot(from), toDot(to)];
      return (Math.round(Math.atan2(y0 - y1, x1 - x0) / (Math.PI / 4)) + 8) % 8;
    },
    /** Writes text over the dots; returns false if it does not fit, or if `isShy` and it would touch other text. */
    write(column: number, row: number, text: string, role: Role, isShy = false): boolean {
      if (column < 0 || column + text.length > columns || row < 0 || row >= rows) return false;
      const at = row * columns + column;
      if (isShy && words.slice(Math.max(row * columns, at - 1), at + text.length + 1).some(Boolean)) return false;
      [...text].forEach((c, i) => {
        words[at + i] = c;
        roles[at + i] = role;
      });
      return true;
    },
    /** The rows, each split into spans of one role. */
    spans(): { text: string; role: Role | undefined }[][] {
      return Array.from({ length: rows }, (_, row) => {
        const spans: { text: string; role: Role | undefined }[] = [];
        for (let index = row * columns; index < (row + 1) * columns; index++) {
          const text = words[index] ?? character(index);
          const role = text === ' ' ? undefined : roles[index];
          const last = spans.at(-1);
          if (last && last.role === role) last.text += text;
          else spans.push({ text, role });
        }
        return spans;
      });
    },
  };
}
