/** Size of the terminal that a stream goes to; where it goes elsewhere, COLUMNS and LINES, or 80 and plenty. */
export function terminalSize(stream: NodeJS.WriteStream): { columns: number; rows: number } {
  const { COLUMNS, LINES } = process.env;
  return {
    columns: Math.max(1, (stream.isTTY ? stream.columns : Number(COLUMNS)) || 80),
    rows: Math.max(1, (stream.isTTY ? stream.rows : Number(LINES)) || (stream.isTTY ? 24 : 100)),
  };
}

/** True where only ASCII can be expected to be shown: TERM=dumb, or a locale that names another character set. */
export function isAsciiTerminal(): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = LC_ALL || LC_CTYPE || LANG;
  return TERM === 'dumb' || (locale !== undefined && !/utf-?8/i.test(locale));
}

/** True for a terminal on which something can be drawn anew in the same place. */
export function isLiveTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== 'dumb';
}
