import { InputError } from '../input-error.js';

/**
 * Indices of images from how a user names them: `7`, `3,14`, `10-19`.
 *
 * @param texts one or several of these
 * @param count indices must be below it
 * @param name what they are indices of, for messages
 */
export function parseIndices(texts: readonly string[], count: number, name: string): number[] {
  return texts
    .flatMap((text) => text.split(','))
    .flatMap((text) => {
      const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(text) ?? [];
      if (first === undefined || Number(first) > Number(last) || Number(last) >= count) {
        throw new InputError(`${name} must be 0 to ${count - 1}, as in 7 or 3,14 or 10-19; got "${text}"`);
      }
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
    });
}
