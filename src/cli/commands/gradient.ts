import { type Expression, parseExpression } from '../../calculus/expression.js';
import { numericalGradient } from '../../calculus/gradient.js';
import { InputError } from '../../errors.js';
import { randomStream } from '../../network/random.js';
import * as simpleNet from '../../network/simple-net.js';
import { type Cli, type CommonOptions, print, printJson } from '../command.js';
import type { DefineCommand } from '../command.js';
import { formatArray, formatScalar } from '../numpy-format.js';
import { checkCoordinates, oneOf, positive, vector, integer } from '../options.js';
import { GRADIENT_POINTS, SIMPLE_NET, SUM_OF_SQUARES } from './notebook.js';

interface Options extends CommonOptions {
  fn?: string;
  at?: Float64Array;
  h?: number;
  net?: 'simple';
  weights?: Float64Array;
  x?: Float64Array;
  t?: Float64Array;
  seed?: number;
}

export const defineGradient: DefineCommand = (command, run) =>
  command
    .option('--fn <formula>', 'function of x0, x1 … (default: "x0^2 + x1^2")')
    .addOption(vector('--at <point>', 'where (default: 3,4)'))
    .addOption(positive('--h <step>', 'step (default: 1e-4)'))
    .addOption(oneOf('--net <name>', "the gradient of a net's loss instead", ['simple']))
    .addOption(vector('--weights <w>', 'its weights, 2 rows of 3', 6).conflicts('seed'))
    .addOption(vector('--x <values>', 'its input (default: 0.6,0.9)', 2))
    .addOption(vector('--t <one-hot>', 'the right answer (default: 0,0,1)', 3))
    .addOption(integer('--seed <n>', "weights from NumPy's randn instead", 0, 2 ** 32 - 1))
    .addHelpText(
      'after',
      "\nWithout options: the notebook's three points.\nExample: gd gradient --net simple --t 1,0,0",
    )
    .action(run(gradient));

async function gradient(cli: Cli, options: Options): Promise<number> {
  const { fn, at, h = 1e-4, json } = options;
  if (options.net === 'simple') return gradientOfSimpleNet(cli, options);
  const stray = (['weights', 'x', 't', 'seed'] as const).find((name) => options[name] !== undefined);
  if (stray !== undefined) throw new InputError(`--${stray} belongs to a net: add --net simple, or leave it out`);
  if ([fn, at, options.h].some((option) => option !== undefined)) {
    const expression = fn === undefined ? SUM_OF_SQUARES : await parseExpression(fn);
    const result = differentiate(expression, at ?? Float64Array.of(3, 4), h);
    if (json) printJson(cli, result);
    else print(cli, describe(result, options));
    return 0;
  }
  const cells = GRADIENT_POINTS.map((point) => differentiate(SUM_OF_SQUARES, Float64Array.from(point), h));
  if (json) printJson(cli, { notebook: cells });
  else print(cli, cells.map((cell) => describe(cell, options)).join(options.quiet ? '\n' : '\n\n'));
  return 0;
}

function differentiate(expression: Expression, at: Float64Array, h: number) {
  checkCoordinates('--at', at, expression);
  const { text, f, derivative } = expression;
  const value = numericalGradient(f, at, h);
  const exact = Array.from(at, (_, i) => derivative(i)?.(at));
  const known = exact.every((slope) => slope !== undefined);
  const error = known ? Math.max(...value.map((slope, i) => Math.abs(slope - exact[i]!))) : null;
  return { fn: text, at, h, value, exact: known ? (exact as number[]) : null, error };
}

function describe({ fn, at, h, value, exact, error }: ReturnType<typeof differentiate>, { quiet }: Options): string {
  if (quiet) return formatArray(value);
  const known =
    exact === null
      ? '  exact      not known'
      : `  exact      ${formatArray(exact)}\n  error      ${error}, the largest`;
  return `gradient of ${fn} at ${formatArray(at)}, h = ${h}\n  numerical  ${formatArray(value)}\n${known}`;
}

function gradientOfSimpleNet(cli: Cli, options: Options): number {
  const { weights, x = SIMPLE_NET.x, t = SIMPLE_NET.t, seed, h = 1e-4, json, quiet, fn, at } = options;
  if (fn !== undefined || at !== undefined) throw new InputError('--net has its own function: leave out --fn and --at');
  if ([...t].sort().join() !== '0,0,1') throw new InputError(`--t must be one 1 and two 0s, got "${t.join(',')}"`);
  const net = seed === undefined ? { W: weights ?? SIMPLE_NET.W } : simpleNet.create(randomStream(seed));
  const predict = simpleNet.predict(net, x);
  const argmax = simpleNet.classify(net, x);
  const loss = simpleNet.loss(net, x, t);
  const dW = numericalGradient((W) => simpleNet.loss({ W }, x, t), net.W, h);
  const shape = [simpleNet.INPUTS, simpleNet.CLASSES];
  const rows = (matrix: Float64Array) => [matrix.slice(0, 3), matrix.slice(3)].map((row) => [...row]);
  if (json) {
    printJson(cli, { W: rows(net.W), x, t, h, predict, argmax, loss, dW: rows(dW) });
  } else if (quiet) {
    print(cli, formatArray(dW, shape));
  } else {
    const matrix = (values: Float64Array) => formatArray(values, shape).replace('\n', '\n         ');
    print(
      cli,
      `W        ${matrix(net.W)}\nx        ${formatArray(x)}\npredict  ${formatArray(predict)}\nargmax   ${argmax}`,
    );
    print(cli, `t        ${formatArray(t)}\nloss     ${formatScalar(loss)}\ndW       ${matrix(dW)}`);
  }
  return 0;
}
