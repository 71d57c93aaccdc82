import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package: of its package.json, data and setup files. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Version of this package, from its package.json. */
export function version(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
