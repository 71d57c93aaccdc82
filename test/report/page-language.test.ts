import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { PAGE, SCRIPT } from '#src/language/korean/report.js';
import { translator } from '#src/language/translate.js';
import { html } from '#src/report/html.js';
import { renderDocument } from '#src/report/page.js';
import { ENGLISH, loadPageLanguage, translateHtml } from '#src/report/page-language.js';

const filesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

/** Each table, the files whose texts it must contain, and other files with texts that it contains. */
const TABLES = {
  // live.ts serves a page: its texts are headers and an error.
  PAGE: {
    table: PAGE,
    files: [...filesIn('src/report').filter((path) => !path.endsWith('/live.ts')), 'src/sweep/figure.ts'],
    others: ['src/sweep/summary.ts', 'src/plots/chart.ts', 'src/cli/commands/train/run.ts'],
  },
  SCRIPT: {
    table: SCRIPT,
    files: [...filesIn('src/report/browser'), 'src/pictures/notes.ts'],
    others: ['src/report/html.ts', 'src/cli/commands/train/run.ts', 'src/errors.ts'],
  },
};

/** Texts that need no translation. */
const EXCEPTIONS = {
  // Names
  names: ['gd-train', 'Node.js', 'F1', 'gd-train train --live', 'gd-train sweep', '¤ – gd-train sweep', '¤ UTC'],
  // Values of settings and of controls, and keys of the keyboard
  values: ['test', 'train', 'checked', 'Enter', 'Delete', 'Backspace', 'Files'],
  // Parts of sentences that the table contains as a whole
  parts: [
    ...['image', 'images', 'iteration', 'run', 'recognised', 'taken for ¤', 'a', 'an', 's', 'a third'],
    ...['The ¤ most confident of ¤ mistakes', 'All mistakes', 'The ¤ hidden units', 'The hidden unit'],
    'Of ¤ hidden units the ¤ with the largest outgoing weights',
  ],
  // Classes, the content security policy, and an error that is never displayed
  code: [
    ...['none', 'wrong-¤', 'band series-¤', 'curve series-¤', 'dot series-¤', 'key series-¤', '<code>¤</code>'],
    ...["default-src 'none'", "script-src '¤'", "style-src '¤'", 'img-src data:', "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", 'the page has no ¤ #¤'],
  ],
  // A photo in a browser has one frame.
  elsewhere: ['the first of ¤ frames'],
};

/** Stands for a value in a sentence. */
const HOLE = '¤';

/** English sentences of a source file: those of its HTML, and other strings that may be displayed. */
function textsOf(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const keep = (text: string) => {
    texts.push(...text.split(/(?<=[.?!]) (?=[A-Z¤])/).map((sentence) => sentence.trim()));
    return text;
  };
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isTaggedTemplateExpression(node)) {
      translateHtml(textOf(node.template), keep);
      if (ts.isTemplateExpression(node.template)) node.template.templateSpans.forEach((span) => visit(span.expression));
    } else {
      if (isText(node) && !isText(node.parent) && mayBeShown(node)) {
        keep(textOf(node));
        if (callee(node.parent) === 'plural') keep(`${textOf(node)}s`);
      }
      ts.forEachChild(node, visit);
    }
  }
  visit(source);
  return texts;
}

type Text = ts.TemplateLiteral | ts.StringLiteralLike | ts.BinaryExpression;

/** A string, a template, or a concatenation of them. */
function isText(node: ts.Node): node is Text {
  if (ts.isBinaryExpression(node)) {
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken && isText(node.left) && isText(node.right);
  }
  return ts.isTemplateExpression(node) || ts.isStringLiteralLike(node);
}

