import type { Data, Trainer, TrainerSettings, EngineOptions, GradientEngine } from './engine.js';
import { availableParallelism } from 'node:os';
import { type Dataset, readImages, scalePixels } from '../dataset/mnist.js';
import { InputError } from '../errors.js';
import { beyondLimits } from '../kernels/limits.js';
import { classify } from '../kernels/wasm-trainer.js';
import { argmax, EPSILON } from '../network/functions.js';
import { shapes, TENSORS, type TwoLayerNet, zeroParameters } from '../network/two-layer-net.js';
import { loadTfjs, type Tensor, type Tfjs } from '../tensorflow/load.js';
import { nativeOps, type NativeOps } from '../tensorflow/operations.js';

/**
 * Backpropagation by the native operations of TensorFlow, in float32. In a descent the images, the labels and the
 * weights stay in its tensors; what a step sends there are the indices of the mini-batch and a number for each image.
 *
 * @throws MachineError if tfjs-node is not installed
 */
export function openTfjs({ threads = availableParallelism() }: EngineOptions): GradientEngine {
  const tf = loadTfjs();
  const ops = nativeOps(tf);
  return {
    gradients(net, { count, x, t }) {
      return tf.tidy(() => {
        const { loss, slopes } = backward(ops, {
          parameters: toTensors(ops, net),
          x: ops.floats(x, [count, net.inputSize]),
          labels: ops.integers(argmax(t, net.outputSize)),
        });
        const gradient = zeroParameters(net);
        for (const name of TENSORS) gradient[name].set(slopes[name].dataSync());
        return { loss, ...gradient };
      });
    },
    trainer: (net, data, settings) => ({ threads, ...openDescent(tf, ops, net, data, settings) }),
  };
}

function openDescent(
  tf: Tfjs,
  ops: NativeOps,
  net: TwoLayerNet,
  data: Data,
  { learningRate }: TrainerSettings,
): Omit<Trainer, 'threads'> {
  const beyond = beyondLimits(net, 'f32', learningRate);
  if (beyond !== undefined) throw new InputError(`--gradient tfjs takes ${beyond}; --gradient backprop takes more`);
  const images = scaledImages(ops, data.train);
  const labels = ops.integers(data.train.labels);
  let parameters = toTensors(ops, net);

  function draw(indices: Uint32Array): Batch {
    const drawn = ops.integers(indices);
    return { parameters, x: ops.gather(images, drawn), labels: ops.gather(labels, drawn) };
  }
  async function sync(): Promise<void> {
    for (const name of TENSORS) net[name].set(parameters[name].dataSync());
  }

  return {
    async step(indices) {
      const before = parameters;
      const loss = tf.tidy(() => {
        const { loss, slopes } = backward(ops, draw(indices), learningRate);
        parameters = mapTensors((name) => tf.keep(ops.subtract(before[name], slopes[name])));
        return loss;
      });
      dispose(before);
      return { loss, isFinite: true };
    },
    loss: async (indices) => tf.tidy(() => guard(forward(ops, draw(indices)).losses).loss),
    /** By the kernels, as `evaluate` does it later: the accuracies must not differ. */
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

type Tensors = Record<(typeof TENSORS)[number], Tensor>;

interface Batch {
  readonly parameters: Tensors;
  /** (N, D), in [0, 1] */
  readonly x: Tensor;
  /** (N), 0 … K - 1 */
  readonly labels: Tensor;
}

function forward(ops: NativeOps, { parameters: { W1, b1, W2, b2 }, x, labels }: Batch) {
  const hidden = ops.sigmoid(ops.biasAdd(ops.matMul(x, W1), b1)); // (N, H)
  const scores = ops.biasAdd(ops.matMul(hidden, W2), b2); // (N, K)
  const [losses, dScores] = ops.softmaxCrossEntropy(scores, labels); // (N) and (N, K)
  return { hidden, losses, dScores };
}

/** The book's loss, nats, and `factor` times its derivative by each parameter. Plain twin: backprop.ts. */
function backward(ops: NativeOps, batch: Batch, factor = 1): { loss: number; slopes: Tensors } {
  const { hidden, losses, dScores: unguarded } = forward(ops, batch);
  const { loss, scales } = guard(losses);
  const N = scales.length;
  const dScores = ops.multiply(
    unguarded,
    ops.floats(
      scales.map((scale) => (scale * factor) / N),
      [N, 1],
    ),
  ); // (N, K)
  const dHidden = ops.sigmoidGrad(hidden, ops.matMul(dScores, batch.parameters.W2, false, true)); // (N, H)
  return {
    loss,
    slopes: {
      W1: ops.matMul(batch.x, dHidden, true),
      b1: ops.biasAddGrad(dHidden),
      W2: ops.matMul(hidden, dScores, true),
      b2: ops.biasAddGrad(dScores),
    },
  };
}

/**
 * TensorFlow's loss of an image is l = -log y_t. The book's is -log(y_t + 1e-7), and y_t / (y_t + 1e-7) times as steep.
 *
 * @param losses (N), l of each image
 * @returns the book's loss, mean over the images, and those quotients (N)
 */
function guard(losses: Tensor): { loss: number; scales: Float64Array } {
  let sum = 0;
  const scales = Float64Array.from(losses.dataSync(), (l) => {
    const likelihood = Math.exp(-l);
    sum -= Math.log(likelihood + EPSILON);
    return likelihood / (likelihood + EPSILON);
  });
  return { loss: sum / scales.length, scales };
}

function toTensors(ops: NativeOps, net: TwoLayerNet): Tensors {
  const shape = shapes(net);
  return mapTensors((name) => ops.floats(net[name], shape[name]));
}

function mapTensors(make: (name: keyof Tensors) => Tensor): Tensors {
  return Object.fromEntries(TENSORS.map((name) => [name, make(name)])) as Tensors;
}

function dispose(tensors: Record<string, Tensor>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Images read from the file at a time. */
const CHUNK = 1000;

/** All images of a dataset, (N, D), in [0, 1]. */
function scaledImages(ops: NativeOps, dataset: Dataset): Tensor {
  const { count, inputSize } = dataset;
  const scaled = new Float32Array(count * inputSize);
  for (let start = 0; start < count; start += CHUNK) {
    scaled.set(scalePixels(readImages(dataset, start, Math.min(count, start + CHUNK))), start * inputSize);
  }
  return ops.floats(scaled, [count, inputSize]);
}
