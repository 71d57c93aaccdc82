import { LONGEST, type Picture } from '../../pictures/picture.js';
import { translate } from './elements.js';

interface PhotoSettings {
  /** Chooses a file. */
  readonly input: HTMLInputElement;
  /** Where a photo may be dropped. */
  readonly target: HTMLElement;
  onPicture(picture: Picture): void;
  /** Called with a sentence if a file is no picture that the browser can read. */
  onFailure(text: string): void;
}

/** Takes photos that are chosen, dropped on the target, or pasted anywhere on the page. They stay in the browser. */
export function openPhotos({ input, target, ...callbacks }: PhotoSettings): void {
  let latest = 0;
  async function take(files: FileList | null | undefined): Promise<void> {
    const file = files?.[0];
    if (file === undefined) return;
    const number = ++latest;
    const picture = await decode(file).catch(() => undefined);
    if (number !== latest) return; // another photo came while this one was decoded
    if (picture) callbacks.onPicture(picture);
    else callbacks.onFailure(translate(`This browser cannot read ${file.name} as a picture: save it as PNG or JPEG.`));
  }

  input.addEventListener('change', () => {
    void take(input.files);
    input.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => void take(clipboardData?.files));
  // A file that misses the target would replace the page.
  for (const name of ['dragover', 'drop'] as const) {
    document.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    });
  }
  target.addEventListener('dragover', () => target.classList.add('over'));
  for (const name of ['dragleave', 'drop']) target.addEventListener(name, () => target.classList.remove('over'));
  target.addEventListener('drop', ({ dataTransfer }) => void take(dataTransfer?.files));
}

/** Decodes a picture, upright; a large one is reduced to LONGEST rows or columns. */
async function decode(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const [columns, rows] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, columns, rows);
  bitmap.close();
  return { rows, columns, rgba: new Uint8Array(context.getImageData(0, 0, columns, rows).data.buffer) };
}
