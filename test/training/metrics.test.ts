import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';
import { accuracy, evaluate, evaluateDigits } from '#src/training/metrics.js';

/** A net that recognizes the position of the one bright pixel, but takes 3 for 8. */
function oneEyedNet() {
  const net = create(10, 10, 10, randomStream(0));
  for (let i = 0; i < 10; i++) net.W1[i * 10 + i] = net.W2[i * 10 + (i === 3 ? 8 : i)] = 20;
  net.b1.fill(-10);
  return net;
}

test('confusion, precision and recall equal values computed by hand', () => {
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

test('precision, recall, F1 and macro averages equal those of an example in the documentation of scikit-learn', () => {
  // sklearn.metrics.f1_score([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1], average=None) is [0.8, 0, 0]; macro: 0.26…, and
  // precision_score 0.22…, recall_score 0.33…
  const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
  const dataset = { count: 6, rows: 1, columns: 1, inputSize: 1, images: new Uint8Array(6), labels };
  const { f1, support, macro } = evaluateDigits(Uint8Array.of(0, 2, 1, 0, 0, 1), dataset, 10);
  expect(f1.slice(0, 4)).toEqual([0.8, 0, 0, null]);
  expect(support.slice(0, 4)).toEqual([2, 2, 2, 0]);
  expect(macro.precision).toBeCloseTo(2 / 9, 15);
  expect(macro.recall).toBeCloseTo(1 / 3, 15);
  expect(macro.f1).toBeCloseTo(0.8 / 3, 15);
});

test('F1 is the harmonic mean of precision and recall; a digit that is never predicted counts as 0 in the average', () => {
  const labels = Uint8Array.from({ length: 300 }, (_, n) => (n * n) % 7);
  const digits = labels.map((label, n) => (n % 3 === 0 ? (label + n) % 5 : label % 6));
  const dataset = { count: 300, rows: 1, columns: 1, inputSize: 1, images: new Uint8Array(300), labels };
  const { precision, recall, f1, macro } = evaluateDigits(digits, dataset, 7);
  const occurring = f1.filter((value) => value !== null);
  f1.forEach((value, k) => {
    const [p, r] = [precision[k], recall[k]];
    if (p && r) expect(value).toBeCloseTo(2 / (1 / p + 1 / r), 14);
    else expect(value ?? 0).toBe(0);
  });
  expect(macro.f1).toBeCloseTo(occurring.reduce((sum, value) => sum + value, 0) / occurring.length, 14);
});
