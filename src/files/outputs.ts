import { type BigIntStats, fstatSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { checkNewFolder, checkWritable, followLinks, ignoresCase } from './write.js';

/** The formats that commands write, and the file endings that belong to them. */
const FORMATS = {
  safetensors: ['.safetensors'],
  'training log': ['.ndjson', '.jsonl', '.json', '.log', '.txt', '.csv'],
  HTML: ['.html', '.htm'],
  plot: ['.svg', '.png'],
  npz: ['.npz'],
  onnx: ['.onnx'],
  tfjs: [],
} as const;

export type OutputFormat = keyof typeof FORMATS;

/** Endings that mean a format which no command writes. Any other ending may be chosen freely. */
const FOREIGN = (
  'bmp doc docx gif gz h5 hdf5 jpeg jpg js keras md npy pb pdf pickle pkl pt pth py tar tflite tif tiff ts tsv ' +
  'webp xls xlsx xml yaml yml zip'
).split(' ');
const KNOWN: readonly string[] = [...Object.values(FORMATS).flat(), ...FOREIGN.map((name) => `.${name}`)];

/** A file, or for tfjs a folder, that a command is going to write. */
export interface Output {
  /** The option that names it, such as `--save`. */
  readonly option: string;
  readonly path: string;
  readonly format: OutputFormat;
  /** An input that it may replace. */
  readonly replaces?: string | undefined;
}

/** A file that a command reads. */
export interface Input {
  /** For messages, such as `the model`. */
  readonly what: string;
  readonly path: string;
}

/**
 * Makes sure, before any work, that outputs can be written, and that writing them destroys neither an input nor each
 * other. Leaves no trace.
 *
 * @throws InputError if a name is empty, is `-`, is a folder, lies in a folder that is missing, or ends like another
 *   format; or if two of the files are the same, even under different names; the system's error if one is not writable
 */
export function checkOutputs(outputs: readonly Output[], inputs: readonly Input[] = []): void {
  for (const output of outputs) {
    checkPlace(output);
    if (output.format === 'tfjs') checkNewFolder(output.path);
    else checkWritable(output.path);
  }
  const files = new Map(inputs.map(({ what, path }) => [identify(path), `${what}, ${path}`]));
  for (const { option, path, replaces } of outputs) {
    const identity = identify(path);
    const twin = files.get(identity);
    const isAllowed = isDevice(path) || (replaces !== undefined && identify(replaces) === identity);
    if (twin !== undefined && !isAllowed) {
      throw new InputError(`${option} ${path} is the same file as ${twin}: name another file`);
    }
    if (twin === undefined) files.set(identity, `${option} ${path}`);
  }
  outputs.forEach(checkEnding);
}

/** Those of some outputs whose place a file with content has, unless that is the one that they may replace. */
export function takenOutputs(outputs: readonly Output[]): Output[] {
  return outputs.filter(({ path, replaces }) => {
    const found = statOf(path);
    const isOwn = found && replaces !== undefined && identify(replaces) === idOf(found);
    return found?.isFile() && found.size > 0n && !isOwn;
  });
}

/**
 * Makes sure that standard output, should it go to a file, does not go to an input: `gd-train export m -o - >> m`.
 *
 * @throws InputError if it does
 */
export function checkStandardOutput(inputs: readonly Input[]): void {
  const stats = fstatSync(1, { bigint: true });
  const twin = stats.isFile() ? inputs.find(({ path }) => identify(path) === idOf(stats)) : undefined;
  if (twin) throw new InputError(`standard output goes to ${twin.what}, ${twin.path}: send it to another file`);
}

function checkPlace({ option, path, format }: Output): void {
  if (path === '') throw new InputError(`${option} "" names no file: leave it out, or give a name`);
  if (path === '-') {
    throw new InputError(`${option} cannot write to standard output: name a file, or ./- for a file called -`);
  }
  const isFolder = format === 'tfjs';
  if (!isFolder && (/[/\\]$/.test(path) || statOf(path)?.isDirectory())) {
    throw new InputError(`${option} ${path} is a folder: name a file in it`);
  }
  const folder = dirname(followLinks(resolve(path)));
  const found = statOf(folder);
  const shown = dirname(path) === '.' ? folder : dirname(path);
  if (!found) throw new InputError(`${option} ${path}: the folder ${shown} is missing; make it first`);
  if (!found.isDirectory()) throw new InputError(`${option} ${path}: ${shown} is a file, not a folder`);
}

function checkEnding({ option, path, format }: Output): void {
  const ending = extname(path).toLowerCase();
  const own: readonly string[] = FORMATS[format];
  if (KNOWN.includes(ending) && !own.includes(ending)) {
    const better = path.slice(0, path.length - ending.length) + (own[0] ?? '');
    throw new InputError(`${option} writes ${format}, and ${path} ends in ${ending}: name it ${better}`);
  }
}

/** Stats of a file, following links; undefined if there is none. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw Object.assign(error as Error, { path });
  }
}

/** A text that is equal for equal files, whatever their names: device and inode, or those of the folder and a new name. */
function identify(path: string): string {
  const stats = statOf(path);
  if (stats) return idOf(stats);
  const target = followLinks(resolve(path));
  const folder = dirname(target);
  const name = basename(target).normalize();
  return `${idOf(statOf(folder)!)}/${ignoresCase(folder) ? name.toLowerCase() : name}`;
}

const idOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/** True for /dev/null and the like, which several outputs may share. */
const isDevice = (path: string) => statOf(path)?.isCharacterDevice() ?? false;
