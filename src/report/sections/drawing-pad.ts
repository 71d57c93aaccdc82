import { html, type Html } from '../html.js';
import { packingNote } from '../packing-note.js';
import type { ReportData } from '../report-data.js';
import { explanation, section } from './section.js';

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
          <p id="pad-keys">Mouse, finger or pen. Keys: arrows move, Space puts the pen down or up, Delete clears.</p>
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
