// Messages in other languages. The code is written in English only. An error of the library, a note or a line of help
// is an English sentence, and the sentence is the key of its translation in a table. A {name} in the key stands for a
// value in the sentence. The command line translates each line when it prints it, after unprintable characters are
// escaped. language.ts chooses the language; korean/ has the Korean table; width.ts measures text in columns of a
// terminal, because a Hangul syllable takes two.

import { widen } from './width.js';

/**
 * English sentences and their translations. Both have the same {names}, in any order. A name stands for a part of the
 * text:
 *
 * - `{path}`, in lower case: any text, which is translated too
 * - `{PATH}`, in upper case: any text, which stays as it is
 * - `{n}`, a single letter: a number
 */
export type Table = Readonly<Record<string, string>>;

/** Translates a text. Parts that the table does not have stay in English. */
export type Translate = (text: string) => string;

/** A key with {names}. */
interface Pattern {
  /** The fixed text before, between and after the names. */
  readonly pieces: readonly string[];
  readonly names: readonly string[];
  readonly translation: string;
  /**
   * True if the key has so little fixed text that it may match by chance. A match then counts only if one of the values
   * in lower case, if there are any, has a translation too.
   */
  readonly isVague: boolean;
}

const NAME = /\{(\w+)\}/g;
const NUMBER = /^[-+~<]?(?:[\d.,×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:e[-+]?\d+)?%?|Infinity|NaN|inf|…)$/i;
/** A letter or a percent sign that does not follow a digit, as the e of 1e-4 does: the text has words to translate. */
const WORDS = /(?<![\d.])[a-z%]/i;
const ESCAPE = String.fromCharCode(0x1b);
const COLOUR = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const GAP = /( {2,})/;
const SENTENCE_END = /(?<=[.?!])( )(?=[A-Z])/;

/**
 * Makes the translator of a table. A line is looked up whole: first among the keys without {names}, then among those
 * with {names}, in descending order of fixed text, where keys that begin with a {name} come last. If there is no match,
 * the line is split at colour codes, gaps, ends of sentences or punctuation, and each part is translated separately.
 */
export function translator(table: Table): Translate {
  const fixed = new Map<string, string>();
  const patterns: Pattern[] = [];
  for (const [key, translation] of Object.entries(table)) {
    const parts = key.split(NAME); // the names have odd indices
    const [pieces, names] = [0, 1].map((odd) => parts.filter((_, i) => i % 2 === odd));
    if (names.length === 0) fixed.set(key, translation);
    else patterns.push({ pieces, names, translation, isVague: isVague(pieces) });
  }
  const fixedLength = ({ pieces }: Pattern) => pieces.join('').length;
  patterns.sort((a, b) => fixedLength(b) - fixedLength(a));

  /** Cached results for the current line, because the same part of a line may be looked up many times. */
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
    const room = after - widthOf(translated) + widthOf(text); // keeps the column of the text that follows
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
      const isConfirmed = values.some((value, i) => shown[i] !== value) || !names.some((_, i) => isText(i));
      if (isVague && (!isConfirmed || values.some((value) => GAP.test(value)))) continue;
      return translation.replace(NAME, (_, name: string) => shown[names.indexOf(name)]);
    }
    return undefined;
  }

  /** A sentence after names, which stay: "W1, b1: all entries are 0". */
  function lookUpNamed(text: string): string | undefined {
    const [, names, said] = /^([\w.-]+(?:, [\w.-]+)*): (.+)$/.exec(text) ?? [];
    const found = said && lookUp(said);
    return found && `${names}: ${found}`;
  }

  /** The mistakes of a diagnosis, joined by "; and ". */
  function lookUpCauses(text: string): string | undefined {
    const causes = text.split('; and ').map((cause, _, { length }) => (length > 1 ? lookUp(cause) : undefined));
    return causes.includes(undefined) ? undefined : causes.join('; ');
  }

  /** A key that begins with a capital letter, and may end with a full stop: a sentence or a title of its own. */
  function lookUpSentence(text: string): string | undefined {
    const [, first, rest, end] = /^([A-Z])([a-z ].*?)(\.?)$/.exec(text) ?? [];
    const found = first && lookUp(first.toLowerCase() + rest);
    return found && found + end;
  }

  /** Translates the cells of a table's line. Gaps change in width, so that columns stay aligned where there is room. */
  function translateCells(line: string): string {
    let shift = 0; // columns by which the rest of the line is too far right
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

/** True for fixed text with fewer than six letters and without a gap. */
const isVague = (pieces: readonly string[]) =>
  !pieces.some((piece) => GAP.test(piece)) && pieces.join('').replace(/[^a-z]/gi, '').length < 6;

/** The values between the pieces of a pattern, each at least one character long; undefined if there is no match. */
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

/**
 * Applies `change` to each part of a text between separators, which stay.
 *
 * @param separator one capturing group
 */
function eachPart(text: string, separator: RegExp, change: (part: string) => string): string {
  return text
    .split(separator)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('');
}

const widthOf = (text: string) => widen(text).length;
