import { chalkStderr } from 'chalk';
import { collectHistory } from '../plots/history.js';
import { progressLines } from '../plots/progress-lines.js';
import type { TrainingEvent } from '../training/train.js';
import type { Cli } from './cli.js';
import { openLiveScreen } from './live-screen.js';
import { painter } from './paint.js';
import { isAsciiTerminal, isLiveTerminal, terminalSize } from './terminal.js';
import { formatCount } from '../format-count.js';
import { formatDuration } from './units.js';

/** Shows a run as it goes: a bar and curves on a terminal, a line at each measurement of the accuracy elsewhere. */
export interface Progress {
  event(event: TrainingEvent): void;
  /** Parts of one step are done, in an engine whose step takes minutes. */
  within(done: number, total: number): void;
  /** Says something without tearing the picture. */
  note(text: string): void;
  end(): void;
}

const REDRAW_EVERY_MS = 200;

/**
 * @param first iterations done before this run
 * @param last iterations in all
 */
export function openProgress(cli: Cli, first: number, last: number): Progress {
  return isLiveTerminal(cli.err) ? openPicture(cli, first, last) : openLines(cli, first, last);
}

function openPicture({ err }: Cli, first: number, last: number): Progress {
  const start = performance.now();
  const screen = openLiveScreen(err);
  const style = { isAscii: isAsciiTerminal(), paint: painter(chalkStderr) };
  const { loss: addLoss, accuracy: addAccuracy, history } = collectHistory();
  let iteration = first;
  let loss: number | undefined;
  let accuracies = '';
  let part = '';
  let said = '';
  let drawn = -Infinity;
  let pending: NodeJS.Immediate | undefined;

  function draw(): void {
    clearImmediate(pending);
    pending = undefined;
    drawn = performance.now();
    const share = iteration / last;
    const figures = [
      `${Math.floor(share * 100)}%`,
      `${iteration}/${last}`,
      `loss ${loss === undefined ? '…' : loss.toPrecision(6)}`,
      ...speed(first, iteration, last, start),
      part,
      accuracies,
    ];
    const picture = { share, figures: figures.filter(Boolean), note: said, history: history() };
    screen.show(progressLines(picture, terminalSize(err), style));
  }
  const isDue = () => performance.now() - drawn >= REDRAW_EVERY_MS;

  return {
    event(event) {
      part = '';
      if (event.type === 'step') {
        iteration = event.step + 1;
        loss = event.loss;
        addLoss(event.step, event.loss);
      } else if (event.type === 'accuracy') {
        accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
        addAccuracy(event.iteration, event.train, event.test);
      }
      // After signals were heard, so that a resized terminal's new size is known.
      if (!pending && isDue()) pending = setImmediate(draw);
    },
    within(done, total) {
      part = `parameter ${formatCount(done)}/${formatCount(total)}`;
      if (isDue()) draw(); // no signal is heard before the step is done
    },
    note(text) {
      said = text;
      draw();
    },
    end: draw,
  };
}

function openLines({ err }: Cli, first: number, last: number): Progress {
  const start = performance.now();
  let loss = NaN;
  return {
    event(event) {
      if (event.type === 'step') loss = event.loss;
      if (event.type !== 'accuracy') return;
      const done = `${formatCount(event.iteration)}/${formatCount(last)}`;
      const accuracies = `train ${event.train.toFixed(4)}  test ${event.test.toFixed(4)}`;
      const pace = speed(first, event.iteration, last, start).join('  ');
      err.write(`${done}  loss ${loss.toPrecision(6)}  ${accuracies}  ${pace}\n`);
    },
    within: () => undefined,
    note: (text) => void err.write(`${text}\n`),
    end: () => undefined,
  };
}

/** Iterations a second, and the time that the rest will take. */
function speed(first: number, iteration: number, last: number, start: number): string[] {
  const perSecond = (iteration - first) / ((performance.now() - start) / 1000);
  const rest = iteration > first ? formatDuration((last - iteration) / perSecond) : '…';
  return [`${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)} it/s`, `ETA ${rest}`];
}
