/** A noncharacter of Unicode that stands for the second column of a wide character. Never printed. */
const SECOND_COLUMN = '\ufdd0';
const WIDE = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60]/gu;

/** Makes the length of a text equal to its width in a terminal, so that it can be aligned and cut by its length. */
export const widen = (text: string) => text.replace(WIDE, `$&${SECOND_COLUMN}`);

/** The inverse of `widen`. */
export const narrow = (text: string) => text.replaceAll(SECOND_COLUMN, '');
