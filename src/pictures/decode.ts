import { createInflate } from 'node:zlib';
import type { Metadata, Sharp } from 'sharp';
import { InputError, MachineError } from '../errors.js';
import { decodeNetpbm } from './netpbm.js';
import { checkSize, damaged, LONGEST, MOST_PIXELS, type Picture } from './picture.js';

/*
 * Pictures are not trusted: work and memory are limited before a pixel is decoded. A picture has at most MOST_PIXELS,
 * or MOST_JPEG_PIXELS in a JPEG, which is reduced before its pixels are computed; and its decoder holds at most
 * MOST_HELD bytes at once. Baseline JPEGs and plain PNGs are decoded row by row, and their decoders hold almost
 * nothing.
 */

const MOST_JPEG_PIXELS = 256_000_000;
/** Most bytes that a decoder holds at once (see `bytesHeld`): enough for a progressive JPEG of 50 megapixels. */
const MOST_HELD = 150_000_000;
/** Most rows or columns: beyond this, libvips's work per row and its buffers of rows would exceed the limits. */
const MOST_ROWS = 20_000;
/** Most pixels times scans of a progressive JPEG: a camera writes about ten scans, a malicious file thousands. */
const MOST_WORK = 1e9;
/** The least cost of a scan, in pixels. */
const LEAST_PIXELS = 1e6;

type Format = 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'TIFF' | 'AVIF';

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array) => Buffer.from(buffer, byteOffset, byteLength);

const text = (bytes: Uint8Array, start: number, end: number) => asBuffer(bytes).toString('latin1', start, end);

