import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';
import { accuracy, evaluate } from '#src/training/metrics.js';

/** A net that sees the one bright pixel, and takes 3 for 8. */
function oneEyedNet() {
  const net = create(10, 10, 10, randomStream(0));
  for (let i = 0; i < 10; i++) net.W1[i * 10 + i] = net.W2[i * 10 + (i === 3 ? 8 : i)] = 20;
  net.b1.fill(-10);
  return net;
}

test('confusion, precision and recall, by hand', () => {
  const labels = Uint8Array.of(0, 1, 2, 3, 3, 8, 8);
  const images = new Uint8Array(70);
  labels.forEach((label, n) => (images[n * 10 + label] = 255));
  const dataset = { count: 7, rows: 2, columns: 5, inputSize: 10, images, labels };
  const result = evaluate(oneEyedNet(), dataset);
  expect(result.accuracy).toBe(5 / 7);
  expect(accuracy(oneEyedNet(), dataset)).toBe(5 / 7);
  expect(result.confusion[3][8]).toBe(2);
  expect(result.confusion[8][8]).toBe(2);
  expect(result.precision[8]).toBe(0.5);
  expect(result.recall[8]).toBe(1);
  expect(result.recall[3]).toBe(0);
  expect(result.precision[3]).toBeNull();
  expect(result.recall[9]).toBeNull();
});
