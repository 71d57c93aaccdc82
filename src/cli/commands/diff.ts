import {
  type DiffMethod,
  estimateError,
  isFrozen,
  knownDerivative,
  methods,
  numericalDiff,
  type RealFunction,
  type Reference,
  referenceDerivative,
  roundingError,
  type StepSweep,
  stepSweep,
} from '../../calculus/differences.js';
import { coordinateOf, type Expression, parseExpression } from '../../calculus/expression.js';
import { alongAxis } from '../../calculus/gradient.js';
import { InputError } from '../../errors.js';
import { type Cli, type DefineCommand, print, printJson } from '../command.js';
import { formatScalar } from '../numpy-format.js';
import { addOptions, finite, firstGiven, flag, oneOf, positive, text, type ValuesOf } from '../options.js';
import { ALONE, BESIDE_OTHERS, openPlot, type Plot, plotOption } from '../plot.js';
import { DIFFS, SQUARE } from './notebook.js';

const OPTIONS = {
  fn: text('--fn <formula>', 'function of x (default: "x^2")'),
  at: finite('--at <x>', 'where (default: 3)'),
  h: positive('--h <step>', 'step (default: 1e-4)'),
  method: oneOf('--method <name>', 'difference quotient, default central', Object.keys(methods) as DiffMethod[]),
  sweep: flag('--sweep', 'error against h from 1e-1 to 1e-50, and what causes it'),
  plot: plotOption('draw the tangent and the secant, or the sweep'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd diff`: the difference quotient of a formula and its error, for one step h or for steps down to 1e-50. */
export const defineDiff: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText(
      'after',
      '\nWithout options: the notebook\'s difference quotients.\nExample: gd diff --fn "sin(x)" --at 1 --method richardson',
    )
    .action(run(diff));

async function diff(cli: Cli, options: Options): Promise<number> {
  const plot = await openPlot(cli, options);
  const { fn, at = 3, h = 1e-4, method = 'central', sweep, json } = options;
  if (firstGiven(options, 'fn', 'at', 'h', 'method', 'sweep') === undefined) {
    const cells = DIFFS.map(({ expression, ...cell }) => differentiate(expression, cell));
    const float32 = Math.fround(1e-50);
    if (json) printJson(cli, { notebook: cells, float32: { of: 1e-50, value: float32 } });
    else print(cli, [...cells.map((cell) => describe(cell)), `float32(1e-50) = ${float32}`].join('\n\n'));
    await plot?.(BESIDE_OTHERS, async () => {
      const { differencesFigure } = await import('../../plots/difference.js');
      return differencesFigure(DIFFS.map(({ expression }, i) => toDraw(expression, cells[i])));
    });
    return 0;
  }
  const expression = fn === undefined ? SQUARE : await parseExpression(fn);
  if (expression.variables.length > 1) {
    throw new InputError(
      `"${expression.formula}" has ${expression.variables.length} variables: use gd gradient for it`,
    );
  }
  if (sweep) return sweepSteps(cli, options, expression, at, method, plot);
  const result = differentiate(expression, { at, h, method });
  if (json) printJson(cli, result);
  else print(cli, cli.quiet ? formatScalar(result.value) : describe(result));
  await plot?.(ALONE, async (aspect) => {
    const { differenceFigure } = await import('../../plots/difference.js');
    return differenceFigure(toDraw(expression, result), aspect);
  });
  return 0;
}

/** The data of a chart of a difference quotient. */
function toDraw(expression: Expression, { at, h, method, value, reference }: Result) {
  const { f } = alongItsVariable(expression, at);
  const { formula, variables } = expression;
  return { formula, variable: variables[0] ?? 'x', f, at, h, method, value, exact: knownDerivative(reference) };
}

/** f as a function of its only variable, and the reference for its derivative. */
function alongItsVariable(expression: Expression, at: number): { f: RealFunction; reference: Reference } {
  const i = coordinateOf(expression.variables[0] ?? 'x');
  const point = new Float64Array(i + 1);
  point[i] = at;
  const f = alongAxis(expression.f, point, i);
  return { f, reference: referenceDerivative(f, at, expression.derivatives(point)[i]) };
}

type Result = ReturnType<typeof differentiate>;

function differentiate(expression: Expression, { at, h, method }: { at: number; h: number; method: DiffMethod }) {
  const { f, reference } = alongItsVariable(expression, at);
  const value = numericalDiff(f, at, h, method);
  const { text: fn, formula } = expression;
  return {
    fn,
    formula,
    at,
    h,
    method,
    value,
    exact: reference.source === 'exact' ? reference.value : null,
    reference,
    error: reference.source === 'none' ? null : Math.abs(value - reference.value),
    estimate: estimateError(f, at, h, method),
    frozen: isFrozen(at, h),
  };
}

function describe({ formula, at, h, method, value, reference, error, estimate, frozen }: Result): string {
  const lines = [`${method} difference of ${formula} at ${at}, h = ${h}`, `  numerical  ${formatScalar(value)}`];
  lines.push(describeReference(reference));
  if (error !== null) lines.push(`  error      ${formatScalar(error)}`);
  if (frozen) lines.push(`  x ± h rounds to x: h = ${h} is too small at ${at}, and f does not change`);
  else if (Number.isFinite(value))
    lines.push(
      `  expected   truncation ${estimate.truncation.toExponential(1)}, rounding ${estimate.rounding.toExponential(1)}`,
    );
  return lines.join('\n');
}

function describeReference(reference: Reference): string {
  switch (reference.source) {
    case 'exact':
      return `  exact      ${formatScalar(reference.value)}`;
    case 'richardson':
      return `  exact      not known: ${reference.because}\n  Richardson ${formatScalar(reference.value)} ± ${reference.uncertainty.toExponential(1)}`;
    case 'none':
      return `  exact      none: ${reference.because}`;
  }
}

/** Prints and plots the error for step sizes from 1e-1 down to 1e-50. */
async function sweepSteps(
  cli: Cli,
  options: Options,
  expression: Expression,
  at: number,
  method: DiffMethod,
  plot: Plot | undefined,
): Promise<number> {
  const { f, reference } = alongItsVariable(expression, at);
  const { text: fn, formula } = expression;
  if (plot !== undefined && reference.source === 'none') {
    throw new InputError(`--plot draws the error, but ${formula} has no derivative at ${at}: ${reference.because}`);
  }
  const exact = knownDerivative(reference);
  const sweep = stepSweep(f, at, exact, method);
  if (options.json) {
    const isExact = reference.source === 'exact';
    printJson(cli, { fn, formula, at, method, exact, isExact, reference, rows: sweep.rows, best: sweep.best ?? null });
  } else {
    if (!cli.quiet) {
      print(cli, `${method} difference of ${formula} at ${at}\n${describeReference(reference)}\n`);
      print(cli, `h       error      numerical            regime`);
    }
    printSweep(cli, sweep);
  }
  await plot?.(ALONE, async (aspect) => {
    const { sweepFigure } = await import('../../plots/difference.js');
    return sweepFigure(
      { formula, at, method, exact, ...sweep, rounding: (h) => roundingError(f, at, h, exact) },
      aspect,
    );
  });
  return 0;
}

function printSweep(cli: Cli, { rows, best }: StepSweep): void {
  for (const row of rows) {
    const h = row.h.toExponential().padEnd(6);
    const error = (Number.isNaN(row.error) ? '-' : row.error.toExponential(2)).padEnd(9);
    const mark = row === best ? '  <- best' : '';
    print(cli, `${h}  ${error}  ${formatScalar(row.value).padEnd(19)}  ${row.regime ?? '-'}${mark}`);
  }
  const last = rows[rows.length - 1];
  if (cli.quiet) return;
  if (last.regime === 'absorption') print(cli, `\nabsorption: x + h == x; smaller steps change nothing any more`);
  else if (last.h > SMALLEST_STEP) print(cli, `\nsmaller steps change nothing any more`);
}

/** The last step of a complete sweep. */
const SMALLEST_STEP = 1e-50;
