import { VECTOR } from './lanes';
import { Net, Work } from './net';

// Four of five pixels are 0 and take no part in anything. An entry stands for one of the others:
//   in a row, of an image:   pixel << 11 | byte << 3
//   in a column, of a pixel: image << 11 | byte << 3
// so that its low part is an offset into a table of 8-byte numbers.

/** The low part of an entry. */
export const VALUE: u32 = 0x7f8;

// @ts-ignore: decorator
@inline
export function place(entry: u32): usize {
  return entry >> 11;
}

/** Sparse rows of the images, sixteen pixels at a time. Plain twin: `gather` in dataset, which keeps the zeros. */
export function gatherRows(net: Net, work: Work): void {
  let at = work.rows;
  for (let n: usize = 0; n < net.count; n++) {
    store<u32>(work.rowStarts + n * 4, at);
    const image = net.images + n * net.rowBytes;
    for (let i: usize = 0; i < net.inputSize; i += VECTOR) {
      let lit = i8x16.bitmask(i8x16.ne(v128.load(image + i), i8x16.splat(0)));
      while (lit != 0) {
        const pixel = i + ctz(lit);
        store<u32>(at, (<u32>pixel << 11) | ((<u32>load<u8>(image + pixel)) << 3));
        at += 4;
        lit &= lit - 1;
      }
    }
  }
  store<u32>(work.rowStarts + net.count * 4, at);
}

/** The same entries by pixel: a counting sort. columnStarts[i] is where those of pixel i end. */
export function sortColumns(net: Net, work: Work): void {
  const starts = work.columnStarts;
  memory.fill(starts, 0, (net.inputSize + 1) * 4);
  const end = <usize>load<u32>(work.rowStarts + net.count * 4);
  for (let at = work.rows; at < end; at += 4) {
    const counter = starts + place(load<u32>(at)) * 4;
    store<u32>(counter, load<u32>(counter) + 4);
  }
  let sum: u32 = work.columns;
  for (let i: usize = 0; i < net.inputSize; i++) {
    const count = load<u32>(starts + i * 4);
    store<u32>(starts + i * 4, sum);
    sum += count;
  }
  for (let n: usize = 0; n < net.count; n++) {
    const rowEnd = <usize>load<u32>(work.rowStarts + n * 4, 4);
    for (let at = <usize>load<u32>(work.rowStarts + n * 4); at < rowEnd; at += 4) {
      const entry = load<u32>(at);
      const cursor = starts + place(entry) * 4;
      const to = <usize>load<u32>(cursor);
      store<u32>(to, (<u32>n << 11) | (entry & VALUE));
      store<u32>(cursor, to + 4);
    }
  }
}
