import { createRequire } from 'node:module';

const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;

/**
 * Gives `node:util` back the functions that tfjs-node 4.22 calls and that Node 23 took away. Where they are still there
 * nothing changes.
 *
 * @see https://github.com/tensorflow/tfjs/issues/8609
 */
export function supplyUtilFunctions(): void {
  util.isArray ??= Array.isArray;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
