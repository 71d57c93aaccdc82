import { element, paintInk, translate } from './elements.js';

interface Pad {
  /** Replaces the drawing by a picture, (rows, columns) in [0, 1]. */
  put(picture: Float64Array, rows: number, columns: number): void;
  clear(): void;
  /** Takes back the last stroke, clearing or picture. */
  undo(): void;
  /** Scrolls the pad into view and gives it the keyboard's focus. */
  focus(): void;
}

/** A point on the pad, in its own pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Width of the pen as a share of the pad's side. In MNIST, digits are 20 pixels high and strokes 2 to 3 wide. */
const PEN_WIDTH = 0.08;

/** Most drawings kept for undo, 0.3 MB each. */
const MOST_UNDO = 40;

/**
 * Makes a canvas a pad to draw on, by pointer or keyboard. `onDraw` receives the drawing, (side, side) in [0, 1], after
 * a change, at most once per frame.
 */
export function openPad(
  canvas: HTMLCanvasElement,
  { onDraw, say }: { onDraw(ink: Float64Array, side: number): void; say(text: string): void },
): Pad {
  const side = canvas.width;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  Object.assign(context, { lineWidth: side * PEN_WIDTH, lineCap: 'round', lineJoin: 'round' });

  let frame = 0;
  function changed(): void {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const { data } = context.getImageData(0, 0, side, side);
      onDraw(
        Float64Array.from({ length: side * side }, (_, i) => data[4 * i + 3] / 255),
        side,
      );
    });
  }

  /** Draws from one point to another; a dot if they are equal. */
  function stroke(from: Point, to: Point): void {
    context.beginPath();
    // Browsers need not draw a line without length.
    if (from.x === to.x && from.y === to.y) {
      context.arc(from.x, from.y, context.lineWidth / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
    changed();
  }

  const earlier: ImageData[] = [];
  /** Stores the drawing before a change, for undo. */
  function keep(): void {
    earlier.push(context.getImageData(0, 0, side, side));
    if (earlier.length > MOST_UNDO) earlier.shift();
  }

  function undo(): void {
    const before = earlier.pop();
    if (before === undefined) return;
    context.putImageData(before, 0, 0);
    changed();
  }

  function clear(): void {
    keep();
    context.clearRect(0, 0, side, side);
    changed();
  }

  followPointer(canvas, keep, stroke);
  penKeys(canvas, { keep, stroke, clear, undo, say });

  return {
    clear,
    undo,
    put(picture, rows, columns) {
      keep();
      cancelAnimationFrame(frame);
      context.clearRect(0, 0, side, side);
      scalePicture(context, picture, rows, columns);
    },
    focus() {
      canvas.focus({ preventScroll: true });
      canvas.closest('.draw')!.scrollIntoView();
    },
  };
}

/** Draws with mouse, finger or pen, one pointer at a time, including the moves between two frames. */
function followPointer(canvas: HTMLCanvasElement, keep: () => void, stroke: (from: Point, to: Point) => void): void {
  let drawing: number | undefined; // the pointer's id
  let last: Point = { x: 0, y: 0 };
  const pointOf = (event: PointerEvent): Point => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const style = getComputedStyle(canvas);
    const [x, y] = [parseFloat(style.borderLeftWidth), parseFloat(style.borderTopWidth)];
    return {
      x: ((event.clientX - left - x) / (width - 2 * x)) * canvas.width,
      y: ((event.clientY - top - y) / (height - 2 * y)) * canvas.height,
    };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (drawing !== undefined || event.button !== 0) return;
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    last = pointOf(event);
    keep();
    stroke(last, last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== drawing) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event]) {
      const point = pointOf(move);
      stroke(last, point);
      last = point;
    }
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === drawing) drawing = undefined;
    });
  }
}

/** Steps from one edge of the pad to the other. */
const STEPS = 20;

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Actions of the keyboard. */
interface PenActions {
  keep(): void;
  stroke(from: Point, to: Point): void;
  clear(): void;
  undo(): void;
  say(text: string): void;
}

/** Drawing by keyboard: arrows move a pen, Space or Enter puts it down and lifts it, Delete clears. */
function penKeys(canvas: HTMLCanvasElement, { keep, stroke, clear, undo, say }: PenActions): void {
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
  const sayWhere = () =>
    say(translate(`Pen up, column ${Math.round(at.x / step)}, row ${Math.round(at.y / step)} of ${STEPS}`));

  canvas.addEventListener('focus', () => show(canvas.matches(':focus-visible')));
  canvas.addEventListener('blur', lift);
  canvas.addEventListener('pointerdown', lift);
  canvas.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      event.preventDefault();
      return undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction) {
      const within = (value: number) => Math.max(step, Math.min(canvas.width - step, value));
      const to = { x: within(at.x + direction[0] * step), y: within(at.y + direction[1] * step) };
      if (isDown) stroke(at, to);
      at = to;
      if (!isDown) sayWhere();
    } else if (event.key === ' ' || event.key === 'Enter') {
      isDown = !isDown;
      if (isDown) {
        keep();
        stroke(at, at);
      } else sayWhere();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      clear();
    } else return;
    event.preventDefault();
    show(true);
  });
}

/** Draws a picture, (rows, columns) in [0, 1], as large as fits the canvas, its pixels as squares. */
function scalePicture(context: CanvasRenderingContext2D, picture: Float64Array, rows: number, columns: number): void {
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  paintInk(small, picture);
  const { width, height } = context.canvas;
  const scale = Math.min(width / columns, height / rows);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, (width - scale * columns) / 2, (height - scale * rows) / 2, scale * columns, scale * rows);
}
