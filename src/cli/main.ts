import { Command, type CommanderError, Help, type Option } from 'commander';
import { isatty } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { type Cli, type CommonOptions, type DefineCommand, EXIT, note, printError, toFailure } from './command.js';
import { InputError } from '../errors.js';
import { version } from '../files/read.js';
import { languageOf, LANGUAGES, loadTranslator, takeLanguage } from '../language/language.js';
import { widen } from '../language/width.js';
import { STOP_CODES } from './process.js';

// The command line. This file lists the commands, each in a file of commands/, and runs one. They share command.ts
// (results, notes, errors, exit codes), options.ts (options and their parsers), inputs.ts (data sets and models),
// process.ts (signals, and command lines to print), terminal.ts (size, colours, tables), rows.ts (lines that are
// redrawn), plot.ts (--plot), numpy-format.ts (arrays as NumPy prints them).

/** A command in the overview, and how to load it. */
interface CommandEntry {
  /** What the command does, in a few words. */
  readonly summary: string;
  /** A command line that works as printed. */
  readonly example: string;
  readonly load: () => Promise<DefineCommand>;
}

/** All commands, in the groups of the overview. A new command is a file and an entry here. */
const GROUPS: Record<string, Record<string, CommandEntry>> = {
  Calculus: {
    diff: {
      summary: 'numerical derivative of a function',
      example: 'gd diff --fn "sin(x)" --at 1 --sweep',
      load: async () => (await import('./commands/diff.js')).defineDiff,
    },
    gradient: {
      summary: 'numerical gradient of a function',
      example: 'gd gradient --fn "x0^2 + x1^2" --at 3,4',
      load: async () => (await import('./commands/gradient.js')).defineGradient,
    },
    descend: {
      summary: 'gradient descent on a function',
      example: 'gd descend --lr 0.1 --plot descent.svg',
      load: async () => (await import('./commands/descend.js')).defineDescend,
    },
  },
  'The two-layer net': {
    train: {
      summary: 'train the net on MNIST',
      example: 'gd train --save mnist.safetensors',
      load: async () => (await import('./commands/train/train.js')).defineTrain,
    },
    sweep: {
      summary: 'many runs: rates, sizes, seeds',
      example: 'gd sweep --lr 0.01,0.1,1 --seeds 0..2',
      load: async () => (await import('./commands/sweep/sweep.js')).defineSweep,
    },
    worker: {
      summary: 'make the runs of sweeps elsewhere',
      example: 'gd worker --queue redis://host',
      load: async () => (await import('./commands/worker.js')).defineWorker,
    },
    evaluate: {
      summary: 'accuracy and confusion matrix',
      example: 'gd evaluate mnist.safetensors',
      load: async () => (await import('./commands/evaluate.js')).defineEvaluate,
    },
    predict: {
      summary: 'the digit in a picture',
      example: 'gd predict mnist.safetensors --index 7',
      load: async () => (await import('./commands/predict.js')).definePredict,
    },
    report: {
      summary: 'curves, mistakes, a pad to draw on',
      example: 'gd report mnist.safetensors',
      load: async () => (await import('./commands/report.js')).defineReport,
    },
    export: {
      summary: 'for NumPy, ONNX, TensorFlow.js',
      example: 'gd export mnist.safetensors -o mnist.onnx',
      load: async () => (await import('./commands/export.js')).defineExport,
    },
  },
  'Data, checks, speed': {
    data: {
      summary: 'what the data set holds',
      example: 'gd data show 7',
      load: async () => (await import('./commands/data.js')).defineData,
    },
    check: {
      summary: 'gradient check of engines or files',
      example: 'gd check',
      load: async () => (await import('./commands/check.js')).defineCheck,
    },
    bench: {
      summary: 'speed of the engines here',
      example: 'gd bench --rounds 3',
      load: async () => (await import('./commands/bench.js')).defineBench,
    },
    doctor: {
      summary: 'which engines work here',
      example: 'gd doctor',
      load: async () => (await import('./commands/doctor.js')).defineDoctor,
    },
    completion: {
      summary: 'for bash, zsh or fish',
      example: 'gd completion bash',
      load: async () => (await import('./commands/completion.js')).defineCompletion,
    },
  },
};

const COMMANDS: Record<string, CommandEntry> = Object.assign({}, ...Object.values(GROUPS));

/** Other names of commands, which an error message corrects. */
const OTHER_NAMES: Record<string, string> = {
  derivative: 'diff',
  grad: 'gradient',
  descent: 'descend',
  fit: 'train',
  eval: 'evaluate',
  test: 'evaluate',
  classify: 'predict',
  infer: 'predict',
  show: 'data',
  dataset: 'data',
  benchmark: 'bench',
  convert: 'export',
  verify: 'check',
  setup: 'doctor',
  version: '--version',
  '-v': '--version',
  '-help': '--help',
  '-?': '--help',
};

/** Other names of options, from other programs, --json and earlier versions, which are accepted. */
const OTHER_OPTIONS: Record<string, readonly string[]> = {
  '--learning-rate': ['--lr'],
  '--batch-size': ['--batch'],
  '--hidden-size': ['--hidden'],
  '--iterations': ['--iters', '--steps'],
  '--steps': ['--iters'],
  '--iters': ['--steps'],
  '--indices': ['--index'],
};

