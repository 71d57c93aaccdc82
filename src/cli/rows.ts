import { chalkStderr } from 'chalk';
import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import { stripVTControlCharacters } from 'node:util';
import { narrow, widen } from '../language/width.js';
import type { Cli } from './command.js';
import { isAsciiTerminal, terminalSize, theme } from './terminal.js';

// Lines at the end of a terminal's output that are redrawn while a command works.

/** The style of redrawn lines: character set, colours, and a translation into text whose length is its width. */
export function styleOf({ translate }: Cli) {
  return {
    isAscii: isAsciiTerminal(),
    paint: theme(chalkStderr),
    translate: (text: string) => widen(translate(text)),
  };
}

/**
 * A progress bar with figures after it. Figures that do not fit are left out.
 *
 * @param share filled part of the bar, 0 … 1
 * @param figures in descending order of importance
 * @param width of the line, in columns
 */
export function barLine(
  share: number,
  figures: readonly string[],
  width: number,
  { isAscii, paint, translate }: ReturnType<typeof styleOf>,
): string {
  const size = Math.max(0, Math.min(40, width, Math.max(8, width - 100)));
  const [full, empty] = isAscii ? ['#', '-'] : ['█', '░'];
  const bar = {
    barsize: size,
    barCompleteString: full.repeat(size),
    barIncompleteString: empty.repeat(size),
    barGlue: '',
  };
  let line = paint(cliProgress.Format.BarFormat(share, bar), 'curve');
  let used = size;
  for (const [i, text] of figures.map(translate).entries()) {
    const gap = i === 0 ? ' ' : '  ';
    if (used + gap.length + text.length > width) break;
    line += gap + text;
    used += gap.length + text.length;
  }
  return line;
}

const REDRAWS_PER_SECOND = 5;

/** Lines at the end of a terminal's output that a timer redraws. */
interface Rows {
  /** Draws at once, without waiting for the timer. */
  draw(): void;
  /** Prints a line above the redrawn ones, where it stays. */
  note(text: string): void;
  /** Draws for the last time; a note after that is printed below. */
  end(): void;
}

/** The escape sequence that clears the screen from the cursor down. */
const CLEAR_BELOW = '\u001b[J';

/** Fields that the types of cli-progress lack: the rows, and how many rows the cursor is below the first one. */
type Bars = MultiBar & { readonly bars: SingleBar[]; readonly terminal: { dy: number } };

/**
 * Opens redrawn lines. The cursor is never hidden and always left on the line below, so that the terminal stays usable,
 * and shows the last picture, if the process is killed.
 *
 * @param picture makes the lines, widened by `widen` and narrower than the terminal
 */
export function openRows(stream: NodeJS.WriteStream, picture: () => string[]): Rows {
  let text = ''; // collects the pieces of a picture, because a single write does not flicker
  let lines: string[] = [];
  let pending: NodeJS.Immediate | undefined;
  let isOpen = true;
  const facade = {
    isTTY: true,
    columns: Infinity, // cli-progress would cut lines, and count their colour codes
    write: (piece: string) => Boolean((text += piece)),
  };
  const bars = new cliProgress.MultiBar({
    stream: facade as unknown as NodeJS.WritableStream,
    fps: REDRAWS_PER_SECOND,
    linewrap: true, // cli-progress would disable it, for good if a second Ctrl-C ended the process
    hideCursor: null,
    forceRedraw: true,
    format: () => '',
  }) as Bars;
  const draw = bars.update.bind(bars);
  // After a resize or a stop the timer may fire before the signal is handled: draw after the event loop has handled it.
  bars.update = () => {
    pending ??= setImmediate(draw);
  };

  bars.on('update-pre', () => {
    clearImmediate(pending);
    pending = undefined;
    const { columns, rows } = terminalSize(stream);
    // A terminal that has become narrower has wrapped the lines.
    const height = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    bars.terminal.dy = Math.min(height, rows - 1);
  });
  bars.on('redraw-pre', () => {
    facade.write(CLEAR_BELOW);
    show(picture());
  });
  bars.on('update-post', () => {
    stream.write(narrow(text));
    text = '';
  });

  /** Sets the lines: a row for each, and an empty row for the cursor. */
  function show(next: string[]): void {
    lines = next;
    bars.bars.splice(lines.length + 1);
    while (bars.bars.length <= lines.length) {
      const index = bars.bars.length;
      bars.create(1, 0, undefined, { format: () => lines[index] ?? '' });
    }
  }
  show([]);

  /** After a stop and SIGCONT the shell has written below the lines: draw them anew, below its output. */
  const forget = () => {
    lines = [];
  };
  process.on('SIGCONT', forget);

  return {
    draw,
    note(line) {
      // After the end, cli-progress would start its timer again, and the process would not end.
      if (!isOpen) return void stream.write(`${narrow(line)}\n`);
      bars.log(`${line}\n`);
      draw();
    },
    end() {
      isOpen = false;
      process.off('SIGCONT', forget);
      draw();
      bars.bars.splice(0); // the drawn lines stay on the screen
      bars.stop();
    },
  };
}

const widthOf = (line: string) => stripVTControlCharacters(line).length;
