import { fileURLToPath } from 'node:url';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../files/package.js';

/** Where `setUpTfjs` puts its own tfjs-node: outside of node_modules, which `npm ci` empties. */
export const SETUP_FOLDER = join(ROOT, '.tfjs-node');

const PACKAGE = '@tensorflow/tfjs-node';

/** The version that has been tested, as npm names it. */
export const TFJS_NODE = `${PACKAGE}@4.22.0`;

/** A tfjs-node, and whether its native addon is there too: its package may be installed without it. */
export interface Found {
  /** The package's folder. */
  readonly folder: string;
  readonly hasAddon: boolean;
}

/** The tfjs-node that npm installed, if that is complete, or else the one that `setUpTfjs` made. */
export function findTfjs(): Found | undefined {
  const found = [fileURLToPath(import.meta.url), join(SETUP_FOLDER, 'package.json')].flatMap(lookFrom);
  return found.find(({ hasAddon }) => hasAddon) ?? found[0];
}

/** As `require` in that file would look for it. */
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

/** The command that mends a tfjs-node that is missing or broken. */
export function remedy(): string {
  if (!canSetUp()) return `npm install --no-save ${TFJS_NODE}`;
  return existsSync(join(ROOT, 'src')) ? 'npm run setup:tfjs-node' : 'gd-train doctor --fix';
}

/** Whether `setUpTfjs` has anything for this machine. */
export function canSetUp(): boolean {
  return platform() === 'linux' && arch() === 'x64';
}
