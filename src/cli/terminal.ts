import type { ChalkInstance } from 'chalk';
import { formatCount } from '../errors.js';
import { widen } from '../language/width.js';
import type { Translate } from '../language/translate.js';
import type { Role } from '../plots/chart.js';

/** Size of a stream's terminal, in characters. Without a terminal: COLUMNS and LINES, or 80 columns and 100 rows. */
export function terminalSize(stream: NodeJS.WriteStream): { columns: number; rows: number } {
  const { COLUMNS, LINES } = process.env;
  return {
    columns: Math.max(1, (stream.isTTY ? stream.columns : Number(COLUMNS)) || 80),
    rows: Math.max(1, (stream.isTTY ? stream.rows : Number(LINES)) || (stream.isTTY ? 24 : 100)),
  };
}

/** True if the terminal may show ASCII only: TERM=dumb, or a locale with a character set other than UTF-8. */
export function isAsciiTerminal(): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = LC_ALL || LC_CTYPE || LANG;
  return TERM === 'dumb' || (locale !== undefined && !/utf-?8/i.test(locale));
}

/** True for a terminal on which lines can be redrawn. */
export function isLiveTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== 'dumb';
}

/** Colours of charts in a terminal. */
const COLOURS: Record<Role, 'yellow' | 'cyan' | 'gray' | 'green' | 'blue' | 'magenta' | 'red' | 'bold'> = {
  path: 'yellow',
  path2: 'green',
  path3: 'magenta',
  path4: 'red',
  path5: 'cyan',
  path6: 'bold',
  curve: 'cyan',
  train: 'cyan',
  test: 'yellow',
  theory: 'gray',
  tangent: 'green',
  arrow: 'cyan',
  point: 'yellow',
  start: 'yellow',
  end: 'yellow',
  best: 'green',
  truncation: 'blue',
  cancellation: 'yellow',
  absorption: 'gray',
  contour: 'blue',
  muted: 'gray',
  title: 'bold',
  'series-1': 'cyan',
  'series-2': 'yellow',
  'series-3': 'green',
  'series-4': 'magenta',
  'series-5': 'blue',
  'series-6': 'red',
};

/** Returns the function that colours text by its role. */
export function theme(chalk: ChalkInstance): (text: string, role: Role) => string {
  return (text, role) => chalk[COLOURS[role]](text);
}

/** Characters for a grey level, from black to white. */
const SHADES = [' ', '░', '▒', '▓', '█'];

/**
 * A grey picture as lines of text. A character shows two pixels, one above the other: in grey levels if the terminal
 * has 256 colours or more, otherwise in shades.
 *
 * @param chalk its level tells the number of colours
 * @param pixels (rows, columns), in [0, 1]; 1 is white
 */
export function renderGreyscale(chalk: ChalkInstance, pixels: Float64Array, rows: number, columns: number): string[] {
  return Array.from({ length: Math.ceil(rows / 2) }, (_, line) => {
    const cells = Array.from({ length: columns }, (_, column) => {
      const upper = pixels[2 * line * columns + column];
      const lower = 2 * line + 1 < rows ? pixels[(2 * line + 1) * columns + column] : 0;
      return { upper, lower };
    });
    return chalk.level >= 2 ? greyLine(chalk, cells) : cells.map(shade).join('');
  });
}

/** The two pixels of a character, in [0, 1]. */
interface Cell {
  readonly upper: number;
  readonly lower: number;
}

/** A line in grey levels. Neighbouring cells of equal grey levels share an escape sequence. */
function greyLine(chalk: ChalkInstance, cells: readonly Cell[]): string {
  let line = '';
  for (let start = 0, end; start < cells.length; start = end) {
    const [upper, lower] = greys(cells[start]);
    for (end = start + 1; end < cells.length && greys(cells[end]).join() === [upper, lower].join();) end++;
    line += chalk.rgb(upper, upper, upper).bgRgb(lower, lower, lower)('▀'.repeat(end - start));
  }
  return line;
}

const greys = ({ upper, lower }: Cell) => [upper, lower].map((value) => Math.round(255 * value));

/** A cell without colours: a half block if one pixel is much lighter than the other, otherwise a shade of the mean. */
function shade({ upper, lower }: Cell): string {
  if (upper - lower > 0.5) return '▀';
  if (lower - upper > 0.5) return '▄';
  return SHADES[Math.round(((upper + lower) / 2) * (SHADES.length - 1))];
}

/** Shows blocks of lines side by side, as many as fit the width. A row of blocks has the height of its tallest. */
export function sideBySide(blocks: readonly (readonly string[])[], blockWidth: number, width: number): string[] {
  const gap = 2;
  const across = Math.max(1, Math.floor((width + gap) / (blockWidth + gap)));
  const lines: string[] = [];
  for (let start = 0; start < blocks.length; start += across) {
    const row = blocks.slice(start, start + across);
    if (start > 0) lines.push('');
    for (let i = 0; i < Math.max(...row.map(({ length }) => length)); i++) {
      const line = row.map((block) => block[i] ?? ' '.repeat(blockWidth)).join(' '.repeat(gap));
      lines.push(line.trimEnd());
    }
  }
  return lines;
}

/**
 * A table as lines with aligned columns, two spaces between them. Its cells are translated first.
 *
 * @param isLeft true for the columns that are aligned to the left
 */
export function alignTable(
  { translate }: { readonly translate: Translate },
  table: readonly (readonly string[])[],
  isLeft: (column: number) => boolean,
): string[] {
  const rows = table.map((row) => row.map((cell) => widen(translate(cell))));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell: string, column: number) =>
    isLeft(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((row) => row.map(align).join('  ').trimEnd());
}

/** A duration in seconds as text: "0.21 s", "12 s", "3 min 20 s", "5 h 12 min", "10 days". */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
  return `${formatCount(Math.round(whole / 86400))} days`;
}
