import { golden } from '../helpers/golden.js';
import { describeTfjs } from '../helpers/tfjs.js';
import { drawMiniBatch, type MiniBatch } from '#src/dataset/mini-batch.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { openEngine } from '#src/engines/registry.js';
import { randomStream } from '#src/network/random.js';
import { backward, create, type Parameters, shapes, TENSORS, type TwoLayerNet } from '#src/network/two-layer-net.js';
import { loadTfjs, type Tfjs, type TfTensor } from '#src/tensorflow/load.js';
import { DEFAULTS } from '#src/training/hyper-parameters.js';
import { newTraining, train } from '#src/training/train.js';

const data = loadDataset();

/** The part of the interface of tfjs that its own differentiation needs. */
interface Autodiff extends Tfjs {
  variable(value: TfTensor): TfTensor;
  variableGrads(f: () => TfTensor): { value: TfTensor; grads: Record<string, TfTensor> };
  fused: { matMul(of: { a: TfTensor; b: TfTensor; bias: TfTensor; activation?: 'sigmoid' }): TfTensor };
  softmax(scores: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  add(a: TfTensor, b: number): TfTensor;
  sum(a: TfTensor, axis: number): TfTensor;
  log(a: TfTensor): TfTensor;
  mean(a: TfTensor): TfTensor;
  neg(a: TfTensor): TfTensor;
}

/** The gradient of the book's loss by `variableGrads`. */
function differentiate(net: TwoLayerNet, { count, x, t }: MiniBatch): Pick<Parameters, (typeof TENSORS)[number]> {
  const tf = loadTfjs() as Autodiff;
  const floats = (values: Float64Array, shape: number[]) => tf.tensor(Float32Array.from(values), shape, 'float32');
  return tf.tidy(() => {
    const variables = TENSORS.map((name) => tf.variable(floats(net[name], shapes(net)[name])));
    const [W1, b1, W2, b2] = variables;
    const { grads } = tf.variableGrads(() => {
      const hidden = tf.fused.matMul({ a: floats(x, [count, 784]), b: W1, bias: b1, activation: 'sigmoid' });
      const y = tf.softmax(tf.fused.matMul({ a: hidden, b: W2, bias: b2 }));
      return tf.neg(tf.mean(tf.log(tf.add(tf.sum(tf.mul(y, floats(t, [count, 10])), 1), 1e-7))));
    });
    const gradients = Object.values(grads).map((gradient) => Float64Array.from(gradient.dataSync()));
    variables.forEach((variable) => variable.dispose());
    return Object.fromEntries(TENSORS.map((name, i) => [name, gradients[i]])) as never;
  });
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function expectClose(gradient: Pick<Parameters, (typeof TENSORS)[number]>, exact: Parameters): void {
  for (const name of TENSORS) {
    expect(gradient[name]).toHaveLength(exact[name].length);
    const difference = largest(gradient[name].map((value, i) => value - exact[name][i]));
    expect(difference).toBeLessThanOrEqual(1e-4 * largest(exact[name]));
  }
}

describeTfjs('tfjs', () => {
  /** A mini-batch, and a net with its first weights, or with larger ones that make it confident and often wrong. */
  function draw(factor: number, seed: number): [TwoLayerNet, MiniBatch] {
    const random = randomStream(seed);
    const net = create(784, 100, 10, random);
    net.all.forEach((weight, i) => (net.all[i] = Math.fround(weight * factor)));
    return [net, drawMiniBatch(data.train, random, 100)];
  }

  describe.each([1, 30])('weights %d times as large', (factor) => {
    test.each([0, 1, 2])('gradients of a real mini-batch, seed %d: backprop to 1e-4', async (seed) => {
      const [net, batch] = draw(factor, seed);
      const exact = backward(net, batch.x, batch.t);
      const gradient = await (await openEngine('tfjs')).gradients(net, batch);
      expectClose(gradient, exact);
      expect(Math.abs(gradient.loss / exact.loss - 1)).toBeLessThan(1e-5);
    });

    test.each([0, 1, 2])('variableGrads of the same, seed %d', (seed) => {
      const [net, batch] = draw(factor, seed);
      expectClose(differentiate(net, batch), backward(net, batch.x, batch.t));
    });
  });

  test('200 steps follow the losses of NumPy to 1e-3', async () => {
    const numpy = golden<{ loss_before: number[]; loss_after: number[] }>('two-layer-net-seed0-200');
    const training = newTraining({ ...DEFAULTS, gradient: 'tfjs', precision: 'f32', iterations: 200 }, 784);
    let steps = 0;
    for await (const event of train(training, data, await openEngine('tfjs'), { lossAfter: true })) {
      if (event.type !== 'step') continue;
      expect(Math.abs(event.loss - numpy.loss_before[event.step])).toBeLessThan(1e-3);
      expect(Math.abs(event.lossAfter! - numpy.loss_after[event.step])).toBeLessThan(1e-3);
      steps++;
    }
    expect(steps).toBe(200);
  });

  test('10,000 steps leak no tensor, and neither does a closed descent', async () => {
    const tf = loadTfjs();
    const empty = tf.memory();
    const random = randomStream(0);
    const net = create(784, 10, 10, random);
    const trainer = await (await openEngine('tfjs')).trainer(net, data, { learningRate: 0.1, batchSize: 10 });
    const draw = () => random.choice(data.train.count, 10);
    await trainer.step(draw());
    const { numTensors, numDataBuffers } = tf.memory();
    for (let step = 1; step < 10_000; step++) await trainer.step(draw());
    await trainer.loss(draw());
    await trainer.sync();
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    expect(numTensors - empty.numTensors).toBe(6); // images, labels, W1, b1, W2, b2
    await trainer.close();
    expect(tf.memory()).toMatchObject({ numTensors: empty.numTensors, numDataBuffers: empty.numDataBuffers });
  });

  test('weights and rates beyond the range of float32 are refused', async () => {
    const engine = await openEngine('tfjs');
    const net = create(784, 2, 10, randomStream(0));
    const open = (learningRate: number) => engine.trainer(net, data, { learningRate, batchSize: 1 });
    await expect(open(1e9)).rejects.toThrow('learning rates up to 1e+8');
    net.W1[5] = NaN;
    await expect(open(1)).rejects.toThrow('weights up to 1e+8');
  });
});

test('float64 is refused', async () => {
  await expect(openEngine('tfjs', { precision: 'f64' })).rejects.toThrow('needs float32; got --precision f64');
});