/** The format, by the first bytes of the file. */
function formatOf(bytes: Uint8Array): Format | 'netpbm' | undefined {
  const start = text(bytes, 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (start.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (/^RIFF[^]{4}WEBP/.test(start)) return 'WebP';
  if (/^GIF8[79]a/.test(start)) return 'GIF';
  if (/^(II[*+]\0|MM\0[*+])/.test(start)) return 'TIFF';
  if (/^[^]{4}ftyp/.test(start) && brands(bytes).some((brand) => /^avi[fs]$/.test(brand))) return 'AVIF';
  return /^P[1-6][\s#]/.test(start) ? 'netpbm' : undefined;
}

/** The brands that a file of the HEIF family names in its first box: avif, heic, … */
function brands(bytes: Uint8Array): string[] {
  const length = Math.min(asBuffer(bytes).readUInt32BE(), 256);
  return text(bytes, 8, length).match(/[^]{4}/g) ?? [];
}

/** Formats that are recognised but not supported: the first bytes of their files, and the remedy. */
/* eslint-disable no-control-regex -- magic numbers of formats */
const FOREIGN: readonly [start: RegExp, format: string, converter?: string][] = [
  [/^BM/, 'a BMP'],
  [/^[^]{4}ftyp(?:qt|isom|mp4|M4V)/, 'a video', 'save one frame of it as PNG or JPEG'],
  [/^[^]{4}ftyp/, 'a HEIC', 'convert it to JPEG, for example with "heif-convert PHOTO.heic PHOTO.jpg"'],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/, 'a JPEG XL'],
  [/^(\xff\x4f\xff\x51|\0\0\0\x0cjP {2})/, 'a JPEG 2000'],
  [/^\0\0\x01\0/, 'an icon (ICO)'],
  [/^8BPS/, 'a Photoshop file (PSD)'],
  [/^gimp xcf/, 'a GIMP file (XCF)'],
  [/^P7\s/, 'a PAM'],
  [/^P[Ff]\s/, 'a PFM'],
  [/^(%PDF|%!PS)/, 'a PDF or PostScript'],
  [/^(\xef\xbb\xbf)?\s*</, 'an SVG or another text', 'save it as PNG, JPEG or PGM'],
];
/* eslint-enable no-control-regex */

/** Whether the first bytes are those of a format that `decodePicture` reads. */
export function isPicture(bytes: Uint8Array): boolean {
  return formatOf(bytes) !== undefined;
}

/**
 * Decodes a picture: PNG, JPEG, WebP, GIF, TIFF, AVIF, PBM, PGM or PPM (plain or binary). The result is in sRGB, and
 * upright by the EXIF orientation. Pictures of more than 512 rows or columns are reduced to that, except in the Netpbm
 * formats. The first frame or page is decoded, and their number is returned.
 *
 * @param bytes the whole file
 * @param name of the picture in messages
 * @throws InputError if the file is damaged, is something else, or is too large: more than 20 million pixels (256
 *   million in a JPEG), or 150 MB for its decoder to hold
 * @throws MachineError if the decoder, sharp, does not load here, or lacks memory
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const format = formatOf(bytes);
  if (format === 'netpbm') return decodeNetpbm(bytes, name);
  if (format !== undefined) return decodeWithSharp(bytes, format, name);
  if (bytes.length === 0) throw new InputError(`${name} is empty: save the picture again`);
  const foreign = FOREIGN.find(([start]) => start.test(text(bytes, 0, 32)));
  if (foreign === undefined) throw new InputError(`${name} is no picture: save it as PNG, JPEG or PGM`);
  const [, kind, converter = 'convert it to PNG, for example with "magick PICTURE PICTURE.png"'] = foreign;
  throw new InputError(`${name} is ${kind}: ${converter}`);
}

async function decodeWithSharp(bytes: Uint8Array, format: Format, name: string): Promise<Picture> {
  const open = await loadSharp();
  try {
    const metadata = await open(bytes).metadata();
    checkLimits(bytes, metadata, format, name);
    if (format === 'PNG') await checkPngData(bytes, metadata);
    const { data, info } = await open(bytes)
      .autoOrient()
      .resize({ width: LONGEST, height: LONGEST, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const picture = { rows: info.height, columns: info.width, rgba: data };
    const { pages: frames = 1 } = metadata;
    return frames > 1 ? { ...picture, frames } : picture;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/out of memory|unable to allocate|alloc.*fail/i.test(message)) {
      throw new MachineError(`${name} does not fit into the memory that is left: close other programs`);
    }
    throw damaged(name, format, reasonOf(message));
  }
}

/**
 * Loads the decoder. It caches nothing and uses one thread, so that memory is bounded; warnings count as errors, so
 * that damaged pictures are refused.
 */
async function loadSharp(): Promise<(bytes: Uint8Array) => Sharp> {
  const { default: sharp } = await import('sharp').catch((error: unknown) => {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new MachineError(
      `the decoder of pictures does not load (${reason}): reinstall with "npm install sharp", or save the picture as PGM`,
    );
  });
  sharp.cache(false);
  sharp.concurrency(1);
  return (bytes) => sharp(bytes, { failOn: 'warning', limitInputPixels: false, sequentialRead: true, pages: 1 });
}

/** @throws InputError if the picture exceeds the limits at the head of this file */
function checkLimits(bytes: Uint8Array, metadata: Metadata, format: Format, name: string): void {
  const { width, height, isProgressive } = metadata;
  checkSize(height, width, name, format === 'JPEG' ? MOST_JPEG_PIXELS : MOST_PIXELS);
  if (Math.max(width, height) > MOST_ROWS) {
    throw new InputError(`${name} is ${width} x ${height} pixels, more than ${MOST_ROWS} in a row: crop it`);
  }
  const kind = !isProgressive ? format : format === 'JPEG' ? 'progressive JPEG' : `interlaced ${format}`;
  const held = bytesHeld(metadata, format);
  if (held > MOST_HELD) {
    throw new InputError(
      `${name} (${kind}, ${width} x ${height} pixels) would take ${Math.round(held / 1e6)} MB to decode, more than ` +
        `${MOST_HELD / 1e6} MB: make it smaller, or save it as a baseline JPEG`,
    );
  }
  if (format === 'JPEG' && isProgressive && countScans(bytes) * Math.max(width * height, LEAST_PIXELS) > MOST_WORK) {
    throw new InputError(`${name} has ${countScans(bytes)} passes over its pixels: save it as a plain JPEG or PNG`);
  }
}

/** Number of scans of a JPEG: its SOS markers, whose two bytes do not occur in compressed data. */
function countScans(bytes: Uint8Array): number {
  const file = asBuffer(bytes);
  const next = (from: number) => file.indexOf('\xff\xda', from, 'latin1');
  let count = 0;
  for (let at = next(0); at >= 0; at = next(at + 2)) count++;
  return count;
}

/** An estimate of the bytes that the decoder holds at once. */
function bytesHeld({ width, height, channels, ...metadata }: Metadata, format: Format): number {
  const pixels = width * height;
  const unpacked = pixels * channels * (BYTES[metadata.depth] ?? 8);
  if (format === 'JPEG') {
    const coefficients = metadata.chromaSubsampling === '4:2:0' ? 1.5 : channels;
    return metadata.isProgressive ? pixels * coefficients * 2 : 0;
  }
  if (format === 'PNG') return metadata.isProgressive ? unpacked : 0;
  if (format === 'TIFF') return unpacked; // the picture may be one strip
  return pixels * { WebP: 4, GIF: 5, AVIF: 18 }[format];
}

const BYTES: Partial<Record<string, number>> = { uchar: 1, char: 1, ushort: 2, short: 2, uint: 4, int: 4, float: 4 };

/**
 * Checks the compressed data of a PNG, which libvips stops reading at the last pixel: the end of the file, the length
 * of the unpacked data, and the checksum behind it. Bytes after the end are ignored; some programs put notes there.
 */
async function checkPngData(
  bytes: Uint8Array,
  { width, height, channels, bitsPerSample = 8 }: Metadata,
): Promise<void> {
  const file = asBuffer(bytes);
  const data = Buffer.alloc(file.length);
  let length = 0;
  for (let at = 8, type = ''; type !== 'IEND';) {
    if (at + 12 > file.length) throw new Error('it ends too early');
    const end = at + 8 + file.readUInt32BE(at);
    type = text(file, at + 4, at + 8);
    if (type === 'IDAT') length += file.copy(data, length, at + 8, end);
    at = end + 4;
  }
  // Rows begin with a byte for their filter; each of the seven passes of an interlaced picture has its own rows.
  const most = height * (Math.ceil((width * channels * bitsPerSample) / 8) + 1) * 2 + 64;
  const inflate = createInflate();
  inflate.end(data.subarray(0, length));
  let unpacked = 0;
  for await (const chunk of inflate) {
    unpacked += (chunk as Buffer).length;
    if (unpacked > most) throw new Error('it unpacks to more than its pixels');
  }
}

/** A reason in one line, from the messages of libvips and zlib, which may quote the file. */
function reasonOf(message: string): string {
  if (/premature end|unexpected end|ends too early|not enough|truncated|got \d+ bytes/i.test(message)) {
    return 'it ends too early';
  }
  if (/read error|bad seek|missing/i.test(message)) return 'its data is broken';
  const lines = message.replace(/^(Input buffer has corrupt header:|Warning treated as error.*)/, '').split('\n');
  const line = lines.find((line) => line.trim() !== '') ?? 'its header is broken';
  return line
    .replace(/^\s*\w+:\s/, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, 80);
}
