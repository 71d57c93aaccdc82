import chalk from 'chalk';
import { Option } from 'commander';
import { extname } from 'node:path';
import { InputError } from '../input-error.js';
import type { Figure } from '../report/chart.js';
import { checkWritable, writeWhole } from '../training/save-file.js';
import { note, print, type Cli, type CommonOptions } from './cli.js';
import { painter } from './paint.js';
import { isAsciiTerminal, terminalSize } from './terminal.js';

/** Where a plot goes: a file, or the terminal. */
export const TERMINAL = '-';

/** --plot FILE, an .svg or a .png; - or nothing draws it in the terminal. */
export const plotOption = (what: string) =>
  new Option('--plot [file]', `${what}: an .svg or .png, or with - or no file as text`)
    .preset(TERMINAL)
    .argParser((text: string) => {
      if (text === TERMINAL || ['.svg', '.png'].includes(extname(text).toLowerCase())) return text;
      throw new InputError(
        `--plot must name a file that ends in .svg or .png, or be - for the terminal, got "${text}"`,
      );
    });

/**
 * Finds out before the work whether a plot can go where the user wants it.
 *
 * @throws InputError or the system's error if not
 */
export function checkPlot(plot: string | undefined, { json }: CommonOptions): void {
  if (plot === undefined) return;
  if (plot !== TERMINAL) checkWritable(plot);
  else if (json) throw new InputError('--plot - and --json both write to stdout: name a file for the plot');
}

/** Width over height of a chart in a file. */
export const ALONE = 4 / 3;
export const BESIDE_OTHERS = 1;

/** Makes a figure with charts of an aspect, width over height. */
export type MakeFigure = (aspect: number) => Promise<Figure>;

/** Writes or prints a plot, if one is wanted. */
export async function plotFigure(
  cli: Cli,
  options: CommonOptions & { plot?: string },
  fileAspect: number,
  makeFigure: MakeFigure,
): Promise<void> {
  const { plot } = options;
  if (plot === undefined) return;
  if (plot === TERMINAL) return printFigure(cli, makeFigure);
  const { drawSvg } = await import('../report/draw-svg.js');
  const svg = drawSvg(await makeFigure(fileAspect));
  if (extname(plot).toLowerCase() === '.svg') writeWhole(plot, Buffer.from(svg));
  else {
    const { renderPng } = await import('../report/render-png.js');
    writeWhole(plot, await renderPng(svg));
  }
  note(cli, options, `plot written to ${plot}`);
}

/** Rows that stay free around a plot, so that it is seen whole. */
const FREE_ROWS = 9;

async function printFigure(cli: Cli, makeFigure: MakeFigure): Promise<void> {
  const { drawText } = await import('../report/draw-text.js');
  const { columns, rows: height } = terminalSize(cli.out);
  const rows = Math.max(8, Math.min(Math.round(columns * 0.26), height - FREE_ROWS, 32));
  const aspect = (2 * Math.max(1, columns - 8)) / (4 * rows); // in dots, two by four a character
  const { title, charts } = await makeFigure(aspect);
  const style = { columns, rows, isAscii: isAsciiTerminal(), paint: painter(chalk) };
  print(cli, `\n${title}`);
  for (const [i, chart] of charts.entries())
    print(
      cli,
      `${i > 0 ? '\n' : ''}${drawText(chart, style)
        .map((line) => line.trimEnd())
        .join('\n')}`,
    );
}
