import type { Translate } from './translate.js';

/** The languages that --lang knows. */
export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of messages by the environment, as POSIX has it: by the first of LC_ALL, LC_MESSAGES and LANG that is set.
 * Messages are in UTF-8, so a locale of another character set has them in English.
 */
export function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Language {
  return /^ko(?:[_-][a-z]+)?(?:\.utf-?8)?(?:@.*)?$/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'ko' : 'en';
}

/** Takes a --lang with a right value out of a command line, wherever it stands; a wrong one stays there. */
export function takeLanguage(argv: readonly string[]): { language: Language | undefined; words: string[] } {
  const end = argv.indexOf('--');
  const words: string[] = [];
  let language: Language | undefined;
  for (let i = 0; i < argv.length; i++) {
    const [, joined] = /^--lang(?:=(.*))?$/s.exec(end < 0 || i < end ? argv[i] : '') ?? ['', ''];
    const value = joined ?? argv[i + 1];
    const known = LANGUAGES.find((name) => name === value);
    if (known === undefined) words.push(argv[i]);
    else if (joined === undefined) i++;
    language = known ?? language;
  }
  return { language, words };
}

/** Loads the translator of a language; English needs none. */
export async function loadTranslator(language: Language): Promise<Translate> {
  if (language === 'en') return (text) => text;
  const [{ translator }, { KOREAN }] = await Promise.all([import('./translate.js'), import('./korean/index.js')]);
  return translator(KOREAN);
}
