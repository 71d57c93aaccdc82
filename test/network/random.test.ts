import { golden } from '../helpers/golden.js';
import { preciseLog, randomStream } from '#src/network/random.js';

interface Draws {
  seed: number;
  uniform: number[];
  randn: number[];
  choices: { population: number; values: number[] }[];
  randnAfter: number[];
}

test.each(golden<Draws[]>('numpy-random'))('seed $seed draws what np.random.seed draws', (draws) => {
  const random = randomStream(draws.seed);
  expect(draws.uniform.map(() => random.uniform())).toEqual(draws.uniform);
  expect([...random.randn(7)]).toEqual(draws.randn);
  for (const { population, values } of draws.choices) expect([...random.choice(population, 8)]).toEqual(values);
  expect([...random.randn(2)]).toEqual(draws.randnAfter); // the second normal of the last pair comes first
});

test('a stream continues from its state, also after a round trip through JSON', () => {
  const random = randomStream(5);
  random.randn(3);
  const copy = randomStream(JSON.parse(JSON.stringify(random.state())));
  expect(copy.randn(1000)).toEqual(random.randn(1000));
});

test.each([-1, 1.5, 2 ** 32, NaN])('seed %d is refused', (seed) => {
  expect(() => randomStream(seed)).toThrow(RangeError);
});

test('preciseLog is within a unit in the last place of Math.log, and exact where the logarithm is', () => {
  expect(preciseLog(1)).toBe(0);
  expect(preciseLog(2)).toBe(Math.LN2);
  expect(preciseLog(0.1)).toBe(-2.3025850929940455); // as np.log; Math.log of V8 ends in 046
  const random = randomStream(1);
  for (let i = 0; i < 10_000; i++) {
    const x = random.uniform() * 10 ** ((i % 20) - 10);
    expect(Math.abs(preciseLog(x) / Math.log(x) - 1)).toBeLessThan(3e-16);
  }
});
