import type { Translate } from './translate.js';

/** The languages that --lang knows. */
export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of messages by the environment, as POSIX has it: the first of LC_ALL, LC_MESSAGES and LANG that is set. */
export function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Language {
  const locale = LC_ALL || LC_MESSAGES || LANG || '';
  return /^ko(?:[_.@-]|$)/i.test(locale) ? 'ko' : 'en';
}

/** Loads the translator of a language; English needs none. */
export async function loadTranslator(language: Language): Promise<Translate> {
  if (language === 'en') return (text) => text;
  const [{ translator }, { KOREAN }] = await Promise.all([import('./translate.js'), import('./korean/index.js')]);
  return translator(KOREAN);
}
