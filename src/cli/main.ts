import { Command, type CommanderError } from 'commander';
import { isatty } from 'node:tty';
import { type Cli, type DefineCommand, EXIT, toFailure } from './command.js';
import { version } from '../files/package.js';
import { STOP_CODES } from './signals.js';

/** Every command: what it does in a line, and how to load it. A new one is a file and a line here. */
const COMMANDS: Record<string, [summary: string, load: () => Promise<DefineCommand>]> = {
  diff: ['numerical derivative of a function', async () => (await import('./commands/diff.js')).defineDiff],
  gradient: [
    'numerical gradient of a function or a small net',
    async () => (await import('./commands/gradient.js')).defineGradient,
  ],
  descend: ['gradient descent on a function', async () => (await import('./commands/descend.js')).defineDescend],
  train: ['train the two-layer net on MNIST', async () => (await import('./commands/train/train.js')).defineTrain],
  evaluate: [
    'accuracy and confusion matrix of a trained net',
    async () => (await import('./commands/evaluate.js')).defineEvaluate,
  ],
  predict: ['the digit in a picture', async () => (await import('./commands/predict.js')).definePredict],
  report: [
    'a page about a trained net, with a pad to draw digits on',
    async () => (await import('./commands/report.js')).defineReport,
  ],
  export: ['the net for NumPy, ONNX or TensorFlow.js', async () => (await import('./commands/export.js')).defineExport],
  data: ['what the data set holds; draws its digits', async () => (await import('./commands/data.js')).defineData],
  check: [
    'check gradients: the engines against each other, or your own',
    async () => (await import('./commands/check.js')).defineCheck,
  ],
  bench: ['how fast the engines are on this machine', async () => (await import('./commands/bench.js')).defineBench],
  doctor: [
    'which engines work on this machine, and what mends the others',
    async () => (await import('./commands/doctor.js')).defineDoctor,
  ],
};

/**
 * The program: runs one command line and returns its exit code.
 *
 * @param argv what follows the program's name
 */
export async function main(argv: string[], cli: Cli = { out: process.stdout, err: process.stderr }): Promise<number> {
  const { env } = process;
  if (env.NO_COLOR && env.FORCE_COLOR === undefined) env.FORCE_COLOR = '0'; // chalk, loaded later, knows no other way
  const hasTerminal = [0, 1, 2].some(isatty);
  let refusal: NodeJS.ErrnoException | undefined;
  cli.out.on('error', (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.includes(error.code)) refusal = error;
  });
  cli.err.on('error', () => undefined); // there is nobody left to tell
  const exitCode = await runCommand(argv, cli);
  await new Promise<void>((resolve) => cli.out.write('', () => resolve()));
  // Node.js aborts when it ends after its terminal has gone: end by the signal, which a shell reports as 129 too.
  if (exitCode === STOP_CODES.SIGHUP && hasTerminal) process.kill(process.pid, 'SIGHUP');
  if (refusal === undefined) return exitCode;
  cli.err.write(`gd-train: ${toFailure(Object.assign(refusal, { path: 'standard output' })).message}\n`);
  return exitCode === EXIT.done ? EXIT.failed : exitCode;
}

/** A reader that has seen enough (`| head -1`), a terminal that was closed: not an error. */
const NOBODY_READS: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

async function runCommand(argv: string[], cli: Cli): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('gd-train')
    .description('From a difference quotient to a trained MNIST network.')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.out.write(text),
      writeErr: () => undefined, // the one line that main prints is enough
    });
  const wanted = argv[0] === 'help' ? argv[1] : argv[0];
  for (const [name, [summary, load]] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (name !== wanted) continue;
    (await load())(command, (action) => async (...args) => {
      exitCode = await action(cli, ...(args as never[]));
    });
    addCommonOptions(command);
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else if (argv[0] === 'help' && wanted !== undefined && !Object.hasOwn(COMMANDS, wanted))
      program.error(`unknown command '${wanted}'`);
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if ((error as CommanderError).exitCode === 0) return EXIT.done; // --help, --version
    const { message, code } = toFailure(error);
    const command = Object.hasOwn(COMMANDS, wanted ?? '') ? `gd-train ${wanted}` : 'gd-train';
    const hint = (error as CommanderError).code?.startsWith('commander.') ? `; see ${command} --help` : '';
    cli.err.write(`gd-train: ${message}${hint}\n`);
    if (argv.includes('--debug')) cli.err.write(`${(error as Error).stack}\n`);
    return code;
  }
}

function addCommonOptions(command: Command): void {
  command
    .option('--json', 'one JSON object on stdout, every digit')
    .option('--quiet', 'results only')
    .option('--debug', 'stack traces')
    .showSuggestionAfterError();
}
