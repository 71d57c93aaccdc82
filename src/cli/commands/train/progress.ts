import { formatCount, printable } from '../../../errors.js';
import type { History } from '../../../training/history.js';
import type { TrainingEvent } from '../../../training/train.js';
import { type Cli, terminalText } from '../../command.js';
import { formatDuration, isLiveTerminal, terminalSize } from '../../terminal.js';

/** Shows the progress of a run: a bar and curves on a terminal, otherwise a line per evaluation. */
interface Progress {
  event(event: TrainingEvent): void;
  /** Shows the progress within a step, for the engine whose step takes minutes. */
  partOfStep(done: number, total: number): void;
  /** Prints a line, above the bar if there is one. */
  note(text: string): void;
  end(): void;
}

/** Length and curves of a run. */
interface ProgressSource {
  /** Iterations done before this run. */
  readonly first: number;
  /** Iterations in all. */
  readonly last: number;
  /** The curves so far. */
  readonly history: () => History;
}

/** Opens the display of the progress. The code that draws is loaded only for a terminal. */
export async function openProgress(cli: Cli, source: ProgressSource): Promise<Progress> {
  if (cli.quiet)
    return { event: () => undefined, partOfStep: () => undefined, note: () => undefined, end: () => undefined };
  return isLiveTerminal(cli.err) ? openPicture(cli, source) : openLines(cli, source);
}

async function openPicture(cli: Cli, { first, last, history }: ProgressSource): Promise<Progress> {
  const { err } = cli;
  const [{ curveLines }, { barLine, openRows, styleOf }] = await Promise.all([
    import('../../../plots/curves.js'),
    import('../../rows.js'),
  ]);
  const style = styleOf(cli);
  const timing = openTiming(first, last);
  let iteration = first;
  let loss: number | undefined;
  let accuracies = '';
  let partText = '';

  const screen = openRows(err, () => {
    const figures = [
      `${Math.floor((iteration / last) * 100)}%`,
      `${formatCount(iteration)}/${formatCount(last)}`,
      `loss ${loss === undefined ? '…' : loss.toPrecision(6)}`,
      ...timing.figures(),
      partText,
      accuracies,
    ];
    const size = terminalSize(err);
    return [
      barLine(iteration / last, figures.filter(Boolean), size.columns - 1, style),
      ...curveLines(history(), size, style),
    ];
  });
  screen.draw();

  return {
    event(event) {
      partText = '';
      if (event.type === 'step') {
        iteration = event.step + 1;
        loss = event.loss;
        timing.at(iteration);
      } else if (event.type === 'accuracy') {
        accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
      }
    },
    partOfStep(done, total) {
      partText = `parameter ${formatCount(done)}/${formatCount(total)}`;
      timing.at(iteration + done / total);
    },
    note: (text) => screen.note(style.paint(cli.translate(printable(text)), 'title')),
    end: () => screen.end(),
  };
}

function openLines({ err, translate }: Cli, { first, last }: ProgressSource): Progress {
  const timing = openTiming(first, last);
  let loss = NaN;
  return {
    event(event) {
      if (event.type === 'step') {
        loss = event.loss;
        timing.at(event.step + 1);
      }
      if (event.type !== 'accuracy') return;
      const done = `${formatCount(event.iteration)}/${formatCount(last)}`;
      const accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
      err.write(
        `${translate(`${done}  loss ${loss.toPrecision(6)}  ${accuracies}  ${timing.figures().join('  ')}`)}\n`,
      );
    },
    partOfStep: () => undefined,
    note: (text) => void err.write(`${translate(terminalText(text))}\n`),
    end: () => undefined,
  };
}

/** Measures the speed of a run. The time before its first step, in which threads start, does not count. */
function openTiming(first: number, last: number) {
  const opened = performance.now();
  let start: { readonly position: number; readonly time: number } | undefined;
  let position = first;
  return {
    /** @param iterations number of iterations that are done, with the fraction of the current one */
    at(iterations: number): void {
      position = iterations;
      start ??= { position, time: performance.now() };
    },
    /** Iterations per second, estimated time of the rest, and time since the beginning. */
    figures(): string[] {
      const now = performance.now();
      const perSecond = start ? (1000 * (position - start.position)) / (now - start.time) : 0;
      const isKnown = perSecond > 0;
      const speed = isKnown ? (perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)) : '…';
      return [
        `${speed} it/s`,
        `ETA ${position === last ? '0 s' : isKnown ? formatDuration((last - position) / perSecond) : '…'}`,
        `elapsed ${formatDuration((now - opened) / 1000)}`,
      ];
    },
  };
}
