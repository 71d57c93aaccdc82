import { readFileSync } from 'node:fs';

/** Numbers that NumPy or the notebook computed; see test/README.md. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8')) as T;
}
