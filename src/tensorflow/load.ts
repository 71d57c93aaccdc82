import { createRequire } from 'node:module';
import { MachineError } from '../errors.js';
import { findTfjs, type Found, remedy } from './find.js';

// The only file that loads tfjs-node. Its types are declared here, so that the code compiles where it is not installed.

/** A tensor in TensorFlow's memory. */
export interface TfTensor {
  readonly shape: readonly number[];
  dataSync(): Float32Array;
  dispose(): void;
}

/** The part of tfjs-node that is used here. */
export interface Tfjs {
  readonly version: Readonly<Record<string, string>>;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], type: 'float32' | 'int32'): TfTensor;
  tidy<T>(run: () => T): T;
  keep(tensor: TfTensor): TfTensor;
  memory(): { readonly numTensors: number; readonly numDataBuffers: number };
  enableProdMode(): void;
  backend(): NativeBackend;
}

/** Runs TensorFlow's own operations, by the names in its documentation. */
interface NativeBackend {
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: TfTensor[],
    outputs: number,
  ): TfTensor[];
  readonly binding: { readonly TF_Version: string; readonly TF_ATTR_BOOL: number };
}

/** An attribute of an operation. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean;
}

let loaded: Tfjs | undefined;

/**
 * Loads tfjs-node, once.
 *
 * @param threads most threads within an operation, and most operations at a time; default: the environment variables
 *   TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS, or the number of processors. Only the first call can set it.
 * @throws MachineError with the remedy if tfjs-node is not installed or does not load
 */
export function loadTfjs(threads?: number): Tfjs {
  try {
    return (loaded ??= loadFrom(findTfjs(), threads));
  } catch (error) {
    throw new MachineError(
      `--gradient tfjs does not work here: ${(error as Error).message}; to install it: ${remedy()}`,
    );
  }
}

/**
 * Loads an installed tfjs-node. Suppresses TensorFlow's messages, unless TF_CPP_MIN_LOG_LEVEL is set, and Node.js's
 * warnings about deprecated functions.
 *
 * @throws Error with one line on why it does not load
 */
export function loadFrom(found: Found | undefined | null, threads?: number): Tfjs {
  if (!found) throw new Error('@tensorflow/tfjs-node is not installed');
  if (!found.hasAddon) throw new Error(`@tensorflow/tfjs-node in ${found.folder} has no native addon`);
  supplyUtilFunctions();
  const { env } = process; // TensorFlow reads its settings from there, once, while it loads
  env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  if (threads !== undefined) {
    for (const name of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS']) env[name] = String(threads);
  }
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    const tfjs = createRequire(import.meta.url)(found.folder) as Tfjs;
    tfjs.enableProdMode();
    return tfjs;
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    throw new Error(`@tensorflow/tfjs-node in ${found.folder} does not load (${why})`);
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;

/**
 * Defines two functions of `node:util` that tfjs-node 4.22 calls. Node.js 23 removed them; before, they print warnings.
 *
 * @see https://github.com/tensorflow/tfjs/issues/8609
 */
function supplyUtilFunctions(): void {
  util.isArray = Array.isArray;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
}

/** The functions that `nativeOps` returns. */
export type NativeOps = ReturnType<typeof nativeOps>;

/**
 * The native operations of a training step. Each is a single call of an operation of TensorFlow, where tfjs may compose
 * it from several.
 *
 * @see https://www.tensorflow.org/api_docs/cc
 */
export function nativeOps(tf: Tfjs) {
  const backend = tf.backend();
  const run = (name: string, inputs: TfTensor[], attributes: Attribute[] = []) =>
    backend.executeMultipleOutputs(name, attributes, inputs, 1)[0];
  const flag = (name: string, value: boolean): Attribute => ({ name, type: backend.binding.TF_ATTR_BOOL, value });

  return {
    floats: (values: ArrayLike<number>, shape: readonly number[]) =>
      tf.tensor(values instanceof Float32Array ? values : Float32Array.from(values), shape, 'float32'),
    integers: (values: ArrayLike<number>) => tf.tensor(Int32Array.from(values), [values.length], 'int32'),
    /** The product of two matrices, each transposed first on request. */
    matMul: (a: TfTensor, b: TfTensor, transposeA = false, transposeB = false) =>
      run('MatMul', [a, b], [flag('transpose_a', transposeA), flag('transpose_b', transposeB)]),
    /** Adds a bias (M) to every row of x (N, M). */
    biasAdd: (x: TfTensor, bias: TfTensor) => run('BiasAdd', [x, bias]),
    /** The gradient with respect to the bias (M): the sum of the rows of dy (N, M), that with respect to x + bias. */
    biasAddGrad: (dy: TfTensor) => run('BiasAddGrad', [dy]),
    sigmoid: (x: TfTensor) => run('Sigmoid', [x]),
    /** The gradient with respect to x, dy y (1 - y), from dy, that with respect to y = sigmoid(x). */
    sigmoidGrad: (y: TfTensor, dy: TfTensor) => run('SigmoidGrad', [y, dy]),
    /** -log y_label (N) of logits (N, K) and labels (N), and its gradient with respect to the logits, y - t (N, K). */
    softmaxCrossEntropy: (logits: TfTensor, labels: TfTensor) =>
      backend.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', [], [logits, labels], 2),
    /** The rows of a table with these indices (N). */
    gather: (table: TfTensor, indices: TfTensor) => run('Gather', [table, indices]),
    multiply: (a: TfTensor, b: TfTensor) => run('Mul', [a, b]),
    subtract: (a: TfTensor, b: TfTensor) => run('Sub', [a, b]),
  };
}
