import { Argument } from 'commander';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Dataset, datasetFiles, loadDataset } from '../dataset/mnist.js';
import { InputError } from '../errors.js';
import type { Input } from '../files/outputs.js';
import { type Cli, note } from './command.js';

// The inputs that commands share: the data set of --data, and a model. A net that is trained without --save is kept in one
// file of the user's cache, until the next one takes its place; the model `last` is that net.

/**
 * The data set of the option --data. What the user should know of it goes to stderr.
 *
 * @throws InputError as `loadDataset`
 */
export function loadData(cli: Cli, folder: string | undefined): { train: Dataset; test: Dataset } {
  const data = loadDataset(folder);
  const notes = [data.train, data.test].flatMap(({ notes = [] }) => notes);
  for (const text of new Set(notes)) note(cli, text);
  return data;
}

/** The files of the data set of --data, which no output may replace. */
export function dataInputs(folder: string | undefined): Input[] {
  return datasetFiles(folder).map((path) => ({ what: 'a file of the data set', path }));
}

/** The name of the net that was kept, as a model. */
export const LAST = 'last';

/** The model that a command reads. */
export const modelArgument = () =>
  new Argument('<model>', 'file written by train --save, or last: the net of the last train without --save');

/** The file of the net that was kept last, whether there is one or not. */
export function lastNetFile(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: () => string = homedir,
): string {
  return join(cacheFolder(env, platform, home), 'gd-train', 'last.safetensors');
}

function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv, platform: string, home: () => string) {
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME; // a relative one is invalid, says XDG
  if (platform === 'win32') return LOCALAPPDATA || join(home(), 'AppData', 'Local');
  return platform === 'darwin' ? join(home(), 'Library', 'Caches') : join(home(), '.cache');
}

/**
 * The path of the model that a user named. `last` is the net that was kept, unless the folder has a file of that name.
 *
 * @throws InputError if no net was kept
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
