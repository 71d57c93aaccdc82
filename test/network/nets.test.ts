import { golden } from '../helpers/golden.js';
import { numericalGradient } from '#src/calculus/gradient.js';
import { formatArray } from '#src/cli/numpy-format.js';
import { crossEntropy, sigmoid, softmax } from '#src/network/functions.js';
import { randomStream } from '#src/network/random.js';
import * as simpleNet from '#src/network/simple-net.js';
import * as twoLayerNet from '#src/network/two-layer-net.js';

describe('functions', () => {
  test('sigmoid', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 15);
    expect([sigmoid(-1000), sigmoid(1000)]).toEqual([0, 1]);
  });
  test('softmax of rows sums to 1, does not overflow, and equals closed forms', () => {
    const y = softmax(Float64Array.of(0, Math.log(2), Math.log(3), 1000, 1000, -1000), 3);
    [1 / 6, 2 / 6, 3 / 6, 0.5, 0.5, 0].forEach((p, i) => expect(y[i]).toBeCloseTo(p, 15));
  });
  test("crossEntropy equals the book's", () => {
    expect(crossEntropy(Float64Array.of(0.25, 0.75), Float64Array.of(0, 1), 2)).toBe(-Math.log(0.75 + 1e-7));
    expect(crossEntropy(Float64Array.of(0, 1), Float64Array.of(1, 0), 2)).toBe(-Math.log(1e-7));
  });
});

describe("the notebook's SimpleNet", () => {
  interface Cell {
    W: number[][];
    x: number[];
    predict: number[];
    argmax: number;
    loss: Record<'t=[1,0,0]' | 't=[0,0,1]', number>;
    'dW_for_t=[0,0,1]': number[][];
  }
  const { simple_net: cell } = golden<{ simple_net: Cell }>('notebook');
  const net = { W: Float64Array.from(cell.W.flat()) };
  const x = Float64Array.from(cell.x);
  const PRINTED_DIGITS = 1e-8; // precision of the printed W, which limits predict and loss

  test('predict, argmax', () => {
    simpleNet
      .predict(net, x)
      .forEach((score, k) => expect(Math.abs(score - cell.predict[k])).toBeLessThan(2 * PRINTED_DIGITS));
    expect(simpleNet.classify(net, x)).toBe(cell.argmax);
  });
  test('loss', () => {
    const loss = (...t: number[]) => simpleNet.loss(net, x, Float64Array.from(t));
    expect(Math.abs(loss(1, 0, 0) - cell.loss['t=[1,0,0]'])).toBeLessThan(2 * PRINTED_DIGITS);
    expect(Math.abs(loss(0, 0, 1) - cell.loss['t=[0,0,1]'])).toBeLessThan(2 * PRINTED_DIGITS);
  });
  test('dW, as printed', () => {
    const dW = numericalGradient((W) => simpleNet.loss({ W }, x, Float64Array.of(0, 0, 1)), net.W);
    expect(formatArray(dW, [2, 3])).toBe(formatArray(cell['dW_for_t=[0,0,1]'].flat(), [2, 3]));
  });
});

describe('TwoLayerNet', () => {
  test("784-100-10 has 79,510 parameters in the notebook's shapes", () => {
    const net = twoLayerNet.create(784, 100, 10, randomStream(0));
    expect(twoLayerNet.parameterCount(net)).toBe(79_510);
    expect(net.all).toHaveLength(79_510);
    expect(twoLayerNet.shapes(net)).toEqual({ W1: [784, 100], b1: [100], W2: [100, 10], b2: [10] });
    expect(twoLayerNet.predict(net, new Float64Array(100 * 784))).toHaveLength(100 * 10);
  });
  test('seed 0 draws the golden weights, exactly', () => {
    const run = golden<{ W1_first: number[]; W2_first: number[] }>('two-layer-net-seed0-200');
    const net = twoLayerNet.create(784, 100, 10, randomStream(0));
    expect([...net.W1.slice(0, 5)]).toEqual(run.W1_first);
    expect([...net.W2.slice(0, 5)]).toEqual(run.W2_first);
    expect(net.b1.every((b) => b === 0) && net.b2.every((b) => b === 0)).toBe(true);
  });
  test('weightInitStd scales the weights', () => {
    const unit = twoLayerNet.create(3, 2, 10, randomStream(4), 1);
    const net = twoLayerNet.create(3, 2, 10, randomStream(4), 0.5);
    net.W1.forEach((w, i) => expect(w).toBe(0.5 * unit.W1[i]));
  });
  test('accuracy counts the correct answers of a net made by hand', () => {
    const net = twoLayerNet.create(10, 10, 10, randomStream(0));
    for (let i = 0; i < 10; i++) net.W1[i * 10 + i] = net.W2[i * 10 + i] = 20;
    const eye = Float64Array.from({ length: 100 }, (_, i) => Number(i % 11 === 0));
    const shifted = Float64Array.from(eye, (_, i) => eye[(i + 10) % 100]);
    expect(twoLayerNet.accuracy(net, eye, eye)).toBe(1);
    expect(twoLayerNet.accuracy(net, eye, shifted)).toBe(0);
  });
  test('invalid sizes and inputs are refused', () => {
    expect(() => twoLayerNet.create(0, 1, 1, randomStream(0))).toThrow('inputSize must be a positive integer, got 0');
    expect(() => twoLayerNet.create(1, 1.5, 1, randomStream(0))).toThrow(RangeError);
    const net = twoLayerNet.create(4, 2, 10, randomStream(0));
    expect(() => twoLayerNet.predict(net, new Float64Array(5))).toThrow('whole number of images');
  });
});

interface FirstWeights {
  seed: number;
  sizes: [number, number, number];
  rule: twoLayerNet.WeightInit;
  W1: number[];
  W2: number[];
}

test.each(golden<FirstWeights[]>('weight-init'))("first weights are NumPy's: seed $seed, $rule", (numpy) => {
  const net = twoLayerNet.create(...numpy.sizes, randomStream(numpy.seed), numpy.rule);
  // One normal in 900 differs in its last bit, see randomStream.
  const isNear = (ours: ArrayLike<number>, theirs: number[]) =>
    theirs.forEach((value, i) => expect(Math.abs(ours[i] - value)).toBeLessThanOrEqual(2 ** -52 * Math.abs(value)));
  isNear(net.W1, numpy.W1);
  isNear(net.W2, numpy.W2);
  expect(new Set([...net.b1, ...net.b2])).toEqual(new Set([0]));
});
