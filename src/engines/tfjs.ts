import { availableParallelism } from 'node:os';
import { scalePixels } from '../dataset/mini-batch.js';
import { type Dataset, readImages } from '../dataset/mnist.js';
import { InputError } from '../errors.js';
import { outOfRange } from '../kernels/limits.js';
import { argmax, EPSILON } from '../network/functions.js';
import { shapes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { loadTfjs, nativeOps, type NativeOps, type Tfjs, type TfTensor } from '../tensorflow/load.js';
import { classify } from './trainer.js';
import type { Data, EngineOptions, GradientEngine, Trainer, TrainerSettings } from './engine.js';

/**
 * Backpropagation by the native operations of TensorFlow, in float32. Must equal `backward` in network/two-layer-net.ts
 * to 1e-4 of the largest entry of each tensor. During a descent images, labels and weights stay in its tensors; a step
 * sends only the indices of the mini-batch and one number per image.
 *
 * @throws MachineError if tfjs-node is not installed
 */
export function openTfjs({ threads }: EngineOptions): GradientEngine {
  const tf = loadTfjs(threads);
  const ops = nativeOps(tf);
  return {
    gradients(net, { count, x, t }) {
      return tf.tidy(() => {
        const { loss, gradients } = backward(ops, {
          parameters: toTensors(ops, net),
          x: ops.floats(x, [count, net.inputSize]),
          labels: ops.integers(argmax(t, net.outputSize)),
        });
        const gradient = zeroParameters(net);
        for (const name of TENSORS) gradient[name].set(gradients[name].dataSync());
        return { loss, ...gradient };
      });
    },
    trainer: async (net, data, settings) => ({
      threads: threads ?? availableParallelism(),
      ...openTrainer(tf, ops, net, data, settings),
    }),
  };
}

function openTrainer(
  tf: Tfjs,
  ops: NativeOps,
  net: TwoLayerNet,
  data: Data,
  { learningRate }: TrainerSettings,
): Omit<Trainer, 'threads'> {
  const range = outOfRange(net, 'f32', learningRate);
  if (range !== undefined) throw new InputError(`--gradient tfjs takes ${range}; --gradient backprop takes more`);
  const images = scaledImages(ops, data.train);
  const labels = ops.integers(data.train.labels);
  let parameters = toTensors(ops, net);

  function batchOf(indices: Uint32Array): Batch {
    const rows = ops.integers(indices);
    return { parameters, x: ops.gather(images, rows), labels: ops.gather(labels, rows) };
  }
  async function sync(): Promise<void> {
    for (const name of TENSORS) net[name].set(parameters[name].dataSync());
  }

  return {
    async step(indices) {
      const before = parameters;
      const loss = tf.tidy(() => {
        const { loss, gradients } = backward(ops, batchOf(indices), learningRate);
        parameters = mapTensors((name) => tf.keep(ops.subtract(before[name], gradients[name])));
        return loss;
      });
      dispose(before);
      return { loss, isFinite: true };
    },
    loss: async (indices) => tf.tidy(() => withEpsilon(forward(ops, batchOf(indices)).losses).loss),
    // By the kernels, as `evaluate` does later: the accuracies must not differ.
    async classify(part) {
      await sync();
      return classify(net, data[part], 'f32');
    },
    sync,
    async close() {
      dispose({ ...parameters, images, labels });
    },
  };
}

type Tensors = Record<(typeof TENSORS)[number], TfTensor>;

interface Batch {
  readonly parameters: Tensors;
  /** (N, D), in [0, 1] */
  readonly x: TfTensor;
  /** (N), 0 … K - 1 */
  readonly labels: TfTensor;
}

function forward(ops: NativeOps, { parameters: { W1, b1, W2, b2 }, x, labels }: Batch) {
  const hidden = ops.sigmoid(ops.biasAdd(ops.matMul(x, W1), b1)); // (N, H)
  const logits = ops.biasAdd(ops.matMul(hidden, W2), b2); // (N, K)
  const [losses, dLogits] = ops.softmaxCrossEntropy(logits, labels); // (N) and (N, K)
  return { hidden, losses, dLogits };
}

/** The book's loss in nats, and `factor` times its gradient. */
function backward(ops: NativeOps, batch: Batch, factor = 1): { loss: number; gradients: Tensors } {
  const { hidden, losses, dLogits: dWithoutEpsilon } = forward(ops, batch);
  const { loss, scales } = withEpsilon(losses);
  const N = scales.length;
  const scaling = scales.map((scale) => (scale * factor) / N);
  const dLogits = ops.multiply(dWithoutEpsilon, ops.floats(scaling, [N, 1])); // (N, K)
  const dPreActivations = ops.sigmoidGrad(hidden, ops.matMul(dLogits, batch.parameters.W2, false, true)); // (N, H)
  return {
    loss,
    gradients: {
      W1: ops.matMul(batch.x, dPreActivations, true),
      b1: ops.biasAddGrad(dPreActivations),
      W2: ops.matMul(hidden, dLogits, true),
      b2: ops.biasAddGrad(dLogits),
    },
  };
}

/**
 * From TensorFlow's loss l = -log y_label to the book's -log(y_label + EPSILON), whose gradient is
 * y_label / (y_label + EPSILON) times as large.
 *
 * @param losses (N), l of each image
 * @returns the book's loss, mean over the images, and those factors (N)
 */
function withEpsilon(losses: TfTensor): { loss: number; scales: Float64Array } {
  let sum = 0;
  const scales = Float64Array.from(losses.dataSync(), (l) => {
    const probability = Math.exp(-l);
    sum -= Math.log(probability + EPSILON);
    return probability / (probability + EPSILON);
  });
  return { loss: sum / scales.length, scales };
}

function toTensors(ops: NativeOps, net: TwoLayerNet): Tensors {
  const shape = shapes(net);
  return mapTensors((name) => ops.floats(net[name], shape[name]));
}

function mapTensors(make: (name: keyof Tensors) => TfTensor): Tensors {
  return Object.fromEntries(TENSORS.map((name) => [name, make(name)])) as Tensors;
}

function dispose(tensors: Record<string, TfTensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Images per read of the file. */
const CHUNK = 1000;

/** All images of a dataset, (N, D), in [0, 1]. */
function scaledImages(ops: NativeOps, dataset: Dataset): TfTensor {
  const { count, inputSize } = dataset;
  const scaled = new Float32Array(count * inputSize);
  for (let start = 0; start < count; start += CHUNK) {
    scaled.set(scalePixels(readImages(dataset, start, Math.min(count, start + CHUNK))), start * inputSize);
  }
  return ops.floats(scaled, [count, inputSize]);
}
