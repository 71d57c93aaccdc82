import { DESCENT_DEFAULTS, type DescentOptions, gradientDescent } from '../../calculus/descent.js';
import { type Expression, parseExpression } from '../../calculus/expression.js';
import { numericalGradient } from '../../calculus/gradient.js';
import { type Cli, type DefineCommand, EXIT, print, printJson } from '../command.js';
import { formatArray, formatScalar } from '../numpy-format.js';
import { checkCoordinates, defaultPoint, integer, positive, vector } from '../options.js';
import { ALONE, BESIDE_OTHERS, openPlot, plotOption, type PlotOptions } from '../plot.js';
import { DESCENT_INIT, LEARNING_RATES, SUM_OF_SQUARES } from './notebook.js';

interface Options extends PlotOptions {
  fn?: string;
  init?: Float64Array;
  lr?: number;
  steps?: number;
  h?: number;
  history?: boolean;
}

export const defineDescend: DefineCommand = (command, run) =>
  command
    .option('--fn <formula>', 'function of x0, x1 … (default: "x0^2 + x1^2")')
    .addOption(vector('--init <point>', 'where to start (default: -3,4)'))
    .addOption(positive('--lr <rate>', 'learning rate (default: 0.1)'))
    .addOption(integer('--steps <n>', 'number of steps (default: 100)', 1, 1_000_000))
    .addOption(positive('--h <step>', 'step of the central difference (default: 1e-4)'))
    .option('--history', 'print every point of the path, too')
    .addOption(plotOption('draw the path over contour lines of f'))
    .addHelpText(
      'after',
      "\nWithout options: the notebook's three learning rates.\nExample: gd descend --lr 10 --plot descent.svg",
    )
    .action(run(descend));

async function descend(cli: Cli, options: Options): Promise<number> {
  const { fn, init, lr, steps, h, history, json, quiet } = options;
  const plot = await openPlot(cli, options);
  const expression = fn === undefined ? SUM_OF_SQUARES : await parseExpression(fn);
  const all = [fn, init, lr, steps, h, history].every((option) => option === undefined);
  const runs = (all ? LEARNING_RATES : [lr ?? DESCENT_DEFAULTS.learningRate]).map((learningRate) => {
    const given = { learningRate, steps: steps ?? DESCENT_DEFAULTS.steps, h: h ?? DESCENT_DEFAULTS.h };
    return runDescent(expression, init ?? defaultPoint(DESCENT_INIT, expression), given);
  });
  if (json) {
    const objects = runs.map((run) => ({ ...run, history: history ? rows(run.history, run.init.length) : undefined }));
    printJson(cli, all ? { notebook: objects } : objects[0]);
  } else {
    if (history) {
      const [{ history: points, init: start }] = runs;
      print(cli, formatArray(points, [points.length / start.length, start.length]));
    }
    print(cli, runs.map((run) => (quiet ? formatArray(run.x) : describe(run))).join(quiet ? '\n' : '\n\n'));
  }
  await plot?.(all ? BESIDE_OTHERS : ALONE, async (aspect) => {
    const { descentFigure } = await import('../../plots/descent.js');
    const { f, formula, variables } = expression;
    return descentFigure(
      formula,
      runs.map((run) => ({ ...run, f, variables })),
      aspect,
    );
  });
  const isFinite = runs.every(
    ({ value, x, h: step, verdict }) =>
      verdict.outcome !== 'undefined' &&
      [value, ...x, ...numericalGradient(expression.f, x, step)].every(Number.isFinite),
  );
  return isFinite ? EXIT.done : EXIT.notFinite;
}

function runDescent(expression: Expression, init: Float64Array, options: DescentOptions) {
  checkCoordinates('--init', init, expression);
  const { text: fn, formula } = expression;
  return { fn, formula, init, ...options, ...gradientDescent(expression.f, init, options) };
}

function describe({ formula, init, learningRate, steps, x, value, verdict }: ReturnType<typeof runDescent>): string {
  return [
    `${steps} ${steps === 1 ? 'step' : 'steps'} down ${formula} from ${formatArray(init)}, learning rate ${learningRate}`,
    `  x        ${formatArray(x)}`,
    `  f(x)     ${formatScalar(value)}`,
    `  verdict  ${verdict.outcome}: ${verdict.because}`,
  ].join('\n');
}

function rows(history: Float64Array, columns: number): number[][] {
  return Array.from({ length: history.length / columns }, (_, r) => [...history.slice(r * columns, (r + 1) * columns)]);
}
