import { formatCount } from '../errors.js';
import { explanation, html, type Html, section, withArticle } from './html.js';
import { MOST_UNITS, type PageData, type TestImage } from './data.js';

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
