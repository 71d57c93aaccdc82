// Messages in other languages. The code is written in English only: a library error, a note or a line of help is an
// English sentence, and the sentence itself is the key under which a language's table has its translation. A value in
// the sentence is a {name} in the key. The command line translates what it prints, at the place where it prints.

/** English sentences and their translations, with the same {names}, in any order. */
export type Table = Readonly<Record<string, string>>;

/** Returns the translation of a text, and the text itself where the table has none. */
export type Translate = (text: string) => string;

interface Pattern {
  readonly match: RegExp;
  readonly names: readonly string[];
  readonly translation: string;
}

const NAME = /\{(\w+)\}/g;

/**
 * The translator of a table. A text is looked up whole; then the keys with {names} are tried, those with the most fixed
 * text first; then each of its lines by itself. What a {name} stands for is translated in turn: it may be a sentence too.
 */
export function translator(table: Table): Translate {
  const fixed = new Map<string, string>();
  const patterns: (Pattern & { readonly fixedLength: number })[] = [];
  for (const [key, translation] of Object.entries(table)) {
    if (key.search(NAME) < 0) fixed.set(key, translation);
    else patterns.push({ ...patternOf(key, translation), fixedLength: key.replace(NAME, '').length });
  }
  patterns.sort((a, b) => b.fixedLength - a.fixedLength);

  function translate(text: string): string {
    const known = fixed.get(text);
    if (known !== undefined) return known;
    for (const { match, names, translation } of patterns) {
      const values = match.exec(text)?.slice(1);
      if (values === undefined) continue;
      return translation.replace(NAME, (_, name: string) => translate(values[names.indexOf(name)]));
    }
    return text.includes('\n') ? text.split('\n').map(translate).join('\n') : text;
  }
  return translate;
}

/** The regular expression that an English sentence with {names} stands for. */
function patternOf(key: string, translation: string): Pattern {
  const names = Array.from(key.matchAll(NAME), ([, name]) => name);
  const pieces = key
    .split(NAME)
    .map((piece, i) => (i % 2 === 1 ? '(.+?)' : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return { match: new RegExp(`^${pieces.join('')}$`, 's'), names, translation };
}
