import { chalkStderr } from 'chalk';
import cliProgress, { type MultiBar, type SingleBar } from 'cli-progress';
import { stripVTControlCharacters } from 'node:util';
import { gather } from '../../../dataset/mini-batch.js';
import type { Data } from '../../../engines/engine.js';
import { formatCount, printable } from '../../../errors.js';
import { narrow, widen } from '../../../language/language.js';
import { loss, parameterCount } from '../../../network/two-layer-net.js';
import { curveLines } from '../../../plots/curves.js';
import type { History } from '../../../training/history.js';
import type { Training, TrainingEvent } from '../../../training/train.js';
import { type Cli, type CommonOptions, terminalText } from '../../command.js';
import { formatDuration, isAsciiTerminal, isLiveTerminal, terminalSize, theme } from '../../terminal.js';

/** Shows a run as it goes: a bar and curves on a terminal, a line per measurement of the accuracy elsewhere. */
interface Progress {
  event(event: TrainingEvent): void;
  /** Parts of one step are done, in an engine whose step takes minutes. */
  within(done: number, total: number): void;
  /** Says something without tearing the picture. */
  note(text: string): void;
  end(): void;
}

/** What a run looks like from outside. */
interface ProgressSource {
  /** Iterations done before this run. */
  readonly first: number;
  /** Iterations in all. */
  readonly last: number;
  /** The curves so far. */
  readonly history: () => History;
}

export function openProgress(cli: Cli, { quiet }: CommonOptions, source: ProgressSource): Progress {
  if (quiet) return { event: () => undefined, within: () => undefined, note: () => undefined, end: () => undefined };
  return isLiveTerminal(cli.err) ? openPicture(cli, source) : openLines(cli, source);
}

const REDRAWS_PER_SECOND = 5;
/** A process that computes and yet is idle for so long, in ms, was stopped meanwhile: a shell has used the terminal. */
const STOPPED_MS = 1000;

/** The time in ms, from any beginning, in which this process did not compute. */
function idleTime(): number {
  const { user, system } = process.cpuUsage();
  return performance.now() - (user + system) / 1000;
}

function openPicture(cli: Cli, { first, last, history }: ProgressSource): Progress {
  const { err } = cli;
  const style = styleOf(cli);
  const pace = openPace(first, last);
  let iteration = first;
  let loss: number | undefined;
  let accuracies = '';
  let part = '';
  let drawn = -Infinity;
  let idle = idleTime();

  const screen = openRows(err, () => {
    drawn = performance.now();
    const figures = [
      `${Math.floor((iteration / last) * 100)}%`,
      `${formatCount(iteration)}/${formatCount(last)}`,
      `loss ${loss === undefined ? '…' : loss.toPrecision(6)}`,
      ...pace.figures(),
      part,
      accuracies,
    ];
    const size = terminalSize(err);
    return [
      barLine(iteration / last, figures.filter(Boolean), size.columns - 1, style),
      ...curveLines(history(), size, style),
    ];
  });

  return {
    event(event) {
      part = '';
      if (event.type === 'step') {
        iteration = event.step + 1;
        loss = event.loss;
        pace.at(iteration);
      } else if (event.type === 'accuracy') {
        accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
      }
    },
    within(done, total) {
      if (part === '') idle = idleTime();
      part = `parameter ${formatCount(done)}/${formatCount(total)}`;
      pace.at(iteration + done / total);
      // No timer fires and no signal is heard before the step is done.
      if (performance.now() - drawn < 1000 / REDRAWS_PER_SECOND) return;
      const idleNow = idleTime();
      if (idleNow - idle > STOPPED_MS) screen.forget();
      idle = idleNow;
      screen.draw();
    },
    note: (text) => screen.note(style.paint(cli.translate(printable(text)), 'title')),
    end: () => screen.end(),
  };
}

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

/** Lines at the end of a terminal's output that are drawn again and again, by a timer. */
interface Rows {
  /** Draws now; for a step that lasts so long that no timer fires. */
  draw(): void;
  /** Puts a line above them, for good. */
  note(text: string): void;
  /** Leaves the lines where they are: the next ones are drawn below all that the terminal shows. */
  forget(): void;
  /** Draws for the last time. */
  end(): void;
}

const CLEAR_BELOW = '\u001b[J';

/** What the types of cli-progress leave out: its rows, and how far the cursor is below the first of them. */
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
    forget,
    end() {
      process.off('SIGCONT', forget);
      draw();
      bars.bars.splice(0); // they stay on the screen
      bars.stop();
    },
  };
}

const widthOf = (line: string) => stripVTControlCharacters(line).length;

function openLines({ err, translate }: Cli, { first, last }: ProgressSource): Progress {
  const pace = openPace(first, last);
  let loss = NaN;
  return {
    event(event) {
      if (event.type === 'step') {
        loss = event.loss;
        pace.at(event.step + 1);
      }
      if (event.type !== 'accuracy') return;
      const done = `${formatCount(event.iteration)}/${formatCount(last)}`;
      const accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
      err.write(`${translate(`${done}  loss ${loss.toPrecision(6)}  ${accuracies}  ${pace.figures().join('  ')}`)}\n`);
    },
    within: () => undefined,
    note: (text) => void err.write(`${translate(terminalText(text))}\n`),
    end: () => undefined,
  };
}

/** How fast a run goes. The time before its first step, in which threads start, does not count. */
function openPace(first: number, last: number) {
  const opened = performance.now();
  let start: { readonly position: number; readonly time: number } | undefined;
  let position = first;
  return {
    /** @param now iterations done, with the part of the one that is being made */
    at(now: number): void {
      position = now;
      start ??= { position, time: performance.now() };
    },
    /** Iterations per second, the time that the rest will take, and the time since the beginning. */
    figures(): string[] {
      const now = performance.now();
      const perSecond = start ? (1000 * (position - start.position)) / (now - start.time) : 0;
      const isKnown = perSecond > 0;
      const speed = isKnown ? (perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)) : '…';
      return [
        `${speed} it/s`,
        `ETA ${isKnown ? formatDuration((last - position) / perSecond) : '…'}`,
        `elapsed ${formatDuration((now - opened) / 1000)}`,
      ];
    },
  };
}

/** What the notebook's loop will take, from a few losses timed here and now. */
export function costWarning({ net, hyperParameters, iteration }: Training, { train }: Data): string {
  const indices = Uint32Array.from({ length: hyperParameters.batchSize }, (_, i) => i % train.count);
  const { x, t } = gather(train, indices);
  const time = () => {
    const start = performance.now();
    loss(net, x, t);
    return (performance.now() - start) / 1000;
  };
  const passes = 2 * parameterCount(net);
  const step = passes * Math.min(time(), time(), time(), time(), time());
  const steps = hyperParameters.iterations - iteration;
  return (
    `--gradient naive makes ${formatCount(passes)} forward passes per step: about ${formatDuration(step)} per step, ` +
    `${formatDuration(step * steps)} for ${formatCount(steps)}; --gradient numerical gets the same gradient faster`
  );
}
