import { spawnSync } from 'node:child_process';
import { findTfjs, type Found } from './find.js';

/** Versions and folder of a tfjs-node that works, or why there is none. */
export type Probe =
  { readonly tfjsNode: string; readonly tensorflow: string; readonly folder: string } | { readonly why: string };

const LOADER = new URL('./load.js', import.meta.url).href;

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
 * Finds out whether a tfjs-node works, by one multiplication. This runs in a child process, because a native library that
 * does not suit the machine can crash its process, and one that works leaves its threads running.
 *
 * @param node path of the Node.js that is to run it
 */
export function probeTfjs(node: string, found: Found | undefined = findTfjs()): Probe {
  const args = ['--no-deprecation', '--input-type=module', '--eval', PROGRAM, JSON.stringify(found ?? null)];
  const { stdout, status, signal } = spawnSync(node, args, { encoding: 'utf8' });
  const last = stdout.split('\n').at(-1)!;
  if (status === 0 && last.startsWith('{')) return JSON.parse(last) as Probe;
  return { why: `it crashes the process that loads it (${signal ?? `exit code ${status}`})` };
}
