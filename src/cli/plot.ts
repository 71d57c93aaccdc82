import chalk from 'chalk';
import { extname } from 'node:path';
import { drawText } from '../plots/draw-text.js';
import { drawSvg } from '../plots/draw-svg.js';
import { checkWritable, writeWhole } from '../training/save-file.js';
import { note, print, type Cli, type CommonOptions } from './cli.js';
import { painter } from './paint.js';
import { TERMINAL, type MakeFigure, type Plot } from './plot-option.js';
import { isAsciiTerminal, terminalSize } from './terminal.js';

/** @throws the system's error if the file cannot be written */
export function preparePlot(cli: Cli, plot: string, options: CommonOptions): Plot {
  if (plot === TERMINAL) return (_, makeFigure) => printFigure(cli, makeFigure);
  checkWritable(plot);
  return async (aspect, makeFigure) => {
    const svg = drawSvg(await makeFigure(aspect));
    const isPng = extname(plot).toLowerCase() === '.png';
    writeWhole(plot, isPng ? await (await import('../plots/render-png.js')).renderPng(svg) : Buffer.from(svg));
    note(cli, options, `plot written to ${plot}`);
  };
}

/** Rows that stay free around a plot, so that it is seen whole. */
const FREE_ROWS = 9;

async function printFigure(cli: Cli, makeFigure: MakeFigure): Promise<void> {
  const { columns, rows: height } = terminalSize(cli.out);
  const rows = Math.max(8, Math.min(Math.round(columns * 0.26), height - FREE_ROWS, 32));
  const aspect = (2 * Math.max(1, columns - 8)) / (4 * rows); // in dots, two by four a character
  const { title, charts } = await makeFigure(aspect);
  const style = { columns: Math.max(5, columns), rows, isAscii: isAsciiTerminal(), paint: painter(chalk) };
  print(cli, `\n${title}`);
  const pictures = charts.map((chart) =>
    drawText(chart, style)
      .map((line) => line.trimEnd())
      .join('\n'),
  );
  print(cli, pictures.join('\n\n'));
}
