import { golden } from '../helpers/golden.js';
import { numericalGradient, partialDerivative } from '#src/calculus/gradient.js';
import { formatArray } from '#src/cli/numpy-format.js';
import { randomStream } from '#src/network/random.js';
import * as twoLayerNet from '#src/network/two-layer-net.js';

const notebook = golden<{ gradient: { at: number[]; printed: string }[] }>('notebook');
const bowl = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);

test.each(notebook.gradient)('gradient at $at prints $printed', ({ at, printed }) => {
  expect(formatArray(numericalGradient(bowl, Float64Array.from(at)))).toBe(printed);
});

test('any number of variables is accepted, and the point is not changed', () => {
  const at = Float64Array.from({ length: 50 }, (_, i) => i / 3 - 5);
  const before = at.slice();
  const gradient = numericalGradient(bowl, at);
  expect(at).toEqual(before);
  gradient.forEach((partial, i) => expect(Math.abs(partial - 2 * at[i])).toBeLessThan(1e-7));
});

test("the book's idiom works: a closure over the net whose weights are changed", () => {
  const net = twoLayerNet.create(4, 3, 2, randomStream(1));
  const before = net.all.slice();
  const x = Float64Array.of(0.1, 0.9, 0.4, 0.7);
  const t = Float64Array.of(0, 1);
  const loss = () => twoLayerNet.loss(net, x, t);
  const gradient = numericalGradient(loss, net.W2);
  expect(net.all).toEqual(before);
  const ofCopy = numericalGradient((W2) => twoLayerNet.loss({ ...net, W2: W2 as typeof net.W2 }, x, t), net.W2.slice());
  expect(gradient).toEqual(ofCopy);
  expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01);
});

test('the point is restored when f throws', () => {
  const at = Float64Array.of(1, 2, 3);
  let calls = 0;
  const f = () => {
    if (++calls === 4) throw new Error('the fourth call');
    return calls;
  };
  expect(() => numericalGradient(f, at)).toThrow('the fourth call');
  expect(at).toEqual(Float64Array.of(1, 2, 3));
  expect(() =>
    partialDerivative(
      () => {
        throw new Error('at once');
      },
      at,
      2,
    ),
  ).toThrow('at once');
  expect(at).toEqual(Float64Array.of(1, 2, 3));
});
