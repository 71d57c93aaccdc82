import { type BigIntStats, fstatSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { checkNewFolder, checkWritable, followLinks, ignoresCase } from './write.js';

/** The formats that commands write, with their file extensions. */
const FORMATS = {
  safetensors: ['.safetensors'],
  'training log': ['.ndjson', '.jsonl', '.json', '.log', '.txt', '.csv'],
  HTML: ['.html', '.htm'],
  plot: ['.svg', '.png'],
  npz: ['.npz'],
  onnx: ['.onnx'],
  tfjs: [],
} as const;

/** A format that commands write. */
export type OutputFormat = keyof typeof FORMATS;

/** Extensions of formats that no command writes. An extension in neither list is allowed for every format. */
const FOREIGN = (
  'bmp doc docx gif gz h5 hdf5 jpeg jpg js keras md npy pb pdf pickle pkl pt pth py tar tflite tif tiff ts tsv ' +
  'webp xls xlsx xml yaml yml zip'
).split(' ');
const KNOWN: readonly string[] = [...Object.values(FORMATS).flat(), ...FOREIGN.map((name) => `.${name}`)];

/** A file, or for tfjs a folder, that a command will write. */
export interface Output {
  /** The option that gives the path, such as `--save`. */
  readonly option: string;
  readonly path: string;
  readonly format: OutputFormat;
  /** The path of an input that the output may replace: the model of a run that is resumed. */
  readonly replaces?: string | undefined;
}

/** A file that a command reads. */
export interface Input {
  /** The file's role in messages, such as `the model`. */
  readonly what: string;
  readonly path: string;
}

/**
 * Checks, before the work begins, that all outputs can be written and that no output is also an input or another
 * output. Leaves no files behind.
 *
 * @throws InputError if a path is empty, `-` or a folder, if its folder is missing, if its extension belongs to another
 *   format, or if two paths lead to the same file; the system's error if a file is not writable
 */
export function checkOutputs(outputs: readonly Output[], inputs: readonly Input[] = []): void {
  for (const output of outputs) {
    checkPath(output);
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
  outputs.forEach(checkExtension);
}

/** The outputs whose path leads to a file with content, other than the file that the output may replace. */
export function takenOutputs(outputs: readonly Output[]): Output[] {
  return outputs.filter(({ path, replaces }) => {
    const found = statOf(path);
    const isOwn = found && replaces !== undefined && identify(replaces) === idOf(found);
    return found?.isFile() && found.size > 0n && !isOwn;
  });
}

/**
 * Checks that standard output is not redirected to an input, as in `gd-train export m -o - >> m`.
 *
 * @throws InputError if it is
 */
export function checkStandardOutput(inputs: readonly Input[]): void {
  const stats = fstatSync(1, { bigint: true });
  const twin = stats.isFile() ? inputs.find(({ path }) => identify(path) === idOf(stats)) : undefined;
  if (twin) throw new InputError(`standard output goes to ${twin.what}, ${twin.path}: send it to another file`);
}

function checkPath({ option, path, format }: Output): void {
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

function checkExtension({ option, path, format }: Output): void {
  const ending = extname(path).toLowerCase();
  const own: readonly string[] = FORMATS[format];
  if (KNOWN.includes(ending) && !own.includes(ending)) {
    const better = path.slice(0, path.length - ending.length) + (own[0] ?? '');
    throw new InputError(`${option} writes ${format}, and ${path} ends in ${ending}: name it ${better}`);
  }
}

/** Stats of the file that a path leads to, through symbolic links too; undefined if the file does not exist. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw Object.assign(error as Error, { path });
  }
}

/**
 * A key that is equal for all paths that lead to one file: device and inode, or, for a file that does not exist, those
 * of its folder and the name.
 */
function identify(path: string): string {
  const stats = statOf(path);
  if (stats) return idOf(stats);
  const target = followLinks(resolve(path));
  const folder = dirname(target);
  const name = basename(target).normalize();
  return `${idOf(statOf(folder)!)}/${ignoresCase(folder) ? name.toLowerCase() : name}`;
}

const idOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/** True for character devices such as /dev/null, which several outputs may share. */
const isDevice = (path: string) => statOf(path)?.isCharacterDevice() ?? false;
