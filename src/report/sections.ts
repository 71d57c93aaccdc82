import { formatCount } from '../errors.js';
import type { History } from '../training/history.js';
import type { Facts, LiveData, ReportData } from './collect.js';
import { MOST_UNITS, type PageData, type TestImage } from './data.js';
import { explanation, figure, html, type Html, percent, section, withArticle } from './html.js';

// The sections that the page of a finished run and the page of a running one share, in the order of the page.

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

/** The head of the page of a run; the script fills in the figures and the status. */
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

/**
 * A pad to draw a digit on, and the probabilities that the net gives it.
 *
 * @param note a sentence about the weights
 */
export function drawingPad(data: PageData, note: string): Html {
  const { rows, columns } = data.images;
  const classes = Array.from({ length: data.weights.outputSize }, (_, k) => k);
  return section(
    'draw',
    'Draw a digit',
    html`<div class="draw">
      <div class="draw-pad">
        <div class="pad-frame" id="pad-frame">
          <canvas
            id="pad"
            width="280"
            height="280"
            tabindex="0"
            role="application"
            aria-roledescription="drawing pad"
            aria-label="Drawing pad"
            aria-describedby="pad-keys"
          ></canvas>
          <span id="pen" class="pen" hidden></span>
        </div>
        <div class="pad-buttons">
          <button type="button" id="clear">Clear</button>
          <button type="button" id="undo">Undo</button>
          <label class="photo">Photo… <input type="file" id="photo" accept="image/*" class="for-ears" /></label>
        </div>
        <p id="pad-keys" class="pad-help">
          Mouse, finger or pen; or drop or paste a photo. Keys: arrows move, Space puts the pen down or up, Delete
          clears, Ctrl+Z takes back.
        </p>
      </div>
      <div class="draw-result">
        <div class="verdict">
          <figure class="seen">
            <canvas id="seen" width="${columns}" height="${rows}" role="img" aria-label="What the net sees"></canvas>
            <figcaption>What the net sees</figcaption>
          </figure>
          <p class="answer">
            <strong id="answer">?</strong> <span id="certainty">Draw, or choose a photo or a test image.</span>
          </p>
        </div>
        <ol id="probabilities" class="probabilities" aria-label="Probability of each digit">
          ${classes.map(
            (k) =>
              html`<li>
                <span class="class">${k}</span><span class="track"><span class="fill"></span></span
                ><span class="share">–</span>
              </li>`,
          )}
        </ol>
        <p id="spoken" class="for-ears" role="status" aria-live="polite"></p>
      </div>
      <div class="samples-frame">
        <h3 id="samples-title">Or take a test image</h3>
        <div class="samples" role="group" aria-labelledby="samples-title">
          ${samplesOf(data).map(
            ({ picture, position }) =>
              html`<button
                type="button"
                data-picture="${position}"
                aria-label="Test image ${picture.index}, ${withArticle(picture.label)}"
              >
                <canvas width="${columns}" height="${rows}" aria-hidden="true"></canvas>
              </button>`,
          )}
        </div>
      </div>
    </div>`,
    explanation(
      `Your digit is scaled and centred as those of MNIST were, a photo is prepared as by gd-train predict, and ` +
        `this page computes the ten probabilities from the net's weights. Nothing is sent anywhere. ${note}`,
    ),
  );
}

/** The first test image of each class that has one, and its position among the pictures. */
function samplesOf({ pictures }: PageData): { picture: TestImage; position: number }[] {
  const firsts = new Map<number, { picture: TestImage; position: number }>();
  pictures.forEach((picture, position) => {
    const known = firsts.get(picture.label);
    if (known === undefined || picture.index < known.picture.index) firsts.set(picture.label, { picture, position });
  });
  return [...firsts.values()].sort((a, b) => a.picture.label - b.picture.label);
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

/** The charts of a run, empty at first. */
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

/** The incoming weights of each hidden unit, one per pixel, as an image; the page's script paints them. */
export function hiddenUnits({ weights, images }: PageData): Html {
  const { hiddenSize } = weights;
  const shown = Math.min(hiddenSize, MOST_UNITS);
  const which =
    shown < hiddenSize
      ? `Of ${formatCount(hiddenSize)} hidden units the ${shown} with the largest outgoing weights`
      : hiddenSize === 1
        ? 'The hidden unit'
        : `The ${hiddenSize} hidden units`;
  const size = `${images.rows} × ${images.columns}`;
  return section(
    'units',
    'What the hidden units look for',
    explanation(
      `${which}: the weights of each, as an image of ${size} pixels. Ink on an orange pixel raises the unit's activation, ink on a blue one lowers it.`,
    ),
    html`<figure class="units">
      <figcaption>
        <p class="readout" aria-hidden="true"></p>
        <p class="legend"><span id="least"></span> <span class="scale"></span> <span id="most"></span></p>
      </figcaption>
      <div
        class="tiles"
        role="slider"
        tabindex="0"
        aria-label="Hidden units: weights as pictures, orange positive, blue negative"
      ></div>
    </figure>`,
  );
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
