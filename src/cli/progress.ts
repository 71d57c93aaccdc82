import { chalkStderr as chalk } from 'chalk';
import { SingleBar } from 'cli-progress';
import type { TrainingEvent } from '../training/train.js';
import type { Cli } from './cli.js';
import { formatCount, formatDuration } from './units.js';

/** Shows a run as it goes: a bar on a terminal, a line at each measurement of the accuracy elsewhere. */
export interface Progress {
  event(event: TrainingEvent): void;
  /** Parts of one step are done, in an engine whose step takes minutes. */
  within(done: number, total: number): void;
  /** Says something without tearing the bar. */
  note(text: string): void;
  end(): void;
}

const REDRAWS_A_SECOND = 10;

/**
 * @param first iterations done before this run
 * @param last iterations in all
 */
export function openProgress({ err }: Cli, first: number, last: number): Progress {
  const start = performance.now();
  let loss = '…';
  let accuracies = '';
  let part = '';
  let said = '';
  const rate = (iteration: number) => (iteration - first) / ((performance.now() - start) / 1000);
  const speed = (iteration: number) => {
    const perSecond = rate(iteration);
    const eta = iteration > first ? formatDuration((last - iteration) / perSecond) : '…';
    return `${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toPrecision(2)} it/s  ETA ${eta}`;
  };

  const draw = err.isTTY ? openBar(err, first, last) : undefined;
  const refresh = (iteration: number) =>
    draw?.(iteration, `${said || `loss ${chalk.yellow(loss)}  ${accuracies}${speed(iteration)}`}${part}`);
  let iteration = first;

  return {
    event(event) {
      part = '';
      if (event.type === 'step') {
        iteration = event.step + 1;
        loss = event.loss.toPrecision(6);
      } else if (event.type === 'accuracy') {
        const train = event.train.toFixed(4);
        const test = event.test.toFixed(4);
        accuracies = `train ${chalk.green(train)}  test ${chalk.green(test)}  `;
        if (!draw) {
          const done = `${formatCount(event.iteration)}/${formatCount(last)}`;
          err.write(`${done}  loss ${loss}  train ${train}  test ${test}  ${speed(event.iteration)}\n`);
        }
      }
      refresh(iteration);
    },
    within(done, total) {
      part = `  parameter ${formatCount(done)}/${formatCount(total)}`;
      refresh(iteration);
    },
    note(text) {
      said = chalk.bold(text);
      if (!draw) err.write(`${text}\n`);
      refresh(iteration);
    },
    end: () => draw?.end(),
  };
}

/** A bar that leaves room for the figures behind it, however narrow the terminal. */
function openBar(err: NodeJS.WriteStream, first: number, last: number) {
  const columns = err.columns ?? 80;
  const bar = new SingleBar({
    stream: err,
    format: `${chalk.cyan('{bar}')} {percentage}%  {value}/{total}  {figures}`,
    barsize: Math.max(8, Math.min(40, columns - 85)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    fps: REDRAWS_A_SECOND,
    hideCursor: null,
    gracefulExit: false, // Ctrl-C is the command's to handle
    linewrap: false,
    stopOnComplete: false,
  });
  bar.start(last, first, { figures: '' });
  const draw = (iteration: number, figures: string) => bar.update(iteration, { figures });
  return Object.assign(draw, { end: () => bar.stop() });
}
