import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { MachineError } from '../errors.js';
import { checkCompiler, compileAddon } from './compile-addon.js';
import { checkPython, fetchTensorFlow, TENSORFLOW } from './fetch-tensorflow.js';
import { canSetUp, remedy, SETUP_FOLDER } from './find.js';
import { ROOT } from '../files/package.js';
import { probeTfjs } from './probe.js';
import { runTool } from './run-tool.js';

interface SetupOptions {
  /** Path of the Node.js that runs. */
  readonly node: string;
  /** Called with a line for each part of the work. */
  readonly say: (line: string) => void;
  /** File descriptor for what npm and pip show of their progress; default: nothing is shown. */
  readonly showOn?: number | undefined;
}

/**
 * Makes tfjs-node work on Linux x64 where its own install cannot: the package comes from npm, TensorFlow's libraries and
 * headers out of its wheel for Python, and the addon is compiled from its source. All of it grows in a folder of
 * another name, and gets SETUP_FOLDER's when it has been seen to work: what is half done is never taken for whole.
 *
 * @throws MachineError naming what this machine lacks
 */
export async function setUpTfjs(options: SetupOptions): Promise<void> {
  checkPlatform();
  await checkPython();
  await checkCompiler();
  const work = `${SETUP_FOLDER}.partial`;
  rmSync(work, { recursive: true, force: true }); // of a run that was killed
  mkdirSync(work);
  try {
    await build(work, options);
    rmSync(SETUP_FOLDER, { recursive: true, force: true });
    renameSync(work, SETUP_FOLDER);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function checkPlatform(): void {
  if (!canSetUp()) {
    throw new MachineError(
      `tfjs-node can be built on Linux x64 only, and this is ${platform()} ${arch()}: try ${remedy()}, which may have its own`,
    );
  }
  if (!existsSync('/lib64/ld-linux-x86-64.so.2')) {
    throw new MachineError(
      "TensorFlow's libraries need the GNU C library, which this Linux has not: take one that has",
    );
  }
}

async function build(work: string, { node, say, showOn }: SetupOptions): Promise<void> {
  const modules = join(work, 'node_modules');
  const folder = join(modules, '@tensorflow', 'tfjs-node');

  say('1/4  tfjs-node, by npm');
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(ROOT, 'setup', file), join(work, file));
  await runTool('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: work,
    showOn,
    missing: 'npm is not on the PATH: install it (it comes with Node.js)',
    failed: 'npm could not fetch tfjs-node: is the network there? Then run this again',
  });

  say(`2/4  TensorFlow ${TENSORFLOW.version}, by pip (${TENSORFLOW.megabytes} MB)`);
  await fetchTensorFlow(work, join(folder, 'deps'), showOn);

  say('3/4  the addon, by node-gyp');
  await compileAddon(node, modules);

  say('4/4  a first product');
  const probe = probeTfjs(node, { folder, hasAddon: true });
  if ('why' in probe) throw new MachineError(`tfjs-node was built but does not work: ${probe.why}`);
}
