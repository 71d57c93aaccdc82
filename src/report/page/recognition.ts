import { centerDigit, SIDE } from '../../pictures/center-digit.js';
import { predict, type TwoLayerNet } from '../../network/two-layer-net.js';
import { percent } from '../format.js';
import type { ImageSize } from '../report-data.js';
import { openPad } from './drawing-pad.js';
import { element } from './element.js';
import { fitPicture } from '../fit-picture.js';
import { paintInk } from './picture.js';
import { openProbabilities } from './probabilities.js';
import { speaker } from './speaker.js';

/** The drawing pad and what the net makes of it. */
export interface Recognition {
  /** Puts an image of the data set, (rows * columns) in [0, 1], on the pad, and the reader there too. */
  take(ink: Float64Array): void;
}

export function openRecognition(net: TwoLayerNet, images: ImageSize, samples: readonly Float64Array[]): Recognition {
  const { rows, columns } = images;
  const seen = element('seen', HTMLCanvasElement);
  const say = speaker(element('spoken', HTMLElement));
  const showProbabilities = openProbabilities();

  /** Shows what the net makes of an image, (rows * columns) in [0, 1]. */
  function recognise(image: Float64Array): void {
    paintInk(seen, image);
    const isEmpty = image.every((value) => value === 0);
    const probabilities = isEmpty ? undefined : predict(net, image);
    showProbabilities(probabilities);
    say(probabilities ? inWords(probabilities) : 'The pad is empty.');
  }

  const pad = openPad(element('pad', HTMLCanvasElement), {
    onDraw: ({ ink, side }) => recognise(fitPicture(centerDigit(ink, side, side), SIDE, SIDE, rows, columns)),
    say,
  });
  element('clear', HTMLButtonElement).addEventListener('click', pad.clear);

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

/** The most probable class, and the runner-up. */
function inWords(probabilities: Float64Array): string {
  const [best, second] = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const share = (k: number) => percent(probabilities[k], 0);
  return `${best}, ${share(best)}${second === undefined ? '' : `; then ${second}, ${share(second)}`}`;
}
