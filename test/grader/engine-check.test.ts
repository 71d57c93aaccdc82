import { drawMiniBatch } from '#src/dataset/mini-batch.js';
import { loadDataset } from '#src/dataset/mnist.js';
import { incrementalDifferences } from '#src/engines/numerical.js';
import { type EngineName, engines, PRECISIONS } from '#src/engines/registry.js';
import { MachineError } from '#src/errors.js';
import { checkEngines } from '#src/grader/engine-check.js';
import { backwardPass, differenceError, forwardPass, type ForwardPass, UNIT } from '#src/grader/error-analysis.js';
import { compare } from '#src/grader/tensors.js';
import { randomStream } from '#src/network/random.js';
import { backward, create, type Parameters, TENSORS, zeroParameters } from '#src/network/two-layer-net.js';

const { train } = loadDataset();

/** A net and real images. The weights are larger than initial ones, as after training. */
function point(hiddenSize: number, batchSize: number, factor = 1) {
  const random = randomStream(1);
  const net = create(train.inputSize, hiddenSize, 10, random);
  net.all.set(random.randn(net.all.length).map((value) => 0.01 * factor * value));
  return { net, batch: drawMiniBatch(train, random, batchSize) };
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each([1, 10, 30])('with weights %d times those of the start', (factor) => {
  const { net, batch } = point(12, 20, factor);
  const pass = forwardPass(net, batch, 1e-7);
  const back = backwardPass(pass);
  const { gradient } = back;
  const error = back.error();

  test('the traced backward pass equals backprop', () => {
    const plain = backward(net, batch.x, batch.t);
    for (const name of TENSORS) {
      expect(largest(gradient[name].map((value, i) => value - plain[name][i]))).toBeLessThan(
        1e-15 * largest(plain[name]),
      );
    }
  });

  test('every pass in float32 stays within its tolerance, which is not too large', () => {
    const single = float32Backprop(pass);
    for (const name of TENSORS) {
      const tolerance = error[name].map((units) => UNIT.f32 * units);
      const { agrees, difference, share } = compare(single[name], gradient[name], tolerance, [net[name].length]);
      expect(agrees).toBe(true);
      expect(difference).toBeGreaterThan(0);
      expect(share).toBeGreaterThan(1e-4);
    }
  });

  // At such a large step the error is truncation alone. The bound must hold and must not be too large.
  test.each([0.5, 0.1, 0.01])("central differences of step %d stay within Taylor's bound", (h) => {
    const differences = incrementalDifferences(net, batch, h);
    const { truncation, rounding } = differenceError(pass, gradient, h);
    for (const name of TENSORS) {
      const tolerance = truncation[name].map((cut, i) => cut + rounding[name][i] + UNIT.f64 * error[name][i]);
      const { agrees, share } = compare(differences[name], gradient[name], tolerance, [net[name].length]);
      expect(agrees).toBe(true);
      expect(share).toBeGreaterThan(1e-3);
    }
  });

  test.each([1e-4, 1e-6, 1e-8])('at step %d the engines agree, and the tolerance grows as 1 / h', async (h) => {
    const check = await checkEngines(net, batch, {
      h,
      seed: 0,
      sample: 30,
      engines: ['backprop', 'numerical', 'naive'],
    });
    expect(check.comparisons.filter(({ verdict }) => verdict === 'differ')).toEqual([]);
    expect(check.comparisons).toHaveLength(20); // (3 pairs of engines + 2 of kernel and reference) x 4 tensors
    const { rounding } = differenceError(pass, gradient, h);
    const { rounding: wider } = differenceError(pass, gradient, h / 10);
    expect(largest(rounding.all.map((value, i) => wider.all[i] / value - 10))).toBeLessThan(1e-12);
  });
});

/** Backpropagation with every single result rounded to float32. */
function float32Backprop({ net, batch: { x, t, count: N } }: ForwardPass): Parameters {
  const f = Math.fround;
  const { inputSize: D, hiddenSize: H, outputSize: K } = net;
  const all = zeroParameters(net);
  const [W1, b1, W2, b2] = TENSORS.map((name) => Float32Array.from(net[name]));
  for (let n = 0; n < N; n++) {
    const pixels = Float32Array.from(x.subarray(n * D, (n + 1) * D));
    const hidden = b1.map((bias, j) => {
      let sum = bias;
      for (let i = 0; i < D; i++) sum = f(sum + f(pixels[i] * W1[i * H + j]));
      return f(1 / f(1 + f(Math.exp(-sum))));
    });
    const scores = b2.map((bias, k) => hidden.reduce((sum, h, j) => f(sum + f(h * W2[j * K + k])), bias));
    const most = Math.max(...scores);
    const powers = scores.map((score) => f(Math.exp(f(score - most))));
    const total = powers.reduce((sum, power) => f(sum + power), 0);
    const y = powers.map((power) => f(power / total));
    const label = t.indexOf(1, n * K) - n * K;
    const scale = f(f(y[label] / f(y[label] + f(1e-7))) / N);
    const d = y.map((value, k) => f(f(value - (k === label ? 1 : 0)) * scale));
    const dHidden = hidden.map((h, j) => {
      const sum = d.reduce((total, value, k) => f(total + f(value * W2[j * K + k])), 0);
      return f(f(sum * h) * f(1 - h));
    });
    dHidden.forEach((value, j) => {
      for (let i = 0; i < D; i++) all.W1[i * H + j] = f(all.W1[i * H + j] + f(pixels[i] * value));
      all.b1[j] = f(all.b1[j] + value);
      d.forEach((slope, k) => (all.W2[j * K + k] = f(all.W2[j * K + k] + f(hidden[j] * slope))));
    });
    d.forEach((slope, k) => (all.b2[k] = f(all.b2[k] + slope)));
  }
  return all;
}

describe('checkEngines', () => {
  const { net, batch } = point(5, 10);
  const registry = engines as unknown as Record<string, () => Promise<() => unknown>>;
  const check = (names: string[], h = 1e-4) =>
    checkEngines(net, batch, { h, seed: 0, sample: 20, engines: names as EngineName[] });
  const precisions = PRECISIONS as Record<string, readonly string[]>;
  beforeAll(() => Object.assign(precisions, { broken: ['f64'], absent: ['f64'] }));
  afterAll(() => ['broken', 'absent'].forEach((name) => [delete registry[name], delete precisions[name]]));

  test('an engine with one wrong entry is reported with its index', async () => {
    registry.broken = async () => () => ({
      gradients: () => {
        const gradient = backward(net, batch.x, batch.t);
        gradient.W2[3 * 10 + 7] += 1e-9;
        return gradient;
      },
    });
    const { agree, comparisons } = await check(['backprop', 'broken']);
    expect(agree).toBe(false);
    expect(comparisons.filter(({ verdict }) => verdict === 'differ')).toMatchObject([
      {
        engines: ['backprop', 'broken'],
        tensor: 'W2',
        index: [3, 7],
        wrong: 1,
        extent: [
          [3, 3],
          [7, 7],
        ],
      },
    ]);
  });

  test('NaN agrees with nothing', async () => {
    registry.broken = async () => () => ({
      gradients: () => {
        const gradient = backward(net, batch.x, batch.t);
        gradient.b1[2] = NaN;
        return gradient;
      },
    });
    const { agree, comparisons } = await check(['backprop', 'broken']);
    expect(agree).toBe(false);
    expect(comparisons[1]).toMatchObject({ tensor: 'b1', verdict: 'differ', difference: Infinity, index: [2] });
  });

  test('an engine that is not installed is not a failure, but a defect is', async () => {
    registry.absent = async () => () => {
      throw new MachineError('no such library');
    };
    const { agree, engines: results } = await check(['backprop', 'absent']);
    expect(agree).toBe(true);
    expect(results[1]).toMatchObject({ name: 'absent', missing: 'no such library' });
    registry.absent = async () => () => {
      throw new TypeError('a defect');
    };
    await expect(check(['absent'])).rejects.toThrow('a defect');
  });

  test('at h = 0.5 the numerical engines agree to rounding, and backprop differs by the allowed truncation', async () => {
    const { comparisons } = await check(['backprop', 'numerical', 'naive'], 0.5);
    const between = (a: string, b: string) =>
      Math.max(
        ...comparisons.filter(({ engines }) => engines.join() === `${a},${b}`).map(({ difference }) => difference),
      );
    expect(between('numerical', 'naive')).toBeLessThan(1e-12);
    expect(between('backprop', 'numerical')).toBeGreaterThan(1e-4);
    expect(comparisons.some(({ verdict }) => verdict === 'differ')).toBe(false);
  });

  test('at a step too small for float64 the check is undecided', async () => {
    const { agree, comparisons } = await check(['backprop', 'numerical'], 1e-13);
    expect(agree).toBe(false);
    expect(comparisons.map(({ verdict }) => verdict)).toContain('undecided');
  });

  test('the sample has parameters that affect the loss', async () => {
    const { engines: results } = await check(['naive']);
    const dark = Array.from({ length: 784 }, (_, i) => i).filter((i) =>
      batch.x.every((pixel, at) => at % 784 !== i || pixel === 0),
    );
    expect(dark.length).toBeGreaterThan(100);
    const pixels = [...results[0].sampleIndices!.W1].map((at) => Math.floor(at / 5));
    expect(pixels).toHaveLength(20);
    expect(pixels.filter((pixel) => dark.includes(pixel))).toEqual([]);
    expect(largest(results[0].gradient!.W1)).toBeGreaterThan(0);
  });
});
