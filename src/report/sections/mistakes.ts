import { formatCount } from '../../format-count.js';
import { percent } from '../format.js';
import { html, type Html } from '../html.js';
import type { Mistake, ReportData } from '../report-data.js';
import { explanation, section } from './section.js';

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
