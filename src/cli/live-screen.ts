import { terminalSize } from './terminal.js';
import { stripVTControlCharacters } from 'node:util';

/** A few lines at the end of a terminal's output that are drawn again and again. */
export interface LiveScreen {
  /** Puts lines, each narrower than the terminal, where those before them were. */
  show(lines: readonly string[]): void;
}

/**
 * The cursor is never hidden and always left on the line below, so that whatever ends the process leaves a terminal
 * as it should be, and the last picture on it.
 */
export function openLiveScreen(stream: NodeJS.WriteStream): LiveScreen {
  let widths: number[] = [];
  return {
    show(lines) {
      const { columns, rows } = terminalSize(stream);
      // Lines that are wider than a terminal has become since were broken by it.
      const height = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
      const up = Math.min(height, rows - 1);
      const text = lines.map((line) => `${line}\u001b[K\n`).join('');
      stream.write(`${up > 0 ? `\u001b[${up}A` : ''}\r${text}\u001b[J`);
      widths = lines.map((line) => stripVTControlCharacters(line).length);
    },
  };
}
