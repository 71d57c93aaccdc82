/** What a slider does at its places 0 … count - 1. */
export interface Scrubbing {
  readonly count: number;
  readonly start: number;
  /** The place that is pointed at; undefined between places. */
  placeAt(event: PointerEvent): number | undefined;
  /** Places from a row to the next, where they lie in rows; 1 elsewhere. */
  rowLength(): number;
  /** Shows a place, or with undefined what is to be seen when nobody looks at one; returns it in words. */
  show(place: number | undefined): string;
}

/**
 * Makes an element with role slider one whose places can be visited by pointer or by keyboard (arrows, Page Up and Down,
 * Home, End), as the ARIA authoring practices have it.
 *
 * @returns shows the present place again, after the element was drawn anew
 */
export function scrub(element: HTMLElement, { count, start, placeAt, rowLength, show }: Scrubbing): () => void {
  let place = start;
  let looking = false;

  function refresh(): void {
    element.ariaValueMin = '0';
    element.ariaValueMax = String(count - 1);
    element.ariaValueNow = String(place);
    element.ariaValueText = show(place);
    if (!looking) show(undefined);
  }
  function look(at: number): void {
    looking = true;
    place = Math.max(0, Math.min(count - 1, at));
    refresh();
  }
  function away(): void {
    looking = document.activeElement === element && element.matches(':focus-visible');
    refresh();
  }

  element.addEventListener('pointermove', (event) => {
    const at = placeAt(event);
    if (at !== undefined) look(at);
  });
  element.addEventListener('pointerdown', (event) => {
    const at = placeAt(event);
    if (at !== undefined) look(at);
  });
  element.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch') away(); // a finger that was lifted still wants to read
  });
  element.addEventListener('focus', () => element.matches(':focus-visible') && look(place));
  element.addEventListener('blur', away);
  element.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.round(count / 10));
    const row = rowLength();
    const to = {
      ...{ ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: count - 1 },
      ...(row === 1 ? { ArrowDown: place - 1, ArrowUp: place + 1 } : { ArrowDown: place + row, ArrowUp: place - row }),
      ...{ PageDown: place - page, PageUp: place + page },
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    look(to);
  });
  refresh();
  return refresh;
}
