import type { Dataset } from '../../dataset/mnist.js';
import { ENGINE_NAMES } from '../../engines/registry.js';
import { formatCount, InputError, plural } from '../../errors.js';
import { checkEngines } from '../../grader/engine-check.js';
import { grade } from '../../grader/grade.js';
import { type GradientCase, gradientCase, LIMITS } from '../../grader/gradient-case.js';
import { hiddenSizeOf, indicesOf, netOf, readLearnerFiles } from '../../grader/submission.js';
import { DEFAULTS } from '../../training/hyper-parameters.js';
import { type Cli, type DefineCommand, EXIT, fallbackNote, note, print, printJson } from '../command.js';
import { loadData, modelPath } from '../inputs.js';
import {
  addOptions,
  dataOption,
  firstGiven,
  flag,
  integer,
  otherDataOption,
  parseIndices,
  positive,
  severalOf,
  text,
  type ValuesOf,
} from '../options.js';
import { conclusion, describeEngineCheck, describeGrade, gradeInOneWord } from './check-views.js';

/**
 * Parameters per tensor for which the naive engine computes the gradient, with two forward passes each. The other
 * engines are compared with each other in all parameters. If a quarter of a tensor is wrong, a sample of 12 shows it
 * with a probability of 1 - 0.75^12 = 97 %.
 */
const SAMPLE = 12;

const OPTIONS = {
  hidden: integer('--hidden <n>', "hidden units (default: 100, or the file's)", 1, LIMITS.hiddenSize),
  batch: integer('--batch <n>', "images of the mini-batch (default: 100, or the model's)", 1, LIMITS.batchSize),
  seed: integer('--seed <n>', 'draws the weights, then the mini-batch, as np.random.seed (default: 0)', 0, 2 ** 32 - 1),
  model: text('--model <file>', 'weights of a saved net, or last, instead; its random stream draws the mini-batch'),
  index: text('--index <list>', 'training images to take instead of a draw: 7 or 3,14 or 0..99'),
  h: positive('--h <step>', 'step of the differences (default: 1e-4)'),
  engines: severalOf('--engines <list>', 'those to check (default: all)', ENGINE_NAMES),
  full: flag('--full', 'the naive engine too computes the whole gradient, which takes minutes'),
  data: dataOption(),
  otherData: otherDataOption(),
};

type Options = ValuesOf<typeof OPTIONS>;

/** `gd check`: compares the gradients of the engines with each other, or grades the gradient in a learner's files. */
export const defineCheck: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS)
    .argument('[files...]', 'gradients to grade: .npz, safetensors, JSON, .npy files, or a folder of these')
    .addHelpText('after', HELP)
    .action(run(checkCommand));

const HELP = `
Without files, all engines are checked against each other. With files, these
are graded: right, or which tensor is wrong, where, and why. Both exit with 0
if all four tensors are right, with 4 if not.

Example: gd-train check grads.npz --seed 0 --batch 100

The weights and the mini-batch of --seed 0 --hidden 100 --batch 100 in NumPy:
  np.random.seed(0)
  W1 = 0.01 * np.random.randn(784, 100); b1 = np.zeros(100)
  W2 = 0.01 * np.random.randn(100, 10); b2 = np.zeros(10)
  mask = np.random.choice(60000, 100)
  x, t = x_train[mask], t_train[mask]  # pixels / 255, one-hot labels
  ...                                  # your gradient: dW1, db1, dW2, db2
  np.savez('grads.npz', W1=dW1, b1=db1, W2=dW2, b2=db2)

For a trained net give --model FILE, and its images by --index 0..99
The file may also hold other weights and images beside the gradient, whose names
then begin with d (or are grads/W1, W1.grad …):
  np.savez('grads.npz', W1=W1, b1=b1, W2=W2, b2=b2, indices=mask,
           dW1=dW1, db1=db1, dW2=dW2, db2=db2)`;

async function checkCommand(cli: Cli, files: string[], given: Options): Promise<number> {
  const options = given.model === undefined ? given : { ...given, model: modelPath(cli, given.model) };
  if (options.model !== undefined) {
    const stray = firstGiven(options, 'seed', 'hidden');
    if (stray) throw new InputError(`--${stray} draws weights, and --model has its own: give one of the two`);
  }
  if (options.index !== undefined && options.batch !== undefined) {
    throw new InputError('--batch draws images, and --index names them: give one of the two');
  }
  return files.length > 0 ? gradeFiles(cli, files, options) : compareEngines(cli, options);
}

