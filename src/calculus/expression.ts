import type { ConstantNode, FunctionNode, MathNode, OperatorNode, ParenthesisNode, SymbolNode } from 'mathjs';
import { InputError } from '../errors.js';
import type { ScalarField } from './gradient.js';

/** A formula that a user wrote, as functions of its variables. */
export interface Expression {
  readonly text: string;
  /** The variables that it uses, in order: x alone, or some of x0, x1 … */
  readonly variables: readonly string[];
  /** Its value at a point (n); x is coordinate 0, x3 is coordinate 3. */
  readonly f: ScalarField;
  /** Its exact partial derivative by a coordinate; undefined where no rule is known. */
  readonly derivative: (coordinate: number) => ScalarField | undefined;
}

/** The coordinate that a variable stands for: 0 for x, 3 for x3. */
export function coordinateOf(variable: string): number {
  return Number(variable.slice(1));
}

const LONGEST = 500;

const FUNCTIONS: Record<string, (...args: number[]) => number> = {
  ...{ sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan },
  ...{ sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, exp: Math.exp, log2: Math.log2, log10: Math.log10 },
  ...{ sqrt: Math.sqrt, cbrt: Math.cbrt, abs: Math.abs, sign: Math.sign },
  log: (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)),
  pow: power,
};
const ARGUMENTS: Record<string, readonly number[]> = { log: [1, 2], pow: [2] };
const CONSTANTS: Record<string, number> = { pi: Math.PI, e: Math.E };
const OPERATORS: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  pow: power,
  unaryMinus: (a) => -a,
  unaryPlus: (a) => a,
};

/** NumPy squares by multiplying, which is exact to half a unit; Math.pow need not be. */
function power(base: number, exponent: number): number {
  return exponent === 2 ? base * base : Math.pow(base, exponent);
}

/**
 * Parses a formula of x, or of x0, x1 …: numbers, + - * / ^, parentheses, and the functions sin, cos, tan, asin, acos,
 * atan, sinh, cosh, tanh, exp, log, log2, log10, sqrt, cbrt, abs, sign, pow. mathjs supplies the grammar and the rules
 * of differentiation and is loaded here and now; nothing is evaluated but the operations in the tables above, so that
 * no formula reaches anything else.
 *
 * @throws InputError if the text is no such formula
 */
export async function parseExpression(text: string): Promise<Expression> {
  if (text.trim() === '') throw new InputError('the formula is empty: give one such as "x^2 + 1"');
  if (text.length > LONGEST)
    throw new InputError(`the formula has ${text.length} characters; at most ${LONGEST} are read`);
  const { parse, derivative } = await import('mathjs/number');
  const tree = parseTree(parse!, text);
  const variables = variablesOf(tree, text);
  return {
    text,
    variables,
    f: compile(tree, text),
    derivative(coordinate) {
      const name = variables.find((variable) => coordinateOf(variable) === coordinate);
      if (name === undefined) return () => 0;
      try {
        return compile(derivative!(tree, name, { simplify: false }), text);
      } catch {
        return undefined; // sign and the like have no rule
      }
    },
  };
}

function parseTree(parse: (text: string) => MathNode, text: string): MathNode {
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
    throw new InputError(`${quote(text)} is not a formula: ${why}`);
  }
}

function variablesOf(tree: MathNode, text: string): string[] {
  const names = new Set<string>();
  tree.traverse((node, path) => {
    if (node.type !== 'SymbolNode' || path === 'fn') return;
    const { name } = node as SymbolNode;
    if (/^x(\d{1,2})?$/.test(name)) names.add(name);
    else if (Object.hasOwn(FUNCTIONS, name)) {
      throw new InputError(`${quote(text)} uses ${name} without parentheses: write ${name}(x)`);
    } else if (!Object.hasOwn(CONSTANTS, name)) {
      throw new InputError(`${quote(text)} has the unknown name ${quote(name)}: variables are x, or x0 to x99`);
    }
  });
  if (names.has('x')) {
    if (names.size > 1) throw new InputError(`${quote(text)} mixes x with x0, x1 …: use one or the other`);
    return ['x'];
  }
  return [...names].sort((a, b) => coordinateOf(a) - coordinateOf(b));
}

function compile(node: MathNode, text: string): ScalarField {
  const inner = (child: MathNode) => compile(child, text);
  const refuse = (what: string) => new InputError(`${quote(text)} uses ${what}, which is not part of a formula`);
  switch (node.type) {
    case 'ConstantNode': {
      const { value } = node as ConstantNode;
      if (typeof value !== 'number') throw refuse('something that is not a number');
      return () => value;
    }
    case 'SymbolNode': {
      const { name } = node as SymbolNode;
      if (Object.hasOwn(CONSTANTS, name)) return () => CONSTANTS[name];
      const coordinate = coordinateOf(name);
      return (x) => x[coordinate];
    }
    case 'ParenthesisNode':
      return inner((node as ParenthesisNode).content);
    case 'OperatorNode': {
      const { fn, op, args } = node as OperatorNode;
      if (!Object.hasOwn(OPERATORS, fn)) throw refuse(`the operator ${op}`);
      const operate = OPERATORS[fn];
      const [a, b] = args.map(inner);
      return b === undefined ? (x) => operate(a(x), 0) : (x) => operate(a(x), b(x));
    }
    case 'FunctionNode': {
      const { fn, args } = node as unknown as FunctionNode & { fn: { type: string; name: string } };
      if (fn.type !== 'SymbolNode') throw refuse('a call of something that has no name');
      if (!Object.hasOwn(FUNCTIONS, fn.name)) throw refuse(`the function ${fn.name}`);
      const takes = Object.hasOwn(ARGUMENTS, fn.name) ? ARGUMENTS[fn.name] : [1];
      if (!takes.includes(args.length)) throw refuse(`${fn.name} of ${args.length} values`);
      const call = FUNCTIONS[fn.name];
      const compiled = args.map(inner);
      return (x) => call(...compiled.map((argument) => argument(x)));
    }
    default:
      throw refuse(node.type.replace(/Node$/, '').toLowerCase());
  }
}

const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
