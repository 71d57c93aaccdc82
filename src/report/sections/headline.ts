import { formatCount } from '../../format-count.js';
import { percent } from '../format.js';
import { html, type Html } from '../html.js';
import type { ReportData } from '../report-data.js';

/** The page's title, and what the net can do in three figures. */
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

function figure(name: string, value: string, note: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd><strong>${value}</strong> <span>${note}</span></dd>
  </div>`;
}
