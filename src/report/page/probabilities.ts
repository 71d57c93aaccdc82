import { percent } from '../format.js';
import { element } from './element.js';

/** Ten bars and the answer; returns how to show probabilities (K), or that there are none. */
export function openProbabilities(): (probabilities: Float64Array | undefined) => void {
  const rows = [...element('probabilities', HTMLElement).children].map((row) => ({
    row,
    fill: row.querySelector<HTMLElement>('.fill')!,
    share: row.querySelector<HTMLElement>('.share')!,
  }));
  const answer = element('answer', HTMLElement);
  const certainty = element('certainty', HTMLElement);

  return (probabilities) => {
    const best = probabilities?.indexOf(Math.max(...probabilities));
    rows.forEach(({ row, fill, share }, k) => {
      const probability = probabilities?.[k];
      fill.style.transform = `scaleX(${probability ?? 0})`;
      share.textContent = probability === undefined ? '–' : percent(probability, 1);
      row.classList.toggle('best', k === best);
    });
    answer.textContent = best === undefined ? '?' : String(best);
    certainty.textContent =
      best === undefined ? 'Draw, or choose a test image.' : `with probability ${percent(probabilities![best], 1)}`;
  };
}
