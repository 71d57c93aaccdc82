import { DESCENT_DEFAULTS, type DescentOptions, gradientDescent } from '../../calculus/descent.js';
import { checkCoordinates, defaultPoint, type Expression, parseExpression } from '../../calculus/expression.js';
import { numericalGradient } from '../../calculus/gradient.js';
import { type OptimizerName, optimizers } from '../../calculus/optimizers.js';
import { InputError } from '../../errors.js';
import { type Figure, PATHS } from '../../plots/chart.js';
import { type Cli, type DefineCommand, EXIT, print, printJson } from '../command.js';
import { formatArray, formatScalar, toRows } from '../numpy-format.js';
import {
  addOptions,
  firstGiven,
  flag,
  integer,
  positive,
  positives,
  severalOf,
  text,
  type ValuesOf,
  vector,
} from '../options.js';
import { ALONE, BESIDE_OTHERS, openPlot, plotOption } from '../plot.js';
import { DESCENT_INIT, LEARNING_RATES, SUM_OF_SQUARES } from './notebook.js';

const OPTIMIZERS = Object.keys(optimizers) as OptimizerName[];

const OPTIONS = {
  fn: text('--fn <formula>', 'function of x0, x1 … (default: "x0^2 + x1^2")'),
  init: vector('--init <point>', 'where to start (default: -3,4)'),
  optimizer: severalOf('--optimizer <list>', 'one or several, default sgd', OPTIMIZERS),
  lr: positives('--lr <rates>', 'learning rate (default: 0.1), or several'),
  steps: integer('--steps <n>', 'number of steps (default: 100)', 1, 1_000_000),
  h: positive('--h <step>', 'step of the central difference (default: 1e-4)'),
  history: flag('--history', 'print every point of the path, too'),
  plot: plotOption('draw the path over contour lines of f'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd descend`: gradient descent on a formula, with one or several optimizers and learning rates. */
export const defineDescend: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText(
      'after',
      "\nWithout options: the notebook's three learning rates. Several optimizers take one rate, or one each." +
        '\nExample: gd descend --lr 10 --plot descent.svg' +
        '\n         gd descend --fn "x0^2/20 + x1^2" --init=-7,2 --steps 30 --optimizer sgd,momentum,adagrad,adam \\\n           --lr 0.95,0.1,1.5,0.3 --plot',
    )
    .action(run(descend));

async function descend(cli: Cli, options: Options): Promise<number> {
  const { fn, init, optimizer, lr, steps = DESCENT_DEFAULTS.steps, h = DESCENT_DEFAULTS.h } = options;
  const { history, json } = options;
  const isNotebook = firstGiven(options, 'fn', 'init', 'optimizer', 'lr', 'steps', 'h', 'history') === undefined;
  const pairs = isNotebook ? LEARNING_RATES.map((rate) => ({ optimizer: undefined, rate })) : pairsOf(optimizer, lr);
  const plot = await openPlot(cli, options);
  if (plot && pairs.length > PATHS.length) {
    throw new InputError(`--plot draws at most ${PATHS.length} paths, got ${pairs.length}: give fewer rates`);
  }
  const expression = fn === undefined ? SUM_OF_SQUARES : await parseExpression(fn);
  const runs = pairs.map(({ optimizer: name, rate }) => {
    const start = init ?? defaultPoint(DESCENT_INIT, expression);
    return runDescent(expression, start, { learningRate: rate, steps, h }, name);
  });
  const areCompared = !isNotebook && runs.length > 1;
  if (json) {
    const rowsOf = (run: Run) => (history ? toRows(run.history, run.init.length) : undefined);
    const objects = runs.map((run) => ({ ...run, history: rowsOf(run) }));
    printJson(cli, isNotebook ? { notebook: objects } : areCompared ? { paths: objects } : objects[0]);
  } else {
    if (history) print(cli, runs.map((run) => describeHistory(run, areCompared)).join('\n'));
    if (cli.quiet) print(cli, runs.map(({ x }) => formatArray(x)).join('\n'));
    else print(cli, areCompared ? await describeTogether(cli, runs) : runs.map(describe).join('\n\n'));
  }
  await plot?.(isNotebook ? BESIDE_OTHERS : ALONE, (aspect) => figureOf(expression, runs, areCompared, aspect));
  const isFinite = runs.every(
    ({ value, x, h: step, verdict }) =>
      verdict.outcome !== 'undefined' &&
      [value, ...x, ...numericalGradient(expression.f, x, step)].every(Number.isFinite),
  );
  return isFinite ? EXIT.done : EXIT.notFinite;
}

/** An optimizer and its learning rate. */
interface Pair {
  /** undefined if the user named none, which means plain gradient descent. */
  readonly optimizer: OptimizerName | undefined;
  readonly rate: number;
}

/**
 * Assigns learning rates to optimizers: one rate to all, a rate to each, or several rates to a single optimizer.
 *
 * @throws InputError if the numbers of rates and optimizers do not fit
 */
function pairsOf(names: readonly OptimizerName[] | undefined, given: readonly number[] | undefined): Pair[] {
  const rates = given ?? [DESCENT_DEFAULTS.learningRate];
  if (names === undefined || names.length === 1) return rates.map((rate) => ({ optimizer: names?.[0], rate }));
  if (rates.length === 1) return names.map((optimizer) => ({ optimizer, rate: rates[0] }));
  if (rates.length === names.length) return names.map((optimizer, i) => ({ optimizer, rate: rates[i] }));
  throw new InputError(`--lr must be one rate, or one for each of ${names.join(', ')}, got ${rates.length}`);
}

function runDescent(
  expression: Expression,
  init: Float64Array,
  options: Omit<DescentOptions, 'optimizer'>,
  optimizer: OptimizerName | undefined,
) {
  checkCoordinates('--init', init, expression);
  const { text: fn, formula } = expression;
  const descent = gradientDescent(expression.f, init, { ...options, ...(optimizer && { optimizer }) });
  return { fn, formula, init, ...(optimizer && { optimizer }), ...options, ...descent };
}

type Run = ReturnType<typeof runDescent>;

function describe(run: Run): string {
  const { x, value, verdict } = run;
  return [
    `${describeWay(run)}, ${nameOf(run)}`,
    `  x        ${formatArray(x)}`,
    `  f(x)     ${formatScalar(value)}`,
    `  verdict  ${verdict.outcome}: ${verdict.because}`,
  ].join('\n');
}

const describeWay = ({ formula, init, steps }: Run) =>
  `${steps} ${steps === 1 ? 'step' : 'steps'} down ${formula} from ${formatArray(init)}`;

/** "learning rate 0.1", or "adam, learning rate 0.1" if an optimizer was named. */
function nameOf({ optimizer, learningRate }: Run): string {
  return `${optimizer ? `${optimizer}, ` : ''}learning rate ${learningRate}`;
}

/** A table that compares several descents. */
async function describeTogether(cli: Cli, runs: readonly Run[]): Promise<string> {
  const { alignTable } = await import('../terminal.js');
  const table = alignTable(
    cli,
    [
      ['  optimizer', 'learning rate', 'x', 'f(x)', 'verdict'],
      ...runs.map(({ optimizer, learningRate, x, value, verdict }) => [
        `  ${optimizer ?? DESCENT_DEFAULTS.optimizer}`,
        String(learningRate),
        formatArray(x).replace(/\n\s*/g, ' '),
        formatScalar(value),
        verdict.outcome,
      ]),
    ],
    () => true,
  );
  return [describeWay(runs[0]), ...table].join('\n');
}

/** All points of a path, under its name if it is one of several. */
function describeHistory(run: Run, isNamed: boolean): string {
  const points = formatArray(run.history, [run.history.length / run.init.length, run.init.length]);
  return isNamed ? `${nameOf(run)}\n${points}` : points;
}

/** Descents in one chart, if they are compared, or in a chart each. */
async function figureOf(
  { f, formula, variables }: Expression,
  runs: readonly Run[],
  areCompared: boolean,
  aspect: number,
): Promise<Figure> {
  const drawn = runs.map((run) => ({ ...run, f, variables }));
  const { descentFigure, pathsFigure } = await import('../../plots/descent.js');
  if (!areCompared) return descentFigure(formula, drawn, aspect);
  const hasNames = new Set(runs.map(({ optimizer }) => optimizer)).size > 1;
  return pathsFigure(
    formula,
    drawn.map((run) => ({ ...run, name: nameOf(run), word: hasNames ? run.optimizer! : String(run.learningRate) })),
    aspect,
  );
}
