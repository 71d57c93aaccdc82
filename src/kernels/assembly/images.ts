import { blockRow, VECTOR } from './lanes';
import { Net, Work } from './net';

// Four of five pixels are dark, 0, and take no part in anything. A lit one is an entry:
//   packed, 16 bits:       pixels since the last entry << 8 | byte
//   in a row, 32 bits:     pixel << 11 | byte << 3
//   in a column, 32 bits:  place of the image in the mini-batch, times bytes of a row << 11 | byte << 3
// so that the low part of the latter two is an offset into a table of 8-byte numbers.

/** The low part of an entry in a row or column. */
export const VALUE: u32 = 0x7f8;

export function place(entry: u32): usize {
  return entry >> 11;
}

/** Packs the first `count` of the staged images behind those that are packed already, sixteen pixels at a time. */
export function packImages(net: Net, count: usize): void {
  const used = <usize>load<u32>(net.packedStarts + net.packedCount * 4) - net.packed;
  // In place: it is the last block of the heap.
  net.packed = heap.realloc(net.packed, used + count * net.inputSize * 2);
  let to = net.packed + used;
  for (let n: usize = 0; n < count; n++) {
    const image = net.staged + n * net.rowBytes;
    let last: usize = 0;
    for (let i: usize = 0; i < net.inputSize; i += VECTOR) {
      let lit = i8x16.bitmask(i8x16.ne(v128.load(image + i), i8x16.splat(0)));
      while (lit != 0) {
        const pixel = i + ctz(lit);
        for (; pixel - last > 255; last += 255, to += 2) store<u16>(to, 0xff00); // a dark pixel as a stepping stone
        store<u16>(to, <u16>(((pixel - last) << 8) | (<usize>load<u8>(image + pixel))));
        to += 2;
        last = pixel;
        lit &= lit - 1;
      }
    }
    net.packedCount++;
    store<u32>(net.packedStarts + net.packedCount * 4, to);
  }
  net.packed = heap.realloc(net.packed, to - net.packed);
}

/** Sparse rows and digits of the images with these indices. Plain twin: `gather` in dataset, which keeps the zeros. */
export function gather(net: Net, work: Work, indices: usize): void {
  askFor(net, work, indices);
  memory.fill(work.columnStarts, 0, net.inputSize * 4);
  let to = work.rows;
  for (let n: usize = 0; n < net.count; n++) {
    store<u32>(work.rowStarts + n * 4, to);
    const index = <usize>load<u32>(indices + n * 4);
    store<u8>(work.labels + n, load<u8>(net.labels + index));
    const starts = net.packedStarts + index * 4;
    const end = <usize>load<u32>(starts, 4);
    let pixel: u32 = 0;
    for (let at = <usize>load<u32>(starts); at < end; at += 2) {
      const entry = <u32>load<u16>(at);
      const byte = entry & 255;
      pixel += entry >> 8;
      store<u32>(to, (pixel << 11) | (byte << 3));
      const size: u32 = byte != 0 ? 4 : 0; // the next entry overwrites a stepping stone
      to += size;
      const counter = work.columnStarts + pixel * 4;
      store<u32>(counter, load<u32>(counter) + size);
    }
  }
  store<u32>(work.rowStarts + net.count * 4, to);
}

/**
 * Reads a byte of every cache line that gather will need. Memory answers many requests in little more than the time of
 * one, but a processor does not look far enough ahead to send them by itself.
 */
function askFor(net: Net, work: Work, indices: usize): void {
  let sum: u32 = 0;
  for (let n: usize = 0; n < net.count; n++) {
    const starts = net.packedStarts + <usize>load<u32>(indices + n * 4) * 4;
    const end = <usize>load<u32>(starts, 4);
    for (let at = <usize>load<u32>(starts); at < end; at += 64) sum += load<u8>(at);
  }
  work.asked = sum; // or the compiler would drop the loop
}

/** The same entries by pixel: a counting sort. The counting was done while gathering. */
export function sortColumns<T>(net: Net, work: Work): void {
  const starts = work.columnStarts;
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
      store<u32>(to, ((<u32>(n * blockRow<T>())) << 11) | (entry & VALUE));
      store<u32>(cursor, to + 4);
    }
  }
}
