import { Argument } from 'commander';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Dataset, datasetFiles, loadDataset } from '../dataset/mnist.js';
import { InputError } from '../errors.js';
import type { Input } from '../files/outputs.js';
import { type Cli, note } from './command.js';

// The inputs that commands share: the data set of --data, and a model. A net that is trained without --save is kept in
// a file of the user's cache until the next such net replaces it. The name of this net as a model is `last`.

/**
 * Loads the data set of --data, and prints the notes on it on stderr.
 *
 * @param folder the value of --data; undefined for MNIST
 * @throws InputError as `loadDataset`
 */
export function loadData(cli: Cli, folder: string | undefined): { train: Dataset; test: Dataset } {
  const data = loadDataset(folder);
  const notes = [data.train, data.test].flatMap(({ notes = [] }) => notes);
  for (const text of new Set(notes)) note(cli, text);
  return data;
}

/** The files of the data set of --data, for the check that no output replaces one. */
export function dataInputs(folder: string | undefined): Input[] {
  return datasetFiles(folder).map((path) => ({ what: 'a file of the data set', path }));
}

/** The name of the kept net as a model. */
export const LAST = 'last';

/** The argument of a command that reads a model. */
export const modelArgument = () =>
  new Argument('<model>', 'file written by train --save, or last: the net of the last train without --save');

/** The path of the kept net, which need not exist. The parameters are for tests. */
export function lastNetFile(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: () => string = homedir,
): string {
  return join(cacheFolder(env, platform, home), 'gd-train', 'last.safetensors');
}

function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv, platform: string, home: () => string) {
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME; // XDG ignores relative paths
  if (platform === 'win32') return LOCALAPPDATA || join(home(), 'AppData', 'Local');
  return platform === 'darwin' ? join(home(), 'Library', 'Caches') : join(home(), '.cache');
}

/**
 * The path of the model that a user named. `last` is the kept net, unless the current folder has a file of that name.
 *
 * @throws InputError if the name is `last` and no net was kept
 */
export function modelPath(cli: Cli, name: string): string {
  if (name !== LAST) return name;
  const kept = lastNetFile();
  if (existsSync(name)) {
    if (existsSync(kept)) note(cli, `${name} is the file in this folder; the net that was kept is ${kept}`);
    return name;
  }
  if (existsSync(kept)) return kept;
  throw new InputError(`no net was kept in ${kept}: train one without --save, or name a file that train --save wrote`);
}
