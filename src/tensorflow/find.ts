import { fileURLToPath } from 'node:url';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../files/package.js';

/** Where `doctor --fix` puts the tfjs-node that it builds: outside node_modules, which `npm ci` empties. */
export const SETUP_FOLDER = join(ROOT, '.tfjs-node');

const PACKAGE = '@tensorflow/tfjs-node';

/** The tested version, as npm names it. */
export const TFJS_NODE = `${PACKAGE}@4.22.0`;

/** An installed tfjs-node. Its package may be there without the native addon. */
export interface Found {
  /** The package's folder. */
  readonly folder: string;
  readonly hasAddon: boolean;
}

/** The tfjs-node that npm installed if it is complete, otherwise the one that `doctor --fix` built. */
export function findTfjs(): Found | undefined {
  const found = [fileURLToPath(import.meta.url), join(SETUP_FOLDER, 'package.json')].flatMap(lookFrom);
  return found.find(({ hasAddon }) => hasAddon) ?? found[0];
}

/** Looks where `require` in that file would look. */
function lookFrom(file: string): Found[] {
  for (const modules of createRequire(file).resolve.paths(PACKAGE) ?? []) {
    const folder = join(modules, PACKAGE);
    if (existsSync(join(folder, 'package.json'))) return [{ folder, hasAddon: hasAddon(folder) }];
  }
  return [];
}

function hasAddon(folder: string): boolean {
  const lib = join(folder, 'lib');
  return existsSync(lib) && readdirSync(lib).some((version) => existsSync(join(lib, version, 'tfjs_binding.node')));
}

/** The command that installs tfjs-node. */
export function remedy(): string {
  if (!canSetUp()) return `npm install --no-save ${TFJS_NODE}`;
  return existsSync(join(ROOT, 'src')) ? 'npm run setup:tfjs-node' : 'gd-train doctor --fix';
}

/** Whether `doctor --fix` can build tfjs-node for this machine. */
export function canSetUp(): boolean {
  return platform() === 'linux' && arch() === 'x64';
}
