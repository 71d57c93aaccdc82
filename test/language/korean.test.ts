import { KOREAN } from '#src/language/korean/index.js';
import { NOTES } from '#src/language/korean/report.js';
import { translator } from '#src/language/translate.js';
import { phrasesOf, readsAsEnglish, sourceFiles } from '../helpers/phrases.js';

// Checks that the Korean table is complete. Every string that reads as English, in the source of the command line and
// of the modules that it uses, is a key of the table, or is listed here with the reason why it is not translated.

const OTHER_AREAS = /^src\/(?:report|language|kernels\/assembly|plots\/svg)/; // pages have their own tables; no texts; no texts; markup
const STAYS: readonly [why: string, texts: RegExp][] = [
  ['commands', /^(?:gd|gd-train|npm|(?:bash|fish): gd-train) [^{]/],
  ['names and versions', /^gd-train \{\}, Node \{\}, \{\} \{\}$/],
  ['arguments of npm', /^npm install --no-save \{\}$/],
  [
    'scripts for shells',
    /(?:^for program in|COMP|\$word|compgen|compadd|complete -|CURRENT|_describe|PREFIX|words\[2\])/,
  ],
  ['Python and JavaScript to copy', /^(?:import numpy|m = np\.load|\[probabilities\] = |probabilities = |dhidden = )/],
  ['JavaScript for a process of its own', /(?:;|\{)$/],
  ['names of functions of NumPy', /^(?:predict|argmax) +\{\}$/],
  ['endings of file names', /^bmp doc docx/],
  ['what files hold', /^(?:images: pixels \/ 255|\{'descr')/],
  ['SVG alone', /^(?:zoom \{\}|Curves with their tangents\.)$/],
  [
    'descriptions in SVG',
    /^(?:\{\}: (?:the curve|arrows point|its error)|\{\} runs?[,;] (?:none|the best)|Gradient descent on f)/,
  ],
  ['the page of a run', /^(?:a net that was not|The run ended|\{\}: the loss is no longer)/],
];

const TABLE = Object.fromEntries(Object.entries(KOREAN).filter(([key]) => !(key in NOTES)));
const NAME = /\{\w+\}/g;
const HOLE = '{}';
const KEYS = Object.keys(TABLE).map((key) => ({
  key,
  names: key.match(NAME) ?? [],
  text: key.replace(NAME, HOLE),
  match: new RegExp(`^${key.split(NAME).map(escape).join('(.+?)')}$`),
}));
const translate = translator(TABLE);
const PHRASES = sourceFiles('src')
  .filter((path) => !OTHER_AREAS.test(path))
  .flatMap(phrasesOf);

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether the table contains a text with its values, which may be texts themselves, or the text is part of a key. */
function isCovered(text: string): boolean {
  if (!/[A-Za-z]{2}/.test(text.replaceAll(HOLE, '')) || text in TABLE) return true;
  const isPattern = KEYS.some(({ match, names }) => {
    if (names.length === 0) return false;
    return match
      .exec(text)
      ?.slice(1)
      .every((value, i) => {
        if (/^\{[A-Z]/.test(names[i])) return true;
        return names[i].length === 3 ? /^(?:\{\}|[\d.,]+)$/.test(value) : isCovered(value);
      });
  });
  if (isPattern) return true;
  const cells = text.split(/ {2,}/);
  if (cells.length > 1 && cells.every(isCovered)) return true;
  const part = text.replace(/^\{\}|(?:\{\})+$/g, '').trim();
  return KEYS.some((key) => key.text.includes(text) || (part.length > 6 && key.text.includes(part)));
}

test('every English text that a user may read has a translation', () => {
  const english = PHRASES.filter(({ text }) => readsAsEnglish(text) && !STAYS.some(([, texts]) => texts.test(text)));
  const missing = english.filter(({ text }) => !isCovered(text)).map(({ text, place }) => `${place}: ${text}`);
  expect(missing).toEqual([]);
  expect(english.length).toBeGreaterThan(900);
});

test('every exception occurs in the source', () => {
  for (const [why, texts] of STAYS) {
    expect([why, PHRASES.some(({ text }) => readsAsEnglish(text) && texts.test(text))]).toEqual([why, true]);
  }
});

test('every key occurs in the source, or in Commander or mathjs', () => {
  const libraries = ['node_modules/commander/lib/command.js', 'node_modules/commander/lib/help.js'];
  const others = [
    ...libraries,
    'node_modules/commander/lib/suggestSimilar.js',
    'node_modules/commander/lib/argument.js',
  ];
  const parser = 'node_modules/mathjs/lib/esm/expression/parse.js';
  const said = [...PHRASES, ...[...others, parser].flatMap(phrasesOf)].map(({ text }) => text);
  const whole = said.join('\n');
  /** One or more texts of the source, of four characters or more, joined by punctuation and by the s of plurals. */
  function isSaid(piece: string): boolean {
    if (whole.includes(piece)) return true;
    const ends = [0];
    for (let end = 1; end <= piece.length; end++) {
      const isPart = (start: number) => {
        const part = piece.slice(start, end);
        return /^(?:[^a-z]+|s)$/i.test(part) || (part.length >= 4 && whole.includes(part)) || said.includes(part);
      };
      if (ends.some(isPart)) ends.push(end);
    }
    return ends.includes(piece.length);
  }
  const dead = KEYS.filter(({ text }) => !text.split(HOLE).every((piece) => isSaid(piece.trim())));
  expect(dead.map(({ key }) => key)).toEqual([]);
});

test('a translation has the values of its key, each once, and is Korean', () => {
  const names = (text: string) => (text.match(NAME) ?? []).sort();
  const isKorean = (text: string) => /[가-힣]/.test(text) || !readsAsEnglish(text.replace(NAME, HOLE));
  const wrong = Object.entries(TABLE).filter(
    ([key, translation]) =>
      names(translation).join() !== [...new Set(names(key))].join() ||
      !isKorean(translation) ||
      /^\s|\s$|\n/.test(translation),
  );
  expect(wrong).toEqual([]);
});

test('each sentence is translated by its own key, not by a similar one', () => {
  const isText = (name: string) => /^\{[a-z]\w+\}$/.test(name);
  const fill = (text: string, known: string) => text.replace(NAME, (name) => (isText(name) ? known : '12'));
  for (const [key, translation] of Object.entries(TABLE)) {
    expect(translate(fill(key, 'hidden units'))).toBe(fill(translation, '은닉 유닛 수'));
  }
});
