import { checkSize, damaged, type Picture } from './picture.js';

const { ceil, floor, round } = Math;

/** Name and samples per pixel of P1 to P3, and of P4 to P6. Samples of PBM are bits; 1 is black. */
const KINDS = [
  ['PBM', 1],
  ['PGM', 1],
  ['PPM', 3],
] as const;

/**
 * Reads PBM, PGM and PPM: P1, P2, P3 (plain, numbers as text) and P4, P5, P6 (binary), 1 to 16 bits per sample. Of
 * several pictures in a file it reads the first.
 *
 * @throws InputError as `decodePicture`
 * @see https://netpbm.sourceforge.net/doc/
 */
export function decodeNetpbm(bytes: Uint8Array, name: string): Picture {
  const digit = bytes[1] - 48;
  const isPlain = digit <= 3;
  const [format, samples] = KINDS[(digit - 1) % 3];
  const isBitmap = format === 'PBM';
  const fail = (why: string) => damaged(name, format, why);
  const text = textReader(bytes, 2, fail);
  const columns = text.number();
  const rows = text.number();
  const largest = isBitmap ? 1 : text.number();
  checkSize(rows, columns, name);
  if (largest < 1 || largest > 65535) throw fail(`its largest sample is ${largest}, not 1 to 65535`);

  let next = isBitmap ? text.bit : text.number;
  if (!isPlain) {
    const start = text.end() + 1;
    const bits = isBitmap ? 1 : largest > 255 ? 16 : 8;
    const stride = ceil((columns * samples * bits) / 8); // each row begins at a byte
    const length = start + rows * stride;
    if (bytes.length < length) throw fail(`it has ${bytes.length} of ${length} bytes`);
    next = binaryReader(bytes, start, columns * samples, bits);
  }
  const rgba = new Uint8Array(rows * columns * 4).fill(255);
  const sample = () => {
    const value = next();
    if (value > largest) throw fail(`a sample is ${value}, the largest should be ${largest}`);
    return round((255 * (isBitmap ? 1 - value : value)) / largest);
  };
  for (let i = 0; i < rgba.length; i += 4) {
    rgba[i] = sample();
    rgba[i + 1] = samples === 3 ? sample() : rgba[i];
    rgba[i + 2] = samples === 3 ? sample() : rgba[i];
  }
  return { rows, columns, rgba };
}

const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);
const isDigit = (byte: number) => byte >= 48 && byte <= 57;

/** Numbers in text, separated by white space and by comments from # to the end of the line. */
function textReader(bytes: Uint8Array, start: number, fail: (why: string) => Error) {
  let at = start;
  const skip = () => {
    for (; at < bytes.length; at++) {
      if (bytes[at] === 35) while (at < bytes.length && bytes[at] !== 10) at++;
      else if (!isSpace(bytes[at])) return;
    }
  };
  const number = () => {
    skip();
    if (at >= bytes.length) throw fail('it ends too early');
    let value = 0;
    const first = at;
    for (; isDigit(bytes[at]) && value < 2 ** 32; at++) value = 10 * value + bytes[at] - 48;
    if (at === first) throw fail(`byte ${at} should begin a number`);
    return value;
  };
  /** Reads a bit of a plain PBM, which needs no space between bits. */
  const bit = () => {
    skip();
    if (at >= bytes.length) throw fail('it ends too early');
    if (bytes[at] !== 48 && bytes[at] !== 49) throw fail(`byte ${at} should be 0 or 1`);
    return bytes[at++] - 48;
  };
  return { number, bit, end: () => at };
}

/** Samples of 1 bit (rows begin at a byte), 8 bits, or 16 bits (high byte first). */
function binaryReader(bytes: Uint8Array, start: number, perRow: number, bits: 1 | 8 | 16): () => number {
  let i = 0;
  if (bits === 8) return () => bytes[start + i++];
  if (bits === 16) return () => (bytes[start + 2 * i] << 8) | bytes[start + 2 * i++ + 1];
  const stride = ceil(perRow / 8);
  return () => {
    const row = floor(i / perRow);
    const column = i++ % perRow;
    return (bytes[start + row * stride + (column >> 3)] >> (7 - (column & 7))) & 1;
  };
}
