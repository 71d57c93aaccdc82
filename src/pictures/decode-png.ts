import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { checkSize, damaged, type Picture } from './picture.js';

/** Nothing that is deflated is smaller than a 1032nd of itself. */
const DENSEST = 1032;

/**
 * Reads a PNG of any colour type and depth.
 *
 * @throws InputError as `decodePicture`
 */
export function decodePng(bytes: Uint8Array, name: string): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR') throw damaged(name, 'PNG', 'it has no header');
  const columns = file.readUInt32BE(16);
  const rows = file.readUInt32BE(20);
  checkSize(rows, columns, name);
  const bitsAPixel = file[24] * ({ 2: 3, 4: 2, 6: 4 }[file[25]] ?? 1);
  if (file.length * DENSEST < (rows * columns * bitsAPixel) / 8) {
    throw damaged(name, 'PNG', `${file.length} bytes cannot hold ${columns} x ${rows} pixels`);
  }
  try {
    if (file[28] === 1) checkInterlaced(file, rows * columns * 8 + (rows + 8) * 16);
    const { data, width, height } = PNG.sync.read(file);
    return { rows: height, columns: width, rgba: data };
  } catch (error) {
    const { message } = error as Error;
    throw damaged(name, 'PNG', /finished stream/.test(message) ? 'it ends too early' : message);
  }
}

/** The decoder stops where the rows of a picture should end, but not in interlaced ones: they may not unpack to more. */
function checkInterlaced(file: Buffer, most: number): void {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  inflateSync(Buffer.concat(parts), { maxOutputLength: most });
}
