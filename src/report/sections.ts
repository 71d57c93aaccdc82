import { formatCount } from '../errors.js';
import type { History } from '../training/history.js';
import { type Facts, type Mistake, packingNote, percent, type ReportData } from './data.js';

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

export function figure(name: string, value: string, note: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd><strong>${value}</strong> <span>${note}</span></dd>
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

function charts(history: History): Html[] {
  const figures = [
    ...(history.loss.length > 0 ? [chart('loss-chart', 'Loss', 'of each mini-batch, in nats')] : []),
    ...(history.test.length > 0 ? [chart('accuracy-chart', 'Accuracy', 'of all images')] : []),
  ];
  return [html`<div class="charts">${figures}</div>`, explanation(summary(history))];
}

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

/** Shades of mistakes, from none to the most frequent one; page/style/ has their colours. */
const SHADES = 6;

const HOW_TO_READ =
  'Recall: of the images of a digit, the percentage that was recognised. Precision: of the images that were called a digit, the percentage that is one.';
/** Kinds of mistakes that are put in words. */
const NAMED = 3;

/** How often each digit was taken for each other. */
export function confusion(data: ReportData): Html {
  const { confusion } = data;
  return section(
    'confusion',
    'What it mixes up',
    html`<div class="confusion-frame">
      ${table(data)}
      <div>${[explanation(commonest(confusion)), explanation(HOW_TO_READ)]}</div>
    </div>`,
  );
}

/** A cell a pair of digits, with the margins that sum a row or a column up. */
function table({ confusion, precision, recall }: ReportData): Html {
  const mistakes = confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth));
  const most = Math.max(...mistakes);
  const classOf = (cell: number, truth: number, predicted: number) => {
    if (truth === predicted) return 'right';
    return cell === 0 ? 'none' : `wrong-${Math.ceil((cell / most) * SHADES)}`;
  };
  const K = confusion.length;
  return html`<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
    <table class="confusion">
      <caption>
        Test images by true digit (row) and predicted digit (column)
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="colgroup" colspan="${K}">predicted</th>
          <td></td>
        </tr>
        <tr>
          <th scope="col">true</th>
          ${confusion.map((_, k) => html`<th scope="col">${k}</th>`)}
          <th scope="col" class="margin">recall</th>
        </tr>
      </thead>
      <tbody>
        ${confusion.map(
          (row, truth) =>
            html`<tr>
              <th scope="row">${truth}</th>
              ${row.map((cell, predicted) => html`<td class="${classOf(cell, truth, predicted)}">${cell}</td>`)}
              <td class="margin">${share(recall[truth])}</td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row"><abbr title="precision">prec.</abbr></th>
          ${precision.map((value) => html`<td class="margin">${share(value)}</td>`)}
          <td></td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function share(value: number | null): string {
  return value === null ? '–' : (value * 100).toFixed(1);
}

function commonest(confusion: ReportData['confusion']): string {
  const kinds = confusion
    .flatMap((row, truth) => row.map((cell, predicted) => ({ cell: truth === predicted ? 0 : cell, truth, predicted })))
    .filter(({ cell }) => cell > 0)
    .sort((a, b) => b.cell - a.cell);
  if (kinds.length === 0) return 'No test image is mistaken.';
  const words = kinds
    .slice(0, NAMED)
    .map(({ cell, truth, predicted }) => `a ${truth} for a ${predicted} (${formatCount(cell)})`);
  return `Most often it took ${words.join(', ')}.`;
}

/** The images that the net is most sure of, and wrong. */
export function mistakes({ mistakes, images, test }: ReportData): Html {
  const all = Math.round((1 - test.accuracy) * test.count);
  if (all === 0) return section('mistakes', 'Where it is sure and wrong', explanation('Every test image is right.'));
  const some =
    mistakes.length < all ? `The ${mistakes.length} most confident of ${formatCount(all)} mistakes` : 'All mistakes';
  return section(
    'mistakes',
    'Where it is sure and wrong',
    explanation(
      `${some} on the test images, the surest first. Choose one to see its probabilities on the drawing pad.`,
    ),
    html`<ol class="mistakes">
      ${mistakes.map((mistake) => html`<li>${picture(mistake, images)}</li>`)}
    </ol>`,
  );
}

