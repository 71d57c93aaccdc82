import type { Attribute, Tensor, Tfjs } from './load.js';

export type NativeOps = ReturnType<typeof nativeOps>;

/**
 * The native operations of a training step, each a single call into TensorFlow by its own name. Where TensorFlow has one
 * operation for what tfjs composes from several, that one is used.
 *
 * @see https://www.tensorflow.org/api_docs/cc
 */
export function nativeOps(tf: Tfjs) {
  const backend = tf.backend();
  const run = (name: string, inputs: Tensor[], attributes: Attribute[] = []) =>
    backend.executeMultipleOutputs(name, attributes, inputs, 1)[0];
  const flag = (name: string, value: boolean): Attribute => ({ name, type: backend.binding.TF_ATTR_BOOL, value });

  return {
    floats: (values: ArrayLike<number>, shape: readonly number[]) =>
      tf.tensor(values instanceof Float32Array ? values : Float32Array.from(values), shape, 'float32'),
    integers: (values: ArrayLike<number>) => tf.tensor(Int32Array.from(values), [values.length], 'int32'),
    /** a b, with a or b transposed first on request. */
    matMul: (a: Tensor, b: Tensor, transposeA = false, transposeB = false) =>
      run('MatMul', [a, b], [flag('transpose_a', transposeA), flag('transpose_b', transposeB)]),
    /** Adds a bias (M) to every row of x (N, M). */
    biasAdd: (x: Tensor, bias: Tensor) => run('BiasAdd', [x, bias]),
    /** The gradient by the bias (M) from that by x + bias, dy (N, M): the sum of its rows. */
    biasAddGrad: (dy: Tensor) => run('BiasAddGrad', [dy]),
    sigmoid: (x: Tensor) => run('Sigmoid', [x]),
    /** The gradient by x from that by y = sigmoid(x), dy: dy y (1 - y). */
    sigmoidGrad: (y: Tensor, dy: Tensor) => run('SigmoidGrad', [y, dy]),
    /** -log y_label (N) of logits (N, K) and labels (N), and its gradient by the logits, y - t (N, K). */
    softmaxCrossEntropy: (logits: Tensor, labels: Tensor) =>
      backend.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', [], [logits, labels], 2),
    /** The rows of a table with these indices (N). */
    gather: (table: Tensor, indices: Tensor) => run('Gather', [table, indices]),
    multiply: (a: Tensor, b: Tensor) => run('Mul', [a, b]),
    subtract: (a: Tensor, b: Tensor) => run('Sub', [a, b]),
  };
}
