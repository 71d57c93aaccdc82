import { Option } from 'commander';
import { extname } from 'node:path';
import { InputError } from '../errors.js';
import type { Input } from '../files/outputs.js';
import { widen } from '../language/width.js';
import type { Figure } from '../plots/chart.js';
import { type Cli, type CommonOptions, note, print } from './command.js';
import type { Typed } from './options.js';

/** The value of --plot that stands for the terminal. */
const TERMINAL = '-';

/**
 * The option --plot. Its value is the path of an .svg or .png file; `-`, or true for no value, stands for the terminal.
 *
 * @param what describes the plot
 */
export const plotOption = (what: string): Typed<string | true> =>
  new Option('--plot [file]', `${what}: an .svg or .png, or with - or no file as text`).argParser((text: string) => {
    if (text === TERMINAL || ['.svg', '.png'].includes(extname(text).toLowerCase())) return text;
    throw new InputError(`--plot must name a file that ends in .svg or .png, or be - for the terminal, got "${text}"`);
  });

/** Aspect ratio, width over height, of a single chart in a file. */
export const ALONE = 4 / 3;
/** Aspect ratio of a chart beside others in a file. */
export const BESIDE_OTHERS = 1;

/** Makes a figure whose charts have an aspect ratio, width over height. */
export type MakeFigure = (aspect: number) => Promise<Figure>;

/** Writes a figure to the file of --plot, or prints it. The aspect ratio is for a file; a terminal has its own. */
export type Plot = (fileAspect: number, makeFigure: MakeFigure) => Promise<void>;

/**
 * Checks the option --plot before the work begins. The code that draws is loaded only if a plot is made.
 *
 * @returns undefined if no plot is wanted
 * @throws InputError or the system's error if the file cannot be written
 */
export async function openPlot(
  cli: Cli,
  options: CommonOptions & { readonly plot?: string | true | undefined },
  inputs: readonly Input[] = [],
): Promise<Plot | undefined> {
  const { plot: given, json } = options;
  if (given === undefined) return undefined;
  const plot = given === true ? TERMINAL : given;
  if (plot === TERMINAL && json) {
    throw new InputError('--plot - and --json both write to stdout: name a file for the plot');
  }
  if (plot === TERMINAL) return (_, makeFigure) => printFigure(cli, makeFigure);
  const [{ checkOutputs }, { writeOutput }] = await Promise.all([
    import('../files/outputs.js'),
    import('../files/write.js'),
  ]);
  checkOutputs([{ option: '--plot', path: plot, format: 'plot' }], inputs);
  return async (aspect, makeFigure) => {
    const { drawSvg } = await import('../plots/svg.js');
    const svg = drawSvg(await makeFigure(aspect));
    const isPng = extname(plot).toLowerCase() === '.png';
    await writeOutput(plot, isPng ? await (await import('../plots/png.js')).renderPng(svg) : Buffer.from(svg));
    note(cli, `plot written to ${plot}`);
  };
}

/** Rows of the terminal that a plot leaves free, so that it does not scroll. */
const FREE_ROWS = 9;

async function printFigure(cli: Cli, makeFigure: MakeFigure): Promise<void> {
  const [{ default: chalk }, { drawText }, { toAscii, typeset }, { isAsciiTerminal, theme, terminalSize }] =
    await Promise.all([
      import('chalk'),
      import('../plots/text.js'),
      import('../plots/typography.js'),
      import('./terminal.js'),
    ]);
  const { columns, rows: height } = terminalSize(cli.out);
  const translate = (text: string) => widen(cli.translate(text));
  const rows = Math.max(8, Math.min(Math.round(columns * 0.26), height - FREE_ROWS, 32));
  const aspect = (2 * Math.max(1, columns - 8)) / (4 * rows); // in dots, two by four a character
  const { title, charts } = await makeFigure(aspect);
  const style = { columns: Math.max(5, columns), rows, isAscii: isAsciiTerminal(), paint: theme(chalk), translate };
  print(cli, `\n${isAsciiTerminal() ? toAscii(translate(title)) : typeset(translate(title))}`);
  const pictures = charts.map((chart) =>
    drawText(chart, style)
      .map((line) => line.trimEnd())
      .join('\n'),
  );
  print(cli, pictures.join('\n\n'));
}
