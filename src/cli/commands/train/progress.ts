import type { Data } from '../../../engines/engine.js';
import { chalkStderr } from 'chalk';
import { gather } from '../../../dataset/mini-batch.js';
import { formatCount } from '../../../errors.js';
import { loss, parameterCount } from '../../../network/two-layer-net.js';
import { progressLines } from '../../../plots/curves.js';
import { collectHistory } from '../../../training/history.js';
import type { Training, TrainingEvent } from '../../../training/train.js';
import type { Cli } from '../../command.js';
import {
  formatDuration,
  isAsciiTerminal,
  isLiveTerminal,
  openLiveScreen,
  theme,
  terminalSize,
} from '../../terminal.js';

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
  const style = { isAscii: isAsciiTerminal(), paint: theme(chalkStderr) };
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
    `--gradient naive makes ${formatCount(passes)} forward passes a step: about ${formatDuration(step)} a step, ` +
    `${formatDuration(step * steps)} for ${formatCount(steps)}; --gradient numerical gets the same gradient faster`
  );
}
