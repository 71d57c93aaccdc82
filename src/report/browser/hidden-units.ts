import type { TwoLayerNet } from '../../network/two-layer-net.js';
import { type ImageSize, MOST_UNITS } from '../data.js';
import { element, paintSigned, sliderKeys, translate } from './elements.js';

/** Quantile of the magnitudes that has the full colour; scaled to the largest, the rest would be pale. */
const FULL_COLOUR = 0.995;

/** Shows the weights of each hidden unit as an image, on one colour scale. Returns a function that shows a new net. */
export function openHiddenUnits(first: TwoLayerNet, { rows, columns }: ImageSize): (net: TwoLayerNet) => void {
  const tiles = document.querySelector<HTMLElement>('.tiles')!;
  const readout = document.querySelector<HTMLElement>('.units .readout')!;
  let net = first;
  let units = unitsToShow(net);
  const canvases = units.map(() => {
    const canvas = document.createElement('canvas');
    canvas.width = columns;
    canvas.height = rows;
    return canvas;
  });
  tiles.replaceChildren(...canvases);

  function paint(): void {
    units = unitsToShow(net);
    const incoming = units.map((unit) => incomingWeights(net, unit));
    const largest = quantile(incoming, FULL_COLOUR) || 1;
    element('least', HTMLElement).textContent = `−${largest.toPrecision(2)}`;
    element('most', HTMLElement).textContent = `+${largest.toPrecision(2)}`;
    canvases.forEach((canvas, i) =>
      paintSigned(
        canvas,
        incoming[i].map((weight) => weight / largest),
      ),
    );
  }
  paint();

  const refresh = sliderKeys(tiles, {
    count: () => units.length,
    rest: () => 0,
    rowLength: () => Math.max(1, canvases.filter(({ offsetTop }) => offsetTop === canvases[0].offsetTop).length),
    placeAt: ({ target }) => {
      const place = canvases.indexOf(target as HTMLCanvasElement);
      return place < 0 ? undefined : place;
    },
    show(place) {
      canvases.forEach((canvas, i) => canvas.classList.toggle('chosen', i === place));
      const words = translate(
        place === undefined ? 'Point at a unit to see what it votes for.' : votes(net, units[place]),
      );
      readout.textContent = words;
      return words;
    },
  });
  return (next) => {
    net = next;
    paint();
    refresh();
  };
}

/** All units; if there are more than a page shows, those with the largest outgoing weights. */
function unitsToShow({ hiddenSize, outputSize, W2 }: TwoLayerNet): number[] {
  const units = Array.from({ length: hiddenSize }, (_, unit) => unit);
  if (hiddenSize <= MOST_UNITS) return units;
  const strength = units.map((unit) => Math.hypot(...W2.subarray(unit * outputSize, (unit + 1) * outputSize)));
  return units
    .sort((a, b) => strength[b] - strength[a])
    .slice(0, MOST_UNITS)
    .sort((a, b) => a - b);
}

/** A column of W1 (D, H). */
function incomingWeights({ inputSize, hiddenSize, W1 }: TwoLayerNet, unit: number): Float64Array {
  return Float64Array.from({ length: inputSize }, (_, pixel) => W1[pixel * hiddenSize + unit]);
}

/** The classes with the largest and the smallest of a unit's outgoing weights, a row of W2 (H, K), in words. */
function votes({ outputSize, W2 }: TwoLayerNet, unit: number): string {
  const row = W2.subarray(unit * outputSize, (unit + 1) * outputSize);
  const most = row.indexOf(Math.max(...row));
  const least = row.indexOf(Math.min(...row));
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
  return `Unit ${unit}: most for ${most} (${signed(row[most])}), most against ${least} (${signed(row[least])})`;
}

/** The magnitude that a share of all weights does not exceed. */
function quantile(weights: readonly Float64Array[], share: number): number {
  const magnitudes = new Float64Array(weights.reduce((count, values) => count + values.length, 0));
  let count = 0;
  for (const values of weights) for (const value of values) magnitudes[count++] = Math.abs(value);
  return magnitudes.sort()[Math.floor(share * (count - 1))];
}
