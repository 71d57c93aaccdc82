import { percent, withArticle } from '../html.js';
import type { PageData, TestImage } from '../data.js';
import { element, paintInk, translate } from './elements.js';
import type { Recognition } from './recognition.js';

/** The pixels of a test image, in [0, 1]. */
function inkOf({ pixels }: TestImage): Float64Array {
  return Float64Array.from(pixels, (pixel) => pixel / 255);
}

/** Paints the test images of the page; a click on one puts it on the drawing pad. */
export function openPictures(pictures: readonly TestImage[], recognition: Recognition): void {
  document.querySelectorAll<HTMLElement>('[data-picture]').forEach((button) => {
    const picture = pictures[Number(button.dataset.picture)];
    paintInk(button.querySelector('canvas')!, inkOf(picture));
    const isBesidePad = button.closest('.draw') !== null;
    button.addEventListener('click', () => recognition.take(inkOf(picture), { andFocus: !isBesidePad }));
  });
}

/** Shows the images of a cell of the confusion matrix when it is chosen; arrow keys move between cells. */
export function openCells({ pictures, images }: PageData, recognition: Recognition): void {
  const table = document.getElementById('matrix');
  if (table === null) return;
  const cells = [...table.querySelectorAll('button')];
  const title = element('cell-title', HTMLElement);
  const list = element('cell-pictures', HTMLElement);

  function show(cell: HTMLButtonElement): void {
    const [truth, predicted, count] = [cell.dataset.truth, cell.dataset.predicted, cell.dataset.count].map(Number);
    const found = pictures.filter((picture) => picture.label === truth && picture.predicted === predicted);
    for (const other of cells) other.ariaPressed = String(other === cell);
    const some = found.length < count ? translate(`${found.length} of ${cell.ariaLabel}`) : cell.ariaLabel;
    title.textContent = `${some}:`;
    list.replaceChildren(...found.map((picture) => pictureItem(picture)));
  }

  function pictureItem(picture: TestImage): HTMLElement {
    const { index, label, predicted, probability } = picture;
    const [item, button, canvas, said] = [
      document.createElement('li'),
      document.createElement('button'),
      document.createElement('canvas'),
      document.createElement('span'),
    ];
    button.type = 'button';
    button.ariaLabel = translate(
      `Test image ${index}: ${withArticle(label)}, taken for ${withArticle(predicted)} with probability ${percent(probability, 1)}`,
    );
    canvas.width = images.columns;
    canvas.height = images.rows;
    canvas.ariaHidden = 'true';
    paintInk(canvas, inkOf(picture));
    said.className = 'said';
    said.ariaHidden = 'true';
    said.textContent = translate(percent(probability, 1));
    button.append(canvas, said);
    button.addEventListener('click', () => recognition.take(inkOf(picture), { andFocus: true }));
    item.append(button);
    return item;
  }

  // All cells are one stop of the Tab key.
  cells.forEach((cell, i) => {
    cell.ariaPressed = 'false';
    cell.tabIndex = i === 0 ? 0 : -1;
    cell.addEventListener('click', () => show(cell));
    cell.addEventListener('focus', () => cells.forEach((other) => (other.tabIndex = other === cell ? 0 : -1)));
  });
  table.addEventListener('keydown', (event) => {
    const direction = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = event.target;
    if (direction === undefined || !(cell instanceof HTMLButtonElement)) return;
    event.preventDefault();
    neighbour(cells, cell, direction)?.focus();
  });
}

/** The nearest cell with images in a direction. */
function neighbour(
  cells: readonly HTMLButtonElement[],
  { dataset }: HTMLButtonElement,
  [down, right]: readonly number[],
): HTMLButtonElement | undefined {
  const steps = cells.map(({ dataset: other }) => {
    const [rows, columns] = [
      Number(other.truth) - Number(dataset.truth),
      Number(other.predicted) - Number(dataset.predicted),
    ];
    const isAhead = down === 0 ? rows === 0 && columns * right > 0 : columns === 0 && rows * down > 0;
    return isAhead ? Math.abs(rows + columns) : Infinity;
  });
  const nearest = Math.min(...steps);
  return nearest === Infinity ? undefined : cells[steps.indexOf(nearest)];
}
