import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { centerDigit, fitPicture, SIDE } from '../../pictures/centering.js';
import { seeDigit } from '../../pictures/digit.js';
import { shapesNote, unsureNote } from '../../pictures/notes.js';
import { LONGEST, type Picture } from '../../pictures/picture.js';
import { percent } from '../html.js';
import type { ImageSize } from '../data.js';
import { element, paintInk, translate } from './elements.js';
import { openPad } from './pad.js';

/** The drawing pad and the net's prediction for it. */
export interface Recognition {
  /** Puts a test image, (rows * columns) in [0, 1], on the pad, and scrolls to the pad if `andFocus`. */
  take(ink: Float64Array, options: { readonly andFocus: boolean }): void;
  /** Replaces the net. */
  setNet(net: TwoLayerNet): void;
}

/** The input of the net, and a remark on the drawing or photo that it was made from. */
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

  /** Predicts and shows probabilities; undefined if the image is empty. */
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
  /** An image in MNIST's form, resized to the input of the net. */
  const fitted = (digit: Float64Array) => fitPicture(digit, SIDE, SIDE, rows, columns);

  const pad = openPad(element('pad', HTMLCanvasElement), {
    onDraw: (ink, side) => {
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
      recognise({ image }); // a test image needs no preparation
      if (andFocus) pad.focus();
    },
    setNet(next) {
      net = next;
      answer();
    },
  };
}

/** The most probable class, the second one, and a doubt about the answer, in words. */
function inWords(probabilities: Float64Array, remark?: string): string {
  const [best, second] = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const share = (k: number) => translate(percent(probabilities[k], 0));
  const doubt = remark ?? (unsureNote(probabilities) && translate('unsure'));
  const words = [`${best}, ${share(best)}`];
  if (second !== undefined) words.push(translate(`then ${second}, ${share(second)}`));
  if (doubt !== undefined) words.push(doubt);
  return words.join('; ');
}

/** A bar per class, and the answer. Returns a function that shows probabilities (K) or none, and a remark. */
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

/** Pause before an announcement: a stroke should end before a screen reader speaks. */
const PAUSE_MS = 700;

/** Announces texts in a live region, after a pause; a later text replaces an earlier one. */
function liveRegion(region: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), PAUSE_MS);
  };
}

interface PhotoSettings {
  /** Chooses a file. */
  readonly input: HTMLInputElement;
  /** Accepts dropped photos. */
  readonly target: HTMLElement;
  onPicture(picture: Picture): void;
  /** Called with a message if the browser cannot read a file as a picture. */
  onFailure(text: string): void;
}

/** Reads photos that are chosen, dropped on the target, or pasted on the page. They stay in the browser. */
function openPhotos({ input, target, ...callbacks }: PhotoSettings): void {
  let latest = 0;
  async function take(files: FileList | null | undefined): Promise<void> {
    const file = files?.[0];
    if (file === undefined) return;
    const number = ++latest;
    const picture = await decode(file).catch(() => undefined);
    if (number !== latest) return; // another photo came while this one was decoded
    if (picture) callbacks.onPicture(picture);
    else callbacks.onFailure(translate(`This browser cannot read ${file.name} as a picture: save it as PNG or JPEG.`));
  }

  input.addEventListener('change', () => {
    void take(input.files);
    input.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => void take(clipboardData?.files));
  // A file that misses the target would replace the page.
  for (const name of ['dragover', 'drop'] as const) {
    document.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    });
  }
  target.addEventListener('dragover', () => target.classList.add('over'));
  for (const name of ['dragleave', 'drop']) target.addEventListener(name, () => target.classList.remove('over'));
  target.addEventListener('drop', ({ dataTransfer }) => void take(dataTransfer?.files));
}

/** Decodes a picture, upright; a large one is reduced to LONGEST rows or columns. */
async function decode(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [columns, rows] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, columns, rows);
  bitmap.close();
  return { rows, columns, rgba: new Uint8Array(context.getImageData(0, 0, columns, rows).data.buffer) };
}
