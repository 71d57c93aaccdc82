import chalk from 'chalk';

const SHADES = [' ', '░', '▒', '▓', '█'];

/**
 * A grey picture as lines of text, two pixels a character, one above the other: in grey levels where the terminal has
 * 256 colours or more, in shades otherwise.
 *
 * @param pixels (rows, columns), in [0, 1]; 1 is white
 */
export function halfBlocks(pixels: Float64Array, rows: number, columns: number): string[] {
  return Array.from({ length: Math.ceil(rows / 2) }, (_, line) => {
    const cells = Array.from({ length: columns }, (_, column) => {
      const upper = pixels[2 * line * columns + column];
      const lower = 2 * line + 1 < rows ? pixels[(2 * line + 1) * columns + column] : 0;
      return { upper, lower };
    });
    return chalk.level >= 2 ? greyLine(cells) : cells.map(shade).join('');
  });
}

interface Cell {
  readonly upper: number;
  readonly lower: number;
}

/** Cells that look the same share one escape sequence. */
function greyLine(cells: readonly Cell[]): string {
  let line = '';
  for (let start = 0, end; start < cells.length; start = end) {
    const [upper, lower] = greys(cells[start]);
    for (end = start + 1; end < cells.length && greys(cells[end]).join() === [upper, lower].join();) end++;
    line += chalk.rgb(upper, upper, upper).bgRgb(lower, lower, lower)('▀'.repeat(end - start));
  }
  return line;
}

const greys = ({ upper, lower }: Cell) => [upper, lower].map((value) => Math.round(255 * value));

/** Without colours: a half where one pixel is much lighter than the other, otherwise how light both are. */
function shade({ upper, lower }: Cell): string {
  if (upper - lower > 0.5) return '▀';
  if (lower - upper > 0.5) return '▄';
  return SHADES[Math.round(((upper + lower) / 2) * (SHADES.length - 1))];
}

/** Blocks of lines, side by side, as many as fit the width; a row of blocks is as tall as its tallest. */
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
