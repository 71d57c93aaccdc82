import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { golden } from '../helpers/golden.js';
import { idx, writeDataset } from '../helpers/idx.js';
import { temporaryFolder } from '../helpers/run.js';
import { gather, loadMnist, oneHot } from '#src/dataset/mini-batch.js';
import { bundledFolder, datasetFiles, loadDataset, readImages } from '#src/dataset/mnist.js';
import { InputError } from '#src/errors.js';

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

  test('is read as bytes', () => {
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

  test('loadMnist with all options off gives bytes and labels', () => {
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
  test('are read gzipped, with the names of EMNIST', () => {
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

  test('a missing file is named', () => {
    expect(() => loadDataset(temporaryFolder())).toThrow(
      'has no train-images-idx3-ubyte (or train-images-idx3-ubyte.gz)',
    );
  });
});

describe('data sets as they are downloaded', () => {
  const NAMES = [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ];

  function folderOfData(): string {
    const folder = temporaryFolder();
    writeDataset(folder);
    return folder;
  }

  test('files of macOS beside the data, and folders of the same names, are ignored', () => {
    const folder = folderOfData();
    for (const name of NAMES) {
      writeFileSync(join(folder, `._${name}`), Buffer.of(0, 5, 0x16, 7));
      mkdirSync(join(folder, name.replace('-idx', '.idx')));
    }
    writeFileSync(join(folder, '.DS_Store'), '');
    const { train, test } = loadDataset(folder);
    expect([train.count, test.count, train.notes]).toEqual([40, 40, []]);
  });

  test('folders in place of the files are refused', () => {
    const folder = temporaryFolder();
    for (const name of NAMES) mkdirSync(join(folder, name));
    expect(() => loadDataset(folder)).toThrow('has no train-images-idx3-ubyte');
  });

  test.each([
    ['another spelling', (name: string) => name.replace('-idx', '.idx'), (bytes: Buffer) => bytes],
    ['its .gz', (name: string) => `${name}.gz`, gzipSync],
    ['the .gz of another spelling', (name: string) => `${name.replace('-idx', '.idx')}.gz`, gzipSync],
    ['a prefix', (name: string) => `mnist-${name}`, (bytes: Buffer) => bytes],
  ])('a copy of each file, %s, changes nothing', (_, rename, pack) => {
    const folder = folderOfData();
    const before = loadDataset(folder);
    for (const name of NAMES) writeFileSync(join(folder, rename(name)), pack(readFileSync(join(folder, name))));
    const { train, test } = loadDataset(folder);
    expect(Buffer.compare(train.images, before.train.images)).toBe(0);
    expect(test.labels).toEqual(before.test.labels);
  });

  test.each(NAMES)('a copy of %s that differs in the last byte is refused', (name) => {
    const folder = folderOfData();
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(join(folder, `${name.replace('-idx', '.idx')}.gz`), gzipSync(bytes));
    expect(() => loadDataset(folder)).toThrow(/more than one file of (images|labels): .*; keep one dataset per folder/);
  });

  describe("QMNIST's labels: rows of eight 32-bit integers", () => {
    /** The columns of the paper: label, NIST partition, writer, digit of the writer, class, index, and two unused. */
    const rows = (labels: readonly number[]) => {
      const view = new DataView(new ArrayBuffer(12 + 32 * labels.length));
      view.setUint32(0, 0x00000c02);
      view.setUint32(4, labels.length);
      view.setUint32(8, 8);
      labels.forEach((label, n) =>
        [label, 1, 4099, 24, 52, 279863, 0, 0].forEach((value, i) => view.setInt32(12 + 32 * n + 4 * i, value)),
      );
      return new Uint8Array(view.buffer);
    };
    const labels = Array.from({ length: 40 }, (_, n) => (n * 7) % 10);

    function qmnist(bytes: Uint8Array): string {
      const folder = folderOfData();
      renameSync(join(folder, 'train-images-idx3-ubyte'), join(folder, 'qmnist-train-images-idx3-ubyte'));
      rmSync(join(folder, 'train-labels-idx1-ubyte'));
      writeFileSync(join(folder, 'qmnist-train-labels-idx2-int.gz'), gzipSync(bytes));
      return folder;
    }

    test('the first column is read', () => {
      const folder = qmnist(rows(labels));
      expect([...loadDataset(folder).train.labels]).toEqual(labels);
      expect(datasetFiles(folder)[1]).toBe(join(folder, 'qmnist-train-labels-idx2-int.gz'));
    });

    test.each([
      ['a label of -1', rows([-1, ...labels.slice(1)]), 'has label -1 at 0: labels must be 0 to 9'],
      ['a label of 266, which is 10 as a byte', rows([266, ...labels.slice(1)]), 'has label 266 at 0'],
      ['a label of 10', rows([10, ...labels.slice(1)]), 'has label 10 at 0'],
      ['a cut file', rows(labels).subarray(0, 100), 'ends after 100 of 1,292 bytes'],
      ['no columns', Uint8Array.of(0, 0, 12, 2, 0, 0, 0, 40, 0, 0, 0, 0), 'holds no labels (40 x 0)'],
      ['one row too few', rows(labels.slice(1)), 'holds 40 images but'],
    ])('%s is refused', (_, bytes, why) => {
      expect(() => loadDataset(qmnist(bytes))).toThrow(InputError);
      expect(() => loadDataset(qmnist(bytes))).toThrow(why);
    });
  });

  describe('EMNIST, whose images are transposed', () => {
    /** The same data set as EMNIST stores it. */
    function emnist(pack: (bytes: Buffer) => Uint8Array, suffix = ''): string {
      const folder = folderOfData();
      const { train } = loadDataset(folder);
      const { count, rows, columns, images } = train;
      const stored = new Uint8Array(images.length);
      for (let n = 0; n < count; n++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) stored[n * 20 + c * rows + r] = images[n * 20 + r * columns + c];
      for (const name of NAMES) {
        const bytes = name.includes('images')
          ? Buffer.from(idx([count, rows, columns], stored))
          : readFileSync(join(folder, name));
        rmSync(join(folder, name));
        writeFileSync(join(folder, `emnist-digits-${name.replace('t10k', 'test')}${suffix}`), pack(bytes));
      }
      return folder;
    }

    test.each([
      ['raw', (bytes: Buffer) => bytes, ''],
      ['gzipped', gzipSync, '.gz'],
    ])('%s: images are turned upright, with a note', (_, pack, suffix) => {
      const before = loadDataset(folderOfData());
      const { train, test } = loadDataset(emnist(pack, suffix));
      expect([train.rows, train.columns]).toEqual([5, 4]);
      expect(Buffer.compare(train.images, before.train.images)).toBe(0);
      expect(Buffer.compare(test.images, before.test.images)).toBe(0);
      expect([...readImages(train, 7, 9)]).toEqual([...before.train.images.slice(7 * 20, 9 * 20)]);
      expect(train.notes).toEqual(['EMNIST stores its images transposed: they were turned upright']);
    });

    test('letters are refused, with the names of the parts that have digits', () => {
      const folder = emnist((bytes) => bytes);
      writeFileSync(join(folder, 'emnist-digits-train-labels-idx1-ubyte'), idx([40], Array(40).fill(26)));
      expect(() => loadDataset(folder)).toThrow(
        'has label 26 at 0: labels must be 0 to 9; emnist-digits and emnist-mnist have digits only',
      );
    });
  });

  test.each([
    ['0 everywhere', () => 0, 'every pixel is 0, so there is nothing to learn: is it the right file?'],
    ['255 everywhere', () => 255, 'every pixel is 255, so there is nothing to learn: is it the right file?'],
    [
      '0 and 1',
      (i: number) => i % 2,
      'pixels are only 0 and 1, where 0 to 255 are expected: if they were scaled, multiply them by 255',
    ],
  ])('pixels that are %s give a note', (_, pixel, note) => {
    const folder = folderOfData();
    writeFileSync(
      join(folder, 'train-images-idx3-ubyte'),
      idx(
        [40, 5, 4],
        Array.from({ length: 800 }, (_, i) => pixel(i)),
      ),
    );
    expect(loadDataset(folder).train.notes).toEqual([`train-images-idx3-ubyte: ${note}`]);
  });

  test('a data set whose first 1,000 images are blank is not called blank', () => {
    const folder = temporaryFolder();
    writeDataset(folder, 1001);
    const images = new Uint8Array(1001 * 20);
    images[1000 * 20] = 200;
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([1001, 5, 4], images));
    expect(loadDataset(folder).train.notes).toEqual([]);
  });

  test('MNIST itself gives no notes', () => {
    expect(loadDataset().train.notes).toEqual([]);
  });
});

test('a label that exceeds the classes is refused', () => {
  expect(() => oneHot(Uint8Array.of(1, 3), 3)).toThrow('label 3 at 1 is not below 3');
});
