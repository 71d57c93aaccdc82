import { columnSums, multiply, transpose } from '#src/network/matrix.js';
import { randomStream } from '#src/network/random.js';

const a = Float64Array.of(1, 0, 2, 0, 3, 0); // (2, 3)
const b = Float64Array.of(1, 2, 3, 4, 5, 6); // (3, 2)

test('a product equals one computed by hand, with and without bias', () => {
  expect([...multiply(a, b, 3)]).toEqual([11, 14, 9, 12]);
  expect([...multiply(a, b, 3, Float64Array.of(100, 200))]).toEqual([111, 214, 109, 212]);
});

test('transpose and column sums equal those by hand', () => {
  expect([...transpose(a, 3)]).toEqual([1, 0, 0, 3, 2, 0]);
  expect([...columnSums(a, 3)]).toEqual([1, 3, 2]);
});

test.each([1, 2, 3, 4, 5, 8, 11])('inner size %i, in groups of four, gives the sum of the definition', (inner) => {
  const random = randomStream(inner);
  const [n, m] = [3, 4];
  const left = random.randn(n * inner).map((value) => (value > 1 ? 0 : value));
  const right = random.randn(inner * m);
  multiply(left, right, inner).forEach((value, at) => {
    const [row, column] = [Math.floor(at / m), at % m];
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += left[row * inner + i] * right[i * m + column];
    expect(value).toBeCloseTo(sum, 13);
  });
});
