import { chalkStderr } from 'chalk';
import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import { stripVTControlCharacters } from 'node:util';
import { narrow, widen } from '../language/width.js';
import type { Cli } from './command.js';
import { isAsciiTerminal, terminalSize, theme } from './terminal.js';

// Lines at the end of a terminal's output that are redrawn while a command works.

/** How the lines of a terminal are drawn anew: their text is as wide as it is long. */
export function styleOf({ translate }: Cli) {
  return {
    isAscii: isAsciiTerminal(),
    paint: theme(chalkStderr),
    translate: (text: string) => widen(translate(text)),
  };
}

/** A bar that leaves room for the figures behind it, the most important first; those that do not fit are left out. */
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

/** Lines at the end of a terminal's output that are drawn again and again, by a timer. */
interface Rows {
  /** Draws now, before the timer would. */
  draw(): void;
  /** Puts a line above them, for good. */
  note(text: string): void;
  /** Draws for the last time. */
  end(): void;
}

const CLEAR_BELOW = '\u001b[J';

/** Missing in the types of cli-progress: its rows, and how far the cursor is below the first of them. */
type Bars = MultiBar & { readonly bars: SingleBar[]; readonly terminal: { dy: number } };

/**
 * The cursor is never hidden and always left on the line below, so that a terminal is as it should be, with the last
 * picture on it, however the process ends.
 *
 * @param picture makes the lines, each narrower than the terminal, as `widen` makes them
 */
export function openRows(stream: NodeJS.WriteStream, picture: () => string[]): Rows {
  let text = ''; // what cli-progress writes in pieces is sent at once, so that nothing flickers
  let lines: string[] = [];
  let pending: NodeJS.Immediate | undefined;
  const facade = {
    isTTY: true,
    columns: Infinity, // it would cut lines by their length with colour codes
    write: (piece: string) => Boolean((text += piece)),
  };
  const bars = new cliProgress.MultiBar({
    stream: facade as unknown as NodeJS.WritableStream,
    fps: REDRAWS_PER_SECOND,
    linewrap: true, // it would be left off if a second Ctrl-C ended the process
    hideCursor: null,
    forceRedraw: true,
    format: () => '',
  }) as Bars;
  const draw = bars.update.bind(bars);
  // Its timer may fire before signals are heard: that the terminal has another size, or that the process was stopped.
  bars.update = () => {
    pending ??= setImmediate(draw);
  };

  bars.on('update-pre', () => {
    clearImmediate(pending);
    pending = undefined;
    const { columns, rows } = terminalSize(stream);
    // Lines that are wider than a terminal has become since were broken by it.
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

  /** One row per line, and an empty one, where the cursor stays. */
  function show(next: string[]): void {
    lines = next;
    bars.bars.splice(lines.length + 1);
    while (bars.bars.length <= lines.length) {
      const index = bars.bars.length;
      bars.create(1, 0, undefined, { format: () => lines[index] ?? '' });
    }
  }
  show([]);

  /** After a stop the shell has written below: the next lines are drawn under all that the terminal shows. */
  const forget = () => {
    lines = [];
  };
  process.on('SIGCONT', forget);

  return {
    draw,
    note(line) {
      bars.log(`${line}\n`);
      draw();
    },
    end() {
      process.off('SIGCONT', forget);
      draw();
      bars.bars.splice(0); // they stay on the screen
      bars.stop();
    },
  };
}

const widthOf = (line: string) => stripVTControlCharacters(line).length;
