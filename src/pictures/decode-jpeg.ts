import jpeg from 'jpeg-js';
import { InputError } from '../input-error.js';
import { exifOrientation, orient } from './orientation.js';
import { checkSize, damaged, type Picture } from './picture.js';

/** Pixels times passes: more than this is made to keep a decoder busy, and not by a camera. */
const MOST_WORK = 2e9;
/** Of the decoder, in MiB: enough for 20 million pixels. */
const MEMORY = 1024;

/**
 * Reads a JPEG, baseline or progressive, the right way up as its EXIF orientation says.
 *
 * @throws InputError as `decodePicture`
 */
export function decodeJpeg(bytes: Uint8Array, name: string): Picture {
  const { rows, columns } = frameOf(bytes, name);
  checkSize(rows, columns, name);
  if (bytes.length * 8 < (rows * columns) / 64) {
    throw damaged(name, 'JPEG', `${bytes.length} bytes cannot hold ${columns} x ${rows} pixels`);
  }
  if (rows * columns * countScans(bytes) > MOST_WORK) {
    throw new InputError(`${name} has ${countScans(bytes)} passes over its pixels: save it as a plain JPEG or PNG`);
  }
  try {
    const options = { useTArray: true, maxResolutionInMP: 101, maxMemoryUsageInMB: MEMORY } as const;
    const decoded: jpeg.UintArrRet & { exifBuffer?: Uint8Array } = jpeg.decode(bytes, options);
    const { width, height, data, exifBuffer } = decoded;
    return orient({ rows: height, columns: width, rgba: data }, exifOrientation(exifBuffer));
  } catch (error) {
    throw damaged(name, 'JPEG', (error as Error).message);
  }
}

/** Size, from the header of the frame (SOF); 0xC4, 0xC8 and 0xCC are other segments. */
function frameOf(bytes: Uint8Array, name: string): { rows: number; columns: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (marker === 0xffff)
      at++; // padding
    else if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      if (marker > 0xffc2) {
        throw new InputError(`${name} is a JPEG of a rare kind (SOF${marker & 15}): save it as a plain JPEG or PNG`);
      }
      return { rows: view.getUint16(at + 5), columns: view.getUint16(at + 7) };
    } else if (marker < 0xff01 || marker === 0xffda || marker === 0xffd9) break;
    else at += 2 + view.getUint16(at + 2);
  }
  throw damaged(name, 'JPEG', 'it has no frame');
}

/** Start-of-scan markers; within the pixels' data a byte 0xFF is always followed by 0. */
function countScans(bytes: Uint8Array): number {
  let scans = 0;
  for (let i = 0; i + 1 < bytes.length; i++) if (bytes[i] === 0xff && bytes[i + 1] === 0xda) scans++;
  return scans;
}
