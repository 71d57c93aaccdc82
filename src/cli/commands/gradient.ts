import { knownDerivative, referenceDerivative } from '../../calculus/differences.js';
import { checkCoordinates, defaultPoint, type Expression, parseExpression } from '../../calculus/expression.js';
import { alongAxis, numericalGradient } from '../../calculus/gradient.js';
import { InputError } from '../../errors.js';
import { randomStream } from '../../network/random.js';
import * as simpleNet from '../../network/simple-net.js';
import { type Cli, type DefineCommand, print, printJson } from '../command.js';
import { formatArray, formatScalar, toRows } from '../numpy-format.js';
import { addOptions, firstGiven, integer, oneOf, positive, text, type ValuesOf, vector } from '../options.js';
import { ALONE, openPlot, plotOption } from '../plot.js';
import { GRADIENT_POINTS, SIMPLE_NET, SUM_OF_SQUARES } from './notebook.js';

const OPTIONS = {
  fn: text('--fn <formula>', 'function of x0, x1 … (default: "x0^2 + x1^2")'),
  at: vector('--at <point>', 'where (default: 3,4)'),
  h: positive('--h <step>', 'step (default: 1e-4)'),
  net: oneOf('--net <name>', "the gradient of a net's loss instead", ['simple']),
  weights: vector('--weights <w>', 'its weights, 2 rows of 3', 6).conflicts('seed'),
  x: vector('--x <values>', 'its input (default: 0.6,0.9)', 2),
  t: vector('--t <one-hot>', 'the right answer (default: 0,0,1)', 3),
  seed: integer('--seed <n>', "weights from NumPy's randn instead", 0, 2 ** 32 - 1),
  plot: plotOption('draw arrows of -grad over contour lines of f'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd gradient`: the numerical gradient of a formula, or of SimpleNet's loss, and its error. */
export const defineGradient: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText(
      'after',
      "\nWithout options: the notebook's three points.\nExample: gd gradient --net simple --t 1,0,0",
    )
    .action(run(gradient));

async function gradient(cli: Cli, options: Options): Promise<number> {
  const { fn, at, h = 1e-4, json } = options;
  if (options.net === 'simple') return gradientOfSimpleNet(cli, options);
  const stray = firstGiven(options, 'weights', 'x', 't', 'seed');
  if (stray) throw new InputError(`--${stray} is an option of a net: add --net simple, or leave it out`);
  const plot = await openPlot(cli, options);
  const isNotebook = firstGiven(options, 'fn', 'at', 'h') === undefined;
  const expression = fn === undefined ? SUM_OF_SQUARES : await parseExpression(fn);
  if (plot) checkVariables(expression);
  const points = isNotebook ? GRADIENT_POINTS : [at ?? defaultPoint(GRADIENT_POINTS[0], expression)];
  const results = points.map((point) => differentiate(expression, point, h));
  if (json) printJson(cli, isNotebook ? { notebook: results } : results[0]);
  else print(cli, results.map((result) => describe(result, cli)).join(cli.quiet ? '\n' : '\n\n'));
  await plot?.(ALONE, async (aspect) => {
    const { gradientFigure } = await import('../../plots/gradient.js');
    const { formula, f, variables } = expression;
    return gradientFigure({ formula, f, variables, points, h }, aspect);
  });
  return 0;
}

/** @throws InputError if a function has more than two variables, and cannot be drawn */
function checkVariables({ formula, variables }: Expression): void {
  if (variables.length <= 2) return;
  const all = variables.join(', ');
  throw new InputError(
    `--plot draws functions of one or two variables, but ${formula} has ${variables.length}: ${all}`,
  );
}

function differentiate(expression: Expression, at: Float64Array, h: number) {
  checkCoordinates('--at', at, expression);
  const { text: fn, formula, f, derivatives } = expression;
  const value = numericalGradient(f, at, h);
  const references = derivatives(at).map((rule, i) => referenceDerivative(alongAxis(f, at, i), at[i], rule));
  const known = references.map(knownDerivative);
  const isExact = references.every(({ source }) => source === 'exact');
  const isKnown = references.every(({ source }) => source !== 'none');
  const error = isKnown ? Math.max(...value.map((partial, i) => Math.abs(partial - known[i]))) : null;
  return { fn, formula, at, h, value, exact: isExact ? known : null, references, error };
}

type Result = ReturnType<typeof differentiate>;

function describe({ formula, at, h, value, references, error }: Result, { quiet }: Cli): string {
  if (quiet) return formatArray(value);
  const numbers = references.map(knownDerivative);
  const lines = [
    `gradient of ${formula} at ${formatArray(at)}, h = ${h}`,
    `  numerical  ${formatArray(value)}`,
    `  exact      ${numbers.every(Number.isNaN) ? 'none' : formatArray(numbers)}`,
  ];
  references.forEach((reference, i) => {
    if (reference.source === 'richardson') {
      const { value: partial, uncertainty, because } = reference;
      const estimate = `${formatScalar(partial)} ± ${uncertainty.toExponential(1)}`;
      lines.push(`  by x${i}      by Richardson, ${estimate}: ${because}`);
    } else if (reference.source === 'none') lines.push(`  by x${i}      none: ${reference.because}`);
  });
  if (error !== null) lines.push(`  error      ${error}, the largest`);
  return lines.join('\n');
}

/** Prints the gradient of SimpleNet's loss with respect to its weights. */
function gradientOfSimpleNet(cli: Cli, options: Options): number {
  const { weights, x = SIMPLE_NET.x, t = SIMPLE_NET.t, seed, h = 1e-4, json, fn, at, plot } = options;
  if (plot !== undefined) throw new InputError('--plot draws the gradient of a formula: leave out --net, or --plot');
  if (fn !== undefined || at !== undefined) throw new InputError('--net has its own function: leave out --fn and --at');
  if ([...t].sort().join() !== '0,0,1') throw new InputError(`--t must be one 1 and two 0s, got "${t.join(',')}"`);
  const net = seed === undefined ? { W: weights ?? SIMPLE_NET.W } : simpleNet.create(randomStream(seed));
  const predict = simpleNet.predict(net, x);
  const argmax = simpleNet.classify(net, x);
  const loss = simpleNet.loss(net, x, t);
  const dW = numericalGradient((W) => simpleNet.loss({ W }, x, t), net.W, h);
  const shape = [simpleNet.INPUTS, simpleNet.CLASSES];
  if (json) {
    printJson(cli, { W: toRows(net.W, 3), x, t, h, predict, argmax, loss, dW: toRows(dW, 3) });
  } else if (cli.quiet) {
    print(cli, formatArray(dW, shape));
  } else {
    const matrix = (values: Float64Array) => formatArray(values, shape).replace('\n', '\n         ');
    print(cli, `W        ${matrix(net.W)}`);
    print(cli, `x        ${formatArray(x)}`);
    print(cli, `predict  ${formatArray(predict)}`);
    print(cli, `argmax   ${argmax}`);
    print(cli, `t        ${formatArray(t)}`);
    print(cli, `loss     ${formatScalar(loss)}`);
    print(cli, `dW       ${matrix(dW)}`);
  }
  return 0;
}