/** Replaces other names of options in a command line by those that the command has. */
function withOwnNames(argv: readonly string[], { options }: Command): string[] {
  const isOwn = (name: string) => options.some(({ long }) => long === name);
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    const [name] = word.split('=', 1);
    if (!Object.hasOwn(OTHER_OPTIONS, name) || isOwn(name) || (end >= 0 && i > end)) return word;
    const own = OTHER_OPTIONS[name].find(isOwn);
    return own === undefined ? word : own + word.slice(name.length);
  });
}

/** Codes of failed writes after the reader has gone, as with `| head -1` or a closed terminal. Not reported. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/**
 * Runs a command line and returns its exit code.
 *
 * @param argv the words after the program's name
 */
export async function main(argv: string[]): Promise<number> {
  const { env } = process;
  const { language: chosen, words } = takeLanguage(argv);
  const language = chosen ?? languageOf(env);
  const cli: Cli = {
    out: process.stdout,
    err: process.stderr,
    language,
    quiet: false,
    translate: await loadTranslator(language),
  };
  if (env.NO_COLOR && env.FORCE_COLOR === undefined) env.FORCE_COLOR = '0'; // chalk, loaded later, ignores NO_COLOR
  const hasTerminal = [0, 1, 2].some(isatty);
  let writeError: NodeJS.ErrnoException | undefined;
  cli.out.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.includes(error.code)) writeError = error;
  });
  cli.err.on('error', () => undefined); // an error of stderr has nowhere to go
  const isCommand = Object.hasOwn(COMMANDS, words[0] ?? '');
  // As an option of the command, so that the command lines that it prints have it too.
  if (chosen !== undefined && isCommand) words.splice(1, 0, '--lang', chosen);
  const exitCode = await runCommand(words, cli);
  await new Promise<void>((resolve) => cli.out.write('', () => resolve()));
  // Node.js aborts if it exits after its terminal was closed. The signal ends it first; a shell reports 129 too.
  if (exitCode === STOP_CODES.SIGHUP && hasTerminal) process.kill(process.pid, 'SIGHUP');
  if (writeError === undefined) return exitCode;
  printError(cli, toFailure(Object.assign(writeError, { path: 'standard output' })).message);
  return exitCode === EXIT.done ? EXIT.failed : exitCode;
}

/** Defines the commands, of which only the wanted one is loaded, and runs it. Returns the exit code. */
async function runCommand(given: string[], cli: Cli): Promise<number> {
  const help = new Help();
  let argv = given;
  let exitCode: number = EXIT.done;
  const program = new Command('gd-train')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.out.write(cli.translate(text)),
      writeErr: () => undefined, // printError prints the error
    })
    .configureHelp({
      optionDescription: (option) => cli.translate(help.optionDescription(option)), // before Commander wraps it
      argumentDescription: (argument) => cli.translate(help.argumentDescription(argument)),
      displayWidth: (text) => widen(stripVTControlCharacters(text)).length,
    });
  const wanted = argv[0] === 'help' ? argv[1] : argv[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (name !== wanted && wanted !== 'completion') continue; // completion needs the options of all commands
    (await load())(command, (action) => async (...args) => {
      const { quiet = false, debug } = command.opts<CommonOptions>();
      if (debug) process.env.TF_CPP_MIN_LOG_LEVEL ??= '0'; // shows TensorFlow's messages
      exitCode = await action({ ...cli, quiet }, ...(args as never[]));
    });
    await addCommonOptions(command);
    if (name === wanted) argv = withOwnNames(given, command);
  }
  program.configureHelp({ formatHelp: overview });
  if (wanted?.startsWith('--lang')) program.addOption(await languageOption()); // takeLanguage left an invalid value
  try {
    if (wanted !== undefined && Object.hasOwn(OTHER_NAMES, wanted)) {
      throw new InputError(`unknown command '${wanted}'; did you mean gd-train ${OTHER_NAMES[wanted]}?`);
    }
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
    printError(cli, `${message}${hint}`);
    if (argv.includes('--debug')) note(cli, String((error as Error).stack));
    return code;
  }
}

async function addCommonOptions(command: Command): Promise<void> {
  command
    .option('--json', 'one JSON object on stdout, every digit')
    .option('--quiet', 'results only')
    .option('--debug', 'stack traces')
    .addOption(await languageOption())
    .showSuggestionAfterError();
}

/** --lang for the help and for the error about an invalid value. `takeLanguage` reads a valid value. */
async function languageOption(): Promise<Option> {
  const { oneOf } = await import('./options.js');
  return oneOf('--lang <language>', 'of messages, default by LC_ALL, LC_MESSAGES or LANG', LANGUAGES);
}

/** The overview that `gd` and `gd --help` print: an example and a summary of every command. */
function overview(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ example }) => example.length));
  const groups = Object.entries(GROUPS).map(([title, commands]) => {
    const lines = Object.values(commands).map(({ example, summary }) => `  ${example.padEnd(width)}  ${summary}`);
    return [title, ...lines].join('\n');
  });
  return `From a difference quotient to a trained MNIST network; gd and gd-train are the same program.

${groups.join('\n\n')}

gd-train <command> --help lists the options of a command, with examples.
Every command has --json, --quiet, --debug and --lang en|ko. -V prints the version.
`;
}