function picture({ index, label, predicted, probability }: Mistake, { rows, columns }: ReportData['images']): Html {
  const sure = percent(probability, 1);
  return html`<button type="button" data-mistake>
    <canvas
      width="${columns}"
      height="${rows}"
      role="img"
      aria-label="Test image ${index}: a ${label}, taken for a ${predicted} with probability ${sure}."
    ></canvas>
    <span class="said" aria-hidden="true"><b>${predicted}</b>? ${sure}</span>
    <span class="truth" aria-hidden="true">is a ${label}</span>
  </button>`;
}

/** Most units that are shown; a page of more would be slow to open and no clearer. */
export const MOST_UNITS = 200;

/** What each hidden unit looks for: its weights, one a pixel, as a picture; the page's script paints them. */
export function hiddenUnits({ weights, images }: ReportData): Html {
  const { hiddenSize } = weights;
  const shown = Math.min(hiddenSize, MOST_UNITS);
  const which =
    shown < hiddenSize
      ? `Of ${formatCount(hiddenSize)} hidden units the ${shown} with the largest outgoing weights`
      : `The ${hiddenSize} hidden units`;
  const size = `${images.rows} × ${images.columns}`;
  return section(
    'units',
    'What the hidden units look for',
    explanation(`${which}: the weights of each, as an image of ${size} pixels. Orange pixels
      excite the unit, blue ones calm it.`),
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

/** Where the reader draws a digit, and what the net makes of it. */
export function drawingPad(data: ReportData): Html {
  const { rows, columns } = data.images;
  const classes = Array.from({ length: data.weights.outputSize }, (_, k) => k);
  return section(
    'draw',
    'Draw a digit',
    html`<div class="draw">
      <div class="draw-pad">
        <div class="pad-frame">
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
          <p id="pad-keys">
            Mouse, finger or pen. Keys: arrows move, Space puts the pen down or up, Delete clears, Ctrl+Z takes back.
          </p>
        </div>
      </div>
      <div class="draw-result">
        <div class="verdict">
          <figure class="seen">
            <canvas id="seen" width="${columns}" height="${rows}" role="img" aria-label="What the net sees"></canvas>
            <figcaption>What the net sees</figcaption>
          </figure>
          <p class="answer"><strong id="answer">?</strong> <span id="certainty">Draw, or choose a test image.</span></p>
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
          ${data.samples.map(
            ({ index, label }) =>
              html`<button type="button" data-sample aria-label="Test image ${index}, a ${label}">
                <canvas width="${columns}" height="${rows}" aria-hidden="true"></canvas>
              </button>`,
          )}
        </div>
      </div>
    </div>`,
    explanation(
      `As you draw, your digit is scaled and centred as those of MNIST were, and this page works out the ten ` +
        `probabilities from the net's own weights. Nothing is sent anywhere. ${packingNote(data) ?? 'Its weights are those of the model, in float32.'}`,
    ),
  );
}

/** Hyper-parameters and environment. */
export function run({ facts }: ReportData): Html {
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
            <dd>${isDigest(value) ? html`<code>${value}</code>` : value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

function isDigest(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

/** A part of the page, which its heading names to a screen reader. */
export function section(id: string, title: string, ...content: Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

/** A paragraph about what is to be seen. */
export function explanation(text: string): Html {
  return html`<p class="explanation">${text}</p>`;
}

/** Text that is HTML, as opposed to text that must be escaped to become it. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

/** HTML from a template. Strings and numbers in it are escaped, HTML and lists of HTML are taken as they are. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: texts.map((text, i) => (i === 0 ? text : toHtml(parts[i - 1]) + text)).join('') };
}

/** HTML that is right as it stands. */
export function raw(text: string): Html {
  return { html: text };
}

function toHtml(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((item) => item.html).join('\n');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As it must stand in the text of an element or in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** JSON that can stand in a script element: nothing in it ends the element. */
export function jsonForScript(value: unknown): Html {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'));
}
