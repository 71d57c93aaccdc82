import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MachineError } from '../machine-error.js';
import { canSetUp, remedy, ROOT, SETUP_FOLDER } from './find.js';
import { probeTfjs } from './probe.js';
import { runTool, type ToolOptions } from './run-tool.js';

/** What is fetched, and what it must be. */
export const TENSORFLOW = {
  version: '2.15.1',
  /** For the Python whose wheel it is; it need not be the one that fetches it. */
  python: [
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    'manylinux_2_17_x86_64',
  ],
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  megabytes: 207,
};

/** Of Node-API, the version that the addon asks for. */
const NODE_API = 8;

/** package.json and package-lock.json of what npm fetches: tfjs-node, node-gyp, the headers of Node-API. */
const PROJECT = join(ROOT, 'setup');

export interface SetupOptions {
  /** Path of the Node.js that runs. */
  readonly node: string;
  /** Called with a line for each step. */
  readonly say: (line: string) => void;
  /** File descriptor for the progress bars of npm and pip; default: none are shown. */
  readonly showOn?: number | undefined;
}

/**
 * Makes tfjs-node work on Linux x64 without its own download: the package from npm, TensorFlow's libraries and headers
 * out of its Python wheel, the addon compiled from its source. Everything happens in a folder beside the final one,
 * which gets its name when the addon has been seen to work; what is in it already is left as it is.
 *
 * @throws MachineError naming what is missing on this machine
 */
export async function setUpTfjs({ node, say, showOn }: SetupOptions): Promise<void> {
  await checkMachine();
  const work = `${SETUP_FOLDER}.partial`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const modules = join(work, 'node_modules');
  const tfjs = join(modules, '@tensorflow', 'tfjs-node');

  say('1/4  tfjs-node, by npm');
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(PROJECT, file), join(work, file));
  await runTool('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: work,
    showOn,
    missing: 'npm is not on the PATH: install it (it comes with Node.js)',
    failed: 'npm could not fetch tfjs-node: is the network there? Then run this again',
  });

  say(`2/4  TensorFlow ${TENSORFLOW.version}, by pip: ${TENSORFLOW.megabytes} MB`);
  const wheel = await fetchWheel(work, showOn);
  await unpackLibraries(wheel, join(tfjs, 'deps'));
  rmSync(wheel);

  say('3/4  the addon, by node-gyp');
  await compileAddon(node, modules, tfjs);

  say('4/4  a first product');
  const probe = probeTfjs(node, { folder: tfjs, hasAddon: true });
  if ('why' in probe) throw new MachineError(`tfjs-node was built but does not work: ${probe.why}`);

  rmSync(SETUP_FOLDER, { recursive: true, force: true });
  renameSync(work, SETUP_FOLDER);
}

const PYTHON = 'python3';
const NO_PYTHON = 'python3 is not on the PATH: install Python 3 with pip (Debian: apt-get install python3-pip)';

/** Finds out in a second, before anything is fetched, whether all tools are there. */
async function checkMachine(): Promise<void> {
  if (!canSetUp()) {
    throw new MachineError(
      `tfjs-node can be built on Linux x64 only, and this is ${platform()} ${arch()}: try ${remedy()}, which may have its own`,
    );
  }
  if (!existsSync('/lib64/ld-linux-x86-64.so.2')) {
    throw new MachineError(
      "TensorFlow's libraries need the GNU C library, and this Linux has another: take one that has",
    );
  }
  const check = (command: string, args: string[], messages: Pick<ToolOptions, 'missing' | 'failed'>) =>
    runTool(command, args, messages);
  await check(PYTHON, ['-m', 'pip', '--version'], {
    missing: NO_PYTHON,
    failed: 'python3 has no pip: install it (Debian: apt-get install python3-pip)',
  });
  const compiler = 'install make and a C++ compiler (Debian: apt-get install g++ make)';
  for (const tool of ['make', 'g++']) {
    await check(tool, ['--version'], {
      missing: `${tool} is not on the PATH: ${compiler}`,
      failed: `${tool} does not run: ${compiler}`,
    });
  }
}

async function fetchWheel(work: string, showOn: number | undefined): Promise<string> {
  const { version, python, sha256 } = TENSORFLOW;
  const folder = join(work, 'wheel');
  const what = ['--no-deps', '--only-binary=:all:', ...python, `tensorflow-cpu==${version}`];
  await runTool(PYTHON, ['-m', 'pip', 'download', '--disable-pip-version-check', '--dest', folder, ...what], {
    showOn,
    missing: NO_PYTHON,
    failed: `pip could not fetch tensorflow-cpu ${version}: is the network there? Then run this again`,
  });
  const [name] = readdirSync(folder);
  const wheel = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(wheel), hash);
  const digest = hash.digest('hex');
  if (digest !== sha256) {
    throw new MachineError(`${name} is not the file that it should be: its SHA-256 is ${digest}, not ${sha256}`);
  }
  return wheel;
}

/** Puts two libraries and the C headers where tfjs-node's binding.gyp looks for them. */
async function unpackLibraries(wheel: string, deps: string): Promise<void> {
  const program = [
    'import os, re, shutil, sys, zipfile',
    'wheel, deps = sys.argv[1:]',
    'with zipfile.ZipFile(wheel) as members:',
    '  for name in members.namelist():',
    "    found = re.match(r'tensorflow/(?:(libtensorflow_(?:cc|framework)\\.so\\.2)|(include/.*/(?:c|platform)/.*\\.h))$', name)",
    '    if not found: continue',
    "    path = os.path.join(deps, 'lib', found[1]) if found[1] else os.path.join(deps, found[2])",
    '    os.makedirs(os.path.dirname(path), exist_ok=True)',
    "    with members.open(name) as source, open(path, 'wb') as target: shutil.copyfileobj(source, target, 2**20)",
  ].join('\n');
  const failed = 'the libraries could not be unpacked: is there a gigabyte of space?';
  await runTool(PYTHON, ['-c', program, wheel, deps], { missing: NO_PYTHON, failed });
  symlinkSync('libtensorflow_cc.so.2', join(deps, 'lib', 'libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));
}

/**
 * Compiles the addon as node-pre-gyp would. It speaks Node-API alone, whose headers come from npm: those of this Node.js
 * would be a download of their own, and the addon is for every version all the same.
 */
async function compileAddon(node: string, modules: string, tfjs: string): Promise<void> {
  const headers = join(tfjs, 'node', 'include', 'node');
  cpSync(join(modules, 'node-api-headers', 'include'), headers, { recursive: true });
  copyFileSync(join(PROJECT, 'common.gypi'), join(headers, 'common.gypi'));
  const gyp = join(modules, 'node-gyp', 'bin', 'node-gyp.js');
  const settings = {
    nodedir: join(tfjs, 'node'),
    module_name: 'tfjs_binding',
    module_path: join(tfjs, 'lib', `napi-v${NODE_API}`),
    napi_build_version: NODE_API,
  };
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  await runTool(node, [gyp, 'rebuild', ...flags], {
    cwd: tfjs,
    missing: 'this Node.js is gone',
    failed: 'node-gyp could not compile the addon',
  });
  rmSync(join(tfjs, 'build'), { recursive: true });
}
