import { formatCount } from '../../format-count.js';
import { html, type Html } from '../html.js';
import type { ReportData } from '../report-data.js';
import { explanation, section } from './section.js';

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
