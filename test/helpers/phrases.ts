import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** An English text in the source: a line of a string, with {} for each value in it. */
export interface Phrase {
  readonly text: string;
  /** file:line */
  readonly place: string;
}

/** The TypeScript files below a folder, in order of their names. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
}

/** Every line of every string of a file: literals, templates and their sums. */
export function phrasesOf(path: string): Phrase[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const phrases: Phrase[] = [];
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = ts.isExpression(node) ? textOf(node) : undefined;
    if (text !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      for (const piece of text.split('\n')) phrases.push({ text: piece.trim(), place: `${path}:${line + 1}` });
      holesOf(node as ts.Expression).forEach(visit);
      return;
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return phrases;
}

/** The text of a string, with {} for each value; undefined for any other expression. */
function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ expression, literal }) => (textOf(expression) ?? '{}') + literal.text).join('');
  }
  if (isSum(node)) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined && right === undefined ? undefined : (left ?? '{}') + (right ?? '{}');
  }
  return undefined;
}

/** The values in a string. */
function holesOf(node: ts.Expression): ts.Expression[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.flatMap(({ expression }) => holesOf(expression));
  if (isSum(node)) return [node.left, node.right].flatMap(holesOf);
  return ts.isStringLiteralLike(node) ? [] : [node];
}

const isSum = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;

/** Whether a text reads as English: two words, or a word beside a value. */
export function readsAsEnglish(text: string): boolean {
  const words = text.match(/(?<![\w./\\$#@-])[A-Za-z][a-z']+(?![\w./\\(=-])|\{\}/g) ?? [];
  return words.length >= 2 && words.some((word) => word !== '{}') && text.includes(' ');
}
