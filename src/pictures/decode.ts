import { InputError } from '../errors.js';
import { decodeNetpbm } from './netpbm.js';
import type { Picture } from './picture.js';

/** Other formats by how they begin, so that a message can name what it was given. */
const FOREIGN: readonly [offset: number, text: string, format: string][] = [
  [0, 'GIF8', 'a GIF'],
  [0, 'BM', 'a BMP'],
  [8, 'WEBP', 'a WebP'],
  [0, 'II*\0', 'a TIFF'],
  [0, 'MM\0*', 'a TIFF'],
  [4, 'ftyp', 'a HEIC or AVIF'],
  [0, '%PDF', 'a PDF'],
  [0, '<', 'an SVG or another text'],
];

const startsAs = (bytes: Uint8Array, text: string, offset = 0) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', offset, offset + text.length) ===
  text;

const isPng = (bytes: Uint8Array) => startsAs(bytes, '\x89PNG\r\n\x1a\n');
const isJpeg = (bytes: Uint8Array) => startsAs(bytes, '\xff\xd8\xff');
const isNetpbm = (bytes: Uint8Array) => /^P[1-6][\s#]/.test(Buffer.from(bytes.subarray(0, 3)).toString('latin1'));

/** Whether the first bytes are those of a format that `decodePicture` reads. */
export function isPicture(bytes: Uint8Array): boolean {
  return isPng(bytes) || isJpeg(bytes) || isNetpbm(bytes);
}

/**
 * Reads a picture: PNG, JPEG, or one of the PBM, PGM and PPM formats, plain or binary. A JPEG of
 * more than 1024 rows or columns comes reduced to a half, a quarter or an eighth.
 *
 * @param bytes the whole file
 * @param name what to call it in messages
 * @throws InputError if the file is damaged, is something else, or claims more than 20 million pixels
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  if (isPng(bytes)) return (await import('./decode-png.js')).decodePng(bytes, name);
  if (isJpeg(bytes)) return (await import('./decode-jpeg.js')).decodeJpeg(bytes, name);
  if (isNetpbm(bytes)) return decodeNetpbm(bytes, name);
  if (bytes.length === 0) throw new InputError(`${name} is empty: save the picture again`);
  const foreign = FOREIGN.find(([offset, text]) => startsAs(bytes, text, offset));
  throw new InputError(`${name} is ${foreign?.[2] ?? 'no picture'}: save it as PNG, JPEG or PGM`);
}
