import type { Picture } from './picture.js';

const ORIENTATION_TAG = 0x0112;

/**
 * Orientation 1 … 8 of an EXIF block, 1 (as it is) if it has none or cannot be read.
 *
 * @param exif "Exif\0\0" and a TIFF file; what is before the TIFF file may be cut off
 * @see TIFF 6.0, section 8; EXIF 2.3, 4.6.4
 */
export function exifOrientation(exif: Uint8Array | undefined): number {
  if (exif === undefined) return 1;
  const start = exif.findIndex((byte, i) => (byte === 0x49 || byte === 0x4d) && exif[i + 1] === byte); // "II" or "MM"
  if (start < 0) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const isLittle = exif[start] === 0x49;
  const fits = (at: number, bytes: number) => at + bytes <= exif.length;
  if (!fits(start, 8)) return 1;
  const directory = start + view.getUint32(start + 4, isLittle);
  if (!fits(directory, 2)) return 1;
  const entries = view.getUint16(directory, isLittle);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (!fits(entry, 12)) return 1;
    if (view.getUint16(entry, isLittle) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(entry + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Turns and mirrors a picture so that it stands upright. */
export function orient({ rows, columns, rgba }: Picture, orientation: number): Picture {
  if (orientation === 1) return { rows, columns, rgba };
  const isTurned = orientation >= 5; // rows become columns
  const isUpsideDown = [3, 4, 7, 8].includes(orientation);
  const isMirrored = [2, 3, 6, 7].includes(orientation);
  const upright = { rows: isTurned ? columns : rows, columns: isTurned ? rows : columns };
  const from = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const turned = new Uint8Array(rgba.length);
  const to = new DataView(turned.buffer);
  for (let row = 0; row < upright.rows; row++) {
    for (let column = 0; column < upright.columns; column++) {
      const r = isUpsideDown ? upright.rows - 1 - row : row;
      const c = isMirrored ? upright.columns - 1 - column : column;
      const source = isTurned ? c * columns + r : r * columns + c;
      to.setUint32(4 * (row * upright.columns + column), from.getUint32(4 * source));
    }
  }
  return { ...upright, rgba: turned };
}
