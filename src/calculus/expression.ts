import type { ConstantNode, FunctionNode, MathNode, OperatorNode, ParenthesisNode, SymbolNode } from 'mathjs';
import { InputError } from '../errors.js';
import { type OneSided, oneSidedDerivatives } from './exact-derivative.js';
import type { ScalarField } from './gradient.js';
import { FUNCTIONS, OPERATORS, type Term } from './operations.js';

/** A formula that a user wrote, as a function of its variables. */
export interface Expression {
  /** As the user wrote it. */
  readonly text: string;
  /** As it was parsed, with every product and every power written out. */
  readonly formula: string;
  /** The variables that it uses, in order: x alone, or some of x0, x1 … */
  readonly variables: readonly string[];
  /** The value at a point (n); x is coordinate 0, x3 is coordinate 3. */
  readonly f: ScalarField;
  /**
   * The partial derivatives at a point (n), from both sides, correct to the last digit; NaN where the rules of
   * differentiation give no value.
   */
  readonly derivatives: (x: Float64Array) => readonly OneSided[];
}

/** Characters of the longest formula. */
const LONGEST = 500;
const CONSTANTS = { pi: Math.PI, e: Math.E } as const;

/** The coordinate that a variable stands for: 0 for x, 3 for x3. */
export function coordinateOf(variable: string): number {
  return Number(variable.slice(1));
}

/**
 * Parses a formula of x, or of x0, x1 … x99. It may have numbers, pi, e, + - * / ^, parentheses and the functions of
 * operations.ts. Python's `x[0]**2` and `np.exp(x)` are read too, and `x²`, `−`, `×`, `π`, and products without a sign
 * such as 2x and x(x + 1). A product without a sign means the same as with `*`, so 1/2x is (1/2)*x.
 *
 * mathjs parses the text, and is loaded at the first call. Only the operations of operations.ts are evaluated, so that
 * a formula cannot run any other code.
 *
 * @throws InputError if the text is not such a formula
 */
export async function parseExpression(text: string): Promise<Expression> {
  if (text.trim() === '') throw new InputError('the formula is empty: give one such as "x^2 + 1"');
  if (text.length > LONGEST) {
    throw new InputError(`the formula has ${text.length} characters; at most ${LONGEST} are read`);
  }
  const { text: explicit, variables } = writeOut(text);
  const { parse, Decimal } = await import('./libraries.js');
  const term = toTerm(parseTree(parse, explicit, text), text);
  return {
    text,
    formula: formatTerm(term),
    variables,
    f: compile(term),
    derivatives: (x) => oneSidedDerivatives(Decimal, term, x),
  };
}

/**
 * Checks that a point has as many coordinates as a formula needs. A formula without variables accepts any number.
 *
 * @param flag the option that gave the point
 * @throws InputError that names the option
 */
export function checkCoordinates(flag: string, point: Float64Array, { formula, variables }: Expression): void {
  const needed = coordinateCount(variables);
  if (point.length === needed || needed === 0) return;
  if (point.length < needed) {
    throw new InputError(
      `${flag} must have a number for each of ${variables.join(', ')}: ${needed}, got ${point.length}`,
    );
  }
  const comma = needed === 1 && point.length === 2 ? ' (a decimal point is meant? write 0.5, not 0,5)' : '';
  throw new InputError(
    `${flag} has ${point.length} numbers, but ${formula} takes ${needed}: ${variables.join(', ')}${comma}`,
  );
}

/** As many of the first coordinates of a command's default point as the formula needs; all if it needs none or more. */
export function defaultPoint(point: ArrayLike<number>, { variables }: Expression): Float64Array {
  return Float64Array.from(point).slice(0, coordinateCount(variables) || point.length);
}

/** The number of coordinates that a formula with these variables needs: 0 if it has none. */
function coordinateCount(variables: readonly string[]): number {
  return Math.max(0, ...variables.map((name) => coordinateOf(name) + 1));
}

// Reading: from the notation of users to that of mathjs.

