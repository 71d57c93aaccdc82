import { scalePixels } from '#src/dataset/mini-batch.js';
import { argmax } from '#src/network/functions.js';
import { predict } from '#src/network/two-layer-net.js';
import { seeDigit } from '#src/pictures/digit.js';
import { unsureNote } from '#src/pictures/notes.js';
import type { Picture } from '#src/pictures/picture.js';
import { chance, NO_DIGITS, penned, SCENES } from '../helpers/scenes.js';
import { mnist, trainedNet } from '../helpers/trained-net.js';

const trained = trainedNet();
/** Number of pictures of each scene. */
const COUNT = 6;

/** The outcome for a user who sees the answer. */
async function answer(picture: Picture): Promise<{ digit: number | 'blank'; isNoted: boolean }> {
  const { net } = await trained;
  const { pixels, notes } = seeDigit(picture);
  if (pixels === undefined) return { digit: 'blank', isNoted: true };
  const probabilities = predict(net, pixels);
  const isNoted = notes.length > 0 || unsureNote(probabilities) !== undefined;
  return { digit: argmax(probabilities, 10)[0], isNoted };
}

/** Test images that the net classifies correctly, so that errors are due to the picture. */
const readable = trained.then(({ net }) =>
  Array.from({ length: 2 * COUNT }, (_, n) => ({
    image: mnist.test.images.subarray(784 * n, 784 * (n + 1)),
    label: mnist.test.labels[n],
  }))
    .filter(({ image, label }) => argmax(predict(net, scalePixels(image)), 10)[0] === label)
    .slice(0, COUNT),
);

/** Required rates. Measured with 24 pictures of each scene and 30 of each pen: 98 of 100 right, and at worst 21 of 24. */
const LEAST_RIGHT = COUNT - 2;

let [right, unsaid] = [0, 0];

describe('pictures of a digit', () => {
  test.each(Object.entries(SCENES))('%s', async (_, scene) => {
    let count = 0;
    for (const [n, { image, label }] of (await readable).entries()) {
      const { digit, isNoted } = await answer(scene(image, chance(n)));
      expect(digit).not.toBe('blank');
      if (digit === label) count++;
      else if (!isNoted) unsaid++;
    }
    right += count;
    expect(count).toBeGreaterThanOrEqual(LEAST_RIGHT);
  });

  test('all scenes together: at least 94 of 100 are right, and at most 1 of 100 is wrong without a note', () => {
    const all = COUNT * Object.keys(SCENES).length;
    expect(right / all).toBeGreaterThan(0.94);
    expect(unsaid / all).toBeLessThan(0.01);
  });
});

test.each([
  ['a thin pen', 2, undefined],
  ['a pen on ruled paper', 4, 170],
])('%s: straight strokes are not taken for ruled lines', async (_, pen, line) => {
  const digits = [];
  for (let n = 0; n < 10; n++) digits.push((await answer(penned(n, chance(n), pen, line))).digit);
  expect(digits).not.toContain('blank');
  expect(digits.filter((digit, n) => digit === n).length).toBeGreaterThanOrEqual(9);
  expect(digits[1]).toBe(1);
});

test.each(Object.entries(NO_DIGITS))(
  'a picture without a digit, %s: blank, or an answer with a note',
  async (_, draw) => {
    for (let n = 0; n < 4; n++) expect((await answer(draw(chance(n)))).isNoted).toBe(true);
  },
);