/** Compares the gradients of the engines with each other. */
async function compareEngines(cli: Cli, options: Options): Promise<number> {
  const { h = DEFAULTS.h, seed = DEFAULTS.seed, engines = ENGINE_NAMES, full, json } = options;
  const { train } = loadData(cli, options.data);
  const point = gradientCase(train, { ...options, indices: givenIndices(options, train) });
  const showProgress = cli.err.isTTY && !cli.quiet && full;
  const check = await checkEngines(point.net, point.batch, {
    h,
    seed,
    engines,
    sample: full ? Infinity : SAMPLE,
    onProgress: (done, total) => {
      if (showProgress) {
        cli.err.write(`\r${cli.translate(`naive: parameter ${formatCount(done)} of ${formatCount(total)}`)}\u001b[K`);
      }
    },
    onFallback: fallbackNote(cli),
  });
  if (showProgress) cli.err.write('\r\u001b[K');
  if (json) {
    const checked = check.engines.map(({ name, missing, precision, isDifference }) => {
      return { name, precision, isDifference, missing: missing ?? null };
    });
    const { agree, loss, comparisons } = check;
    printJson(cli, { agree, ...setting(point, options), h, loss, engines: checked, comparisons });
  } else if (cli.quiet) print(cli, conclusion(check));
  else {
    note(cli, `${describe(point, options)}, h = ${h}, loss ${check.loss}\n`);
    print(cli, describeEngineCheck(cli, check, point.net));
  }
  return check.agree ? EXIT.done : EXIT.notMet;
}

/** Grades the gradient in a learner's files. */
function gradeFiles(cli: Cli, files: string[], options: Options): number {
  const { h = DEFAULTS.h, json } = options;
  const source = files.join(', ');
  const stray = firstGiven(options, 'engines', 'full');
  if (stray) throw new InputError(`--${stray} is for checking engines: leave it out, or the files`);
  const { gradients, weights, indices } = readLearnerFiles(files);
  if (weights.size > 0) {
    const other = firstGiven(options, 'model', 'seed', 'hidden');
    if (other && !(other === 'seed' && indices === undefined)) {
      throw new InputError(`--${other} draws or reads weights, and ${source} has its own: give one of the two`);
    }
  }
  const { train, test } = loadData(cli, options.data);
  const given = {
    ...options,
    hidden: options.hidden ?? hiddenSizeOf(gradients, train.inputSize, source),
    weights: weights.size > 0 ? netOf(weights, source) : undefined,
    indices: givenIndices(options, train) ?? indicesOf(indices, source),
  };
  const point = gradientCase(train, given, test);
  const result = grade(gradients, point, { train, learningRate: DEFAULTS.learningRate, ...point }, h);
  if (json) printJson(cli, { files, ...setting(point, options), h, ...result });
  else if (cli.quiet) print(cli, gradeInOneWord(result));
  else {
    note(cli, `${source}: ${describe(point, options)}, loss ${result.loss}\n`);
    print(cli, describeGrade(cli, result));
  }
  return result.isRight ? EXIT.done : EXIT.notMet;
}

function givenIndices({ index }: Options, train: Dataset): number[] | undefined {
  return index === undefined ? undefined : parseIndices([index], train.count, '--index');
}

const sizesOf = ({ net }: GradientCase) => [net.inputSize, net.hiddenSize, net.outputSize];

/** The net and the mini-batch of a check, for --json. */
function setting(point: GradientCase, { model, seed = DEFAULTS.seed }: Options) {
  return { sizes: sizesOf(point), ...(model === undefined ? { seed } : { model }), indices: point.indices };
}

/** The net and the mini-batch of a check as text: "784-100-10, seed 0, 100 images". */
function describe(point: GradientCase, { model, seed = DEFAULTS.seed }: Options): string {
  const images = plural(point.indices.length, 'image');
  return `${sizesOf(point).join('-')}, ${model ?? `seed ${seed}`}, ${images}`;
}
