import { paintInk } from './picture.js';
import type { Recognition } from './recognition.js';

/** Paints the mistakes; a click on one takes it to the drawing pad. */
export function openMistakes(mistakes: readonly Float64Array[], recognition: Recognition): void {
  document.querySelectorAll<HTMLElement>('[data-mistake]').forEach((button, i) => {
    paintInk(button.querySelector('canvas')!, mistakes[i]);
    button.addEventListener('click', () => recognition.take(mistakes[i]));
  });
}
