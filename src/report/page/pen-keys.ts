import type { Point } from './drawing-pad.js';
import { element } from './element.js';

/** Steps from one edge of the pad to the other. */
const STEPS = 20;

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What the keys do. */
export interface PenActions {
  stroke(from: Point, to: Point): void;
  clear(): void;
  say(text: string): void;
}

/** Drawing by keyboard: arrows move a pen, Space or Enter puts it down and lifts it, Delete clears. */
export function penKeys(canvas: HTMLCanvasElement, { stroke, clear, say }: PenActions): void {
  const pen = element('pen', HTMLElement);
  const step = canvas.width / STEPS;
  let at: Point = { x: canvas.width / 2, y: 4 * step };
  let isDown = false;

  function show(isVisible: boolean): void {
    pen.hidden = !isVisible;
    pen.classList.toggle('down', isDown);
    pen.style.left = `${(at.x / canvas.width) * 100}%`;
    pen.style.top = `${(at.y / canvas.height) * 100}%`;
  }
  const lift = () => {
    isDown = false;
    show(false);
  };
  const where = () => `column ${Math.round(at.x / step)}, row ${Math.round(at.y / step)} of ${STEPS}`;

  canvas.addEventListener('focus', () => show(canvas.matches(':focus-visible')));
  canvas.addEventListener('blur', lift);
  canvas.addEventListener('pointerdown', lift);
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction) {
      const within = (value: number) => Math.max(step, Math.min(canvas.width - step, value));
      const to = { x: within(at.x + direction[0] * step), y: within(at.y + direction[1] * step) };
      if (isDown) stroke(at, to);
      at = to;
      if (!isDown) say(`Pen up, ${where()}`);
    } else if (event.key === ' ' || event.key === 'Enter') {
      isDown = !isDown;
      if (isDown) stroke(at, at);
      else say(`Pen up, ${where()}`);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      clear();
    } else return;
    event.preventDefault();
    show(true);
  });
}
