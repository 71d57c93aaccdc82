// Messages in other languages. The code is written in English only: a library error, a note or a line of help is an
// English sentence, and the sentence itself is the key under which a language's table has its translation. A value in
// the sentence is a {name} in the key. The command line translates what it prints, at the place where it prints, line by
// line and after everything was made printable. language.ts chooses the language; korean/ has the table of one; width.ts
// has text measured in columns of a terminal, because a Hangul syllable takes two.

import { widen } from './width.js';

/**
 * English sentences and their translations, with the same {names}, in any order. {path}: any text, translated in its turn,
 * for it may be a sentence too. {PATH}: any text, as it is. {n}, of one letter: a number.
 */
export type Table = Readonly<Record<string, string>>;

/** Returns the translation of a text, and the text itself where the table has none. */
export type Translate = (text: string) => string;

/** A key with {names}: the fixed text before, between and after them. */
interface Pattern {
  readonly pieces: readonly string[];
  readonly names: readonly string[];
  readonly translation: string;
  /** True if it says so little that it is meant only where its values are known too. */
  readonly isVague: boolean;
}

const NAME = /\{(\w+)\}/g;
const NUMBER = /^[-+~<]?(?:[\d.,×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:e[-+]?\d+)?%?|Infinity|NaN|inf|…)$/i;
/** A letter that is more than the e of a number. */
const WORDS = /(?<![\d.])[a-z%]/i;
const ESCAPE = String.fromCharCode(0x1b);
const COLOUR = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const GAP = /( {2,})/;
const SENTENCE_END = /(?<=[.?!])( )(?=[A-Z])/;

/**
 * The translator of a table. A line is looked up whole; then the keys with {names} are tried, those with the most fixed
 * text first; then what colours, gaps, ends of sentences and signs divide it into, each part by itself.
 */
export function translator(table: Table): Translate {
  const fixed = new Map<string, string>();
  const patterns: Pattern[] = [];
  for (const [key, translation] of Object.entries(table)) {
    const parts = key.split(NAME); // every second one is a name
    const [pieces, names] = [0, 1].map((odd) => parts.filter((_, i) => i % 2 === odd));
    if (names.length === 0) fixed.set(key, translation);
    else patterns.push({ pieces, names, translation, isVague: isVague(pieces) });
  }
  const fixedLength = ({ pieces }: Pattern) => pieces.join('').length;
  patterns.sort((a, b) => fixedLength(b) - fixedLength(a));

  /** Results for the line that is being translated: its parts may be tried in many ways. */
  const lookedUp = new Map<string, string | undefined>();

  function translate(text: string): string {
    lookedUp.clear();
    return text.includes('\n') ? text.split('\n').map(translate).join('\n') : translateLine(text);
  }

  function translateLine(line: string): string {
    const text = line.trim();
    if (!WORDS.test(text)) return line;
    const found = lookUp(text) ?? lookUpSentence(text);
    if (found === undefined && COLOUR.test(line)) return eachPart(line, COLOUR, translateLine);
    if (found === undefined && GAP.test(text)) return translateCells(line);
    const translated = found ?? translateParts(text);
    const [before, after] = [line.length - line.trimStart().length, line.length - line.trimEnd().length];
    const room = after - widthOf(translated) + widthOf(text); // what follows stays where it is
    return ' '.repeat(before) + translated + ' '.repeat(after === 0 ? 0 : Math.max(1, room));
  }

  function translateParts(text: string): string {
    if (SENTENCE_END.test(text)) return eachPart(text, SENTENCE_END, translateLine);
    if (text.includes('; ')) return eachPart(text, /(; )/, translateLine);
    return eachPart(text, /(: |, )/, (part) => (part.includes(' ') ? (lookUp(part) ?? part) : part));
  }

  function lookUp(text: string): string | undefined {
    if (lookedUp.has(text)) return lookedUp.get(text);
    const found =
      fixed.get(text) ??
      lookUpPattern(text, (pieces) => pieces[0] !== '') ??
      lookUpNamed(text) ??
      lookUpCauses(text) ??
      lookUpPattern(text, (pieces) => pieces[0] === '');
    lookedUp.set(text, found);
    return found;
  }

  function lookUpPattern(text: string, isTried: (pieces: readonly string[]) => boolean): string | undefined {
    for (const { pieces, names, translation, isVague } of patterns) {
      const values = isTried(pieces) ? match(text, pieces) : undefined;
      if (values === undefined || !values.every((value, i) => names[i].length > 1 || NUMBER.test(value.trim())))
        continue;
      const isText = (i: number) => names[i].length > 1 && /^[a-z]/.test(names[i]);
      const shown = values.map((value, i) => (isText(i) ? translateLine(value) : value));
      const isMeant = values.some((value, i) => shown[i] !== value) || !names.some((_, i) => isText(i));
      if (isVague && (!isMeant || values.some((value) => GAP.test(value)))) continue;
      return translation.replace(NAME, (_, name: string) => shown[names.indexOf(name)]);
    }
    return undefined;
  }

  /** A sentence about a name, or about several: "W1, b1: all entries are 0". */
  function lookUpNamed(text: string): string | undefined {
    const [, names, said] = /^([\w.-]+(?:, [\w.-]+)*): (.+)$/.exec(text) ?? [];
    const found = said && lookUp(said);
    return found && `${names}: ${found}`;
  }

  /** Mistakes that were made together. */
  function lookUpCauses(text: string): string | undefined {
    const causes = text.split('; and ').map((cause, _, { length }) => (length > 1 ? lookUp(cause) : undefined));
    return causes.includes(undefined) ? undefined : causes.join('; ');
  }

  /** A part of a sentence that was made a sentence or a title of its own. */
  function lookUpSentence(text: string): string | undefined {
    const [, first, rest, end] = /^([A-Z])([a-z ].*?)(\.?)$/.exec(text) ?? [];
    const found = first && lookUp(first.toLowerCase() + rest);
    return found && found + end;
  }

  /** Columns keep where they begin, as far as their words allow. */
  function translateCells(line: string): string {
    let shift = 0; // by how much what follows is too far right
    return line
      .split(GAP)
      .map((part, i) => {
        if (i % 2 === 0) {
          const translated = translateLine(part);
          shift += widthOf(translated) - widthOf(part);
          return translated;
        }
        const size = Math.max(2, part.length - shift);
        shift -= part.length - size;
        return ' '.repeat(size);
      })
      .join('');
  }

  return translate;
}

const isVague = (pieces: readonly string[]) =>
  !pieces.some((piece) => GAP.test(piece)) && pieces.join('').replace(/[^a-z]/gi, '').length < 6;

/** The values in a text that consists of these pieces with something between them; undefined for any other text. */
function match(text: string, pieces: readonly string[]): string[] | undefined {
  const last = pieces.length - 1;
  if (!text.startsWith(pieces[0]) || !text.endsWith(pieces[last])) return undefined;
  const values: string[] = [];
  let start = pieces[0].length;
  for (let i = 1; i <= last; i++) {
    const end = i === last ? text.length - pieces[last].length : text.indexOf(pieces[i], start + 1);
    if (end <= start) return undefined;
    values.push(text.slice(start, end));
    start = end + pieces[i].length;
  }
  return values;
}

/** A text whose parts, between what `separator` captures, are changed each by itself. */
function eachPart(text: string, separator: RegExp, change: (part: string) => string): string {
  return text
    .split(separator)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('');
}

const widthOf = (text: string) => widen(text).length;
