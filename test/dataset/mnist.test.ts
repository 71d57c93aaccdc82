import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { golden } from '../helpers/golden.js';
import { idx, writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { gather } from '#src/dataset/mini-batch.js';
import { bundledFolder, loadDataset, loadMnist, oneHot } from '#src/dataset/mnist.js';

const MD5: Record<string, string> = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
};
const sums = readFileSync(new URL('../../data/SHA256SUMS', import.meta.url), 'utf8')
  .trim()
  .split('\n');

test.each(sums.map((line) => line.split(/ +/)))('%s is %s', (sha256, name) => {
  const bytes = readFileSync(join(bundledFolder(), name));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  expect(createHash('md5').update(bytes).digest('hex')).toBe(MD5[name]);
});

test('all four files have a checksum', () => {
  expect(sums.map((line) => line.split(/ +/)[1]).sort()).toEqual(Object.keys(MD5).sort());
});

describe('MNIST', () => {
  const { mnist } = golden<{ mnist: Record<'train' | 'test' | 'flattened' | 'one_hot', number[]> }>('notebook');

  test('as bytes', () => {
    const { train, test } = loadDataset();
    expect([train.count, train.rows, train.columns]).toEqual(mnist.train);
    expect([test.count, test.rows, test.columns]).toEqual(mnist.test);
    expect([...train.labels.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  test("loadMnist gives the notebook's shapes, scaled and one-hot", () => {
    const { xTrain, tTrain, xTest, tTest } = loadMnist();
    expect(xTrain.shape).toEqual(mnist.flattened);
    expect(tTrain.shape).toEqual(mnist.one_hot);
    expect(xTest.shape).toEqual([10000, 784]);
    expect(xTrain.data).toHaveLength(60000 * 784);
    expect(xTrain.data.reduce((a, b) => Math.max(a, b), 0)).toBe(1);
    expect([...tTest.data.slice(0, 10)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]); // the first test image is a 7
  });

  test('loadMnist as it comes', () => {
    const { xTrain, tTrain } = loadMnist({ normalize: false, flatten: false, oneHotLabel: false });
    expect(xTrain.shape).toEqual(mnist.train);
    expect(xTrain.data[5 * 28 + 12]).toBe(3); // the first stroke of the first 5
    expect([...tTrain.data.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(tTrain.shape).toEqual([60000]);
  });
});

test('a mini-batch is scaled by 255 and one-hot, in the order of its indices', () => {
  const { train } = loadDataset();
  const batch = gather(train, Uint32Array.of(2, 0, 2));
  const image = (n: number) => batch.x.slice(n * 784, (n + 1) * 784);
  expect(image(0)).toEqual(image(2));
  expect([...image(1)]).toEqual([...train.images.slice(0, 784)].map((byte) => byte / 255));
  expect(batch.t).toEqual(oneHot(Uint8Array.of(4, 5, 4)));
});

describe('other folders', () => {
  test('gzipped, in the names of EMNIST', () => {
    const folder = temporaryFolder();
    writeDataset(folder);
    for (const [from, to] of [
      ['train-images-idx3-ubyte', 'emnist-digits-train-images-idx3-ubyte.gz'],
      ['train-labels-idx1-ubyte', 'emnist-digits-train-labels-idx1-ubyte.gz'],
      ['t10k-images-idx3-ubyte', 'emnist-digits-test-images-idx3-ubyte.gz'],
      ['t10k-labels-idx1-ubyte', 'emnist-digits-test-labels-idx1-ubyte.gz'],
    ]) {
      writeFileSync(join(folder, from), gzipSync(readFileSync(join(folder, from))));
      renameSync(join(folder, from), join(folder, to));
    }
    const { train, test } = loadDataset(folder);
    expect([train.count, train.rows, train.columns, test.count]).toEqual([40, 5, 4, 40]);
  });

  test.each<[string, Record<string, Uint8Array>, string]>([
    ['counts that disagree', { 'train-labels-idx1-ubyte': idx([3], [1, 2, 3]) }, 'holds 40 images but'],
    [
      'a label over 9',
      { 'train-labels-idx1-ubyte': idx([40], Array(40).fill(11)) },
      'has label 11 at 0: labels must be 0 to 9',
    ],
    ['two datasets', { 'emnist-train-images-idx3-ubyte': idx([1, 5, 4], Array(20)) }, 'more than one file of images'],
    ['no pixels', { 'train-images-idx3-ubyte': idx([40, 0, 4], []) }, 'holds no pixels (40 x 0 x 4)'],
    [
      'sizes that disagree',
      { 't10k-images-idx3-ubyte': idx([40, 4, 4], Array(640)) },
      'images of 5x4 and test images of 4x4',
    ],
  ])('%s', (_, files, why) => {
    const folder = temporaryFolder();
    writeDataset(folder);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    expect(() => loadDataset(folder)).toThrow(why);
  });

  test('a file that is missing is named', () => {
    expect(() => loadDataset(temporaryFolder())).toThrow(
      'has no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz)',
    );
  });
});

test('a label beyond the classes is refused', () => {
  expect(() => oneHot(Uint8Array.of(1, 3), 3)).toThrow('label 3 at 1 is not below 3');
});
