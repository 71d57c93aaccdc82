import type { Language } from '../language/language.js';
import { type Table, translator, type Translate } from '../language/translate.js';

// A page in another language. Its HTML and its script are written in English. `translateHtml` puts the sentences of the
// finished HTML into the other language; the script translates what it says, with a table that the page carries.

export interface PageLanguage {
  /** For the attribute lang. */
  readonly code: Language;
  /** Translates texts of the page. */
  readonly translate: Translate;
  /** Translations of the script's texts. */
  readonly script: Table;
}

export const ENGLISH: PageLanguage = { code: 'en', translate: (text) => text, script: {} };

/** Loads the tables of a language; English needs none. */
export async function loadPageLanguage(code: Language): Promise<PageLanguage> {
  if (code === 'en') return ENGLISH;
  const { PAGE, SCRIPT } = await import('../language/korean/report.js');
  return { code, translate: translator(PAGE), script: SCRIPT };
}

/** Matches a bdi element (a name, never translated); a tag; or the text between two tags, code elements included. */
const PART = /(<bdi>[^<]*<\/bdi>)|(<(?!\/?code>)[^>]*>)|((?:[^<]|<\/?code>)+)/g;
const SPOKEN = /(?<= (?:aria-label|aria-roledescription|alt)=")[^"]+/g;

const SENTENCE_END = /(?<=[.?!]) (?=[A-Za-z])/;

/** Translates the texts of some HTML, and the attributes that are shown or spoken. */
export function translateHtml(html: string, translate: Translate): string {
  return html.replace(PART, (whole, name?: string, tag?: string) => {
    if (name !== undefined) return name;
    if (tag !== undefined) return tag.replace(SPOKEN, (text) => translateText(text, translate));
    return translateText(whole, translate);
  });
}

/** Translates a text of HTML; a text without a translation keeps its white space. */
function translateText(text: string, translate: Translate): string {
  const english = text.trim().replace(/\s+/g, ' ').replaceAll('&#39;', "'");
  const translated = translateSentences(english, translate);
  if (translated === english) return text;
  const [before, after] = [/^\s*/, /\s*$/].map((space) => space.exec(text)![0]);
  return before + translated + after;
}

/** Translates sentence by sentence, so that a placeholder of a key never matches more than one sentence. */
export function translateSentences(text: string, translate: Translate): string {
  return text.split(SENTENCE_END).map(translate).join(' ');
}
