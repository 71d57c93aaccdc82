import { drawText, type TextStyle } from './draw-text.js';
import type { History } from './history.js';
import { wrapText } from './wrap-text.js';
import { trainingCharts } from './training-charts.js';

/** A training as it is shown while it runs. */
export interface ProgressPicture {
  /** Part that is done, 0 … 1. */
  readonly share: number;
  /** What stands behind the bar, the most important first. */
  readonly figures: readonly string[];
  /** What there is to say, for a line of its own; none if empty. */
  readonly note: string;
  readonly history: History;
}

/** Sides of a terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Curves need this much of a terminal; two of them beside each other that much. */
const LEAST = { columns: 30, rows: 12 };
const LEAST_FOR_TWO = 72;
const MOST_CURVE_ROWS = 6;
/** Lines around the curves: the bar, two of a note, a title, the axis, its labels, and what a shell needs. */
const OTHER_ROWS = 9;
const GAP = 2;

/** The bar and, where there is room, the curves below it: lines that are narrower and fewer than the terminal's. */
export function progressLines(
  { share, figures, note, history }: ProgressPicture,
  { columns, rows }: ScreenSize,
  style: Pick<TextStyle, 'isAscii' | 'paint'>,
): string[] {
  const width = columns - 1; // a character in the last column may wrap
  const bar = barLine(share, figures, width, style);
  const head =
    note === '' || rows < 4
      ? [bar]
      : [
          bar,
          ...wrapText(note, width)
            .slice(0, 2)
            .map((line) => style.paint(line, 'title')),
        ];
  const charts = columns < LEAST.columns || rows < LEAST.rows ? [] : trainingCharts(history);
  if (charts.length === 0) return head;
  const shown = charts.slice(0, columns < LEAST_FOR_TWO ? 1 : 2);
  const each = Math.min(60, columns < LEAST_FOR_TWO ? width : Math.floor((width - GAP) / 2));
  const height = Math.min(MOST_CURVE_ROWS, rows - OTHER_ROWS);
  const drawn = shown.map((chart) => drawText(chart, { ...style, columns: each, rows: height }));
  const lines = drawn[0].map((left, i) =>
    drawn.length === 1 ? left : `${left}${' '.repeat(GAP)}${drawn[1][i] ?? ''}`,
  );
  return [...head, ...lines.map((line) => line.trimEnd())];
}

/** A bar that leaves room for the figures behind it; those that do not fit are left out. */
function barLine(
  share: number,
  figures: readonly string[],
  width: number,
  { isAscii, paint }: Pick<TextStyle, 'isAscii' | 'paint'>,
): string {
  const size = Math.max(0, Math.min(40, width, Math.max(8, width - 84)));
  const done = Math.floor(share * size);
  const [full, empty] = isAscii ? ['#', '-'] : ['█', '░'];
  let line = paint(full.repeat(done), 'curve') + paint(empty.repeat(size - done), 'curve');
  let used = size;
  for (const [i, text] of figures.entries()) {
    const gap = i === 0 ? ' ' : '  ';
    if (used + gap.length + text.length > width) break;
    line += gap + text;
    used += gap.length + text.length;
  }
  return line;
}
