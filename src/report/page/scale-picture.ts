import { paintInk } from './picture.js';

/** Draws a picture, (rows, columns) in [0, 1], as large as the canvas: pixels stay squares. */
export function scalePicture(
  context: CanvasRenderingContext2D,
  picture: Float64Array,
  rows: number,
  columns: number,
): void {
  const small = document.createElement('canvas');
  small.width = columns;
  small.height = rows;
  paintInk(small, picture);
  const { width, height } = context.canvas;
  const scale = Math.min(width / columns, height / rows);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, (width - scale * columns) / 2, (height - scale * rows) / 2, scale * columns, scale * rows);
}
