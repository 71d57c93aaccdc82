import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { centerDigit, fitPicture, SIDE } from '../../pictures/digit.js';
import { shapesNote, unsureNote } from '../../pictures/notes.js';
import { type ImageSize, percent } from '../data.js';
import { openPad } from './drawing-pad.js';
import { element, paintInk } from './elements.js';

/** The drawing pad and what the net makes of it. */
interface Recognition {
  /** Puts an image of the data set, (rows * columns) in [0, 1], on the pad, and the reader there too. */
  take(ink: Float64Array): void;
}

export function openRecognition(net: TwoLayerNet, images: ImageSize, samples: readonly Float64Array[]): Recognition {
  const { rows, columns } = images;
  const seen = element('seen', HTMLCanvasElement);
  const say = liveRegion(element('spoken', HTMLElement));
  const showProbabilities = openProbabilities();

  /** Shows what the net makes of an image, (rows * columns) in [0, 1], and what was noticed about the drawing. */
  function recognise(image: Float64Array, remark?: string): void {
    paintInk(seen, image);
    const isEmpty = image.every((value) => value === 0);
    const probabilities = isEmpty ? undefined : predict(net, image);
    showProbabilities(probabilities, remark);
    say(probabilities ? inWords(probabilities, remark) : 'The pad is empty.');
  }

  const pad = openPad(element('pad', HTMLCanvasElement), {
    onDraw: ({ ink, side }) => {
      const shapes = shapesNote({ ink, rows: side, columns: side });
      const remark = shapes && `${shapes.count} separate shapes: draw one digit`;
      recognise(fitPicture(centerDigit(ink, side, side), SIDE, SIDE, rows, columns), remark);
    },
    say,
  });
  element('clear', HTMLButtonElement).addEventListener('click', pad.clear);
  element('undo', HTMLButtonElement).addEventListener('click', pad.undo);

  /** An image of the data set is prepared already: the net sees it as it is. */
  function put(image: Float64Array): void {
    pad.put(image, rows, columns);
    recognise(image);
  }

  document.querySelectorAll<HTMLElement>('[data-sample]').forEach((button, i) => {
    paintInk(button.querySelector('canvas')!, samples[i]);
    button.addEventListener('click', () => put(samples[i]));
  });

  return {
    take(image) {
      put(image);
      pad.focus();
    },
  };
}

/** The most probable class, the runner-up, and what makes the answer doubtful. */
function inWords(probabilities: Float64Array, remark?: string): string {
  const [best, second] = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const share = (k: number) => percent(probabilities[k], 0);
  const doubt = remark ?? (unsureNote(probabilities) && 'unsure');
  const words = [`${best}, ${share(best)}`];
  if (second !== undefined) words.push(`then ${second}, ${share(second)}`);
  if (doubt !== undefined) words.push(doubt);
  return words.join('; ');
}

/** Ten bars and the answer; returns how to show probabilities (K), or that there are none, and a remark on the drawing. */
function openProbabilities(): (probabilities: Float64Array | undefined, remark?: string) => void {
  const rows = [...element('probabilities', HTMLElement).children].map((row) => ({
    row,
    fill: row.querySelector<HTMLElement>('.fill')!,
    share: row.querySelector<HTMLElement>('.share')!,
  }));
  const answer = element('answer', HTMLElement);
  const certainty = element('certainty', HTMLElement);

  return (probabilities, remark) => {
    const best = probabilities?.indexOf(Math.max(...probabilities));
    rows.forEach(({ row, fill, share }, k) => {
      const probability = probabilities?.[k];
      fill.style.transform = `scaleX(${probability ?? 0})`;
      share.textContent = probability === undefined ? '–' : percent(probability, 1);
      row.classList.toggle('best', k === best);
    });
    answer.textContent = best === undefined ? '?' : String(best);
    if (probabilities === undefined || best === undefined) {
      certainty.textContent = 'Draw, or choose a test image.';
    } else {
      const likely = unsureNote(probabilities)?.text ?? `with probability ${percent(probabilities[best], 1)}`;
      certainty.textContent = remark === undefined ? likely : `${likely}; ${remark}`;
    }
  };
}

/** Paints the mistakes; a click on one takes it to the drawing pad. */
export function openMistakes(mistakes: readonly Float64Array[], recognition: Recognition): void {
  document.querySelectorAll<HTMLElement>('[data-mistake]').forEach((button, i) => {
    paintInk(button.querySelector('canvas')!, mistakes[i]);
    button.addEventListener('click', () => recognition.take(mistakes[i]));
  });
}

/** Long enough that a stroke is over before a screen reader begins to talk. */
const PAUSE_MS = 700;

/** Says things by a live region: only the last of many, once there has been a pause. */
function liveRegion(region: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), PAUSE_MS);
  };
}
