import { createReadStream } from 'node:fs';
import { InputError } from '../input-error.js';
import { namingPath } from '../naming-path.js';

const MOST_BYTES = 2 ** 28;

/**
 * All bytes of a file, or of stdin if the path is `-`.
 *
 * @throws InputError if there are more than 256 MiB, as in a device that never ends
 */
export async function readInput(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > MOST_BYTES) throw new InputError(`${path} has more than 256 MiB: it is no picture of a digit`);
    }
  } catch (error) {
    namingPath(path, () => {
      throw error;
    });
  }
  return Buffer.concat(chunks, length);
}
