import { formatCount } from '../errors.js';
import type { History } from '../training/history.js';
import type { Facts, LiveData, ReportData } from './collect.js';
import { explanation, html, type Html, percent, section } from './html.js';

/** The page's title, and accuracies and mistakes in figures. */
export function headline({ model, iteration, test, train, weights }: ReportData): Html {
  const { inputSize, hiddenSize, outputSize } = weights;
  const wrong = Math.round((1 - test.accuracy) * test.count);
  return html`<header class="top">
    <p class="kicker">gd-train report</p>
    <h1><bdi>${model}</bdi></h1>
    <p class="lead">
      A net of ${inputSize}-${hiddenSize}-${outputSize} units after ${formatCount(iteration)}
      ${iteration === 1 ? 'iteration' : 'iterations'} of gradient descent.
    </p>
    <dl class="figures">
      ${figure('Test accuracy', percent(test.accuracy), `of ${formatCount(test.count)} unseen images`)}
      ${figure('Train accuracy', percent(train.accuracy), `of ${formatCount(train.count)} images`)}
      ${figure('Test mistakes', formatCount(wrong), `of ${formatCount(test.count)} images`)}
    </dl>
  </header>`;
}

/** The head of the page of a run: the script fills in the figures and the status. */
export function liveHeadline({ weights, iterations }: LiveData): Html {
  const { inputSize, hiddenSize, outputSize } = weights;
  return html`<header class="top" id="live">
    <p class="kicker">gd-train train --live</p>
    <h1>A run as it goes</h1>
    <p class="lead">
      A net of ${inputSize}-${hiddenSize}-${outputSize} units. <span id="live-status" role="status">Starting.</span>
      <button type="button" id="stop">Stop</button>
    </p>
    <dl class="figures">
      ${figure('Iteration', '0', `of ${formatCount(iterations)}`, 'live-iteration')}
      ${figure('Test accuracy', '–', 'at the last measurement', 'live-test')}
      ${figure('Train accuracy', '–', 'at the last measurement', 'live-train')}
    </dl>
  </header>`;
}

/** A figure of the headline: its name, its value, and what it counts; an id if the script changes the value. */
export function figure(name: string, value: string, note: string, id?: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>
      ${id === undefined ? html`<strong>${value}</strong>` : html`<strong id="${id}">${value}</strong>`}
      <span>${note}</span>
    </dd>
  </div>`;
}

/** Loss and accuracy while training; the page's script draws the charts. */
export function curves({ history, notes }: ReportData): Html {
  const parts = [...(history ? charts(history) : [noLog()]), ...notes.map(explanation)];
  return section('curves', 'How it learned', ...parts);
}

function noLog(): Html {
  return html`<p class="explanation">
    The model file keeps no losses, so there are no curves. Train with <code>--log FILE</code>, then make this page with
    <code>gd-train report MODEL --log FILE</code>; or train with <code>--report FILE</code>.
  </p>`;
}

/** The charts of a run as it goes, empty at first. */
export function liveCurves(): Html {
  return section('curves', 'How it learns', html`<div class="charts">${[lossChart(), accuracyChart()]}</div>`);
}

function charts(history: History): Html[] {
  const figures = [
    ...(history.loss.length > 0 ? [lossChart()] : []),
    ...(history.test.length > 0 ? [accuracyChart()] : []),
  ];
  return [html`<div class="charts">${figures}</div>`, explanation(summary(history))];
}

const lossChart = () => chart('loss-chart', 'Loss', 'of each mini-batch, in nats');
const accuracyChart = () => chart('accuracy-chart', 'Accuracy', 'of all images');

function chart(id: string, title: string, what: string): Html {
  return html`<figure class="chart" id="${id}">
    <figcaption>
      <h3>${title} <span>${what}</span></h3>
      <p class="readout" aria-hidden="true"></p>
    </figcaption>
    <div class="plot" role="slider" tabindex="0" aria-label="${title} by iteration"></div>
  </figure>`;
}

/** The curves in words. */
function summary({ loss, train, test }: History): string {
  const first = loss.at(0);
  const last = loss.at(-1);
  const learned =
    first && last
      ? `The loss went from ${first.mean.toPrecision(3)} to ${last.mean.toPrecision(3)} by iteration ${formatCount(last.to + 1)}. `
      : '';
  const band = loss.some(({ from, to }) => to > from)
    ? 'The line is the mean of neighbouring mini-batches, the band behind it their least and largest. '
    : '';
  const accuracy = test.at(-1);
  const measured = accuracy
    ? `At the last measurement ${percent(train.at(-1)!.mean)} of the training and ${percent(accuracy.mean)} of the test images were right.`
    : 'No accuracy was measured.';
  return learned + band + measured;
}

/** Hyper-parameters and environment. */
export function run({ facts }: Pick<ReportData, 'facts'>): Html {
  return section('run', 'The run', html`<div class="facts">${facts.map(list)}</div>`);
}

function list({ title, entries }: Facts): Html {
  return html`<div>
    <h3>${title}</h3>
    <dl>
      ${entries.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}
