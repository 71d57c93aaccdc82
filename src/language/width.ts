/** Stands for the second column of a character that takes two: in text that is laid out by its length. Never printed. */
const SECOND_COLUMN = '\ufdd0';
const WIDE = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60]/gu;

/** Text whose length is its width in a terminal, for what aligns and cuts by length; `narrow` makes it text again. */
export const widen = (text: string) => text.replace(WIDE, `$&${SECOND_COLUMN}`);

/** The text that `widen` was given. */
export const narrow = (text: string) => text.replaceAll(SECOND_COLUMN, '');
