import chalk from 'chalk';
import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { ENGINE_NAMES, type EngineName, PRECISIONS } from '../../engines/registry.js';
import { MachineError, plural } from '../../errors.js';
import { ROOT, version } from '../../files/read.js';
import { type Kernels, loadKernels } from '../../kernels/limits.js';
import { canSetUp, type Probe, probeTfjs, remedy, SETUP_FOLDER } from '../../tensorflow/find.js';
import { type Cli, type DefineCommand, note, print, printJson } from '../command.js';
import { addOptions, flag, type ValuesOf } from '../options.js';

const OPTIONS = {
  fix: flag('--fix', 'install what is missing: tfjs-node and its TensorFlow, on Linux x64'),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd doctor`: tells which engines work on this machine, and installs tfjs-node. */
export const defineDoctor: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .addHelpText('after', '\nExit code: 0 whatever it finds; 1 if --fix failed.\nExample: gd-train doctor --fix')
    .action(run(doctor));

/** The state of an engine on this machine. */
interface Diagnosis {
  readonly engine: EngineName;
  readonly works: boolean;
  readonly precisions: readonly string[];
  /** The library or kernels that compute; null if the engine does not work. */
  readonly by: string | null;
  /** The reason if the engine does not work, or is slower than on other machines. */
  readonly why: string | null;
  /** The command that repairs the engine, if there is one. */
  readonly remedy: string | null;
}

async function doctor(cli: Cli, options: Options): Promise<number> {
  const node = process.execPath;
  let probe = probeTfjs(node);
  if (options.fix && 'folder' in probe) note(cli, `tfjs works already: ${probe.folder}`);
  else if (options.fix) {
    await setUpTfjs(node, cli.quiet ? 'ignore' : 2);
    probe = probeTfjs(node);
  }
  const kernels = loadKernels();
  const machine = {
    node: process.version,
    arch: arch(),
    processor: cpus()[0]?.model.trim() ?? null,
    processors: availableParallelism(),
    simd: 'module' in kernels,
    tfjsNode: 'folder' in probe ? probe.tfjsNode : null,
    tensorflow: 'folder' in probe ? probe.tensorflow : null,
    tfjsFolder: 'folder' in probe ? probe.folder : null,
  };
  const diagnoses = ENGINE_NAMES.map((engine) => diagnose(engine, kernels, probe));
  if (options.json) printJson(cli, { ...machine, engines: diagnoses });
  else {
    if (!cli.quiet) {
      const { processor, processors } = machine;
      print(cli, `gd-train ${version()}, Node ${machine.node}, ${platform()} ${machine.arch}`);
      print(cli, `${processor ?? 'processor unknown'}, ${plural(processors, 'thread')}\n`);
    }
    print(cli, diagnoses.map(describe).join('\n'));
  }
  return 0;
}

function diagnose(engine: EngineName, kernels: Kernels, probe: Probe): Diagnosis {
  const good = { engine, works: true, precisions: PRECISIONS[engine], why: null, remedy: null };
  if (engine === 'naive') return { ...good, by: 'plain TypeScript' };
  if (engine === 'tfjs') {
    if ('why' in probe) return { ...good, works: false, precisions: [], by: null, why: probe.why, remedy: remedy() };
    return { ...good, by: `TensorFlow ${probe.tensorflow}, tfjs-node ${probe.tfjsNode}` };
  }
  if ('module' in kernels) return { ...good, by: 'SIMD kernels in WebAssembly, all threads' };
  return { ...good, precisions: ['f64'], by: 'plain TypeScript, slower', why: kernels.missing };
}

function describe({ engine, works, precisions, by, why, remedy }: Diagnosis): string {
  const mark = works ? chalk.green('works') : chalk.red('fails');
  const found = [mark, precisions.join(', '), by, why].filter(Boolean).join('; ');
  return `${engine.padEnd(10)} ${found}${remedy ? `\n${' '.repeat(11)}to repair it: ${chalk.bold(remedy)}` : ''}`;
}

/**
 * Builds tfjs-node with setup/tfjs_node.py. The build takes place in another folder, which is renamed to SETUP_FOLDER
 * only if the result works, so that an incomplete build is never used.
 *
 * @param node path of the running Node.js
 * @param progress a file descriptor for progress messages, or `ignore`
 * @throws MachineError if the machine lacks something, or if the build fails
 */
async function setUpTfjs(node: string, progress: number | 'ignore'): Promise<void> {
  if (!canSetUp()) {
    throw new MachineError(
      `tfjs-node can be built on Linux x64 only, and this is ${platform()} ${arch()}: try ${remedy()}, which may have a build of its own`,
    );
  }
  const partial = `${SETUP_FOLDER}.partial`;
  rmSync(partial, { recursive: true, force: true }); // left by a run that was killed
  mkdirSync(partial);
  try {
    await runPython([join(ROOT, 'setup', 'tfjs_node.py'), partial, node], progress);
    const probe = probeTfjs(node, {
      folder: join(partial, 'node_modules', '@tensorflow', 'tfjs-node'),
      hasAddon: true,
    });
    if ('why' in probe) throw new MachineError(`tfjs-node was built but does not work: ${probe.why}`);
    rmSync(SETUP_FOLDER, { recursive: true, force: true });
    renameSync(partial, SETUP_FOLDER);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/**
 * Runs python3 to its end.
 *
 * @throws MachineError with the last line of its stderr if it fails
 */
async function runPython(args: readonly string[], progress: number | 'ignore'): Promise<void> {
  const child = spawn('python3', args, { stdio: ['ignore', progress, 'pipe'] });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-20_000)));
  const end = await new Promise<number | string | null>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (end === 0) return;
  if (child.pid === undefined) {
    throw new MachineError(
      'python3 is not on the PATH: install Python 3 with pip (Debian: apt-get install python3-pip)',
    );
  }
  throw new MachineError(errors.trim().split('\n').at(-1) || `python3 ended with ${end}`);
}
