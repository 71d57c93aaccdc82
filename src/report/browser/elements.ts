import { formatCount } from '../../errors.js';
import { translator, type Translate } from '../../language/translate.js';
import { type Axis, linearAxis, type Tick } from '../../plots/scale.js';
import { SCRIPT_WORDS_ID } from '../data.js';

// Shared by several parts of the page: translation, finding and making elements, unpacking data, axes of charts,
// painting arrays, sliders.

const words = document.getElementById(SCRIPT_WORDS_ID)?.textContent;

/** Translates what the script says into the language of the page. */
export const translate: Translate = translator(
  words === undefined ? {} : (JSON.parse(words) as Record<string, string>),
);

/**
 * The element with an id.
 *
 * @throws Error if the page has none of that kind
 */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** Decodes base64 and decompresses the bytes (zlib). */
export async function inflate(base64: string): Promise<Uint8Array> {
  const compressed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A new SVG element. */
export function svg(
  name: string,
  attributes: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

const MARGIN = { top: 12, right: 22, bottom: 40 };

/**
 * The scales of a chart over iterations, in pixels, and its axes as SVG.
 *
 * @param left room for the labels of the upright axis
 * @param iterations where the axis of iterations ends
 * @param ticks about the most there may be on the upright axis
 */
export function chartFrame(
  { width, height, left }: { width: number; height: number; left: number },
  iterations: number,
  up: Axis,
  ticks: number,
  formatTick = ({ label }: Tick) => label,
) {
  const [right, top, bottom] = [Math.max(left + 1, width - MARGIN.right), MARGIN.top, height - MARGIN.bottom];
  const across = linearAxis('iteration', 0, iterations);
  const x = (iteration: number) => left + across.at(iteration) * (right - left);
  const y = (value: number) => bottom - up.at(value) * (bottom - top);
  const axes = [
    ...up
      .ticks(ticks)
      .flatMap((tick) => [
        svg('line', { class: 'grid', x1: left, x2: right, y1: y(tick.value), y2: y(tick.value) }),
        svg('text', { class: 'tick-y', x: left - 8, y: y(tick.value) }, formatTick(tick)),
      ]),
    ...across
      .ticks(Math.min(6, width / 80))
      .filter(({ value }) => Number.isInteger(value))
      .flatMap(({ value }) => [
        svg('line', { class: 'tick', x1: x(value), x2: x(value), y1: bottom, y2: bottom + 4 }),
        svg('text', { class: 'tick-x', x: x(value), y: bottom + 17 }, formatCount(value)),
      ]),
    svg('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    svg('text', { class: 'axis-name', x: right, y: height - 4 }, translate('iteration')),
  ];
  return { top, bottom, x, y, axes };
}

type Colour = readonly [red: number, green: number, blue: number];

/** Ink is black, and the style sheet inverts it where the page is dark. */
const BLACK: Colour = [0, 0, 0];
/** Colours of positive and negative weights; both stand out from light and dark paper. */
const POSITIVE: Colour = [226, 88, 16];
const NEGATIVE: Colour = [36, 118, 220];

/** Paints an image, (rows * columns) in [0, 1], pixel by pixel on a canvas of its size: 0 is transparent. */
export function paintInk(canvas: HTMLCanvasElement, ink: Float64Array): void {
  paint(canvas, ink, () => BLACK);
}

/** Paints numbers in [-1, 1] in the same way: 0 is transparent, and each sign has a colour. */
export function paintSigned(canvas: HTMLCanvasElement, values: Float64Array): void {
  paint(canvas, values, (value) => (value > 0 ? POSITIVE : NEGATIVE));
}

function paint(canvas: HTMLCanvasElement, values: Float64Array, colourOf: (value: number) => Colour): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = colourOf(values[i]);
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = Math.min(1, Math.abs(values[i])) * 255;
  }
  context.putImageData(image, 0, 0);
}

/** A slider with the positions 0 … count - 1. */
interface SliderKeys {
  /** Number of positions; it may grow. */
  count(): number;
  /** The position at first, and again after the slider has been left. */
  rest(): number;
  /** The position under the pointer; undefined between positions. */
  placeAt(event: PointerEvent): number | undefined;
  /** Positions per row, where they lie in rows; 1 elsewhere. */
  rowLength(): number;
  /** Shows a position, or the resting state if it is undefined; returns the position in words. */
  show(place: number | undefined): string;
}

/**
 * Lets pointer and keyboard (arrows, Page Up and Down, Home, End) operate an element with role slider, as in the ARIA
 * authoring practices.
 *
 * @returns a function that shows the current position again after a redraw
 */
export function sliderKeys(element: HTMLElement, { count, rest, placeAt, rowLength, show }: SliderKeys): () => void {
  let place = rest();
  let isVisited = false;

  function refresh(): void {
    if (count() === 0) return;
    if (!isVisited) place = rest();
    element.ariaValueMin = '0';
    element.ariaValueMax = String(count() - 1);
    element.ariaValueNow = String(place);
    element.ariaValueText = show(place);
    if (!isVisited) show(undefined);
  }
  function visit(to: number): void {
    isVisited = true;
    place = Math.max(0, Math.min(count() - 1, to));
    refresh();
  }
  function leave(): void {
    isVisited = document.activeElement === element && element.matches(':focus-visible');
    refresh();
  }
  function point(event: PointerEvent): void {
    const at = placeAt(event);
    if (at !== undefined) visit(at);
  }

  element.addEventListener('pointermove', point);
  element.addEventListener('pointerdown', point);
  element.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch') leave(); // after a touch, its value stays to be read
  });
  element.addEventListener('focus', () => element.matches(':focus-visible') && visit(place));
  element.addEventListener('blur', leave);
  element.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.round(count() / 10));
    const row = rowLength();
    const to = {
      ArrowLeft: place - 1,
      ArrowRight: place + 1,
      ArrowDown: row === 1 ? place - 1 : place + row,
      ArrowUp: row === 1 ? place + 1 : place - row,
      PageDown: place - page,
      PageUp: place + page,
      Home: 0,
      End: count() - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    visit(to);
  });
  refresh();
  return refresh;
}
