import {
  type DiffMethod,
  estimateError,
  isFrozen,
  methods,
  numericalDiff,
  type RealFunction,
  roundingError,
  stepSweep,
} from '../../calculus/differences.js';
import { coordinateOf, type Expression, parseExpression } from '../../calculus/expression.js';
import { InputError } from '../../errors.js';
import type { Sweep } from '../../plots/sweep.js';
import { type Cli, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';
import { formatScalar } from '../numpy-format.js';
import { finite, oneOf, positive } from '../options.js';
import { ALONE, openPlot, type Plot, plotOption, type PlotOptions } from '../plot.js';
import { DIFFS, SQUARE } from './notebook.js';

interface Options extends PlotOptions {
  fn?: string;
  at?: number;
  h?: number;
  method?: DiffMethod;
  sweep?: boolean;
}

export const defineDiff: DefineCommand = (command, run) =>
  command
    .option('--fn <formula>', 'function of x (default: "x^2")')
    .addOption(finite('--at <x>', 'where (default: 3)'))
    .addOption(positive('--h <step>', 'step (default: 1e-4)'))
    .addOption(oneOf('--method <name>', 'difference quotient, default central', Object.keys(methods)))
    .option('--sweep', 'error against h from 1e-1 to 1e-50, and what causes it')
    .addOption(plotOption('draw the sweep'))
    .addHelpText(
      'after',
      '\nWithout options: the notebook\'s difference quotients.\nExample: gd diff --fn "sin(x)" --at 1 --method richardson',
    )
    .action(run(diff));

async function diff(cli: Cli, options: Options): Promise<number> {
  if (options.plot !== undefined && !options.sweep) {
    throw new InputError('--plot draws the error against h: add --sweep');
  }
  const plot = await openPlot(cli, options);
  const { fn, at = 3, h = 1e-4, method = 'central', sweep, json, quiet } = options;
  if ([fn, options.at, options.h, options.method, sweep].every((option) => option === undefined)) {
    const cells = DIFFS.map(({ expression, ...cell }) => differentiate(expression, cell));
    const float32 = Math.fround(1e-50);
    if (json) printJson(cli, { notebook: cells, float32: { of: 1e-50, value: float32 } });
    else print(cli, [...cells.map((cell) => describe(cell)), `float32(1e-50) = ${float32}`].join('\n\n'));
    return 0;
  }
  const expression = fn === undefined ? SQUARE : await parseExpression(fn);
  if (expression.variables.length > 1) {
    throw new InputError(`"${expression.text}" has ${expression.variables.length} variables: use gd gradient for it`);
  }
  if (sweep) return sweepSteps(cli, options, expression, at, method, plot);
  const result = differentiate(expression, { at, h, method });
  if (json) printJson(cli, result);
  else print(cli, quiet ? formatScalar(result.value) : describe(result));
  return 0;
}

/** f and its derivative as functions of the one variable that the formula has. */
function alongItsVariable(expression: Expression): { f: RealFunction; exact: RealFunction | undefined } {
  const coordinate = coordinateOf(expression.variables[0] ?? 'x');
  const point = new Float64Array(coordinate + 1);
  const along = (field: Expression['f']) => (x: number) => {
    point[coordinate] = x;
    return field(point);
  };
  const derivative = expression.derivative(coordinate);
  return { f: along(expression.f), exact: derivative && along(derivative) };
}

type Result = ReturnType<typeof differentiate>;

function differentiate(expression: Expression, { at, h, method }: { at: number; h: number; method: DiffMethod }) {
  const { f, exact } = alongItsVariable(expression);
  const value = numericalDiff(f, at, h, method);
  const exactValue = exact?.(at);
  return {
    fn: expression.text,
    at,
    h,
    method,
    value,
    exact: exactValue ?? null,
    error: exactValue === undefined ? null : Math.abs(value - exactValue),
    estimate: estimateError(f, at, h, method),
    frozen: isFrozen(at, h),
  };
}

function describe({ fn, at, h, method, value, exact, error, estimate, frozen }: Result): string {
  const lines = [`${method} difference of ${fn} at ${at}, h = ${h}`, `  numerical  ${formatScalar(value)}`];
  if (exact === null) lines.push(`  exact      not known`);
  else lines.push(`  exact      ${formatScalar(exact)}`, `  error      ${formatScalar(error!)}`);
  if (frozen) lines.push(`  x ± h rounds to x: ${h} is too small a step at ${at}, so that f is not moved`);
  else
    lines.push(
      `  expected   truncation ${estimate.truncation.toExponential(1)}, rounding ${estimate.rounding.toExponential(1)}`,
    );
  return lines.join('\n');
}

type PrintedSweep = Omit<Sweep, 'rounding'> & { readonly isExact: boolean };

async function sweepSteps(
  cli: Cli,
  options: Options,
  expression: Expression,
  at: number,
  method: DiffMethod,
  plot: Plot | undefined,
): Promise<number> {
  const { f, exact } = alongItsVariable(expression);
  // Where no rule gives the derivative, Richardson's extrapolation is good to ten digits and more.
  const reference = exact?.(at) ?? numericalDiff(f, at, 1e-3, 'richardson');
  const sweep = {
    ...{ fn: expression.text, at, method, exact: reference, isExact: exact !== undefined },
    ...stepSweep(f, at, reference, method),
  };
  if (options.json) printJson(cli, sweep);
  else printSweep(cli, options, sweep);
  await plot?.(ALONE, async (aspect) => {
    const { sweepFigure } = await import('../../plots/sweep.js');
    return sweepFigure({ ...sweep, rounding: (h) => roundingError(f, at, h, reference) }, aspect);
  });
  return 0;
}

function printSweep(cli: Cli, { quiet }: Options, { fn, at, method, exact, isExact, rows, best }: PrintedSweep): void {
  const h = (row: { h: number }) => row.h.toExponential().padEnd(6);
  if (!quiet)
    print(
      cli,
      `${method} difference of ${fn} at ${at}, ${isExact ? 'exact' : 'by Richardson'}: ${formatScalar(exact)}\n`,
    );
  if (!quiet) print(cli, `h       error      numerical            regime`);
  for (const row of rows) {
    const mark = row === best ? '  <- best' : '';
    print(
      cli,
      `${h(row)}  ${row.error.toExponential(2).padEnd(9)}  ${formatScalar(row.value).padEnd(19)}  ${row.regime}${mark}`,
    );
  }
}
