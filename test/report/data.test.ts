import { randomStream } from '#src/network/random.js';
import { create } from '#src/network/two-layer-net.js';
import { decodePage, encodePage, packWeights, type PageData } from '#src/report/data.js';

const net = create(6, 3, 10, randomStream(0), 1);
const bucket = (from: number, mean: number) => ({ from, to: from, mean, min: mean, max: mean });

const page = (over: Partial<PageData> = {}): PageData => ({
  iteration: 40,
  weights: packWeights(net),
  images: { rows: 2, columns: 3 },
  pictures: [3, 8].map((label, i) => ({
    index: i,
    label,
    predicted: 8,
    probability: 0.25 + i / 2,
    pixels: Uint8Array.of(0, 255, label, 1, 2, 3),
  })),
  history: {
    loss: [bucket(0, 2.5), bucket(1, 2.25)],
    train: [bucket(2, 0.5)],
    test: [bucket(2, 0.125)],
    iterations: 2,
    lastAccuracy: { iteration: 2, test: 0.125 },
  },
  ...over,
});

test.each([540_000, 200, 1])('unpacking returns what was packed, with weights in %i bytes', (budget) => {
  const data = page({ weights: packWeights(net, budget) });
  expect(decodePage(encodePage(data))).toEqual(data);
});

test('data without pictures and history, at an odd address, is unpacked', () => {
  const data = page({ pictures: [], history: undefined });
  const packed = encodePage(data);
  const moved = new Uint8Array(packed.length + 1);
  moved.set(packed, 1);
  const { history, ...rest } = decodePage(moved.subarray(1));
  expect(history).toBeUndefined();
  expect({ ...rest, history }).toEqual(data);
});

test('curves and probabilities keep six digits', () => {
  const [picture] = page().pictures;
  const data = page({
    pictures: [{ ...picture, probability: 0.123456789 }],
    history: { ...page().history!, loss: [bucket(0, 1 / 3)] },
  });
  const { pictures, history } = decodePage(encodePage(data));
  expect(pictures[0].probability).toBe(0.123457);
  expect(history!.loss[0]).toEqual(bucket(0, 0.333333));
});
