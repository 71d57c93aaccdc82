import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { centerDigit, fitPicture, SIDE } from '../../pictures/centering.js';
import { seeDigit } from '../../pictures/digit.js';
import { shapesNote, unsureNote } from '../../pictures/notes.js';
import { percent } from '../html.js';
import type { ImageSize } from '../page-data.js';
import { element, paintInk, translate } from './elements.js';
import { openPad } from './pad.js';
import { openPhotos } from './photos.js';

/** The drawing pad and what the net makes of it. */
export interface Recognition {
  /** Puts an image of the data set, (rows * columns) in [0, 1], on the pad, and scrolls to the pad if `andFocus`. */
  take(ink: Float64Array, options: { readonly andFocus: boolean }): void;
  /** From here on, this net answers. */
  setNet(net: TwoLayerNet): void;
}

/** What the net is shown, and what was noticed in the drawing or photo that it was made from. */
interface Shown {
  /** (rows * columns), in [0, 1] */
  readonly image: Float64Array;
  readonly remark?: string | undefined;
}

export function openRecognition(first: TwoLayerNet, images: ImageSize): Recognition {
  const { rows, columns } = images;
  const seen = element('seen', HTMLCanvasElement);
  const say = liveRegion(element('spoken', HTMLElement));
  const showProbabilities = openProbabilities();
  let net = first;
  let shown: Shown = { image: new Float64Array(rows * columns) };

  /** Probabilities of what is shown; undefined if it is empty. */
  function answer(): Float64Array | undefined {
    const isEmpty = shown.image.every((value) => value === 0);
    const probabilities = isEmpty ? undefined : predict(net, shown.image);
    showProbabilities(probabilities, shown.remark);
    return probabilities;
  }
  function recognise(next: Shown): void {
    shown = next;
    paintInk(seen, shown.image);
    const probabilities = answer();
    say(probabilities ? inWords(probabilities, shown.remark) : translate('The pad is empty.'));
  }
  /** An image in MNIST's form, in the size that the net takes. */
  const fitted = (digit: Float64Array) => fitPicture(digit, SIDE, SIDE, rows, columns);

  const pad = openPad(element('pad', HTMLCanvasElement), {
    onDraw: ({ ink, side }) => {
      const shapes = shapesNote({ ink, rows: side, columns: side });
      const remark = shapes && translate(`${shapes.count} separate shapes: draw one digit`);
      recognise({ image: fitted(centerDigit(ink, side, side)), remark });
    },
    say,
  });
  element('clear', HTMLButtonElement).addEventListener('click', pad.clear);
  element('undo', HTMLButtonElement).addEventListener('click', pad.undo);

  function refuse(text: string): void {
    element('certainty', HTMLElement).textContent = text;
    say(text);
  }
  openPhotos({
    input: element('photo', HTMLInputElement),
    target: element('pad-frame', HTMLElement),
    onPicture(picture) {
      const { pixels, notes } = seeDigit(picture);
      if (pixels === undefined)
        return refuse(translate('The photo is blank: draw a digit, dark on light or light on dark.'));
      pad.put(pixels, SIDE, SIDE);
      recognise({ image: fitted(pixels), remark: notes.map(({ text }) => translate(text)).join('; ') || undefined });
    },
    onFailure: refuse,
  });

  return {
    take(image, { andFocus }) {
      pad.put(image, rows, columns);
      recognise({ image }); // it is prepared already: the net sees it as it is
      if (andFocus) pad.focus();
    },
    setNet(next) {
      net = next;
      answer();
    },
  };
}

/** The most probable class, the runner-up, and what makes the answer doubtful. */
function inWords(probabilities: Float64Array, remark?: string): string {
  const [best, second] = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const share = (k: number) => translate(percent(probabilities[k], 0));
  const doubt = remark ?? (unsureNote(probabilities) && translate('unsure'));
  const words = [`${best}, ${share(best)}`];
  if (second !== undefined) words.push(translate(`then ${second}, ${share(second)}`));
  if (doubt !== undefined) words.push(doubt);
  return words.join('; ');
}

/** A bar per class and the answer. Returns how to show probabilities (K), or that there are none, and a remark. */
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
      share.textContent = probability === undefined ? '–' : translate(percent(probability, 1));
      row.classList.toggle('best', k === best);
    });
    answer.textContent = best === undefined ? '?' : String(best);
    if (probabilities === undefined || best === undefined) {
      certainty.textContent = translate('Draw, or choose a photo or a test image.');
    } else {
      const likely = translate(
        unsureNote(probabilities)?.text ?? `with probability ${percent(probabilities[best], 1)}`,
      );
      certainty.textContent = remark === undefined ? likely : `${likely}; ${remark}`;
    }
  };
}

/** Long enough that a stroke is over before a screen reader begins to speak. */
const PAUSE_MS = 700;

/** Announces texts by a live region: only the last of several, after a pause. */
function liveRegion(region: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), PAUSE_MS);
  };
}
