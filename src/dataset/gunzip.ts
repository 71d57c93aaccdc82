import { constants, gunzipSync } from 'node:zlib';
import { formatCount } from '../format-count.js';
import { InputError } from '../input-error.js';

/** What a file may unpack to beyond twice its own size: MNIST and its kin stay far below, a gzip bomb does not. */
const LARGEST_GROWTH = 100e6;
/** Where to begin looking for the first bytes. */
const SHORTEST_START = 512;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The first `count` bytes of what a gzip file holds, and perhaps some more, without unpacking the rest.
 *
 * @throws InputError if the file is damaged or holds fewer
 */
export function unpackStart(file: Uint8Array, name: string, count: number): Uint8Array {
  return explaining(name, () => {
    for (let length = SHORTEST_START; length < file.length; length *= 2) {
      const start = gunzipSync(file.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
      if (start.length >= count) return start;
    }
    return gunzipSync(file, { maxOutputLength: SHORTEST_START * 1032 }); // 1032 to 1 is the most that deflate can do
  });
}

/**
 * All that a gzip file holds, which should be `total` bytes: no more memory than that is taken.
 *
 * @throws InputError if the file is damaged, holds more, or promises so much that unpacking it is not for us
 */
export function unpack(file: Uint8Array, name: string, total: number): Uint8Array {
  if (total > 2 * file.length + LARGEST_GROWTH) {
    throw new InputError(
      `${name} would grow from ${formatCount(file.length)} to ${formatCount(total)} bytes: if you trust it, unpack it first (gunzip)`,
    );
  }
  // One buffer for all of it, with a byte to spare that shows whether there is more.
  const options = { chunkSize: Math.max(constants.Z_MIN_CHUNK, total + 1), maxOutputLength: total + 1 };
  return explaining(name, () => gunzipSync(file, options));
}

function explaining<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? 'it holds more than its header promises' : message;
    throw new InputError(`${name} cannot be unpacked (${why}): it is damaged; fetch it again`);
  }
}