function textOf(node: Text): string {
  if (ts.isBinaryExpression(node)) return textOf(node.left as Text) + textOf(node.right as Text);
  if (!ts.isTemplateExpression(node)) return node.text;
  return [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join(HOLE);
}

/** Arguments of functions that are displayed. */
const SHOWN = new Map([
  ['translate', [0]],
  ['say', [0]],
  ['section', [1]],
  ['figure', [0, 2]],
  ['chart', [1, 2]],
  ['plural', [1]],
]);

/** The name of the function that a node calls. */
function callee(node: ts.Node): string | undefined {
  return ts.isCallExpression(node) ? node.expression.getText().split('.').at(-1) : undefined;
}

/** True for several words, a capitalized word, or a word in a place where text is displayed. */
function mayBeShown(node: Text): boolean {
  const { parent } = node;
  if (/[A-Za-z¤] [A-Za-z¤(]|[¤)] %|^[A-Z][a-z]/.test(textOf(node))) return true;
  if (ts.isPropertyAssignment(parent)) return /^(name|title|text|label)$/.test(parent.name.getText());
  if (ts.isCallExpression(parent)) {
    return SHOWN.get(callee(parent)!)?.includes(parent.arguments.indexOf(node as ts.Expression)) ?? false;
  }
  if (ts.isArrayLiteralExpression(parent)) return !isListOfIds(parent);
  return ts.isConditionalExpression(parent);
}

/** A list over which `map` or `for` iterates to find elements or to add listeners. */
function isListOfIds({ parent }: ts.ArrayLiteralExpression): boolean {
  const isMapped = ts.isPropertyAccessExpression(parent) && parent.name.text === 'map';
  return isMapped || ts.isAsExpression(parent) || ts.isForOfStatement(parent);
}

const withHoles = (key: string) => key.replace(/\{\w+\}/g, HOLE);

/** The values of the placeholders of a text in a sentence; undefined if the sentence does not match. */
function fill(text: string, sentence: string): string[] | undefined {
  const pieces = text.split(HOLE).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('(.*?)')}$`).exec(sentence)?.slice(1);
}

/** Whether texts make up a sentence: one has placeholders for values and other texts, or several form a list. */
function isMadeOf(texts: readonly string[], sentence: string): boolean {
  if (!/[A-Za-z]/.test(sentence) || texts.includes(sentence)) return true;
  const isFilled = texts.some((text) => {
    const parts = text.length > HOLE.length ? fill(text, sentence) : undefined;
    return parts?.every((part) => part.length < sentence.length && isMadeOf(texts, part));
  });
  const list = sentence.split(/, | or /);
  return isFilled || (list.length > 1 && list.every((part) => isMadeOf(texts, part)));
}

describe.each(Object.entries(TABLES))('%s', (_, { table, files, others }) => {
  const keys = Object.keys(table);
  const texts = [...new Set(files.flatMap(textsOf))];

  test('has every text that its files show', () => {
    const exceptions = Object.values(EXCEPTIONS).flat();
    const shown = texts.filter((text) => /[A-Za-z]/.test(text) && !exceptions.includes(text));
    expect(shown.length).toBeGreaterThan(25);
    const known = keys.map(withHoles);
    const isKnown = (text: string) => isMadeOf(known, text) || known.some((key) => fill(text, key));
    expect(shown.filter((text) => !isKnown(text))).toEqual([]);
  });

  test('has no text that is missing in the code', () => {
    const all = [...texts, ...others.flatMap(textsOf)];
    expect(keys.filter((key) => !isMadeOf(all, withHoles(key)))).toEqual([]);
  });

  test('translations have the {names} of their keys, and no other English', () => {
    const namesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const strange = Object.entries(table).filter(([key, translation]) => {
      const words = translation.replace(/\{\w+\}|<code>[^<]*<\/code>/g, '');
      const names = /gd-train( predict)?|SHA-256|MNIST|float32|F1|Ctrl\+Z|Delete|PNG|JPEG|\bnat\b|\bh\b/g;
      return String(namesOf(key)) !== String(namesOf(translation)) || /[A-Za-z]/.test(words.replace(names, ''));
    });
    expect(strange).toEqual([]);
  });
});

test('every exception is a text in the code', () => {
  const texts = Object.values(TABLES).flatMap(({ files }) => files.flatMap(textsOf));
  const exceptions = Object.values(EXCEPTIONS).flat();
  expect(exceptions.filter((text) => !texts.includes(text))).toEqual([]);
});

test('a text in both tables has the same translation', () => {
  const both = Object.keys(PAGE).filter((key) => key in SCRIPT);
  expect(both.filter((key) => PAGE[key] !== SCRIPT[key])).toEqual([]);
});

test('a page contains its language and the texts of its script; an English page is not changed', async () => {
  const parts = {
    title: 'mnist',
    skip: html`<a href="#draw">Skip to the drawing pad</a>`,
    content: html`<h1><bdi>Loss</bdi></h1>
      <p>Nothing is sent anywhere.</p>`,
    foot: 'Made by gd-train.',
    data: html``,
  };
  const assets = { script: '"Loss"', style: '' };
  const [english, korean] = [ENGLISH, await loadPageLanguage('ko')].map((language) =>
    renderDocument(assets, language, parts),
  );
  expect(english).toContain(`<html lang="en">`);
  expect(english).toContain(`${parts.skip.html} ${parts.content.html}\n`);
  expect(english).not.toMatch(/[가-힣]|script-words/);
  expect(korean).toContain('<html lang="ko">');
  expect(korean).toMatch(/그림판으로 건너뛰기.*<bdi>Loss<\/bdi>.*전송하지 않습니다.*"Loss"<\/script>/s);
  const [, words] = /id="script-words">(.*?)<\/script>/.exec(korean)!;
  expect(JSON.parse(words)).toEqual(SCRIPT);
});

describe('HTML', () => {
  const translate = translator({
    Loss: '손실',
    "The {count} units' weights.": '유닛 {count}개의 가중치.',
    'Give <code>--log</code> first.': '먼저 <code>--log</code>.',
    'Next.': '다음.',
  });
  const korean = (source: { html: string }) => translateHtml(source.html, translate);

  test('is translated sentence by sentence, with the code in texts and with spoken attributes', () => {
    expect(korean(html`<p class="Loss">${"The 5 units' weights."} Next.</p>`)).toBe(
      '<p class="Loss">유닛 5개의 가중치. 다음.</p>',
    );
    const lines = { html: '<p>\n  Give <code>--log</code>\n  first.\n</p><img alt="Loss" id="Loss">' };
    expect(korean(lines)).toBe('<p>\n  먼저 <code>--log</code>.\n</p><img alt="손실" id="Loss">');
  });

  test('keeps names that users gave, and no text becomes an element', () => {
    expect(korean(html`<bdi>Loss</bdi><b>Loss</b>`)).toBe('<bdi>Loss</bdi><b>손실</b>');
    expect(korean(html`<p>${"The <b>5</b> units' weights."}</p>`)).toBe('<p>유닛 &lt;b&gt;5&lt;/b&gt;개의 가중치.</p>');
  });

  test('keeps every byte of text without a translation', () => {
    const page = '<p title="x">\n  Some   text &amp; <code> more </code>\n it&#39;s. Yes.</p>\n';
    expect(translateHtml(page, translate)).toBe(page);
  });
});
