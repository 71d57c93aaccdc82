import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of an IDX file of unsigned bytes. */
export function idx(shape: number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, size));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** Writes a data set of `count` tiny training and test images; digit k is a bright block at position k. */
export function writeDataset(folder: string, count = 40, rows = 5, columns = 4): void {
  mkdirSync(folder, { recursive: true });
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 10);
  const images = new Uint8Array(count * rows * columns);
  labels.forEach((label, n) => {
    for (let i = 0; i < 3; i++) images[n * rows * columns + ((label * 2 + i) % (rows * columns))] = 100 + n;
  });
  for (const part of ['train', 't10k']) {
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), idx([count, rows, columns], images));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
}
