import { count } from '../format.js';
import { html, type Html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { explanation, section } from './section.js';

/** Shades of mistakes, from none to the most frequent one; page.css has their colours. */
const SHADES = 6;

/** How often each digit was taken for each other. */
export function confusion({ confusion, precision, recall }: ReportData): Html {
  const mistakes = confusion.flatMap((row, truth) => row.filter((_, predicted) => predicted !== truth));
  const most = Math.max(...mistakes);
  const classOf = (cell: number, truth: number, predicted: number) => {
    if (truth === predicted) return 'right';
    return cell === 0 ? 'none' : `wrong-${Math.ceil((cell / most) * SHADES)}`;
  };
  const K = confusion.length;
  return section(
    'confusion',
    'What it mixes up',
    html`<div class="scroll" role="region" aria-labelledby="confusion-title" tabindex="0">
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
    </div>`,
    explanation(`${commonest(confusion)} Recall: of the images of a digit, the percentage that was recognised. Precision:
      of the images that were called a digit, the percentage that is one.`),
  );
}

function share(value: number | null): string {
  return value === null ? '–' : (value * 100).toFixed(1);
}

function commonest(confusion: ReportData['confusion']): string {
  const cells = confusion.flatMap((row, truth) =>
    row.map((cell, predicted) => ({ cell: truth === predicted ? 0 : cell, truth, predicted })),
  );
  const { cell, truth, predicted } = cells.reduce((a, b) => (b.cell > a.cell ? b : a));
  if (cell === 0) return 'No test image is mistaken.';
  return `Most often a ${truth} was taken for a ${predicted}: ${count(cell)} ${cell === 1 ? 'time' : 'times'}.`;
}
