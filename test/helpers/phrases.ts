import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A line of a string in the source, with {} in place of each value. */
interface Phrase {
  readonly text: string;
  /** file:line */
  readonly place: string;
}

/** The TypeScript files below a folder. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort();
}

/** Every line of every string in a file: of literals, templates and concatenations, in all forms that they may take. */
export function phrasesOf(path: string): Phrase[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const phrases: Phrase[] = [];
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      phrases.push({ text: node.name.text, place: path }); // a property name may be shown
    }
    const texts = ts.isExpression(node) ? textsOf(node) : [];
    if (texts.length === 0) return ts.forEachChild(node, visit);
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    const lines = new Set(texts.flatMap((text) => text.split('\n')).map((text) => text.trim()));
    for (const text of lines) phrases.push({ text, place: `${path}:${line + 1}` });
    valuesIn(node as ts.Expression).forEach(visit);
  }
  visit(source);
  return phrases;
}

/** All forms of a string, with {} in place of each value; none if the expression is not a string. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce(
      (texts, { expression, literal }) => joined(texts, joined(orValue(textsOf(expression)), [literal.text])),
      [node.head.text],
    );
  }
  if (isSum(node)) {
    const [left, right] = [textsOf(node.left), textsOf(node.right)];
    return left.length + right.length === 0 ? [] : joined(orValue(left), orValue(right));
  }
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [textsOf(node.whenTrue), textsOf(node.whenFalse)];
    return yes.length + no.length === 0 ? [] : [...orValue(yes), ...orValue(no)];
  }
  if (isPlural(node)) {
    const [noun] = textsOf(node.arguments[1]);
    return [`{} ${noun}`, `{} ${noun}s`];
  }
  return [];
}

const orValue = (texts: readonly string[]) => (texts.length === 0 ? ['{}'] : texts);
const joined = (heads: readonly string[], tails: readonly string[]) =>
  heads.flatMap((head) => tails.map((tail) => head + tail));

/** The values in a string, which may contain other strings. */
function valuesIn(node: ts.Expression): ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.flatMap(({ expression }) => valuesIn(expression));
  if (isSum(node)) return [node.left, node.right].flatMap(valuesIn);
  if (ts.isParenthesizedExpression(node)) return valuesIn(node.expression);
  if (ts.isConditionalExpression(node)) return [node.condition, ...[node.whenTrue, node.whenFalse].flatMap(valuesIn)];
  if (isPlural(node)) return [node.arguments[0]];
  return ts.isStringLiteralLike(node) ? [] : [node];
}

/** A count with its noun: `plural(count, 'iteration')`. */
const isPlural = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.getText() === 'plural';

const isSum = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;

/** Whether a text reads as English: two words, or a word beside a value. */
export function readsAsEnglish(text: string): boolean {
  const words = text.match(/(?<![\w./\\$#@-])[A-Za-z][a-z']+(?![\w./\\(=-])|\{\}/g) ?? [];
  return words.length >= 2 && words.some((word) => word !== '{}') && text.includes(' ');
}
