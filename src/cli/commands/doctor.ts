import chalk from 'chalk';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { type EngineName, engines, PRECISIONS } from '../../engines/registry.js';
import { loadKernels } from '../../kernels/limits.js';
import { remedy } from '../../tensorflow/find.js';
import { type Probe, probeTfjs } from '../../tensorflow/probe.js';
import { type Cli, type CommonOptions, note, print, printJson } from '../command.js';
import { type DefineCommand } from '../command.js';
import { version } from '../../files/package.js';

interface Options extends CommonOptions {
  fix?: boolean;
}

export const defineDoctor: DefineCommand = (command, run) =>
  command
    .option('--fix', 'install what is missing: tfjs-node and its TensorFlow, on Linux x64')
    .addHelpText(
      'after',
      '\nExit code: 0 if it could look, whatever it saw; 1 if --fix failed.\nExample: gd-train doctor --fix',
    )
    .action(run(doctor));

/** What a user of this machine can expect of an engine. */
interface Diagnosis {
  readonly engine: EngineName;
  readonly works: boolean;
  readonly precisions: readonly string[];
  /** What computes; null if nothing does. */
  readonly by: string | null;
  /** Why it does not work, or not as fast as elsewhere. */
  readonly why: string | null;
  /** The command that mends it, if one does. */
  readonly remedy: string | null;
}

async function doctor(cli: Cli, options: Options): Promise<number> {
  const node = process.execPath;
  let probe = probeTfjs(node);
  if (options.fix && 'folder' in probe) note(cli, options, `tfjs works already: ${probe.folder}`);
  else if (options.fix) {
    const { setUpTfjs } = await import('../../tensorflow/setup.js');
    const say = (line: string) => note(cli, options, line);
    await setUpTfjs({ node, say, showOn: cli.err.isTTY && !options.quiet ? 2 : undefined });
    probe = probeTfjs(node);
  }
  const kernels = loadKernels();
  const machine = {
    version: version(),
    node: process.version,
    platform: platform(),
    arch: arch(),
    processor: cpus()[0]?.model.trim() ?? null,
    processors: availableParallelism(),
    simd: 'module' in kernels,
    tfjsNode: 'folder' in probe ? probe.tfjsNode : null,
    tensorflow: 'folder' in probe ? probe.tensorflow : null,
    tfjsFolder: 'folder' in probe ? probe.folder : null,
  };
  const diagnoses = (Object.keys(engines) as EngineName[]).map((engine) => diagnose(engine, kernels, probe));
  if (options.json) printJson(cli, { ...machine, engines: diagnoses });
  else {
    if (!options.quiet) {
      const { processor, processors } = machine;
      print(cli, `gd-train ${machine.version}, Node ${machine.node}, ${machine.platform} ${machine.arch}`);
      print(cli, `${processor ?? 'processor unknown'}, ${processors} threads\n`);
    }
    print(cli, diagnoses.map(describe).join('\n'));
  }
  return 0;
}

function diagnose(engine: EngineName, kernels: ReturnType<typeof loadKernels>, probe: Probe): Diagnosis {
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
  return `${engine.padEnd(10)} ${found}${remedy ? `\n${' '.repeat(11)}to mend it: ${chalk.bold(remedy)}` : ''}`;
}
