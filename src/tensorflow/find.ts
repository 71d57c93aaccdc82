import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../files/read.js';

// TensorFlow, which is optional. find.ts locates the installed tfjs-node and tests it; load.ts loads it and declares
// the native operations that engines/tfjs.ts uses.

/** Where `doctor --fix` puts the tfjs-node that it builds: outside node_modules, which `npm ci` empties. */
export const SETUP_FOLDER = join(ROOT, '.tfjs-node');

const PACKAGE = '@tensorflow/tfjs-node';

/** The tested version, as an argument of `npm install`. */
export const TFJS_NODE = `${PACKAGE}@4.22.0`;

/** An installed tfjs-node. */
export interface Found {
  /** The package's folder. */
  readonly folder: string;
  /** False if the package was installed, but its native addon was not. */
  readonly hasAddon: boolean;
}

/**
 * The tfjs-node of node_modules or else the one that `doctor --fix` built: the first with an addon, or the first if
 * neither has one; undefined if there is none.
 */
export function findTfjs(): Found | undefined {
  const found = [fileURLToPath(import.meta.url), join(SETUP_FOLDER, 'package.json')].flatMap(lookFrom);
  return found.find(({ hasAddon }) => hasAddon) ?? found[0];
}

/** The tfjs-node that `require` in a file would find, as a list of one or none. */
function lookFrom(file: string): Found[] {
  for (const modules of createRequire(file).resolve.paths(PACKAGE) ?? []) {
    const folder = join(modules, PACKAGE);
    if (existsSync(join(folder, 'package.json'))) return [{ folder, hasAddon: hasAddon(folder) }];
  }
  return [];
}

/** True if the package in a folder has a compiled addon for some version of Node-API. */
function hasAddon(folder: string): boolean {
  const lib = join(folder, 'lib');
  return existsSync(lib) && readdirSync(lib).some((version) => existsSync(join(lib, version, 'tfjs_binding.node')));
}

/** The command that installs tfjs-node. */
export function remedy(): string {
  if (!canSetUp()) return `npm install --no-save ${TFJS_NODE}`;
  return existsSync(join(ROOT, 'src')) ? 'npm run setup:tfjs-node' : 'gd-train doctor --fix';
}

/** True if `doctor --fix` can build tfjs-node on this machine. */
export function canSetUp(): boolean {
  return platform() === 'linux' && arch() === 'x64';
}

/** Versions and folder of a tfjs-node that works, or the reason why none does. */
export type Probe =
  { readonly tfjsNode: string; readonly tensorflow: string; readonly folder: string } | { readonly why: string };

const LOADER = new URL('./load.js', import.meta.url).href;

/** The program of the child process: takes a `Found` or null as JSON, and prints a `Probe` as JSON in its last line. */
const PROGRAM = `
  const { loadFrom } = await import(${JSON.stringify(LOADER)});
  let probe;
  try {
    const found = JSON.parse(process.argv[1]);
    const tf = loadFrom(found);
    const number = (value) => tf.tensor(Float32Array.of(value), [1, 1], 'float32');
    const [six] = number(2).matMul(number(3)).dataSync();
    if (six !== 6) throw new Error('it multiplies 2 and 3 to ' + six);
    probe = { tfjsNode: tf.version['tfjs-node'], tensorflow: tf.backend().binding.TF_Version, folder: found.folder };
  } catch ({ message }) {
    probe = { why: message };
  }
  process.stdout.write('\\n' + JSON.stringify(probe));`;

/**
 * Tests whether a tfjs-node works, by one matrix product. The test runs in a child process, because a native library
 * for another processor can crash its process, and one that works leaves its threads running.
 *
 * @param node path of the Node.js that runs the test
 */
export function probeTfjs(node: string, found: Found | undefined = findTfjs()): Probe {
  const args = ['--input-type=module', '--eval', PROGRAM, JSON.stringify(found ?? null)];
  const { stdout, status, signal } = spawnSync(node, args, { encoding: 'utf8' });
  const last = stdout.split('\n').at(-1)!;
  if (status === 0 && last.startsWith('{')) return JSON.parse(last) as Probe;
  return { why: `it crashes the process that loads it (${signal ?? `exit code ${status}`})` };
}
