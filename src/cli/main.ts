import { Command, type CommanderError, Help, type Option } from 'commander';
import { isatty } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { type Cli, type CommonOptions, type DefineCommand, EXIT, note, printError, toFailure } from './command.js';
import { InputError } from '../errors.js';
import { version } from '../files/read.js';
import { languageOf, LANGUAGES, loadTranslator, takeLanguage } from '../language/language.js';
import { widen } from '../language/width.js';
import { STOP_CODES } from './process.js';

// The command line. This file lists the commands, each a file of commands/, and runs one. What they share: command.ts
// (results, notes, failures, exit codes), options.ts (what a user may give), inputs.ts (data sets and models),
// process.ts (signals, and command lines to print), terminal.ts (size, colours, tables), rows.ts (lines that are redrawn),
// plot.ts (--plot), numpy-format.ts (arrays as NumPy prints them).

/** A command: what it does in a few words, a command line that works as typed, and how to load it. */
interface CommandEntry {
  readonly summary: string;
  readonly example: string;
  readonly load: () => Promise<DefineCommand>;
}

/** Every command, in the groups that `gd` alone shows. A new command is one file and one entry here. */
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

/** Other names that people type for commands. */
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

/** Other names of options, as other programs, --json and earlier versions have them. */
const OTHER_OPTIONS: Record<string, readonly string[]> = {
  '--learning-rate': ['--lr'],
  '--batch-size': ['--batch'],
  '--hidden-size': ['--hidden'],
  '--iterations': ['--iters', '--steps'],
  '--steps': ['--iters'],
  '--iters': ['--steps'],
  '--indices': ['--index'],
};

/** The command line with the names that the options of a command have. */
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

/** A reader that has seen enough (`| head -1`), a terminal that was closed: not an error. */
const READER_GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/**
 * The program: runs one command line and returns its exit code.
 *
 * @param argv what follows the program's name
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
  if (env.NO_COLOR && env.FORCE_COLOR === undefined) env.FORCE_COLOR = '0'; // chalk, loaded later, knows no other way
  const hasTerminal = [0, 1, 2].some(isatty);
  let writeError: NodeJS.ErrnoException | undefined;
  cli.out.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.includes(error.code)) writeError = error;
  });
  cli.err.on('error', () => undefined); // no reader is left
  const isCommand = Object.hasOwn(COMMANDS, words[0] ?? '');
  if (chosen !== undefined && isCommand) words.splice(1, 0, '--lang', chosen); // printed commands have it too
  const exitCode = await runCommand(words, cli);
  await new Promise<void>((resolve) => cli.out.write('', () => resolve()));
  // Node.js aborts when it ends after its terminal has gone: end by the signal, which a shell reports as 129 too.
  if (exitCode === STOP_CODES.SIGHUP && hasTerminal) process.kill(process.pid, 'SIGHUP');
  if (writeError === undefined) return exitCode;
  printError(cli, toFailure(Object.assign(writeError, { path: 'standard output' })).message);
  return exitCode === EXIT.done ? EXIT.failed : exitCode;
}

async function runCommand(given: string[], cli: Cli): Promise<number> {
  const help = new Help();
  let argv = given;
  let exitCode: number = EXIT.done;
  const program = new Command('gd-train')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.out.write(cli.translate(text)),
      writeErr: () => undefined, // printError writes the one line
    })
    .configureHelp({
      optionDescription: (option) => cli.translate(help.optionDescription(option)), // before it is broken into lines
      argumentDescription: (argument) => cli.translate(help.argumentDescription(argument)),
      displayWidth: (text) => widen(stripVTControlCharacters(text)).length,
    });
  const wanted = argv[0] === 'help' ? argv[1] : argv[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (name !== wanted && wanted !== 'completion') continue; // completion lists the options of all
    (await load())(command, (action) => async (...args) => {
      const { quiet = false, debug } = command.opts<CommonOptions>();
      if (debug) process.env.TF_CPP_MIN_LOG_LEVEL ??= '0'; // TensorFlow's messages too
      exitCode = await action({ ...cli, quiet }, ...(args as never[]));
    });
    await addCommonOptions(command);
    if (name === wanted) argv = withOwnNames(given, command);
  }
  program.configureHelp({ formatHelp: overview });
  if (wanted?.startsWith('--lang')) program.addOption(await languageOption()); // a wrong one: takeLanguage left it there
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

/** --lang, as help lists it; `takeLanguage` reads it. */
async function languageOption(): Promise<Option> {
  const { oneOf } = await import('./options.js');
  return oneOf('--lang <language>', 'of messages, default by LC_ALL, LC_MESSAGES or LANG', LANGUAGES);
}

/** The overview that `gd` alone and `--help` print: an example of every command beside its summary. */
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
