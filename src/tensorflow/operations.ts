import type { Attribute, Tensor, Tfjs } from './load.js';

export type NativeOps = ReturnType<typeof nativeOps>;

/**
 * The native operations that a step is made of, each a single call into TensorFlow; the strings are its names for them.
 * Where TensorFlow has one operation for what tfjs puts together from several, it is this one.
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
    /** a b, with a or b transposed first if wanted. */
    matMul: (a: Tensor, b: Tensor, transposeA = false, transposeB = false) =>
      run('MatMul', [a, b], [flag('transpose_a', transposeA), flag('transpose_b', transposeB)]),
    /** A bias (M) added to every row of x (N, M). */
    biasAdd: (x: Tensor, bias: Tensor) => run('BiasAdd', [x, bias]),
    /** The derivative dy (N, M) by x + bias made that by the bias (M): the sum of its rows. */
    biasAddGrad: (dy: Tensor) => run('BiasAddGrad', [dy]),
    sigmoid: (x: Tensor) => run('Sigmoid', [x]),
    /** The derivative dy by y = sigmoid(x) made that by x: dy y (1 - y). */
    sigmoidGrad: (y: Tensor, dy: Tensor) => run('SigmoidGrad', [y, dy]),
    /** Of scores (N, K) and labels (N): -log y_t (N), and its derivative by the scores, y - t (N, K). */
    softmaxCrossEntropy: (scores: Tensor, labels: Tensor) =>
      backend.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', [], [scores, labels], 2),
    /** The rows of a table with these indices (N). */
    gather: (table: Tensor, indices: Tensor) => run('Gather', [table, indices]),
    multiply: (a: Tensor, b: Tensor) => run('Mul', [a, b]),
    subtract: (a: Tensor, b: Tensor) => run('Sub', [a, b]),
  };
}