/** Other notations, and what replaces them, in this order. */
const SPELLINGS: readonly [RegExp, string | ((match: string, ...groups: string[]) => string)][] = [
  [/[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu, (digits) => `^(${digits.normalize('NFKC')})`],
  [/[−–—]/gu, '-'],
  [/[×·⋅∗]/gu, '*'],
  [/[÷∕]/gu, '/'],
  [/\*\*/gu, '^'],
  [/\b(np|numpy|math|torch|tf|jnp)\s*\.\s*(?=[a-z])/giu, ''],
  [/\b(x)\s*(?:\[\s*(\d{1,2})\s*\]|_\{?(\d{1,2})\}?)/giu, (_, x, bracket, subscript) => `${x}${bracket ?? subscript}`],
  [/π/gu, ' pi '],
  [/σ(?=\s*\()/gu, ' sigmoid'],
];

/** Names of functions in other languages and books, and the names here. */
const ALIASES: Readonly<Record<string, string>> = {
  ln: 'log',
  lg: 'log10',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
  sgn: 'sign',
  fabs: 'abs',
  arcsinh: 'asinh',
  arccosh: 'acosh',
  arctanh: 'atanh',
  maximum: 'max',
  minimum: 'min',
  power: 'pow',
  logistic: 'sigmoid',
  expit: 'sigmoid',
};

/** Remedies for characters that are not part of a formula. */
const INSTEAD: Readonly<Record<string, string>> = {
  '=': 'write only what stands to the right of it',
  '|': 'write abs(x)',
  '√': 'write sqrt(x)',
  '[': 'group with ( and ); a variable is x0 or x[0]',
  ']': 'group with ( and ); a variable is x0 or x[0]',
  '{': 'group with ( and )',
  '}': 'group with ( and )',
  '.': 'a number is written as in 0.5',
};

interface Token {
  readonly type: 'number' | 'name' | 'function' | 'sign';
  readonly text: string;
}

/**
 * Rewrites a formula for mathjs: with every product sign, functions by their names here, and variables as x or x7.
 *
 * @throws InputError for names and characters that are not part of a formula
 */
function writeOut(text: string): { text: string; variables: string[] } {
  const plain = SPELLINGS.reduce((spelt, [pattern, by]) => spelt.replace(pattern, by as string), text).normalize(
    'NFKC',
  );
  const raw = plain.match(/(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?|[\p{L}_][\p{L}\p{N}_]*|\S/giu) ?? [];
  const foreign = raw.find((word) => Object.hasOwn(INSTEAD, word));
  if (foreign !== undefined) throw notPart(foreign, text);
  const tokens = raw.map((word, i) => toToken(word, raw[i + 1], text));
  checkCommas(tokens, text);
  const variables = variablesOf(tokens, text);
  let written = '';
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    if (before !== undefined && endsOperand(before) && beginsOperand(token)) {
      if (token.type === 'number' && before.type === 'number') {
        throw new InputError(
          `${quote(text)} has ${before.text} and ${token.text} with nothing between them: add an operator`,
        );
      }
      written += '*';
    }
    written += token.text;
  });
  return { text: written, variables };
}

const endsOperand = ({ type, text }: Token) => type === 'number' || type === 'name' || text === ')';
const beginsOperand = ({ type, text }: Token) => type !== 'sign' || text === '(';

function toToken(word: string, next: string | undefined, text: string): Token {
  if (/^[.\d]/.test(word) && word !== '.') {
    if (!Number.isFinite(Number(word))) throw new InputError(`${quote(text)} has a number too large for float64`);
    return { type: 'number', text: word.replace(/\.(?=e|$)/i, '') }; // mathjs would read an operator such as .*
  }
  if (/^[\p{L}_]/u.test(word)) return toName(word, next, text);
  if (/^[-+*/^(),]$/.test(word)) return { type: 'sign', text: word };
  throw notPart(word, text);
}

function notPart(word: string, text: string): InputError {
  const parts = 'a formula has numbers, x or x0 to x99, + - * / ^, parentheses and functions';
  const instead = Object.hasOwn(INSTEAD, word) ? INSTEAD[word] : parts;
  return new InputError(`${quote(text)} has ${quote(word)}, which is not part of a formula: ${instead}`);
}

function toName(word: string, next: string | undefined, text: string): Token {
  const lower = word.toLowerCase();
  const name = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : lower;
  if (Object.hasOwn(FUNCTIONS, name)) {
    if (next === '(') return { type: 'function', text: name };
    const correct = next === '^' ? `${name}(x)^2` : `${name}(x)`;
    throw new InputError(`${quote(text)} uses ${word} without parentheses: write ${correct}`);
  }
  if (Object.hasOwn(CONSTANTS, name)) return { type: 'name', text: name };
  const [, index] = /^x(\d{1,2})?$/.exec(name) ?? [undefined, null];
  if (index !== null) return { type: 'name', text: index === undefined ? 'x' : `x${Number(index)}` };
  if (next === '(') {
    const known = Object.keys(FUNCTIONS).join(', ');
    throw new InputError(`${quote(text)} uses the function ${preview(word)}, which is not known; there are ${known}`);
  }
  const product = /^(x\d*){2,}$/.test(name) ? '; write products with *' : '';
  throw new InputError(`${quote(text)} has the unknown name ${quote(word)}: variables are x, or x0 to x99${product}`);
}

/** A comma separates the arguments of a function; elsewhere it was meant as a decimal comma. */
function checkCommas(tokens: readonly Token[], text: string): void {
  const open: boolean[] = []; // for each open parenthesis: whether it encloses arguments of a function
  tokens.forEach(({ text: sign }, i) => {
    if (sign === '(') open.push(tokens[i - 1]?.type === 'function');
    else if (sign === ')') open.pop();
    else if (sign === ',' && open.at(-1) !== true) {
      const [before, after] = [tokens[i - 1], tokens[i + 1]];
      const isDecimal = before?.type === 'number' && after?.type === 'number';
      const hint = isDecimal ? `: write ${before.text}.${after.text}` : '';
      throw new InputError(`${quote(text)} has a comma that is not between arguments of a function${hint}`);
    }
  });
}

function variablesOf(tokens: readonly Token[], text: string): string[] {
  const names = new Set(tokens.filter(({ text: name }) => /^x\d*$/.test(name)).map(({ text: name }) => name));
  if (names.has('x') && names.size > 1) {
    const [other] = [...names].filter((name) => name !== 'x');
    throw new InputError(`${quote(text)} mixes x with ${other}: use x alone, or x0, x1 … (a power is written x^2)`);
  }
  return [...names].sort((a, b) => coordinateOf(a) - coordinateOf(b));
}

function parseTree(parse: (text: string) => MathNode, explicit: string, text: string): MathNode {
  try {
    return parse(explicit);
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
    throw new InputError(`${quote(text)} is not a formula: ${why.replace(/ \(char \d+\)$/, '')}`);
  }
}

/** Converts the tree of mathjs to a Term, and checks the number of arguments. */
function toTerm(node: MathNode, text: string): Term {
  switch (node.type) {
    case 'ConstantNode':
      return { type: 'number', value: Number((node as ConstantNode).value) };
    case 'SymbolNode': {
      const { name } = node as SymbolNode;
      if (name === 'pi' || name === 'e') return { type: 'constant', name };
      return { type: 'variable', name, coordinate: coordinateOf(name) };
    }
    case 'ParenthesisNode':
      return toTerm((node as ParenthesisNode).content, text);
    case 'OperatorNode': {
      const { fn, args } = node as OperatorNode;
      return { type: 'call', name: fn, operation: OPERATORS[fn], args: args.map((arg) => toTerm(arg, text)) };
    }
    case 'FunctionNode': {
      const { fn, args } = node as unknown as FunctionNode & { fn: { name: string } };
      const operation = FUNCTIONS[fn.name];
      const [least, most] = operation.arguments;
      if (args.length < least || args.length > most) {
        const count = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} or ${most}`;
        const comma = least < args.length ? ' (a decimal comma is not read: write 0.5)' : '';
        throw new InputError(
          `${quote(text)}: ${fn.name} takes ${count} value${count === '1' ? '' : 's'}, got ${args.length}${comma}`,
        );
      }
      return { type: 'call', name: fn.name, operation, args: args.map((arg) => toTerm(arg, text)) };
    }
    default:
      throw new InputError(`${quote(text)} is not a formula`);
  }
}

const preview = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
const quote = (text: string) => JSON.stringify(preview(text));

// Using: from a term to a function, and to text.

function compile(term: Term): ScalarField {
  switch (term.type) {
    case 'number':
      return () => term.value;
    case 'constant':
      return () => CONSTANTS[term.name];
    case 'variable':
      return (x) => x[term.coordinate];
    case 'call': {
      const { compute } = term.operation;
      const args = term.args.map(compile);
      const [a, b] = args;
      if (args.length === 1) return (x) => compute(a(x));
      if (args.length === 2) return (x) => compute(a(x), b(x));
      return (x) => compute(...args.map((arg) => arg(x)));
    }
  }
}

/** The precedence of each operator, and the least precedence at which an operand needs no parentheses. */
const BINDING: Readonly<Record<string, { sign: string; own: number; operands: readonly number[] }>> = {
  add: { sign: ' + ', own: 1, operands: [1, 2] },
  subtract: { sign: ' - ', own: 1, operands: [1, 2] },
  multiply: { sign: '*', own: 3, operands: [3, 4] },
  divide: { sign: '/', own: 2, operands: [3, 4] }, // lower than a product, so that (1/2)*x keeps its parentheses
  unaryMinus: { sign: '-', own: 3, operands: [4] },
  unaryPlus: { sign: '+', own: 3, operands: [4] },
  pow: { sign: '^', own: 4, operands: [5, 5] },
};

/** @param least precedence below which the text is put in parentheses */
function formatTerm(term: Term, least = 0): string {
  if (term.type === 'number') return String(term.value);
  if (term.type !== 'call') return term.name;
  const { name, operation, args } = term;
  if (OPERATORS[name] !== operation || !Object.hasOwn(BINDING, name)) {
    return `${name}(${args.map((arg) => formatTerm(arg)).join(', ')})`;
  }
  const { sign, own, operands } = BINDING[name];
  const [first, second] = args.map((arg, i) => formatTerm(arg, operands[i]));
  const text = second === undefined ? `${sign}${first}` : `${first}${sign}${second}`;
  return own < least ? `(${text})` : text;
}
