/**
 * The element with an id, which the page is known to have.
 *
 * @throws Error if it has none of that kind
 */
export function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
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

/** Black ink with this much alpha; page.css turns it white where the page is dark. */
const BLACK = [0, 0, 0] as const;
/** Colours of positive and negative weights; both stand out from light and dark paper. */
const POSITIVE = [226, 88, 16] as const;
const NEGATIVE = [36, 118, 220] as const;

/** Paints an image, (rows * columns) in [0, 1], pixel by pixel on a canvas of its size: 0 is transparent. */
export function paintInk(canvas: HTMLCanvasElement, ink: Float64Array): void {
  paint(canvas, ink, () => BLACK);
}

/** The same for numbers in [-1, 1]: transparent at 0, one colour above and one below. */
export function paintSigned(canvas: HTMLCanvasElement, values: Float64Array): void {
  paint(canvas, values, (value) => (value > 0 ? POSITIVE : NEGATIVE));
}

function paint(
  canvas: HTMLCanvasElement,
  values: Float64Array,
  colourOf: (value: number) => readonly [number, number, number],
): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => {
    image.data.set([...colourOf(value), Math.min(1, Math.abs(value)) * 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
