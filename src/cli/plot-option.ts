import { Option } from 'commander';
import { extname } from 'node:path';
import { InputError } from '../input-error.js';
import type { Figure } from '../plots/chart.js';
import type { Cli, CommonOptions } from './cli.js';

/** The name that means the terminal. */
export const TERMINAL = '-';

export interface PlotOptions extends CommonOptions {
  /** True where no file was named. */
  readonly plot?: string | true;
}

/** --plot FILE, an .svg or a .png; - or nothing draws it in the terminal. */
export const plotOption = (what: string) =>
  new Option('--plot [file]', `${what}: an .svg or .png, or with - or no file as text`).argParser((text: string) => {
    if (text === TERMINAL || ['.svg', '.png'].includes(extname(text).toLowerCase())) return text;
    throw new InputError(`--plot must name a file that ends in .svg or .png, or be - for the terminal, got "${text}"`);
  });

/** Width over height of a chart in a file. */
export const ALONE = 4 / 3;
export const BESIDE_OTHERS = 1;

/** Makes a figure with charts of an aspect, width over height. */
export type MakeFigure = (aspect: number) => Promise<Figure>;

/** Writes or prints the figure that was asked for. */
export type Plot = (fileAspect: number, makeFigure: MakeFigure) => Promise<void>;

/**
 * Finds out before the work whether a plot can go where the user wants it. What draws is loaded only if there is one.
 *
 * @returns undefined if none is wanted
 * @throws InputError or the system's error if it cannot go there
 */
export async function openPlot(cli: Cli, options: PlotOptions): Promise<Plot | undefined> {
  const { plot: given, json } = options;
  if (given === undefined) return undefined;
  const plot = given === true ? TERMINAL : given;
  if (plot === TERMINAL && json) {
    throw new InputError('--plot - and --json both write to stdout: name a file for the plot');
  }
  const { preparePlot } = await import('./plot.js');
  return preparePlot(cli, plot, options);
}
