import type { Translate } from './translate.js';

/** The languages that --lang knows. */
export const LANGUAGES = ['en', 'ko'] as const;
/** A language of messages. */
export type Language = (typeof LANGUAGES)[number];

/**
 * The language of messages that the environment asks for, by the first of LC_ALL, LC_MESSAGES and LANG that is set
 * (POSIX, Base Definitions, 8.2). Messages are in UTF-8, so a locale with another character set gets English.
 */
export function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Language {
  return /^ko(?:[_-][a-z]+)?(?:\.utf-?8)?(?:@.*)?$/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'ko' : 'en';
}

/**
 * Removes every --lang with a valid value, before `--`, from the words of a command line, and returns the last such
 * value. A --lang with an invalid value stays, so that the parser reports it.
 */
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

/** Loads the translator of a language. That of English returns each text unchanged. */
export async function loadTranslator(language: Language): Promise<Translate> {
  if (language === 'en') return (text) => text;
  const [{ translator }, { KOREAN }] = await Promise.all([import('./translate.js'), import('./korean/index.js')]);
  return translator(KOREAN);
}
