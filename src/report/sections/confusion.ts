import { formatCount } from '../../format-count.js';
import { html, type Html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { explanation, section } from './section.js';

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
