import { randomStream } from '#src/network/random.js';
import { create, predict, TENSORS, type TwoLayerNet } from '#src/network/two-layer-net.js';
import { packWeights, unpackWeights } from '#src/report/data.js';

const small = create(12, 5, 10, randomStream(0), 1); // 125 weights
const sizes = ({ inputSize, hiddenSize, outputSize }: TwoLayerNet) => [inputSize, hiddenSize, outputSize];

test.each([
  [500, 'float32', 4],
  [499, 'int16', 2],
  [250, 'int16', 2],
  [249, 'int8', 1],
  [124, 'int8', 1], // exceeds the budget: the smallest format is used
])('in %i bytes: %s', (budget, type, width) => {
  const packed = packWeights(small, budget);
  expect([packed.type, packed.bytes.length]).toEqual([type, 125 * width]);
  expect(sizes(unpackWeights(packed))).toEqual([12, 5, 10]);
});

test('float32 weights are rounded to nearest', () => {
  const { all } = unpackWeights(packWeights(small));
  expect(all).toEqual(Float64Array.from(small.all, Math.fround));
});

test.each([
  [250, 2 ** 15 - 1],
  [125, 2 ** 7 - 1],
])(
  'in %i bytes the error of a weight is at most half a step, and the largest of a tensor is exact',
  (budget, steps) => {
    const net = unpackWeights(packWeights(small, budget));
    for (const name of TENSORS) {
      const largest = Math.max(...small[name].map(Math.abs));
      small[name].forEach((weight, i) => {
        expect(Math.abs(net[name][i] - weight)).toBeLessThanOrEqual((largest / steps / 2) * (1 + 1e-9));
        if (Math.abs(weight) === largest) expect(net[name][i]).toBeCloseTo(weight, 12);
      });
    }
    expect(net.b1.every((bias) => bias === 0)).toBe(true); // no division by a largest magnitude of 0
  },
);

test('a page in float32 gives probabilities to 1e-6', () => {
  const x = randomStream(1)
    .randn(12 * 20)
    .map(Math.abs);
  const [exact, packed] = [small, unpackWeights(packWeights(small))].map((net) => predict(net, x));
  exact.forEach((probability, i) => expect(Math.abs(packed[i] - probability)).toBeLessThan(1e-6));
});
