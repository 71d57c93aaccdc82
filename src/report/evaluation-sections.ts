import { formatCount } from '../errors.js';
import { MOST_MISTAKES, type ReportData } from './collect.js';
import { explanation, html, type Html, percent, section, withArticle } from './html.js';

// The sections that only the page of a finished run has.

/** The confusion matrix, the images behind each count, and the measures of each digit. */
export function confusion(data: ReportData): Html {
  return section(
    'confusion',
    'What it mixes up',
    html`<div class="confusion-frame">
      <div>${matrix(data)} ${cellPictures()}</div>
      <div>${measures(data)}</div>
    </div>`,
  );
}

/** Number of shades of mistakes, from rare to most frequent; the style sheet has their colours. */
const SHADES = 6;

/** A cell per pair of true and predicted digit. */
function matrix({ evaluation: { confusion } }: ReportData): Html {
  const mistakes = confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth));
  const most = Math.max(...mistakes);
  const classOf = (count: number, truth: number, predicted: number) => {
    if (truth === predicted) return 'right';
    return count === 0 ? 'none' : `wrong-${Math.ceil((count / most) * SHADES)}`;
  };
  const cell = (count: number, truth: number, predicted: number) =>
    html`<td class="${classOf(count, truth, predicted)}">
      ${count === 0 ? '0' : cellButton(count, truth, predicted)}
    </td>`;
  return html`<div class="scroll" role="region" aria-label="Confusion matrix">
    <table class="confusion" id="matrix">
      <caption>
        Test images by true digit (row) and predicted digit (column).
        <span class="on-screen">Choose a number to see its images.</span>
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="colgroup" colspan="${confusion.length}">predicted</th>
        </tr>
        <tr>
          <th scope="col">true</th>
          ${confusion.map((_, k) => html`<th scope="col">${k}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${confusion.map(
          (row, truth) =>
            html`<tr>
              <th scope="row">${truth}</th>
              ${row.map((count, predicted) => cell(count, truth, predicted))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cellButton(count: number, truth: number, predicted: number): Html {
  const taken = truth === predicted ? 'recognised' : `taken for ${withArticle(predicted)}`;
  return html`<button
    type="button"
    data-truth="${truth}"
    data-predicted="${predicted}"
    data-count="${count}"
    aria-label="${count} ${count === 1 ? 'image' : 'images'} of ${withArticle(truth)}, ${taken}"
  >
    ${count}
  </button>`;
}

/** Where the script shows the images of a cell. */
function cellPictures(): Html {
  return html`<div class="cell">
    <p id="cell-title" role="status"></p>
    <ol id="cell-pictures" class="pictures"></ol>
  </div>`;
}

const HOW_TO_READ =
  'Precision: of the images called a digit, the share that is one. Recall: of the images of a digit, the share that was recognised. F1 is their harmonic mean; support is the number of images.';

/** Precision, recall, F1 and support of each digit, and their means. */
function measures({ evaluation, test }: ReportData): Html {
  const { confusion, precision, recall, f1, support, macro } = evaluation;
  const row = (name: string | number, values: readonly (number | null)[], count: number) =>
    html`<tr>
      <th scope="row">${name}</th>
      ${values.map((value) => html`<td>${value === null ? '–' : (value * 100).toFixed(1)}</td>`)}
      <td>${formatCount(count)}</td>
    </tr>`;
  return html`<table class="measures">
      <caption>
        Each digit, in percent
      </caption>
      <thead>
        <tr>
          <th scope="col">digit</th>
          <th scope="col">precision</th>
          <th scope="col">recall</th>
          <th scope="col">F1</th>
          <th scope="col">support</th>
        </tr>
      </thead>
      <tbody>
        ${support.map((count, k) => row(k, [precision[k], recall[k], f1[k]], count))}
      </tbody>
      <tfoot>
        ${row('macro average', [macro.precision, macro.recall, macro.f1], test.count)}
      </tfoot>
    </table>
    ${[explanation(mostFrequent(confusion)), explanation(HOW_TO_READ)]}`;
}

/** Kinds of mistakes that are named in the text. */
const NAMED = 3;

function mostFrequent(confusion: ReportData['evaluation']['confusion']): string {
  const kinds = confusion
    .flatMap((row, truth) => row.map((count, predicted) => ({ count, truth, predicted })))
    .filter(({ count, truth, predicted }) => count > 0 && truth !== predicted)
    .sort((a, b) => b.count - a.count);
  if (kinds.length === 0) return 'Every test image was recognised.';
  const words = kinds
    .slice(0, NAMED)
    .map(
      ({ count, truth, predicted }) => `${withArticle(truth)} for ${withArticle(predicted)} (${formatCount(count)})`,
    );
  return `Most often it took ${words.join(', ')}.`;
}

/** The wrong predictions with the highest probabilities. */
export function mistakes({ pictures, images, test }: ReportData): Html {
  const all = Math.round((1 - test.accuracy) * test.count);
  if (all === 0) return section('mistakes', 'Where it is sure and wrong', explanation('Every test image is right.'));
  const shown = pictures.filter(({ label, predicted }) => label !== predicted).slice(0, MOST_MISTAKES);
  const some =
    shown.length < all ? `The ${shown.length} most confident of ${formatCount(all)} mistakes` : 'All mistakes';
  return section(
    'mistakes',
    'Where it is sure and wrong',
    html`<p class="explanation">
      ${some} on the test images, the most confident first.
      <span class="on-screen">Choose one to see its probabilities on the drawing pad.</span>
    </p>`,
    html`<ol class="pictures">
      ${shown.map(({ index, label, predicted, probability }) => {
        const sure = percent(probability, 1);
        return html`<li>
          <button type="button" data-picture="${pictures.findIndex((picture) => picture.index === index)}">
            <canvas
              width="${images.columns}"
              height="${images.rows}"
              role="img"
              aria-label="Test image ${index}: ${withArticle(label)}, taken for ${withArticle(predicted)} with probability ${sure}"
            ></canvas>
            <span class="said" aria-hidden="true"><b>${predicted}</b>? ${sure}</span>
            <span class="truth" aria-hidden="true">is ${withArticle(label)}</span>
          </button>
        </li>`;
      })}
    </ol>`,
  );
}
