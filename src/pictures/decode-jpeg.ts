import { InputError } from '../errors.js';
import { huffmanTable, type HuffmanTable } from './jpeg/bit-reader.js';
import { decodeScan, type Scan } from './jpeg/decode-scan.js';
import { type Component, type Frame, readFrame } from './jpeg/read-frame.js';
import { toRgba } from './jpeg/to-rgba.js';
import { exifOrientation, orient } from './orientation.js';
import { damaged, type Picture } from './picture.js';

/** Pixels times scans: more than this is made to keep a decoder busy, and not by a camera. */
const MOST_WORK = 1e9;
/** A scan is work even if it has few pixels. */
const LEAST_PIXELS = 1e6;

/**
 * Reads a JPEG, baseline or progressive, the right way up as its EXIF orientation says. One of more than 1024 rows or
 * columns comes reduced to a half, a quarter or an eighth, so that 20 million pixels take less than 80 MB.
 *
 * @throws InputError as `decodePicture`
 * @see ITU-T T.81
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Picture {
  try {
    const { frame, quantizations, isRgb, orientation } = readSegments(bytes, name);
    return orient(toRgba(frame, quantizations, isRgb), orientation);
  } catch (error) {
    throw error instanceof InputError ? error : damaged(name, 'JPEG', (error as Error).message);
  }
}

function readSegments(bytes: Uint8Array, name: string) {
  const tables = { quantization: [] as Uint16Array[], dc: [] as HuffmanTable[], ac: [] as HuffmanTable[] };
  /** As each component's first scan found them: a later scan may have others. */
  const quantizations = new Map<Component, Uint16Array>();
  let frame: Frame | undefined;
  let [restartInterval, orientation, scans] = [0, 1, 0];
  let [isJfif, adobeTransform] = [false, -1];
  for (let at = 2; ;) {
    while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] > 0 && bytes[at + 1] < 0xff)) at++;
    const marker = bytes[at + 1];
    if (marker === undefined || marker === 0xd9) break;
    at += 2;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue; // stand alone
    const segment = bytes.subarray(at + 2, at + bytes[at] * 256 + bytes[at + 1]);
    if (!(bytes[at] * 256 + bytes[at + 1] >= 2) || at + 2 + segment.length > bytes.length) break;
    at += 2 + segment.length;
    if (marker === 0xdb) readQuantization(segment, tables.quantization);
    else if (marker === 0xc4) readHuffman(segment, tables.dc, tables.ac);
    else if (marker === 0xdd) restartInterval = segment[0] * 256 + segment[1];
    else if (marker === 0xe0) isJfif ||= startsAs(segment, 'JFIF\0');
    else if (marker === 0xe1 && startsAs(segment, 'Exif\0')) orientation = exifOrientation(segment);
    else if (marker === 0xee && startsAs(segment, 'Adobe')) adobeTransform = segment[11];
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      if (frame !== undefined) throw new Error('it has two frames');
      frame = readFrame(marker & 15, segment, bytes.length, name);
    } else if (marker === 0xda) {
      if (frame === undefined) break;
      if (++scans * Math.max(frame.rows * frame.columns, LEAST_PIXELS) > MOST_WORK) {
        throw new InputError(
          `${name} has more than ${scans - 1} passes over its pixels: save it as a plain JPEG or PNG`,
        );
      }
      const scan = readScan(segment, frame, tables, restartInterval);
      for (const { component } of scan.parts) {
        const quantization = quantizations.get(component) ?? tables.quantization[component.quantization];
        if (quantization === undefined) throw new Error('a quantization table is missing');
        quantizations.set(component, quantization);
      }
      at = decodeScan(bytes, at, frame, scan);
    }
  }
  if (frame === undefined) throw new Error('it has no frame');
  const list = frame.components.map((component) => quantizations.get(component));
  if (!list.every((table) => table !== undefined)) throw new Error('it ends too early');
  const ids = String.fromCharCode(...frame.components.map(({ id }) => id));
  const isRgb = adobeTransform === 0 || (adobeTransform < 0 && !isJfif && ids === 'RGB');
  return { frame, quantizations: list, isRgb, orientation };
}

const startsAs = (bytes: Uint8Array, text: string) =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;

/** Quantization tables (DQT): their number, and 64 steps of one or two bytes. */
function readQuantization(segment: Uint8Array, tables: Uint16Array[]): void {
  for (let at = 0; at < segment.length;) {
    const [size, number] = [segment[at] >> 4 ? 2 : 1, segment[at] & 3];
    const steps = segment.subarray(at + 1, (at += 1 + 64 * size));
    if (steps.length < 64 * size) throw new Error('a quantization table is cut off');
    tables[number] = Uint16Array.from({ length: 64 }, (_, i) =>
      size === 1 ? steps[i] : steps[2 * i] * 256 + steps[2 * i + 1],
    );
  }
}

/** Huffman tables (DHT): their class and number, how many codes there are of 1 … 16 bits, and their symbols. */
function readHuffman(segment: Uint8Array, dc: HuffmanTable[], ac: HuffmanTable[]): void {
  for (let at = 0; at < segment.length;) {
    const [list, number] = [segment[at] >> 4 ? ac : dc, segment[at] & 3];
    const counts = segment.subarray(at + 1, (at += 17));
    const count = counts.reduce((sum, value) => sum + value, 0);
    const symbols = segment.subarray(at, (at += count));
    if (counts.length < 16 || symbols.length < count) throw new Error('a Huffman table is cut off');
    list[number] = huffmanTable(counts, symbols);
  }
}

const NO_TABLE = huffmanTable(new Uint8Array(16), new Uint8Array(0));

/** A scan's header (SOS). A table that it names and does not have has no codes. */
function readScan(
  segment: Uint8Array,
  { isProgressive, components }: Frame,
  tables: { dc: HuffmanTable[]; ac: HuffmanTable[] },
  restartInterval: number,
): Scan {
  const count = segment[0] ?? 0;
  if (segment.length < 4 + 2 * count) throw new Error('the header of a scan is cut off');
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, numbers] = segment.subarray(1 + 2 * i);
    const component = components.find((component) => component.id === id);
    if (component === undefined) throw new Error('a scan names a color that it does not have');
    return { component, dc: tables.dc[(numbers >> 4) & 3] ?? NO_TABLE, ac: tables.ac[numbers & 3] ?? NO_TABLE };
  });
  const [first, last, bits] = isProgressive ? segment.subarray(1 + 2 * count) : [0, 63, 0];
  const isValid = isProgressive ? (first === 0 ? last === 0 : first <= last && last < 64 && count === 1) : true;
  if (count < 1 || count > 3 || !isValid || (bits & 15) > 13) throw new Error('the header of a scan makes no sense');
  return { parts, first, last, shift: bits & 15, isRefining: bits >> 4 > 0, restartInterval };
}
